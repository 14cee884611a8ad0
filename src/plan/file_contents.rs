//! What a file of the user's holds, as far as the facts know it.

use std::path::Path;

use crate::facts::{Facts, FileFact, OutOfBounds};

/// Why a file cannot be used, in the words that Packer's users know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FileError {
    /// Nothing is there.
    #[error("stat {0}: no such file or directory")]
    Missing(String),
    /// A directory.
    #[error("read {0}: is a directory")]
    Directory(String),
    /// A device, a socket, a pipe.
    #[error("read {0}: not a regular file")]
    Special(String),
    /// The template may not use it.
    #[error("{}; {}", .0, .0.hint())]
    Refused(OutOfBounds),
    /// The system refused.
    #[error("open {path}: {why}")]
    Unreadable {
        /// As the template has it.
        path: String,
        /// The system's words.
        why: String,
    },
}

/// The bytes of the file. `None` is "not gathered yet": the caller goes on as if all were well, and the plan is made again.
pub(crate) fn contents<'a>(facts: &'a Facts, path: &str) -> Option<Result<&'a [u8], FileError>> {
    let owned = || path.to_owned();
    Some(match facts.contents(Path::new(path))? {
        FileFact::File(bytes) => Ok(bytes),
        FileFact::Missing => Err(FileError::Missing(owned())),
        FileFact::Directory => Err(FileError::Directory(owned())),
        FileFact::Refused(why) => Err(FileError::Refused(why.clone())),
        FileFact::Special => Err(FileError::Special(owned())),
        FileFact::Unreadable(why) => Err(FileError::Unreadable {
            path: owned(),
            why: why.clone(),
        }),
        FileFact::Present => return None,
    })
}
