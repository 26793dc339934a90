//! The WASM entry: what the page's script calls before it hydrates the islands one by one.

use wasm_bindgen::prelude::wasm_bindgen;

// The islands are exported by their own crate; naming it keeps it in the build.
pub use islands;

/// Initialises the runtime in the browser.
#[wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
