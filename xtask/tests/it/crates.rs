//! The crates use each other as the table of ARCHITECTURE.md says, and in no other way.

use std::{collections::BTreeSet, path::Path, process::Command};

use serde_json::Value;

/// Each crate of ours with those of ours that it may use. What only tests use does not count.
const MAY_USE: &[(&str, &[&str])] = &[
    ("upstream", &[]),
    ("protegrity", &["upstream"]),
    ("proofpoint", &["upstream"]),
    ("gate", &["protegrity", "proofpoint"]),
    ("islands", &[]),
    ("operations", &["gate", "protegrity", "proofpoint"]),
    (
        "app",
        &["operations", "gate", "protegrity", "proofpoint", "islands"],
    ),
    ("frontend", &["islands"]),
    (
        "server",
        &[
            "app",
            "operations",
            "gate",
            "protegrity",
            "proofpoint",
            "simulator",
        ],
    ),
    ("simulator", &[]),
    ("testkit", &["gate", "protegrity", "proofpoint", "simulator"]),
    ("xtask", &[]),
];

fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    metadata["packages"].as_array().expect("packages").clone()
}

fn name(value: &Value) -> &str {
    value["name"].as_str().expect("a name")
}

#[test]
fn no_crate_uses_another_that_the_table_does_not_name() {
    let packages = packages();
    let ours: BTreeSet<_> = packages.iter().map(name).collect();
    let table: BTreeSet<_> = MAY_USE.iter().map(|(name, _)| *name).collect();
    assert_eq!(ours, table, "the workspace has other crates than the table");
    for package in &packages {
        let (_, may_use) = MAY_USE
            .iter()
            .find(|(crate_name, _)| *crate_name == name(package))
            .expect("a row");
        let dependencies = package["dependencies"].as_array().expect("dependencies");
        // A dependency of the tests has the kind "dev", a normal one has none.
        let used = dependencies
            .iter()
            .filter(|dependency| dependency["kind"].is_null());
        for used in used.map(name).filter(|used| ours.contains(used)) {
            assert!(may_use.contains(&used), "{} uses {used}", name(package));
        }
    }
}

#[test]
fn the_table_is_the_one_of_the_architecture() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ARCHITECTURE.md");
    let text = std::fs::read_to_string(path).expect("ARCHITECTURE.md");
    for (name, _) in MAY_USE {
        assert!(text.contains(&format!("| `{name}/`")), "{name} has no row");
    }
}
