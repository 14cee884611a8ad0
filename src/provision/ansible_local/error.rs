//! Why `ansible-local` failed, in Packer's words.

use std::io;

use super::super::error::in_one_line;
use crate::remote::RemoteError;
use crate::template::scope::RenderError;

/// A run that failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AnsibleLocalError {
    /// `extra_arguments`.
    #[error("Error processing extra_arguments: {0}")]
    Interpolate(Box<RenderError>),
    /// One of the steps.
    #[error("{doing}: {cause}")]
    Step {
        /// `Error creating staging directory`, …
        doing: &'static str,
        /// Why.
        cause: StepError,
    },
    /// One of several playbooks.
    #[error("{doing}: {playbook} [{cause}]")]
    Playbook {
        /// `Error uploading playbook`, …
        doing: &'static str,
        /// Its local path.
        playbook: String,
        /// Why.
        cause: StepError,
    },
}

/// What stopped a step.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StepError {
    /// There is no machine.
    #[error("{0} is not implemented when communicator = 'none'")]
    NoMachine(&'static str),
    /// A directory cannot be made or removed; the machine said why.
    #[error("Non-zero exit status. See output above for more information.")]
    Directory,
    /// A local file cannot be read.
    #[error("Error opening: {path}: {cause}")]
    Open {
        /// As the template names it.
        path: String,
        /// The system's words.
        cause: io::Error,
    },
    /// A file does not reach the machine.
    #[error("Error uploading {path}: {}", in_one_line(cause))]
    Upload {
        /// As the template names it.
        path: String,
        /// The machine's words.
        cause: RemoteError,
    },
    /// The machine cannot be told anything.
    #[error("{}", in_one_line(.0))]
    Remote(RemoteError),
    /// The shell of the machine found no such program.
    #[error(
        "{0} could not be found. Verify that it is available on the\nPATH after connecting to the machine."
    )]
    NoCommand(String),
    /// The program failed.
    #[error("Non-zero exit status: {0}")]
    Status(i64),
}

impl StepError {
    /// As the error of a step.
    pub(super) fn of(self, doing: &'static str) -> AnsibleLocalError {
        AnsibleLocalError::Step { doing, cause: self }
    }
}

impl AnsibleLocalError {
    /// What to do about it.
    pub(in crate::provision) fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Step {
                cause: StepError::NoCommand(_),
                ..
            } => Some(
                "`ansible-local` needs ansible on the machine: a `shell` provisioner before it can install it",
            ),
            _ => None,
        }
    }
}
