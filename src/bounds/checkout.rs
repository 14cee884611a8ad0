//! Which commit a file is checked out from, read from git's own files: the action's image has no git.
//!
//! The layout: <https://git-scm.com/docs/gitrepository-layout>.

use std::path::{Path, PathBuf};

/// A checkout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Checkout {
    /// Where it begins.
    pub(super) root: PathBuf,
    /// Its commit, in hexadecimal digits.
    pub(super) commit: String,
}

/// Symbolic references that lead to each other have no end.
const MOST_REFERENCES: usize = 5;

/// The checkout that `path`, a real one, lies in; else why that cannot be told.
pub(super) fn of(path: &Path, workspace: &Path) -> Result<Checkout, String> {
    let above = path.ancestors().skip(1);
    let mut inside = above.take_while(|directory| directory.starts_with(workspace));
    let root = inside
        .find(|directory| directory.join(".git").symlink_metadata().is_ok())
        .ok_or("it lies in no checkout of a repository")?;
    let git = git_directory(&root.join(".git")).ok_or("its checkout has no git directory")?;
    let commit =
        commit(&git).ok_or("the commit of its checkout cannot be read from the files of git")?;
    Ok(Checkout {
        root: root.to_owned(),
        commit,
    })
}

/// A worktree and a submodule have a file that names the directory.
fn git_directory(path: &Path) -> Option<PathBuf> {
    if path.is_dir() {
        return Some(path.to_owned());
    }
    let text = std::fs::read_to_string(path).ok()?;
    let named = text.strip_prefix("gitdir:")?.trim();
    Some(path.parent()?.join(named)).filter(|path| path.is_dir())
}

fn commit(git: &Path) -> Option<String> {
    let shared = std::fs::read_to_string(git.join("commondir"))
        .map_or_else(|_| git.to_owned(), |text| git.join(text.trim()));
    let mut text = std::fs::read_to_string(git.join("HEAD")).ok()?;
    for _ in 0..MOST_REFERENCES {
        let line = text.trim();
        let Some(name) = line.strip_prefix("ref:").map(str::trim) else {
            return is_commit(line).then(|| line.to_owned());
        };
        if !name.starts_with("refs/") || name.contains("..") {
            return None;
        }
        let loose = [git, &shared]
            .into_iter()
            .find_map(|directory| std::fs::read_to_string(directory.join(name)).ok());
        text = loose.or_else(|| packed(&shared, name))?;
    }
    None
}

fn packed(git: &Path, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(git.join("packed-refs")).ok()?;
    text.lines().find_map(|line| {
        let (commit, packed) = line.split_once(' ')?;
        (packed == name).then(|| commit.to_owned())
    })
}

/// SHA-1 or SHA-256.
fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const COMMIT: &str = "6dcb09b5b57875f334f61aebed695e2e4193db5e";

    fn workspace(files: &[(&str, &str)]) -> (tempfile::TempDir, PathBuf) {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path().canonicalize().unwrap();
        for (name, content) in files {
            let path = root.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        (directory, root)
    }

    fn commit_of(files: &[(&str, &str)], path: &str) -> Result<String, String> {
        let (_directory, root) = workspace(files);
        of(&root.join(path), &root).map(|checkout| checkout.commit)
    }

    #[test]
    fn a_detached_head_is_the_commit_and_a_branch_leads_to_it() {
        let packed = format!("# pack-refs with: peeled\n{COMMIT} refs/heads/main\n^ignored\n");
        for files in [
            vec![(".git/HEAD", COMMIT)],
            vec![
                (".git/HEAD", "ref: refs/heads/main\n"),
                (".git/refs/heads/main", COMMIT),
            ],
            vec![
                (".git/HEAD", "ref: refs/heads/main\n"),
                (".git/packed-refs", &packed),
            ],
        ] {
            assert_eq!(commit_of(&files, "a/t.json").as_deref(), Ok(COMMIT));
        }
    }

    #[test]
    fn a_worktree_finds_its_branch_in_the_shared_directory() {
        let files = [
            ("tree/.git", "gitdir: ../main/.git/worktrees/tree\n"),
            ("main/.git/worktrees/tree/HEAD", "ref: refs/heads/topic"),
            ("main/.git/worktrees/tree/commondir", "../.."),
            ("main/.git/refs/heads/topic", COMMIT),
        ];
        assert_eq!(commit_of(&files, "tree/t.json").as_deref(), Ok(COMMIT));
    }

    #[test]
    fn the_nearest_checkout_counts_and_none_above_the_workspace() {
        let other = "a".repeat(40);
        let files = [(".git/HEAD", COMMIT), ("pr/.git/HEAD", other.as_str())];
        assert_eq!(commit_of(&files, "pr/t.json"), Ok(other.clone()));
        let (_directory, root) = workspace(&files);
        let below = root.join("work");
        assert!(of(&below.join("t.json"), &below).is_err());
    }

    #[test]
    fn what_cannot_be_read_is_no_commit() {
        for head in [
            "ref: refs/heads/gone",
            "ref: ../../etc/passwd",
            "nonsense",
            "",
        ] {
            assert!(
                commit_of(&[(".git/HEAD", head)], "t.json").is_err(),
                "{head}"
            );
        }
    }
}
