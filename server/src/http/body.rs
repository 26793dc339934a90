//! The body of a form, in either encoding that browsers use.

use app::error::{ErrorKind, PortalError};
use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, header::CONTENT_TYPE},
};
use futures::{StreamExt, stream};

/// The size of the largest form that is accepted, in bytes.
const MAX_FORM: usize = 256 * 1024;

/// The size of the largest form with a file that is accepted, in bytes.
const MAX_UPLOAD: usize = 1024 * 1024;

/// How much is read at all, in bytes. A browser shows the answer only after it could send the whole body, so one that
/// is too large is read and discarded.
pub(super) const MAX_READ: usize = 32 * 1024 * 1024;

/// Why a form could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// It is larger than a form may be.
    TooLarge,
    /// It does not have the encoding that its content type names.
    Malformed,
}

impl From<Unreadable> for PortalError {
    fn from(unreadable: Unreadable) -> Self {
        match unreadable {
            Unreadable::TooLarge => {
                Self::new(ErrorKind::TooLarge, "This is more than the portal takes at once.")
                    .with_detail("Send less: a form takes 256 kB, a file 1 MB.")
            }
            Unreadable::Malformed => Self::new(ErrorKind::Invalid, "The form was incomplete or malformed.")
                .with_detail("Reload the page and try again."),
        }
    }
}

/// The form's fields, URL-encoded: a form with a file arrives in parts and is encoded again.
pub(super) async fn read(headers: &HeaderMap, body: Body) -> Result<Bytes, Unreadable> {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = kind.unwrap_or_default();
    if !kind.trim_start().to_ascii_lowercase().starts_with("multipart/") {
        return collect(body, MAX_FORM).await;
    }
    let whole = collect(body, MAX_UPLOAD).await?;
    let boundary = multer::parse_boundary(kind).map_err(|_| Unreadable::Malformed)?;
    from_parts(whole, boundary).await
}

/// The whole body, if it is not larger than `most`.
async fn collect(body: Body, most: usize) -> Result<Bytes, Unreadable> {
    let mut chunks = body.into_data_stream();
    let mut whole = Vec::new();
    let mut length = 0_usize;
    while let Some(chunk) = chunks.next().await {
        let Ok(chunk) = chunk else {
            // The browser has gone, or it sends more than the portal reads.
            return Err(if length > most {
                Unreadable::TooLarge
            } else {
                Unreadable::Malformed
            });
        };
        length = length.saturating_add(chunk.len());
        if length > most {
            whole = Vec::new();
        } else {
            whole.extend_from_slice(&chunk);
        }
    }
    if length > most {
        return Err(Unreadable::TooLarge);
    }
    Ok(whole.into())
}

async fn from_parts(whole: Bytes, boundary: String) -> Result<Bytes, Unreadable> {
    let once = stream::iter([Ok::<_, std::convert::Infallible>(whole)]);
    let mut parts = multer::Multipart::new(once, boundary);
    let mut fields = Vec::new();
    while let Some(part) = parts.next_field().await.map_err(|_| Unreadable::Malformed)? {
        let name = part.name().map(ToOwned::to_owned).ok_or(Unreadable::Malformed)?;
        fields.push((name, part.text().await.map_err(|_| Unreadable::Malformed)?));
    }
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    Ok(form.extend_pairs(fields).finish().into())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    async fn check(kind: &'static str, body: impl Into<Body>, expected: Result<&str, Unreadable>) {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(kind))]);
        let read = read(&headers, body.into()).await;
        let expected = expected.map(|text| Bytes::copy_from_slice(text.as_bytes()));
        assert_eq!(read, expected, "{kind}");
    }

    const PARTS: &str = "--b\r\ncontent-disposition: form-data; name=\"a b\"\r\n\r\n1&2\r\n\
        --b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"x.csv\"\r\ncontent-type: text/csv\r\n\r\nü\r\n--b--\r\n";

    #[tokio::test]
    async fn parts_become_the_fields_of_a_plain_form() {
        check("application/x-www-form-urlencoded", "a=1&b=%26", Ok("a=1&b=%26")).await;
        let fields = Ok("a+b=1%262&file=%C3%BC");
        check("multipart/form-data; boundary=b", PARTS, fields).await;
        check("Multipart/Form-Data; boundary=\"b\"", PARTS, fields).await;
    }

    #[tokio::test]
    async fn damaged_parts_are_not_taken_for_large_ones() {
        for kind in [
            "multipart/form-data",
            "multipart/mixed; boundary=b",
            "multipart/form-data; boundary=c",
        ] {
            check(kind, PARTS, Err(Unreadable::Malformed)).await;
        }
        for end in [0, 10, PARTS.len() - 10] {
            let half = Body::from(PARTS.as_bytes()[..end].to_vec());
            check(
                "multipart/form-data; boundary=b",
                half,
                Err(Unreadable::Malformed),
            )
            .await;
        }
    }

    #[tokio::test]
    async fn more_than_is_taken_is_refused() {
        for (kind, most) in [
            ("text/plain", MAX_FORM),
            ("multipart/form-data; boundary=b", MAX_UPLOAD),
        ] {
            let chunk = Ok::<_, std::convert::Infallible>(Bytes::from(vec![b'a'; 64 * 1024]));
            let chunks = stream::iter(vec![chunk; most / 65_536 + 1]);
            check(kind, Body::from_stream(chunks), Err(Unreadable::TooLarge)).await;
        }
    }
}
