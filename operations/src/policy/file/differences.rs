//! How an object of a file differs from the cluster's of the same name.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::text::shortened;

/// The longest value that a difference quotes, in characters.
const MAX_VALUE: usize = 60;

/// How the file's entry and the cluster's differ, each in a sentence, and what the cluster does not report.
pub(super) fn differences(file: &Value, cluster: &Value) -> (Vec<String>, Vec<String>) {
    let (file, cluster) = (leaves(file), leaves(cluster));
    let keys: BTreeSet<_> = file.keys().chain(cluster.keys()).collect();
    let (mut different, mut unreported) = (Vec::new(), Vec::new());
    let short = |text: &String| shortened(text.clone(), MAX_VALUE);
    for key in keys {
        match (file.get(key), cluster.get(key)) {
            (Some(file), Some(cluster)) if file != cluster => different.push(format!(
                "The cluster has “{}” as {key}, the file “{}”.",
                short(cluster),
                short(file)
            )),
            (Some(file), None) if is_default(file) => {
                unreported.push(format!(" The cluster does not report {key}."));
            }
            (Some(file), None) => different.push(format!(
                "The cluster reports no {key}, the file has “{}”.",
                short(file)
            )),
            (None, Some(cluster)) if !is_default(cluster) => different.push(format!(
                "The cluster has “{}” as {key}, the file nothing.",
                short(cluster)
            )),
            _ => {}
        }
    }
    (different, unreported)
}

/// What a file and a cluster mean that leave a value out.
fn is_default(text: &str) -> bool {
    ["", "false", NOTHING].contains(&text)
}

/// An empty list.
const NOTHING: &str = "none";

/// The values of an entry by their keys.
fn leaves(entry: &Value) -> BTreeMap<String, String> {
    fn add(value: &Value, path: &str, found: &mut BTreeMap<String, String>) {
        match value {
            Value::Object(fields) => {
                // That there is such an object says something where its fields do not.
                if fields.is_empty() || path == "audit" || path == "template.audit" {
                    found.insert(path.to_owned(), "given".to_owned());
                }
                for (key, value) in fields {
                    let path = if path.is_empty() {
                        key.clone()
                    } else {
                        format!("{path}.{key}")
                    };
                    add(value, &path, found);
                }
            }
            Value::Array(values) if values.is_empty() => {
                found.insert(path.to_owned(), NOTHING.to_owned());
            }
            Value::Array(values) => {
                let texts: Vec<_> = values.iter().map(plain).collect();
                found.insert(path.to_owned(), texts.join(", "));
            }
            other => {
                found.insert(path.to_owned(), plain(other));
            }
        }
    }
    let mut found = BTreeMap::new();
    add(entry, "", &mut found);
    found
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
