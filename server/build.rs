//! Makes the folder of the built assets exist, because it is named at compile time: a plain
//! `cargo build` without the frontend gives a portal without script and style.

use std::{env, fs, io, path::Path};

fn main() -> io::Result<()> {
    let here = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let site = Path::new(&here).join("../target/site");
    println!("cargo::rerun-if-changed=build.rs");
    fs::create_dir_all(site)
}
