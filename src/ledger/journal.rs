//! The ledger on disk: JSON lines, each synced before the call that it announces.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::entry::{Entry, Header, VERSION};
use super::identity::BuildIdentity;
use super::replay::{self, Replayed};

/// Why a journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum JournalError {
    /// The disk refused.
    #[error("cannot {doing} the journal `{}`", path.display())]
    Io {
        /// `create`, `read`, …
        doing: &'static str,
        /// Which journal.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Another process builds or settles with it.
    #[error("the journal `{}` is in use by another process", path.display())]
    InUse {
        /// Which journal.
        path: PathBuf,
    },
    /// A newer program wrote it.
    #[error("the journal `{}` has version {version}, and this program reads version {VERSION}", path.display())]
    Newer {
        /// Which journal.
        path: PathBuf,
        /// Its version.
        version: u64,
    },
    /// A line is not what this program writes.
    #[error("line {line} of the journal `{}` cannot be read", path.display())]
    Garbled {
        /// Which journal.
        path: PathBuf,
        /// Counts from 1.
        line: usize,
        /// The build's id, where the first line still told it.
        build_id: Option<String>,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
}

impl JournalError {
    /// What the user can still do.
    pub(crate) fn hint(&self) -> Option<String> {
        let by_tag = |filter: String| {
            format!(
                "what the build made is found by its tag: `aws resourcegroupstaggingapi get-resources --tag-filters '{filter}'` in each region"
            )
        };
        match self {
            Self::Io { .. } => None,
            Self::InUse { .. } => Some("wait until the other process has ended".to_owned()),
            Self::Newer { .. } | Self::Garbled { build_id: None, .. } => {
                Some(by_tag(format!("Key={}", super::BUILD_ID_TAG)))
            }
            Self::Garbled {
                build_id: Some(id), ..
            } => Some(by_tag(format!("Key={},Values={id}", super::BUILD_ID_TAG))),
        }
    }
}

/// An open journal. It is locked for as long as this value lives.
#[derive(Debug)]
pub(crate) struct Journal {
    file: File,
    path: PathBuf,
}

impl Journal {
    /// Starts the journal of a build in `directory`, which is made (0700) where it is missing. The file is readable by its
    /// owner only: it names the account and everything in it.
    pub(crate) fn create(directory: &Path, identity: &BuildIdentity) -> Result<Self, JournalError> {
        let path = directory.join(format!("{}.journal", identity.build_id));
        let failed = |doing| {
            move |source| JournalError::Io {
                doing,
                path: path_of(directory, identity),
                source,
            }
        };
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory)
            .map_err(failed("make the directory of"))?;
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .map_err(failed("create"))?;
        let mut journal = Self { file, path };
        journal.lock()?;
        let header = Header {
            version: VERSION,
            process: std::process::id(),
            build: identity.clone(),
        };
        journal.append(&[header_line(&header)])?;
        // The name of a new file is safe only once its directory is synced too.
        File::open(directory)
            .and_then(|directory| directory.sync_all())
            .map_err(failed("sync the directory of"))?;
        Ok(journal)
    }

    /// Opens the journal that an earlier process left. A last line that was cut off announces a call that was never made,
    /// so it is dropped.
    pub(super) fn reopen(path: &Path) -> Result<(Self, Replayed), JournalError> {
        let failed = |doing| {
            move |source| JournalError::Io {
                doing,
                path: path.to_owned(),
                source,
            }
        };
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .open(path)
            .map_err(failed("open"))?;
        let mut journal = Self {
            file,
            path: path.to_owned(),
        };
        journal.lock()?;
        let bytes = std::fs::read(path).map_err(failed("read"))?;
        let whole = bytes
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |end| end + 1);
        let replayed = replay::replay(path, &bytes[..whole])?;
        journal
            .file
            .set_len(whole as u64)
            .map_err(failed("repair"))?;
        journal
            .file
            .seek(SeekFrom::End(0))
            .map_err(failed("read"))?;
        Ok((journal, replayed))
    }

    /// Where it lies.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Appends entries and waits until the disk has them. This blocks for some milliseconds; the order is the point.
    pub(super) fn write(&mut self, entries: &[Entry]) -> Result<(), JournalError> {
        let lines: Vec<String> = entries.iter().map(line).collect();
        self.append(&lines)
    }

    /// Removes the journal of a build that left nothing.
    pub(super) fn remove(self) -> Result<(), JournalError> {
        std::fs::remove_file(&self.path).map_err(|source| JournalError::Io {
            doing: "remove",
            path: self.path,
            source,
        })
    }

    fn append(&mut self, lines: &[String]) -> Result<(), JournalError> {
        let written = self
            .file
            .write_all(lines.concat().as_bytes())
            .and_then(|()| self.file.sync_all());
        written.map_err(|source| JournalError::Io {
            doing: "write",
            path: self.path.clone(),
            source,
        })
    }

    fn lock(&self) -> Result<(), JournalError> {
        self.file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => JournalError::InUse {
                path: self.path.clone(),
            },
            TryLockError::Error(source) => JournalError::Io {
                doing: "lock",
                path: self.path.clone(),
                source,
            },
        })
    }
}

fn path_of(directory: &Path, identity: &BuildIdentity) -> PathBuf {
    directory.join(format!("{}.journal", identity.build_id))
}

fn header_line(header: &Header) -> String {
    let mut text = serde_json::to_string(header).expect("a header has only strings and numbers");
    text.push('\n');
    text
}

fn line(entry: &Entry) -> String {
    let mut text = serde_json::to_string(entry).expect("an entry has only strings and numbers");
    text.push('\n');
    text
}

#[cfg(test)]
mod tests;
