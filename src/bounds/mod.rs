//! Which files a template may use. On a command line all of them; in the action those of the workspace, and, where a run has
//! more rights than whoever wrote a pull request, only those that the branch has it was made for.

mod checkout;
mod commits;
mod real_path;
mod refusal;
mod walk;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(crate) use commits::{TrustedCommit, TrustedCommits};
pub(crate) use real_path::real_path;
pub(crate) use refusal::OutOfBounds;

/// The rules. Clones share them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bounds {
    /// Where files may lie; `None` is everywhere. Real paths.
    directories: Option<Arc<[PathBuf]>>,
    /// Which commits are believed; `None` is all.
    commits: Option<Arc<TrustedCommits>>,
    /// The only directory in which anything is written or removed; `None` is everywhere. A real path.
    scratch: Option<Arc<Path>>,
}

impl Bounds {
    /// Only files in these directories, of these commits.
    pub(crate) fn new(directories: &[PathBuf], commits: Option<TrustedCommits>) -> Self {
        Self {
            directories: Some(directories.iter().map(|path| real_path(path)).collect()),
            commits: commits.map(Arc::new),
            scratch: None,
        }
    }

    /// Whether there are any.
    pub(crate) fn is_set(&self) -> bool {
        self.directories.is_some() || self.commits.is_some()
    }

    /// The same with one more directory.
    #[must_use]
    pub(crate) fn and(&self, directory: &Path) -> Self {
        let directories = self.directories.as_ref().map(|directories| {
            let all = directories.iter().cloned();
            all.chain([real_path(directory)]).collect()
        });
        Self {
            directories,
            commits: self.commits.clone(),
            scratch: self.scratch.clone(),
        }
    }

    /// The same, where nothing is written or removed but in this directory, which may be used as well: a rehearsal's.
    #[must_use]
    pub(crate) fn writing_only_in(&self, scratch: &Path) -> Self {
        Self {
            scratch: Some(real_path(scratch).into()),
            ..self.and(scratch)
        }
    }

    /// Whether this file, or all that is in this directory, may be read. The path is absolute.
    pub(crate) fn read(&self, path: &Path) -> Result<(), OutOfBounds> {
        if !self.is_set() {
            return Ok(());
        }
        let real = real_path(path);
        self.place(path, &real)?;
        if real.is_dir() {
            return walk::walk(self, &real);
        }
        self.content(path, &real)
    }

    /// Whether a file may be written there. The path is absolute.
    pub(crate) fn write(&self, path: &Path) -> Result<(), OutOfBounds> {
        let real = real_path(path);
        self.place(path, &real)?;
        match &self.scratch {
            Some(scratch) if !real.starts_with(scratch) => Err(OutOfBounds::Kept {
                path: path.to_owned(),
                target: (real != path).then_some(real),
            }),
            _ => Ok(()),
        }
    }

    /// Whether a file may become part of what a build made, so that post-processors read it. The path is absolute.
    pub(crate) fn collect(&self, path: &Path) -> Result<(), OutOfBounds> {
        self.place(path, &real_path(path))
    }

    /// Whether an entry of a directory is to stay when a build removes it: only a rehearsal keeps some. A link is not followed.
    pub(crate) fn keeps(&self, path: &Path) -> bool {
        let parent = path.parent().map(real_path);
        match (&self.scratch, parent) {
            (Some(scratch), Some(parent)) => !parent.starts_with(scratch),
            (Some(_), None) => true,
            (None, _) => false,
        }
    }

    fn place(&self, path: &Path, real: &Path) -> Result<(), OutOfBounds> {
        let Some(directories) = &self.directories else {
            return Ok(());
        };
        if directories
            .iter()
            .any(|directory| real.starts_with(directory))
        {
            return Ok(());
        }
        Err(OutOfBounds::Outside {
            path: path.to_owned(),
            target: (real != path).then(|| real.to_owned()),
        })
    }

    fn content(&self, path: &Path, real: &Path) -> Result<(), OutOfBounds> {
        match &self.commits {
            // What is not there is told elsewhere.
            Some(commits) if real.exists() => commits.check(path, real),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
