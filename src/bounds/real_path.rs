//! Where a path leads, all links followed.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

/// As many as Linux follows; more lead to each other.
const MOST_LINKS: u32 = 40;

/// The real path; of what is not there, as if it were there and no link.
pub(crate) fn real_path(path: &Path) -> PathBuf {
    if let Ok(real) = path.canonicalize() {
        return real;
    }
    let mut real = match path.is_absolute() {
        true => PathBuf::new(),
        false => Path::new(".").canonicalize().unwrap_or_default(),
    };
    let mut links = 0;
    // The next one is the last of them.
    let mut left = parts(path);
    while let Some(part) = left.pop() {
        if part == ".." {
            real.pop();
            continue;
        }
        let next = real.join(&part);
        match next.read_link() {
            // A link to nowhere may become a link to somewhere.
            Ok(target) if links < MOST_LINKS => {
                links += 1;
                left.extend(parts(&target));
            }
            Ok(_) => return path.to_owned(),
            Err(_) => real = next,
        }
    }
    real
}

/// The components from the last to the first; that of the root leads there from everywhere.
fn parts(path: &Path) -> Vec<OsString> {
    let parts = path
        .components()
        .rev()
        .filter(|part| *part != Component::CurDir);
    parts.map(|part| part.as_os_str().to_owned()).collect()
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
        // Whoever makes the directories that are missing makes the way out as well.
        assert_eq!(real("new/../../x"), root.join("x"));
        assert_eq!(real("new/deep/../../../x/../y"), root.join("y"));
        assert_eq!(real("out/../etc/new/../../x"), Path::new("/x"));
    }

    #[test]
    fn a_link_to_itself_ends() {
        let directory = tempfile::tempdir().unwrap();
        let link = directory.path().join("loop");
        symlink("loop", &link).unwrap();
        real_path(&link);
    }
}
