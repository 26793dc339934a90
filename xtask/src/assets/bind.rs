//! From the compiler's WASM to what a browser loads: wasm-bindgen's script beside it, then `wasm-opt`, then brotli. The
//! outcome waits below `target/xtask/`, so that a change of style alone does not do this slow part again.

use std::path::{Path, PathBuf};

use wasm_bindgen_cli_support::Bindgen;

use crate::assets::files::{self, SiteFile};
use crate::failure::Failure;
use crate::hash::Hasher;
use crate::plan::Outcome;
use crate::process;
use crate::stamp::{self, Stamp};
use crate::workspace::{Profile, Workspace};

/// What rustc's WASM may contain beyond the first version of the format; `wasm-opt` refuses what it does not know.
const WASM_FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// The folder with the finished script, WASM and snippets under their final names. In the release profile each is
/// beside its compressed self.
pub fn folder(workspace: &Workspace, profile: Profile) -> PathBuf {
    workspace.scratch().join(name(profile))
}

fn name(profile: Profile) -> &'static str {
    match profile {
        Profile::Debug => "browser-debug",
        Profile::Release => "browser",
    }
}

pub fn run(workspace: &Workspace, profile: Profile) -> Result<Outcome, Failure> {
    let compiled = workspace.compiled_wasm(profile);
    let stamp = Stamp::new(
        workspace,
        name(profile),
        Hasher::default()
            .with_file(&compiled)?
            .with_file(&workspace.tools().join("package-lock.json"))?
            .with("xtask", stamp::own_version().as_bytes())
            .finish(),
    );
    let finished = folder(workspace, profile);
    if finished.is_dir() && stamp.is_fresh() {
        return Ok(Outcome::Already("it has not changed".to_owned()));
    }
    stamp.clear();
    let bound = workspace.scratch().join("bound");
    for folder in [&bound, &finished] {
        files::empty(folder)?;
    }
    bind(&compiled, &bound)?;
    let mut wasm = bound.join("postern_bg.wasm");
    if profile == Profile::Release {
        let shrunk = bound.join("shrunk.wasm");
        shrink(workspace, &wasm, &shrunk)?;
        wasm = shrunk;
    }

    let (script, snippets) = script_and_snippets(&bound)?;
    for snippet in snippets {
        snippet.write(&finished, profile)?;
    }
    for (name, bytes) in [
        ("postern.js", script.into_bytes()),
        ("postern.wasm", files::read(&wasm)?),
    ] {
        SiteFile::named_by_content(name, bytes).write(&finished, profile)?;
    }
    stamp.set()?;
    Ok(Outcome::Done)
}

fn bind(compiled: &Path, into: &Path) -> Result<(), Failure> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(compiled)
        .out_name("postern")
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        // The page names the WASM, whose own name has a hash in it.
        .omit_default_module_path(true);
    bindgen
        .web(true)
        .and_then(|bindgen| bindgen.generate(into))
        .map_err(|error| Failure::new(format!("wasm-bindgen refused {}: {error:#}", compiled.display())))
}

fn shrink(workspace: &Workspace, from: &Path, to: &Path) -> Result<(), Failure> {
    let mut wasm_opt = process::program("node", &workspace.tools());
    wasm_opt
        .arg("node_modules/binaryen/bin/wasm-opt")
        .arg("-Oz")
        .args(WASM_FEATURES)
        .arg(from)
        .arg("-o")
        .arg(to);
    process::run(&mut wasm_opt, "look at the message of wasm-opt above")
}

/// The script, and the pieces of JavaScript that crates bring along, which it imports by relative path. Their folder
/// gets a hash in its name as every other file does, because what is under `/pkg/` may be cached for ever.
fn script_and_snippets(bound: &Path) -> Result<(String, Vec<SiteFile>), Failure> {
    let script = files::read_text(&bound.join("postern.js"))?;
    let folder = bound.join("snippets");
    if !folder.is_dir() {
        return Ok((script, Vec::new()));
    }
    let snippets = files::below(&folder)?;
    let hash = snippets
        .iter()
        .fold(Hasher::default(), |hasher, file| {
            hasher.with(&file.name, &file.bytes)
        })
        .finish();
    let renamed = snippets
        .into_iter()
        .map(|file| SiteFile::new(format!("snippets.{hash}/{}", file.name), file.bytes))
        .collect();
    Ok((point_at_snippets(&script, &hash), renamed))
}

fn point_at_snippets(script: &str, hash: &str) -> String {
    ['"', '\''].into_iter().fold(script.to_owned(), |script, quote| {
        script.replace(
            &format!("from {quote}./snippets/"),
            &format!("from {quote}./snippets.{hash}/"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_of_snippets_follow_their_folder() {
        let script = "import { a } from './snippets/app-1/inline0.js';\nimport * as b from \"./snippets/x/b.js\"\n// from './other/'";
        assert_eq!(
            point_at_snippets(script, "77"),
            "import { a } from './snippets.77/app-1/inline0.js';\nimport * as b from \"./snippets.77/x/b.js\"\n// from './other/'"
        );
    }
}
