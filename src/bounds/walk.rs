//! Looks through a directory that a template uses whole.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use super::{Bounds, OutOfBounds, real_path};

/// A directory with more is not looked through.
const MOST_ENTRIES: usize = 200_000;

/// Whether everything in the directory is in bounds. The path is a real one.
pub(super) fn walk(bounds: &Bounds, directory: &Path) -> Result<(), OutOfBounds> {
    let mut seen = BTreeSet::from([directory.to_owned()]);
    let mut open = vec![directory.to_owned()];
    let mut left = MOST_ENTRIES;
    while let Some(directory) = open.pop() {
        for path in entries(&directory)? {
            left = left.checked_sub(1).ok_or_else(|| OutOfBounds::Directory {
                path: directory.clone(),
                why: format!("it has more than {MOST_ENTRIES} files"),
            })?;
            let real = real_path(&path);
            bounds.place(&path, &real)?;
            if !real.is_dir() {
                bounds.content(&path, &real)?;
            } else if seen.insert(real.clone()) && !is_git(bounds, &real) {
                open.push(real);
            }
        }
    }
    Ok(())
}

/// Git's own files are of no commit.
fn is_git(bounds: &Bounds, path: &Path) -> bool {
    bounds.commits.is_some() && path.file_name().is_some_and(|name| name == ".git")
}

fn entries(directory: &Path) -> Result<Vec<PathBuf>, OutOfBounds> {
    let listed: io::Result<Vec<PathBuf>> = std::fs::read_dir(directory)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
    listed.map_err(|error| OutOfBounds::Directory {
        path: directory.to_owned(),
        why: error.to_string(),
    })
}
