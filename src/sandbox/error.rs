//! What a sandbox cannot do.

use std::io;

/// Why there is no sandbox, or none any more.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SandboxError {
    /// This machine has no such thing.
    #[error("the {sandbox} sandbox cannot be used here: {why}")]
    Unavailable {
        /// `host` or `docker`.
        sandbox: &'static str,
        /// What is missing, and what would help.
        why: String,
    },
    /// The template's SSH user is none.
    #[error("`{0}` cannot be the name of a user")]
    User(String),
    /// A step of its making failed.
    #[error("the sandbox could not {doing}")]
    Io {
        /// Such as `mount the copy of the root`.
        doing: String,
        /// Why.
        source: io::Error,
    },
    /// The stop signal came.
    #[error("stopped while the sandbox was made")]
    Stopped,
    /// It used what it may, or went.
    #[error("the sandbox ended: {0}")]
    Ended(String),
}
