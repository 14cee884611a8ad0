//! A file that goes with its value.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// As many names are tried before the directory itself is at fault.
const TRIES: u32 = 100;

/// See the module. Only the user may read it.
#[derive(Debug)]
pub(super) struct TemporaryFile {
    path: PathBuf,
    kept: bool,
}

impl TemporaryFile {
    /// Writes `bytes` to a new file of `directory`, whose name begins with `prefix` and ends with a random number.
    pub(super) fn write(directory: &Path, prefix: &str, bytes: &[u8]) -> io::Result<Self> {
        let mut tried = 0;
        loop {
            let number = getrandom::u32().map_err(io::Error::from)?;
            let path = directory.join(format!("{prefix}{number}"));
            let opened = OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(&path);
            match opened {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && tried < TRIES => {
                    tried += 1;
                }
                Err(error) => return Err(error),
                Ok(mut file) => {
                    let written = Self { path, kept: false };
                    file.write_all(bytes)?;
                    return Ok(written);
                }
            }
        }
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// It stays.
    pub(super) fn keep(&mut self) {
        self.kept = true;
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        if !self.kept {
            let _already_gone = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod unit {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn it_is_for_the_user_alone_and_goes_with_its_value() {
        let directory = tempfile::tempdir().unwrap();
        let file = TemporaryFile::write(directory.path(), "key", b"secret").unwrap();
        let path = file.path().to_owned();
        assert_eq!(fs::read(&path).unwrap(), b"secret");
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        drop(file);
        assert!(!path.exists());
    }

    #[test]
    fn a_kept_one_stays() {
        let directory = tempfile::tempdir().unwrap();
        let mut file = TemporaryFile::write(directory.path(), "inventory", b"").unwrap();
        file.keep();
        let path = file.path().to_owned();
        drop(file);
        assert!(path.exists());
    }
}
