//! Where a path leads, all links followed.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

/// As many as Linux follows; more lead to each other.
const MOST_LINKS: u32 = 40;

/// The real path; of what is not there, that of the nearest directory above it with the rest behind.
pub(crate) fn real_path(path: &Path) -> PathBuf {
    let mut rest: Vec<OsString> = Vec::new();
    let mut there = path.to_owned();
    let mut links = 0;
    loop {
        if let Ok(real) = there.canonicalize() {
            return rest.iter().rev().fold(real, |path, name| path.join(name));
        }
        match there.components().next_back() {
            Some(Component::Normal(name)) => rest.push(name.to_owned()),
            // Below what is not there, `..` leads back.
            Some(Component::ParentDir) => {
                there.pop();
                there.pop();
                continue;
            }
            _ => return path.to_owned(),
        }
        // A link to nowhere may become a link to somewhere.
        if let Ok(target) = there.read_link() {
            links += 1;
            if links > MOST_LINKS {
                return path.to_owned();
            }
            rest.pop();
            there.pop();
            there = there.join(target);
            continue;
        }
        there.pop();
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_are_followed_also_those_that_lead_to_nothing_yet() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path().canonicalize().unwrap();
        std::fs::create_dir(root.join("in")).unwrap();
        symlink("/etc", root.join("in/out")).unwrap();
        symlink("/nowhere/new", root.join("in/dangling")).unwrap();
        let real = |path: &str| real_path(&root.join("in").join(path));
        assert_eq!(real("out/passwd"), Path::new("/etc/passwd"));
        assert_eq!(real("dangling"), Path::new("/nowhere/new"));
        assert_eq!(real("dangling/x"), Path::new("/nowhere/new/x"));
        assert_eq!(real("new/../x"), root.join("in/x"));
        assert_eq!(real("a/b"), root.join("in/a/b"));
        assert_eq!(real("../a"), root.join("a"));
    }

    #[test]
    fn a_link_to_itself_ends() {
        let directory = tempfile::tempdir().unwrap();
        let link = directory.path().join("loop");
        symlink("loop", &link).unwrap();
        real_path(&link);
    }
}
