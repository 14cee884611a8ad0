//! Files that belong to the workspace's owner, although we run as root in a container.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{MetadataExt, chown, fchown, lchown};
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

/// Hands over a file or directory with all below it, as far as it is ours: what lay there before keeps its owner.
pub(crate) fn hand_over_tree(path: &Path, owner: Option<FileOwner>) {
    let Some(owner) = owner else { return };
    let Ok(metadata) = fs::symlink_metadata(path) else {
        return;
    };
    if metadata.uid() == nix::unistd::geteuid().as_raw()
        && let Err(error) = lchown(path, Some(owner.user), Some(owner.group))
    {
        log::warn!("`{}` stays ours: {error}", path.display());
    }
    if !metadata.is_dir() {
        return;
    }
    for entry in fs::read_dir(path).into_iter().flatten().flatten() {
        hand_over_tree(&entry.path(), Some(owner));
    }
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn a_tree_is_handed_over_with_all_below_it_and_links_are_not_followed() {
        let base = tempfile::tempdir().unwrap();
        fs::create_dir(base.path().join("made")).unwrap();
        fs::write(base.path().join("made/file"), "").unwrap();
        fs::write(base.path().join("outside"), "").unwrap();
        std::os::unix::fs::symlink("../outside", base.path().join("made/link")).unwrap();
        let own = base.path().metadata().unwrap();
        // Only root may hand a file to somebody else; anybody may hand it to itself.
        let wanted = if own.uid() == 0 { 12345 } else { own.uid() };
        let owner = FileOwner {
            user: wanted,
            group: own.gid(),
        };
        hand_over_tree(&base.path().join("made"), Some(owner));
        let owner_of = |path: &str| fs::symlink_metadata(base.path().join(path)).unwrap().uid();
        assert_eq!(
            [
                owner_of("made"),
                owner_of("made/file"),
                owner_of("made/link")
            ],
            [wanted; 3]
        );
        assert_eq!(owner_of("outside"), own.uid());
    }
}
