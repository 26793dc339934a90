//! One style sheet out of several: each `@import "file.css" layer(name);` becomes that file's content in its layer, so
//! that a browser asks once. Comments go; what else could be smaller, brotli makes small.

use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// The sheet with everything that it imports, read by `read`.
pub fn inline(path: &Path, read: &impl Fn(&Path) -> Result<String, Failure>) -> Result<String, Failure> {
    let mut sheet = String::new();
    append(path, read, &mut Vec::new(), &mut sheet)?;
    Ok(sheet)
}

fn append(
    path: &Path,
    read: &impl Fn(&Path) -> Result<String, Failure>,
    open: &mut Vec<PathBuf>,
    sheet: &mut String,
) -> Result<(), Failure> {
    if open.iter().any(|above| above == path) {
        return Err(Failure::new(format!(
            "{} imports itself, by way of others or directly: take one of the imports out",
            path.display()
        )));
    }
    open.push(path.to_path_buf());
    for line in without_comments(&read(path)?).lines() {
        let trimmed = line.trim();
        if trimmed.starts_with("@import") {
            let import = Import::parse(trimmed).ok_or_else(|| {
                Failure::new(format!(
                    "{} has `{trimmed}`, and only `@import \"file.css\" layer(name);` on one line is understood",
                    path.display()
                ))
            })?;
            if let Some(layer) = import.layer {
                sheet.push_str("@layer ");
                sheet.push_str(layer);
                sheet.push_str(" {\n");
            }
            append(&path.with_file_name(import.file), read, open, sheet)?;
            if import.layer.is_some() {
                sheet.push_str("}\n");
            }
        } else if !trimmed.is_empty() {
            sheet.push_str(line.trim_end());
            sheet.push('\n');
        }
    }
    open.pop();
    Ok(())
}

struct Import<'a> {
    file: &'a str,
    layer: Option<&'a str>,
}

impl<'a> Import<'a> {
    /// Reads `@import "file.css";` and `@import "file.css" layer(name);`.
    fn parse(line: &'a str) -> Option<Self> {
        let rest = line
            .strip_prefix("@import")?
            .strip_suffix(';')?
            .trim()
            .strip_prefix('"')?;
        let (file, condition) = rest.split_once('"')?;
        let layer = match condition.trim() {
            "" => None,
            condition => Some(condition.strip_prefix("layer(")?.strip_suffix(')')?),
        };
        let local = !file.is_empty() && !file.starts_with('/') && !file.contains(':');
        let named = layer.is_none_or(|layer| {
            !layer.is_empty() && layer.chars().all(|c| c.is_alphanumeric() || ".-_".contains(c))
        });
        (local && named).then_some(Self { file, layer })
    }
}

/// Takes `/* … */` out, and leaves what looks like it inside a string.
fn without_comments(css: &str) -> String {
    let mut kept = String::with_capacity(css.len());
    let mut quote = None;
    let mut rest = css;
    while let Some(c) = rest.chars().next() {
        if quote.is_none() && rest.starts_with("/*") {
            // A comment without an end reaches to the end of the file, as in a browser.
            rest = rest[2..].split_once("*/").map_or("", |(_, after)| after);
            continue;
        }
        let mut taken = c.len_utf8();
        match (quote, c) {
            (_, '\\') => taken += rest[taken..].chars().next().map_or(0, char::len_utf8),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
        kept.push_str(&rest[..taken]);
        rest = &rest[taken..];
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inlined(files: &[(&str, &str)]) -> Result<String, Failure> {
        inline(Path::new("style/main.css"), &|path: &Path| {
            files
                .iter()
                .find(|(name, _)| Path::new("style").join(name) == path)
                .map(|(_, text)| (*text).to_owned())
                .ok_or_else(|| Failure::new(format!("no {}", path.display())))
        })
    }

    #[test]
    fn imports_become_their_content_in_their_layer() {
        let sheet = inlined(&[
            (
                "main.css",
                "@layer base, parts;\n@import \"base.css\" layer(base);\n@import \"parts/all.css\" layer(parts);\n@import \"print.css\";\n",
            ),
            ("base.css", "/* why */\nbody { margin: 0 }\n\n"),
            ("parts/all.css", "@import \"table.css\";\n"),
            ("parts/table.css", "td { padding: 0 }"),
            ("print.css", "@media print { nav { display: none } }"),
        ])
        .unwrap();
        assert_eq!(
            sheet,
            "@layer base, parts;\n@layer base {\nbody { margin: 0 }\n}\n@layer parts {\ntd { padding: 0 }\n}\n@media print { nav { display: none } }\n"
        );
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for import in [
            "@import url(base.css);",
            "@import \"base.css\" screen;",
            "@import \"https://example.com/a.css\";",
            "@import \"/base.css\";",
            "@import \"base.css\"",
            "@import \"base.css\" layer();",
        ] {
            let failure = inlined(&[("main.css", import), ("base.css", "")]).unwrap_err();
            assert!(failure.to_string().contains("is understood"), "{import}");
        }
    }

    #[test]
    fn a_circle_of_imports_is_refused() {
        let failure = inlined(&[
            ("main.css", "@import \"a.css\";"),
            ("a.css", "@import \"main.css\";"),
        ])
        .unwrap_err();
        assert!(failure.to_string().contains("imports itself"));
    }

    #[test]
    fn comments_go_and_strings_stay() {
        let check = |css, expected| assert_eq!(without_comments(css), expected);
        check("a/* b */c", "ac");
        check("a { content: \"/* x */\" }", "a { content: \"/* x */\" }");
        check(r#"a { content: "\"/* x */" }"#, r#"a { content: "\"/* x */" }"#);
        check("a /* never closed", "a ");
        check("a { content: '\u{2192}' } /* é */", "a { content: '\u{2192}' } ");
    }
}
