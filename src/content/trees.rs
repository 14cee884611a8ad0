//! Files and directories as one digest: names below the path, kinds, permissions and contents. The order in which a directory lists
//! its entries, and times, do not count.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::hash::{Digest, Hash};

/// More entries than this are no playbook but somebody's home.
const MOST_ENTRIES: usize = 200_000;
/// Links that lead in circles are followed so far.
const DEEPEST: usize = 64;
/// The bits of a mode that travel.
const PERMISSIONS: u32 = 0o777;

/// Which entries of a directory are passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hidden {
    /// None.
    Nothing,
    /// What Git keeps for itself: it is another one in each checkout.
    OfGit,
}

/// The digest of what lies at the path.
pub(super) fn digest(path: &Path, hidden: Hidden) -> io::Result<Digest> {
    let mut walk = Walk {
        hash: Hash::default(),
        entries: 0,
        hidden,
    };
    walk.any(path, 0)?;
    Ok(walk.hash.end())
}

struct Walk {
    hash: Hash,
    entries: usize,
    hidden: Hidden,
}

impl Walk {
    fn any(&mut self, path: &Path, depth: usize) -> io::Result<()> {
        self.entries += 1;
        if self.entries > MOST_ENTRIES || depth > DEEPEST {
            let what = "has too many files, or links that lead in circles";
            return Err(io::Error::other(what));
        }
        if let Ok(target) = fs::read_link(path) {
            self.hash.add("link");
            self.hash.add(target.as_os_str().as_encoded_bytes());
        }
        // What a link leads to is what an upload sends.
        let metadata = match fs::metadata(path) {
            Err(error) if depth > 0 && error.kind() == io::ErrorKind::NotFound => {
                self.hash.add("nothing");
                return Ok(());
            }
            metadata => metadata?,
        };
        self.hash.number(u64::from(metadata.mode() & PERMISSIONS));
        if metadata.is_dir() {
            return self.directory(path, depth);
        }
        if !metadata.is_file() {
            self.hash.add("special");
            return Ok(());
        }
        self.hash.add("file");
        self.hash.add(of_file(path)?);
        Ok(())
    }

    fn directory(&mut self, path: &Path, depth: usize) -> io::Result<()> {
        let entries: io::Result<Vec<PathBuf>> = fs::read_dir(path)?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect();
        let mut entries = entries?;
        if self.hidden == Hidden::OfGit {
            entries.retain(|entry| entry.file_name().is_none_or(|name| name != ".git"));
        }
        entries.sort();
        self.hash.add("directory");
        self.hash.number(entries.len() as u64);
        for entry in entries {
            let name = entry.file_name().unwrap_or_default();
            self.hash.add(name.as_encoded_bytes());
            self.any(&entry, depth + 1)?;
        }
        Ok(())
    }
}

fn of_file(path: &Path) -> io::Result<Digest> {
    let mut file = File::open(path)?;
    let mut hash = Hash::default();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hash.end()),
            read => hash.piece(&buffer[..read]),
        }
    }
}

#[cfg(test)]
mod unit {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn tree() -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path();
        fs::create_dir(path.join("roles")).unwrap();
        fs::write(path.join("roles/main.yml"), "a").unwrap();
        fs::write(path.join("site.yml"), "b").unwrap();
        for name in ["roles/main.yml", "site.yml"] {
            fs::set_permissions(path.join(name), fs::Permissions::from_mode(0o644)).unwrap();
        }
        fs::set_permissions(path.join("roles"), fs::Permissions::from_mode(0o755)).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        directory
    }

    fn of(directory: &tempfile::TempDir) -> Digest {
        digest(directory.path(), Hidden::OfGit).unwrap()
    }

    #[test]
    fn the_same_tree_elsewhere_has_the_same_digest() {
        assert_eq!(of(&tree()), of(&tree()));
    }

    #[test]
    fn content_mode_name_and_link_count_each() {
        let changes: [fn(&Path); 5] = [
            |path| fs::write(path.join("roles/main.yml"), "c").unwrap(),
            |path| {
                let mode = fs::Permissions::from_mode(0o755);
                fs::set_permissions(path.join("site.yml"), mode).unwrap();
            },
            |path| fs::rename(path.join("site.yml"), path.join("other.yml")).unwrap(),
            |path| symlink("site.yml", path.join("link")).unwrap(),
            |path| fs::create_dir(path.join("empty")).unwrap(),
        ];
        let before = of(&tree());
        for change in changes {
            let tree = tree();
            change(tree.path());
            assert_ne!(of(&tree), before);
        }
    }

    #[test]
    fn what_git_keeps_for_itself_does_not_count_where_nothing_is_uploaded() {
        let with_git = tree();
        fs::create_dir(with_git.path().join(".git")).unwrap();
        assert_eq!(of(&with_git), of(&tree()));
        let uploaded = |tree: &tempfile::TempDir| digest(tree.path(), Hidden::Nothing).unwrap();
        assert_ne!(uploaded(&with_git), uploaded(&tree()));
    }

    #[test]
    fn a_link_that_leads_in_circles_is_an_error_and_not_for_ever() {
        let tree = tree();
        symlink(".", tree.path().join("self")).unwrap();
        assert!(digest(tree.path(), Hidden::Nothing).is_err());
    }
}
