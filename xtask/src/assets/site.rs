//! `target/site/`: the finished browser side, the style sheet and the static files together, with the manifest.

use std::fs;
use std::path::PathBuf;

use crate::assets::bind;
use crate::assets::files::{self, SiteFile};
use crate::assets::manifest::Manifest;
use crate::assets::style;
use crate::failure::Failure;
use crate::hash::Hasher;
use crate::plan::Outcome;
use crate::stamp::{self, Stamp};
use crate::workspace::{Profile, Workspace};

pub fn package(workspace: &Workspace) -> PathBuf {
    workspace.site().join("pkg")
}

fn manifest_path(workspace: &Workspace) -> PathBuf {
    workspace.site().join("manifest.json")
}

pub fn run(workspace: &Workspace, profile: Profile) -> Result<Outcome, Failure> {
    let browser = files::below(&bind::folder(workspace, profile))?;
    let style = files::below(&workspace.style())?;
    let stamp = Stamp::new(workspace, "site", fingerprint(&browser, &style, profile));
    if stamp.is_fresh() && is_complete(workspace) {
        return Ok(Outcome::Already("nothing has changed".to_owned()));
    }
    stamp.clear();
    let package = package(workspace);
    files::empty(&package)?;
    let mut manifest = Manifest::default();

    for file in browser {
        // Compressed already where it should be, in the slow step before.
        files::write(&package.join(&file.name), &file.bytes)?;
        match file.name.rsplit_once('.') {
            Some((_, key @ ("js" | "wasm"))) if !file.name.contains('/') => {
                manifest.add(key, &file.name)?;
            }
            _ => {}
        }
    }

    let sheet = style::bundle(&workspace.style().join("main.css"))?;
    let sheet = SiteFile::named_by_content("postern.css", sheet.into_bytes());
    sheet.write(&package, profile)?;
    manifest.add("css", &sheet.name)?;

    for file in files::below(&workspace.style().join("static"))? {
        let key = file.name.clone();
        let named = SiteFile::named_by_content(&file.name, file.bytes);
        named.write(&package, profile)?;
        manifest.add(&key, &named.name)?;
    }
    files::write(&manifest_path(workspace), manifest.to_json().as_bytes())?;
    stamp.set()?;
    Ok(Outcome::Done)
}

fn fingerprint(browser: &[SiteFile], style: &[SiteFile], profile: Profile) -> String {
    browser
        .iter()
        .chain(style)
        .fold(Hasher::default(), |hasher, file| {
            hasher.with(&file.name, &file.bytes)
        })
        .with("profile", profile.folder().as_bytes())
        .with("xtask", stamp::own_version().as_bytes())
        .finish()
}

fn is_complete(workspace: &Workspace) -> bool {
    fs::read_to_string(manifest_path(workspace))
        .ok()
        .and_then(|text| Manifest::from_json(&text))
        .is_some_and(|manifest| manifest.files().all(|file| workspace.site().join(file).is_file()))
}
