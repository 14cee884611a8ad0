//! Why a file is not used, and what to do about it.

use std::path::PathBuf;

/// A file that the template may not use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum OutOfBounds {
    /// Somewhere else on the runner.
    #[error("`{}` lies outside the workspace{}", path.display(), leads(target.as_ref()))]
    Outside {
        /// As it was named.
        path: PathBuf,
        /// Where it leads, where that is elsewhere.
        target: Option<PathBuf>,
    },
    /// Whatever a rehearsal does not write.
    #[error("`{}` is not written by a rehearsal{}", path.display(), leads(target.as_ref()))]
    Kept {
        /// As it was named.
        path: PathBuf,
        /// Where it leads, where that is elsewhere.
        target: Option<PathBuf>,
    },
    /// The commit is another one.
    #[error("`{}` is not of the branch that this `{event}` run belongs to: {why}", path.display())]
    Untrusted {
        /// As it was named.
        path: PathBuf,
        /// The event.
        event: String,
        /// What it is of, or why that cannot be told.
        why: String,
    },
    /// A directory that cannot be looked through.
    #[error("cannot look through `{}`: {why}", path.display())]
    Directory {
        /// Which.
        path: PathBuf,
        /// Why.
        why: String,
    },
}

impl OutOfBounds {
    /// What to do.
    pub(crate) fn hint(&self) -> &'static str {
        match self {
            Self::Outside { .. } => {
                "in the action a template uses files of the workspace only; the input `allowed-directories` names others"
            }
            Self::Kept { .. } => {
                "a rehearsal leaves the working directory as it is and writes to a copy that is removed; name a path that does not lead \
                 out of it"
            }
            Self::Untrusted { .. } => {
                "such a run has credentials that whoever wrote the pull request must not use, and a template can use them; build on `pull_request` \
                 instead, or name the file or its directory in `allow-untrusted-template` if you have looked at it (docs/untrusted.md)"
            }
            Self::Directory { .. } => "name a directory with fewer files, all of which can be read",
        }
    }
}

fn leads(target: Option<&PathBuf>) -> String {
    target.map_or_else(String::new, |target| {
        format!(": it leads to `{}`", target.display())
    })
}
