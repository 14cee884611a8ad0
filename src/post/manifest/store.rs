//! Replaces a file as a whole: a full disk or a kill leaves the old contents.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use crate::ownership::{FileOwner, hand_over};

/// Packer's mode of a new manifest, less what the umask takes.
const MODE: u32 = 0o664;

/// Puts `contents` at `path`. A file that is there keeps its mode and owner, a new one goes to `owner`; a link is followed.
/// Where no neighbour can be made or take its place (a read-only directory, a mounted file), the file is written over instead.
pub(super) fn replace(
    path: &Path,
    contents: &[u8],
    owner: Option<FileOwner>,
    unique: &str,
) -> io::Result<()> {
    let path = fs::canonicalize(path).unwrap_or_else(|_not_there| path.to_owned());
    let there = fs::metadata(&path).ok();
    if there.as_ref().is_some_and(|there| !there.is_file()) {
        return write_over(&path, contents);
    }
    let keep = there.as_ref().map(|there| FileOwner {
        user: there.uid(),
        group: there.gid(),
    });
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{unique}.tmp"));
    let neighbour = PathBuf::from(name);
    let placed = write_neighbour(&neighbour, contents, keep.or(owner))
        .and_then(|()| match &there {
            Some(there) => {
                fs::set_permissions(&neighbour, Permissions::from_mode(there.mode() & 0o7777))
            }
            None => Ok(()),
        })
        .and_then(|()| fs::rename(&neighbour, &path));
    match placed {
        Err(error) => {
            let _never_made = fs::remove_file(&neighbour);
            if there.is_some() && barred(error.kind()) {
                write_over(&path, contents)
            } else {
                Err(error)
            }
        }
        Ok(()) => Ok(()),
    }
}

fn write_neighbour(path: &Path, contents: &[u8], owner: Option<FileOwner>) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(MODE)
        .open(path)?;
    hand_over(&file, owner);
    file.write_all(contents)?;
    // A full disk may show only now.
    file.sync_all()
}

fn write_over(path: &Path, contents: &[u8]) -> io::Result<()> {
    File::options()
        .write(true)
        .truncate(true)
        .open(path)?
        .write_all(contents)
}

/// Whether it is the directory that refuses, not the disk.
fn barred(kind: io::ErrorKind) -> bool {
    use io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem, ResourceBusy};
    matches!(kind, PermissionDenied | ReadOnlyFilesystem | ResourceBusy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_existing_file_keeps_its_mode_and_leaves_no_neighbour() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("m.json");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        replace(&path, b"new", None, "u").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_link_stays_a_link() {
        let directory = tempfile::tempdir().unwrap();
        let (target, link) = (
            directory.path().join("target"),
            directory.path().join("link"),
        );
        fs::write(&target, "old").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        replace(&link, b"new", None, "u").unwrap();
        assert_eq!(fs::read_to_string(&target).unwrap(), "new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }

    #[test]
    fn a_missing_directory_is_an_error_and_is_not_made() {
        let directory = tempfile::tempdir().unwrap();
        let error = replace(&directory.path().join("no/m.json"), b"", None, "u").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        assert!(!directory.path().join("no").exists());
    }
}
