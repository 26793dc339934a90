//! Style, scripts and pictures: embedded in the executable in a release build, read from `target/site` in a debug
//! build.

use app::ui::Assets;
use axum::{
    Router,
    extract::Path,
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY},
    },
    response::{IntoResponse, Response},
    routing::get,
};
use rust_embed::{EmbeddedFile, RustEmbed};

/// The files that `cargo xtask build` makes.
#[derive(RustEmbed)]
#[folder = "../target/site"]
struct Site;

/// The addresses of the built files. Without a built frontend there are none, and pages are plain.
pub(super) fn manifest() -> Assets {
    let Some(file) = Site::get("manifest.json") else {
        tracing::warn!("there is no frontend in this build: run `cargo xtask build`");
        return Assets::default();
    };
    let text = String::from_utf8_lossy(&file.data);
    Assets::from_json(&text).unwrap_or_else(|error| {
        tracing::error!(%error, "the manifest of the frontend cannot be read");
        Assets::default()
    })
}

/// `/pkg/…`
pub(super) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/pkg/{*name}", get(serve))
}

/// A file by its name, which contains a hash of its content, so that it never changes. Compressed where the browser
/// accepts that.
async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let path = format!("pkg/{name}");
    let compressed = accepts_brotli(&headers)
        .then(|| Site::get(&format!("{path}.br")))
        .flatten();
    let Some(file) = Site::get(&path) else {
        return (StatusCode::NOT_FOUND, "There is no such file.").into_response();
    };
    let kind = file.metadata.mimetype().to_owned();
    let is_compressed = compressed.is_some();
    let mut response = body(compressed.unwrap_or(file));
    let headers = response.headers_mut();
    if let Ok(kind) = HeaderValue::from_str(&kind) {
        headers.insert(CONTENT_TYPE, kind);
    }
    if is_compressed {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    headers.insert(
        CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=31536000, immutable"),
    );
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    response
}

fn body(file: EmbeddedFile) -> Response {
    file.data.into_owned().into_response()
}

fn accepts_brotli(headers: &HeaderMap) -> bool {
    let accepted = headers
        .get(ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    accepted
        .split(',')
        .any(|coding| matches!(coding.trim().split(';').next(), Some("br")))
}
