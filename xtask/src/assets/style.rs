//! One style sheet out of several, in the order and the layers of their imports, checked and minified by Lightning CSS.

use std::fmt::Display;
use std::path::Path;

use lightningcss::bundler::{Bundler, FileProvider};
use lightningcss::error::{Error, ErrorLocation};
use lightningcss::printer::PrinterOptions;
use lightningcss::stylesheet::{MinifyOptions, ParserOptions};

use crate::failure::Failure;

/// The sheet with everything that it imports, without comments. A sheet with an error in it is refused.
pub fn bundle(main: &Path) -> Result<String, Failure> {
    let files = FileProvider::new();
    let mut sheet = Bundler::new(&files, None, ParserOptions::default())
        .bundle(main)
        .map_err(refused)?;
    // Neither step names a target browser, so nothing is rewritten for an older one: nesting and `light-dark()` reach
    // the browser as they were written, and the theme stays a matter of `color-scheme`.
    sheet.minify(MinifyOptions::default()).map_err(refused)?;
    let minified = PrinterOptions {
        minify: true,
        ..PrinterOptions::default()
    };
    Ok(sheet.to_css(minified).map_err(refused)?.code)
}

fn refused<K: Display>(error: Error<K>) -> Failure {
    let Error { kind, loc } = error;
    match loc {
        // Lightning CSS counts lines from 0.
        Some(ErrorLocation { filename, line, .. }) => {
            Failure::new(format!("{filename}:{}: {kind}", line + 1))
        }
        None => Failure::new(format!("the style sheet has an error: {kind}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::files;
    use crate::workspace::Workspace;

    /// Bundles `main.css` among these files, which get a folder of this name.
    fn bundled(name: &str, sheets: &[(&str, &str)]) -> Result<String, Failure> {
        let folder = Workspace::find()?.scratch().join("style-tests").join(name);
        files::empty(&folder)?;
        for (sheet, text) in sheets {
            files::write(&folder.join(sheet), text.as_bytes())?;
        }
        bundle(&folder.join("main.css"))
    }

    #[test]
    fn imports_become_their_content_in_the_stated_order_of_layers() {
        let sheet = bundled(
            "layers",
            &[
                (
                    "main.css",
                    "@layer parts, base;\n@import \"base.css\" layer(base);\n@import \"parts/all.css\" layer(parts);\n@import \"print.css\";\n",
                ),
                ("base.css", "/* why */\nbody { margin: 0 }\n\n"),
                ("parts/all.css", "@import \"table.css\";\n"),
                ("parts/table.css", "td { padding: 0 }"),
                ("print.css", "@media print { nav { display: none } }"),
            ],
        )
        .unwrap();
        assert_eq!(
            sheet,
            "@layer parts{td{padding:0}}@layer base{body{margin:0}}@media print{nav{display:none}}"
        );
    }

    #[test]
    fn nesting_and_light_dark_stay_as_they_are() {
        let sheet = bundled(
            "modern",
            &[(
                "main.css",
                ":root { color-scheme: light dark; --ground: light-dark(#fff, #101416) }\n\
                 nav { color: light-dark(black, white); &:hover { a { color: var(--ground) } } }",
            )],
        )
        .unwrap();
        assert_eq!(
            sheet,
            ":root{color-scheme:light dark;--ground:light-dark(#fff,#101416)}\
             nav{color:light-dark(#000,#fff);&:hover{& a{color:var(--ground)}}}"
        );
    }

    #[test]
    fn a_sheet_with_an_error_is_refused_by_its_place() {
        for (name, sheet, place) in [
            ("unclosed", "a {\n  color: red;\n}\nb } {", "main.css:4"),
            ("missing", "@import \"missing.css\";", "main.css:1"),
            (
                "elsewhere",
                "@import \"https://example.com/a.css\";",
                "main.css:1",
            ),
        ] {
            let failure = bundled(name, &[("main.css", sheet)]).unwrap_err();
            assert!(failure.to_string().contains(place), "{name}: {failure}");
        }
    }

    #[test]
    fn the_portals_own_sheet_keeps_its_layers_and_colours() {
        let main = Workspace::find().unwrap().style().join("main.css");
        let sheet = bundle(&main).unwrap();
        // The blocks come in the order that was stated, so the statement is left out.
        let layers = ["tokens", "base", "layout", "components"];
        let blocks = layers.map(|layer| sheet.find(&format!("@layer {layer}{{")));
        assert!(blocks[0] == Some(0) && blocks.is_sorted(), "{blocks:?}");
        for (kept, at_least) in [("light-dark(", 20), ("&:", 10)] {
            assert!(sheet.matches(kept).count() >= at_least, "{kept}");
        }
        for gone in ["/*", "@import", "--lightningcss"] {
            assert!(!sheet.contains(gone), "{gone}");
        }
    }
}
