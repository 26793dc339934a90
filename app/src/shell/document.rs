//! The document around every page: head, body, the script that brings the islands to life.

use leptos::prelude::*;

use super::frame::frame;
use crate::{context::RequestContext, ui::Page};

/// Loads the WASM and hydrates each island, outermost first; then says so on `<body>`. The islands
/// are found by the name of their exported function. Browsers from before the Invoker Commands API
/// (2025) get the two commands that the pages use.
const BOOT: &str = include_str!("boot.js");

/// Lets the browser fetch a page of the portal when the pointer rests on its link. Addresses that
/// read the cluster again or at length are left out, and files.
const SPECULATION_RULES: &str = r#"{"prefetch":[{"source":"document","where":{"and":[{"href_matches":"/*"},{"not":{"href_matches":"/*\\?*fresh=*"}},{"not":{"href_matches":"/pkg/*"}},{"not":{"href_matches":"/export/*"}},{"not":{"href_matches":"/jobs/*"}},{"not":{"href_matches":"/access*"}}]},"eagerness":"moderate"}]}"#;

/// The whole document.
pub(super) fn document(context: &RequestContext, page: Page) -> AnyView {
    let asset = |name| context.assets.path(name).unwrap_or_default().to_owned();
    let (js, wasm) = (asset("js"), asset("wasm"));
    let nonce = context.nonce.clone();
    let title = format!("{} – Postern", page.title);
    let body = if page.is_bare {
        page.content
    } else {
        frame(context, page)
    };
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=context.theme.name()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <title>{title}</title>
                <link rel="stylesheet" href=asset("css")/>
                <link rel="icon" type="image/svg+xml" href=asset("favicon.svg")/>
                <link rel="modulepreload" href=js.clone() crossorigin="anonymous"/>
                <link rel="preload" href=wasm.clone() r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
                <script type="speculationrules" nonce=nonce.clone() inner_html=SPECULATION_RULES></script>
                <script type="module" nonce=nonce inner_html=boot(&js, &wasm)></script>
            </head>
            <body>{body}</body>
        </html>
    }
    .into_any()
}

/// The script with the addresses of this build, which consist of letters, digits, `/`, `.` and `-`.
fn boot(js: &str, wasm: &str) -> String {
    format!("const js={js:?},wasm={wasm:?};{BOOT}")
}
