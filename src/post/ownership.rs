//! Files that belong to the workspace's owner, although we run as root in a container.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{chown, fchown};
use std::path::Path;

/// Who a new file is to belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FileOwner {
    /// User id.
    pub(crate) user: u32,
    /// Group id.
    pub(crate) group: u32,
}

/// Hands a file that we made over to `owner`, where there is one. A refusal is no failure: the file is there and whole.
pub(crate) fn hand_over(file: &File, owner: Option<FileOwner>) {
    if let Some(owner) = owner
        && let Err(error) = fchown(file, Some(owner.user), Some(owner.group))
    {
        log::warn!("a new file stays ours: {error}");
    }
}

/// As `mkdir -p`; the directories that it makes are handed over.
pub(crate) fn create_directories(path: &Path, owner: Option<FileOwner>) -> io::Result<()> {
    let missing: Vec<&Path> = path
        .ancestors()
        .take_while(|ancestor| !ancestor.as_os_str().is_empty() && !ancestor.exists())
        .collect();
    fs::create_dir_all(path)?;
    for directory in missing {
        if let Some(owner) = owner
            && let Err(error) = chown(directory, Some(owner.user), Some(owner.group))
        {
            log::warn!(
                "the new directory `{}` stays ours: {error}",
                directory.display()
            );
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use super::*;

    #[test]
    fn only_directories_that_were_missing_are_made_and_handed_over() {
        let base = tempfile::tempdir().unwrap();
        let there = base.path().metadata().unwrap();
        // Anybody may hand a file to its present owner; only root may hand it to another one.
        let wanted = if there.uid() == 0 { 12345 } else { there.uid() };
        let owner = FileOwner {
            user: wanted,
            group: there.gid(),
        };
        let deep = base.path().join("a/b");
        create_directories(&deep, Some(owner)).unwrap();
        assert_eq!(deep.metadata().unwrap().uid(), wanted);
        assert_eq!(base.path().join("a").metadata().unwrap().uid(), wanted);
        assert_eq!(base.path().metadata().unwrap().uid(), there.uid());
    }
}
