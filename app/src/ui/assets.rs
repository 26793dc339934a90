//! The addresses of the built files: their names carry a hash, so that browsers keep them for ever.

use std::{collections::BTreeMap, sync::Arc};

use leptos::prelude::use_context;

/// Logical name (`icons.svg`) to address (`/pkg/icons.<hash>.svg`). The server provides it as
/// `Arc<Assets>`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assets(BTreeMap<String, String>);

impl Assets {
    /// Reads the manifest that the build writes.
    pub fn from_json(manifest: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(manifest).map(Self)
    }

    /// The address of an asset that the manifest names.
    pub fn path(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The address of an asset. One that the manifest does not name keeps its plain name, which the
    /// server answers with 404 and the browser's console shows.
    pub fn address(&self, name: &str) -> String {
        self.path(name)
            .map_or_else(|| format!("/pkg/{name}"), ToOwned::to_owned)
    }
}

/// The address of an asset, from the request's context.
pub fn asset(name: &str) -> String {
    use_context::<Arc<Assets>>().unwrap_or_default().address(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_names_the_addresses() {
        let assets = Assets::from_json(r#"{"icons.svg":"/pkg/icons.1a2b.svg"}"#).expect("a manifest");
        assert_eq!(assets.address("icons.svg"), "/pkg/icons.1a2b.svg");
        assert_eq!(assets.address("js"), "/pkg/js");
        assert!(Assets::from_json("[]").is_err());
    }
}
