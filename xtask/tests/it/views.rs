//! The style of `view!`, which rustfmt leaves alone: no space before `/>`, and no line that is much longer than
//! rustfmt's. A text is as long as its sentence.

use std::{fs, path::Path};

const MAX_WIDTH: usize = 133;

/// From this length on, in bytes, a text makes its line longer.
const LONG_TEXT: usize = 60;

/// The lines of every source file below a folder, as `path:line` and text.
fn lines(folder: &Path) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            all.extend(lines(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a source file");
            let numbered = text.lines().enumerate();
            all.extend(
                numbered.map(|(at, line)| (format!("{}:{}", path.display(), at + 1), line.to_owned())),
            );
        }
    }
    all
}

fn all_lines() -> Vec<(String, String)> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folders = ["app/src", "islands/src"];
    folders
        .iter()
        .flat_map(|folder| lines(&workspace.join(folder)))
        .collect()
}

#[test]
fn a_tag_without_content_ends_without_a_space() {
    for (place, line) in all_lines() {
        assert!(!line.trim().contains(" />"), "{place}: `{}`", line.trim());
    }
}

#[test]
fn only_text_is_longer_than_a_line() {
    for (place, line) in all_lines() {
        let longest_text = line.split('"').skip(1).step_by(2).map(str::len).max();
        let is_text = longest_text.is_some_and(|length| length > LONG_TEXT) || line.contains("r#\"");
        let width = line.chars().count();
        assert!(width <= MAX_WIDTH || is_text, "{place} has {width} columns");
    }
}
