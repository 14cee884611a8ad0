//! Reads all files of a directory, whoever wrote them.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::believe::believed;
use super::record::{RunRecord, VERSION};

/// More than this is no result of ours.
pub(super) const LARGEST: u64 = 1024 * 1024;
/// As many entries of a directory are looked at, and no more: four for each job of the largest matrix.
const MOST_ENTRIES: usize = 1024;

/// What lay there.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// What could be read.
    pub(crate) records: Vec<RunRecord>,
    /// One line for each file that could not.
    pub(crate) unreadable: Vec<String>,
}

/// Why one file does not count.
#[derive(Debug, thiserror::Error)]
enum ReadError {
    #[error("it cannot be read")]
    Io(#[from] io::Error),
    #[error("it is larger than {LARGEST} bytes")]
    TooLarge,
    #[error("it is no result of ami-build")]
    Foreign,
    #[error("it was written by another version of ami-build")]
    Version,
    #[error("it is no whole result")]
    Form(#[source] serde_json::Error),
    #[error("{0}")]
    Unbelievable(&'static str),
}

/// Reads the results in `directory`, and in the directories in it: artifacts are unpacked side by side or one below the other.
/// None where there is no such directory.
pub(crate) fn read(directory: &Path) -> io::Result<Found> {
    let mut paths = Vec::new();
    collect(directory, &mut paths, 1)?;
    paths.sort();
    let mut found = Found::default();
    for path in paths {
        match one(&path) {
            Ok(record) => found.records.push(record),
            Err(error) => found.unreadable.push(format!(
                "`{}` does not count: {}",
                path.strip_prefix(directory).unwrap_or(&path).display(),
                crate::error::on_one_line(&error)
            )),
        }
    }
    Ok(found)
}

fn collect(directory: &Path, paths: &mut Vec<PathBuf>, deeper: usize) -> io::Result<()> {
    let entries = match fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries.take(MOST_ENTRIES) {
        let entry = entry?;
        // The type of the entry itself: a link leads nowhere.
        let kind = entry.file_type()?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if kind.is_dir() && deeper > 0 {
            collect(&entry.path(), paths, deeper - 1)?;
        }
        let is_ours = name.starts_with("result-") && name.ends_with(".json");
        if kind.is_file() && is_ours && paths.len() < MOST_ENTRIES {
            paths.push(entry.path());
        }
    }
    Ok(())
}

fn one(path: &Path) -> Result<RunRecord, ReadError> {
    let mut bytes = Vec::new();
    File::open(path)?
        .take(LARGEST + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(ReadError::TooLarge);
    }
    let value: Value = serde_json::from_slice(&bytes).map_err(ReadError::Form)?;
    let version = value.get("ami-build-result").and_then(Value::as_u64);
    match version {
        None => return Err(ReadError::Foreign),
        Some(version) if version != u64::from(VERSION) => return Err(ReadError::Version),
        Some(_) => {}
    }
    let record = serde_json::from_value(value).map_err(ReadError::Form)?;
    believed(record).map_err(ReadError::Unbelievable)
}
