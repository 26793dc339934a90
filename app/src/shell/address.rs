//! What the address of a page names.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// The segment of the address that the route calls so; empty when there is none.
pub(crate) fn param(name: &str) -> String {
    use_params_map()
        .with_untracked(|params| params.get(name))
        .unwrap_or_default()
}
