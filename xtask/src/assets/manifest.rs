//! `manifest.json`: which name a file goes by now. The server reads it to write the addresses into its pages.

use std::collections::BTreeMap;

use crate::failure::Failure;

/// From the name that the server knows (`js`, `wasm`, `css`, and a static file's own name) to the address.
#[derive(Default)]
pub struct Manifest(BTreeMap<String, String>);

impl Manifest {
    pub fn add(&mut self, key: &str, file: &str) -> Result<(), Failure> {
        match self.0.insert(key.to_owned(), format!("/pkg/{file}")) {
            None => Ok(()),
            Some(other) => Err(Failure::new(format!(
                "{other} and /pkg/{file} would both be called \"{key}\": rename one of them"
            ))),
        }
    }

    pub fn to_json(&self) -> String {
        let map = self
            .0
            .iter()
            .map(|(key, address)| (key.clone(), address.clone().into()))
            .collect();
        format!("{:#}\n", serde_json::Value::Object(map))
    }

    /// Back from the file; nothing when it is no manifest.
    pub fn from_json(text: &str) -> Option<Self> {
        let value: serde_json::Value = serde_json::from_str(text).ok()?;
        let entries = value.as_object()?.iter();
        entries
            .map(|(key, address)| Some((key.clone(), address.as_str()?.to_owned())))
            .collect::<Option<_>>()
            .map(Self)
    }

    /// The files it names, relative to the site's root.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.0.values().map(|address| address.trim_start_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_names_to_addresses_and_back() {
        let mut manifest = Manifest::default();
        manifest.add("js", "postern.00.js").unwrap();
        manifest.add("favicon", "favicon.11.svg").unwrap();
        let json = manifest.to_json();
        assert_eq!(
            json,
            "{\n  \"favicon\": \"/pkg/favicon.11.svg\",\n  \"js\": \"/pkg/postern.00.js\"\n}\n"
        );
        let read = Manifest::from_json(&json).unwrap();
        let files: Vec<_> = read.files().collect();
        assert_eq!(files, ["pkg/favicon.11.svg", "pkg/postern.00.js"]);
    }

    #[test]
    fn one_name_for_two_files_is_refused() {
        let mut manifest = Manifest::default();
        manifest.add("icons", "icons.00.svg").unwrap();
        let failure = manifest.add("icons", "icons.11.png").unwrap_err();
        assert!(failure.to_string().contains("rename one of them"));
    }
}
