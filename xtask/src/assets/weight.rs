//! The budget of a first visit: script, WASM and style together, as they travel.

use std::path::Path;

use crate::assets::{files, site};
use crate::failure::Failure;
use crate::plan::{Outcome, Step};
use crate::workspace::Workspace;

const BUDGET: usize = 200_000;

pub fn weigh() -> Step {
    Step::new("Weigh what a browser downloads", run)
}

fn run(workspace: &Workspace) -> Result<Outcome, Failure> {
    let mut total = 0;
    for file in files::below(&site::package(workspace))? {
        if counts(&file.name) {
            eprintln!("      {:>9} bytes  {}", file.bytes.len(), file.name);
            total += file.bytes.len();
        }
    }
    eprintln!("      {total:>9} bytes of {BUDGET}");
    if total > BUDGET {
        return Err(Failure::new(format!(
            "a first visit downloads {total} bytes of script, WASM and style, and may download {BUDGET}: look for what an island brought along"
        )));
    }
    Ok(Outcome::Done)
}

/// The compressed form of a script (with those that crates bring along), the WASM or the style.
fn counts(name: &str) -> bool {
    name.strip_suffix(".br").is_some_and(|name| {
        Path::new(name)
            .extension()
            .is_some_and(|extension| ["js", "wasm", "css"].iter().any(|known| extension == *known))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_compressed_scripts_wasm_and_style_count() {
        for name in [
            "postern.0.js.br",
            "postern.0.wasm.br",
            "postern.0.css.br",
            "snippets.0/a/inline0.js.br",
        ] {
            assert!(counts(name), "{name}");
        }
        for name in ["postern.0.js", "icons.0.svg.br", "icons.0.svg"] {
            assert!(!counts(name), "{name}");
        }
    }
}
