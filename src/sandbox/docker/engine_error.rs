//! What an engine answers when it does not do what it is asked.

use std::io;

use bollard::errors::Error;

use crate::sandbox::SandboxError;

/// Why there is no answer, or no good one.
#[derive(Debug, thiserror::Error)]
pub(super) enum EngineError {
    /// It said no, in its own words.
    #[error("the engine answered {status}: {message}")]
    Refused {
        /// Of HTTP.
        status: u16,
        /// Its words.
        message: String,
    },
    /// It failed after it had begun, such as a pull.
    #[error("the engine failed: {0}")]
    Failed(String),
    /// It takes longer than it may.
    #[error("the engine did not answer within {0} s")]
    Silent(u64),
    /// The connection to it could not be made, or went.
    #[error("the connection to the engine broke")]
    Broken(#[source] io::Error),
    /// It answered with something else.
    #[error("the engine's answer is none that is understood")]
    Odd(#[source] io::Error),
}

impl EngineError {
    /// As an error of the sandbox that was `doing` something.
    pub(super) fn while_it(self, doing: impl Into<String>) -> SandboxError {
        SandboxError::Io {
            doing: doing.into(),
            source: io::Error::other(self),
        }
    }

    /// Whether it says that there is no such thing, or that it is not running.
    pub(super) fn is_gone(&self) -> bool {
        matches!(
            self,
            Self::Refused {
                status: 404 | 409,
                ..
            }
        )
    }
}

impl From<Error> for EngineError {
    fn from(error: Error) -> Self {
        match error {
            Error::DockerResponseServerError {
                status_code,
                message,
            } => Self::Refused {
                status: status_code,
                message: message.trim().to_owned(),
            },
            Error::DockerStreamError { error } => Self::Failed(error),
            Error::RequestTimeoutError => Self::Silent(super::engine::PATIENCE),
            Error::IOError { err } => Self::Broken(err),
            Error::SocketNotFoundError(_) => Self::Broken(io::ErrorKind::NotFound.into()),
            error @ (Error::HyperResponseError { .. } | Error::HyperLegacyError { .. }) => {
                Self::Broken(cause(&error).unwrap_or_else(|| io::Error::other(error)))
            }
            other => Self::Odd(io::Error::other(other)),
        }
    }
}

/// The operating system's word in a chain of errors, which is what helps.
fn cause(error: &(dyn std::error::Error + 'static)) -> Option<io::Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        let code = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::raw_os_error);
        if let Some(code) = code {
            return Some(io::Error::from_raw_os_error(code));
        }
        next = error.source();
    }
    None
}
