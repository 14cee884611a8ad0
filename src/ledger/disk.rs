//! Where a journal's bytes go.

use std::fmt::Debug;
use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::PathBuf;

/// The file of a journal. Tests put one in its place that fails, or that dies with its process.
pub(crate) trait Disk: Debug + Send {
    /// Appends the bytes, and returns once they would outlive the machine's power.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Takes away everything behind the first `length` bytes.
    fn cut(&mut self, length: u64) -> io::Result<()>;
    /// Removes the file.
    fn remove(&mut self) -> io::Result<()>;
}

/// A file on a disk.
#[derive(Debug)]
pub(super) struct FileDisk {
    pub(super) file: File,
    pub(super) path: PathBuf,
}

impl Disk for FileDisk {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.file.sync_all()
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.file.set_len(length)?;
        self.file.seek(SeekFrom::End(0)).map(drop)
    }

    fn remove(&mut self) -> io::Result<()> {
        std::fs::remove_file(&self.path)
    }
}

/// None at all: whatever is written down goes with the process, as does what a rehearsal made.
#[derive(Debug)]
pub(super) struct NoDisk;

impl Disk for NoDisk {
    fn append(&mut self, _bytes: &[u8]) -> io::Result<()> {
        Ok(())
    }

    fn cut(&mut self, _length: u64) -> io::Result<()> {
        Ok(())
    }

    fn remove(&mut self) -> io::Result<()> {
        Ok(())
    }
}
