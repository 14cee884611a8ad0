//! The SFTP subsystem, as far as transfers need it.

use std::io::{self, Read, Write};
use std::path::Path;

use super::ssh::{Connection, FileStat, OpenFlags, OpenType, Subsystem};

/// The subsystem of one connection.
pub(super) struct Sftp(Subsystem);

impl Sftp {
    /// Starts it.
    pub(super) fn start(connection: &Connection) -> io::Result<Self> {
        Ok(Self(connection.sftp()?))
    }

    /// Creates or empties `path` and opens it for writing.
    pub(super) fn create(&self, path: &str) -> io::Result<impl Write> {
        let flags = OpenFlags::WRITE | OpenFlags::TRUNCATE;
        Ok(self
            .0
            .open_mode(Path::new(path), flags, 0o644, OpenType::File)?)
    }

    /// Opens `path` for reading.
    pub(super) fn open(&self, path: &str) -> io::Result<impl Read> {
        Ok(self.0.open(Path::new(path))?)
    }

    /// Sets the permission bits.
    pub(super) fn set_mode(&self, path: &str, mode: u32) -> io::Result<()> {
        let stat = FileStat {
            size: None,
            uid: None,
            gid: None,
            perm: Some(mode),
            atime: None,
            mtime: None,
        };
        Ok(self.0.setstat(Path::new(path), stat)?)
    }

    /// Makes a directory; one that exists is fine.
    pub(super) fn make_directory(&self, path: &str) -> io::Result<()> {
        match self.0.mkdir(Path::new(path), 0o755) {
            Ok(()) => Ok(()),
            Err(_) if self.0.stat(Path::new(path)).is_ok_and(|stat| stat.is_dir()) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
