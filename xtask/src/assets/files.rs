//! Files of the site: named by their content and written, in the release profile beside their compressed selves.

use std::fs;
use std::path::Path;

use brotli::enc::BrotliEncoderParams;

use crate::failure::Failure;
use crate::hash;
use crate::workspace::Profile;

pub struct SiteFile {
    /// Relative to its folder, with `/` on every system.
    pub name: String,
    pub bytes: Vec<u8>,
}

impl SiteFile {
    pub fn new(name: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self {
            name: name.into(),
            bytes,
        }
    }

    /// `postern.js` becomes `postern.0123456789abcdef.js`, which a browser may keep for ever.
    pub fn named_by_content(name: &str, bytes: Vec<u8>) -> Self {
        let hash = hash::of(&bytes);
        let name = match name.rsplit_once('.') {
            Some((stem, extension)) => format!("{stem}.{hash}.{extension}"),
            None => format!("{name}.{hash}"),
        };
        Self { name, bytes }
    }

    /// Writes it into the folder, and in the release profile its brotli form beside it.
    pub fn write(&self, folder: &Path, profile: Profile) -> Result<(), Failure> {
        write(&folder.join(&self.name), &self.bytes)?;
        if profile == Profile::Debug {
            return Ok(());
        }
        let compressed = compress(&self.bytes).map_err(Failure::at("compress", Path::new(&self.name)))?;
        write(&folder.join(format!("{}.br", self.name)), &compressed)
    }
}

/// As small as brotli makes it: done once here, so that the server never compresses these.
fn compress(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let parameters = BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        size_hint: bytes.len(),
        ..BrotliEncoderParams::default()
    };
    let mut compressed = Vec::with_capacity(bytes.len() / 3);
    brotli::BrotliCompress(&mut &*bytes, &mut compressed, &parameters)?;
    Ok(compressed)
}

pub fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(Failure::at("read", path))
}

pub fn read_text(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(Failure::at("read", path))
}

pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(Failure::at("create", folder))?;
    }
    fs::write(path, bytes).map_err(Failure::at("write", path))
}

/// Makes the folder anew with nothing in it.
pub fn empty(folder: &Path) -> Result<(), Failure> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(Failure::at("empty", folder))?;
    }
    fs::create_dir_all(folder).map_err(Failure::at("create", folder))
}

/// Every file below the folder, in a stable order; none when there is no folder. Hidden files are left alone.
pub fn below(folder: &Path) -> Result<Vec<SiteFile>, Failure> {
    let mut found = Vec::new();
    if folder.is_dir() {
        collect(folder, "", &mut found)?;
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

fn collect(folder: &Path, prefix: &str, found: &mut Vec<SiteFile>) -> Result<(), Failure> {
    for entry in fs::read_dir(folder).map_err(Failure::at("read", folder))? {
        let path = entry.map_err(Failure::at("read", folder))?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if name.starts_with('.') {
            continue;
        }
        if path.is_dir() {
            collect(&path, &format!("{prefix}{name}/"), found)?;
        } else {
            found.push(SiteFile::new(format!("{prefix}{name}"), read(&path)?));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_by_content_keeps_its_extension() {
        let check = |name, expected| {
            assert_eq!(SiteFile::named_by_content(name, b"abc".to_vec()).name, expected);
        };
        check("postern.js", "postern.ba7816bf8f01cfea.js");
        check("touch.icon.png", "touch.icon.ba7816bf8f01cfea.png");
        check("robots", "robots.ba7816bf8f01cfea");
    }

    #[test]
    fn compressed_is_the_same_content() {
        let text = "a { color: red }\n".repeat(500).into_bytes();
        let compressed = compress(&text).unwrap();
        assert!(compressed.len() < text.len() / 10);
        let mut back = Vec::new();
        brotli::BrotliDecompress(&mut compressed.as_slice(), &mut back).unwrap();
        assert_eq!(back, text);
    }
}
