//! The ledger on disk: JSON lines, each synced before the call that it announces.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::disk::{Disk, FileDisk, NoDisk};
use super::entry::{Entry, Header, VERSION};
use super::identity::BuildIdentity;
use super::replay::{self, Replayed};
use super::trace::Trace;

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
    /// The process ended before it had written the first line, without which nothing is made.
    #[error("the journal `{}` was not begun", path.display())]
    Unbegun {
        /// Which journal.
        path: PathBuf,
    },
    /// A newer program wrote it.
    #[error("the journal `{}` has version {version}, and this program reads version {VERSION}", path.display())]
    Newer {
        /// Which journal.
        path: PathBuf,
        /// What it tells nevertheless.
        trace: Trace,
        /// Its version.
        version: u64,
    },
    /// Its first line is not what this program writes.
    #[error("the first line of the journal `{}` cannot be read", path.display())]
    Garbled {
        /// Which journal.
        path: PathBuf,
        /// What it tells nevertheless.
        trace: Trace,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
}

impl JournalError {
    /// What the user can still do.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Io { .. } | Self::Unbegun { .. } => None,
            Self::InUse { .. } => Some("wait until the other process has ended".to_owned()),
            Self::Newer { trace, .. } => Some(format!(
                "settle it with the version that wrote it; what the build made is found by its tag too: {}",
                trace.search()
            )),
            Self::Garbled { trace, .. } => Some(format!(
                "what the build made is found by its tag: {}",
                trace.search()
            )),
        }
    }
}

/// An open journal. It is locked for as long as this value lives.
#[derive(Debug)]
pub(crate) struct Journal {
    disk: Box<dyn Disk>,
    path: PathBuf,
    /// How many bytes are whole lines.
    whole: u64,
    /// Whether a line that could not be written may stand behind them in part.
    torn: bool,
}

impl Journal {
    /// Starts the journal of a build in `directory`, which is made (0700) where it is missing. The file is readable by its
    /// owner only: it names the account and everything in it.
    pub(crate) fn create(directory: &Path, identity: &BuildIdentity) -> Result<Self, JournalError> {
        let path = directory.join(format!("{}.journal", identity.build_id));
        let failed = |doing| move |source| failed(doing, &path_of(directory, identity), source);
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
        lock(&file, &path)?;
        let mut journal = Self::of(file, path, 0);
        let header = Header {
            version: VERSION,
            process: std::process::id(),
            build: identity.clone(),
        };
        journal.append(&header_line(&header))?;
        // The name of a new file is safe only once its directory is synced too.
        File::open(directory)
            .and_then(|directory| directory.sync_all())
            .map_err(failed("sync the directory of"))?;
        Ok(journal)
    }

    /// A journal that is on no disk, for a build that makes nothing real.
    pub(crate) fn forgetful(identity: &BuildIdentity) -> Self {
        Self {
            disk: Box::new(NoDisk),
            path: PathBuf::from(format!("{}.journal", identity.build_id)),
            whole: 0,
            torn: false,
        }
    }

    /// Opens the journal that an earlier process left. A last line that was cut off announces a call that was never made,
    /// so it is dropped.
    pub(super) fn reopen(path: &Path) -> Result<(Self, Replayed), JournalError> {
        let failed = |doing| move |source| failed(doing, path, source);
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .open(path)
            .map_err(failed("open"))?;
        lock(&file, path)?;
        let bytes = std::fs::read(path).map_err(failed("read"))?;
        let whole = bytes
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |end| end + 1);
        let replayed = replay::replay(path, &bytes[..whole])?;
        let mut journal = Self::of(file, path.to_owned(), whole as u64);
        journal.disk.cut(journal.whole).map_err(failed("repair"))?;
        Ok((journal, replayed))
    }

    /// Where it lies.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Appends entries and waits until the disk has them: all of them or, should the process die meanwhile, none. This blocks
    /// for some milliseconds; the order is the point.
    pub(super) fn write(&mut self, entries: &[Entry]) -> Result<(), JournalError> {
        self.append(&line(entries))
    }

    /// Removes the journal of a build that left nothing.
    pub(super) fn remove(mut self) -> Result<(), JournalError> {
        self.disk
            .remove()
            .map_err(|source| failed("remove", &self.path, source))
    }

    /// The same journal on another disk.
    #[cfg(test)]
    pub(super) fn on(self, disk: impl FnOnce(Box<dyn Disk>) -> Box<dyn Disk>) -> Self {
        Self {
            disk: disk(self.disk),
            ..self
        }
    }

    fn of(file: File, path: PathBuf, whole: u64) -> Self {
        let disk = FileDisk {
            file,
            path: path.clone(),
        };
        Self {
            disk: Box::new(disk),
            path,
            whole,
            torn: false,
        }
    }

    /// A line that a full disk cut off goes before the next one is written: two in one could never be read again.
    fn append(&mut self, line: &str) -> Result<(), JournalError> {
        if self.torn {
            self.disk
                .cut(self.whole)
                .map_err(|source| failed("repair", &self.path, source))?;
            self.torn = false;
        }
        if let Err(source) = self.disk.append(line.as_bytes()) {
            self.torn = self.disk.cut(self.whole).is_err();
            return Err(failed("write", &self.path, source));
        }
        self.whole += line.len() as u64;
        Ok(())
    }
}

fn failed(doing: &'static str, path: &Path, source: io::Error) -> JournalError {
    JournalError::Io {
        doing,
        path: path.to_owned(),
        source,
    }
}

fn lock(file: &File, path: &Path) -> Result<(), JournalError> {
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => JournalError::InUse {
            path: path.to_owned(),
        },
        TryLockError::Error(source) => failed("lock", path, source),
    })
}

fn path_of(directory: &Path, identity: &BuildIdentity) -> PathBuf {
    directory.join(format!("{}.journal", identity.build_id))
}

fn header_line(header: &Header) -> String {
    let mut text = serde_json::to_string(header).expect("a header has only strings and numbers");
    text.push('\n');
    text
}

/// One entry as it is, several as a list.
fn line(entries: &[Entry]) -> String {
    let text = match entries {
        [entry] => serde_json::to_string(entry),
        entries => serde_json::to_string(entries),
    };
    let mut text = text.expect("an entry has only strings and numbers");
    text.push('\n');
    text
}

#[cfg(test)]
mod tests;
