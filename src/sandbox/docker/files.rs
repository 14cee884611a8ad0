//! Reads files of a container from outside, whether it runs or not.

use std::io::Read as _;

use super::engine::Engine;
use super::engine_error::EngineError;

/// The most that is read of one of them: lists of packages have some megabytes.
const MOST: usize = 64 << 20;

/// A plain file that was in a directory.
pub(super) struct Found {
    /// Its name.
    pub(super) name: String,
    pub(super) mode: u32,
    pub(super) content: Vec<u8>,
}

/// The text of a file; nothing where there is none, or something else.
pub(super) async fn text(
    engine: &Engine,
    container: &str,
    path: &str,
) -> Result<String, EngineError> {
    let found = plain(engine, container, path).await?;
    let content = found.into_iter().next().map(|file| file.content);
    Ok(String::from_utf8_lossy(&content.unwrap_or_default()).into_owned())
}

/// The plain files at a path: the file itself, or those in the directory.
pub(super) async fn plain(
    engine: &Engine,
    container: &str,
    path: &str,
) -> Result<Vec<Found>, EngineError> {
    let archive = engine.pack(container, path, MOST).await?;
    let archive = archive.unwrap_or_default();
    let mut archive = tar::Archive::new(&*archive);
    let mut files = Vec::new();
    // A broken archive ends early: what is not there is as if it were not in the image.
    for entry in archive.entries().into_iter().flatten() {
        let Ok(mut entry) = entry else { break };
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let name = entry.path().ok().and_then(|path| {
            let is_direct = path.components().count() <= 2;
            let name = path.file_name().filter(|_| is_direct)?;
            Some(name.to_string_lossy().into_owned())
        });
        let mode = entry.header().mode().unwrap_or(0o644);
        let mut content = Vec::new();
        if let (Some(name), Ok(_)) = (name, entry.read_to_end(&mut content)) {
            files.push(Found {
                name,
                mode,
                content,
            });
        }
    }
    Ok(files)
}
