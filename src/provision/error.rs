//! Why a provisioner failed, in Packer's words: people search for them.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use crate::error::chain;
use crate::plan::PlannedProvisioner;
use crate::remote::RemoteError;
use crate::report::human;
use crate::template::scope::RenderError;

use super::{AnsibleError, AnsibleLocalError, ScriptLine, Whereabouts};

/// A provisioner that failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProvisionError {
    /// The script ended with another status than those that are allowed.
    #[error("Script exited with non-zero exit status: {status}.Allowed exit codes are: [{}]", allowed.iter().map(i64::to_string).collect::<Vec<_>>().join(" "))]
    Status {
        /// What it ended with.
        status: i64,
        /// `valid_exit_codes`.
        allowed: Vec<i64>,
        /// The line that failed, where that is known.
        line: Option<Box<ScriptLine>>,
    },
    /// A provisioner of the template failed.
    #[error("{cause}")]
    Placed {
        /// Which one, and where in it.
        at: Box<Whereabouts>,
        /// Why.
        cause: Box<ProvisionError>,
    },
    /// The connection went while a script ran that was not expected to cut it.
    #[error(
        "Script disconnected unexpectedly. If you expected your script to disconnect, i.e. from a restart, you can try adding `\"expect_disconnect\": true` or `\"valid_exit_codes\": [0, 2300218]` to the shell provisioner parameters."
    )]
    Disconnected,
    /// The command that restarts a machine failed.
    #[error("Restart script exited with non-zero exit status: {0}")]
    RestartStatus(i64),
    /// `restart_timeout` is over.
    #[error("Timeout waiting for machine to restart.")]
    RestartTimeout,
    /// A script that outlives connections did not outlive the machine's boot.
    #[error("The machine rebooted while the script ran, and the script ended with it.")]
    Rebooted,
    /// What kept such a script was killed.
    #[error(
        "The script was lost: whatever watched it on the machine was killed, and so how it ended is unknown."
    )]
    Lost,
    /// Such a script may still run, but nobody can see it.
    #[error("The connection was lost while the script ran, and the machine cannot be reached since {}: {}", human::duration(*waited), in_one_line(cause))]
    OutOfReach {
        /// Since the connection was lost.
        waited: Duration,
        /// Why the last try failed.
        cause: RemoteError,
    },
    /// Such a script could not be started.
    #[error("Error starting script apart from the connection: {0}")]
    NotDetached(String),
    /// Something that has to be done on the machine could not be done.
    #[error("{doing}: {}", in_one_line(cause))]
    Remote {
        /// `Error uploading script`, …
        doing: &'static str,
        /// The machine's or the connection's words.
        cause: RemoteError,
    },
    /// A file that did not travel: the machine's own words.
    #[error("{}", in_one_line(.0))]
    Transfer(RemoteError),
    /// There is no machine.
    #[error("{doing}: {call} is not implemented when communicator = 'none'")]
    NoMachine {
        /// `Error uploading script`, …
        doing: &'static str,
        /// `Upload`, `Download`.
        call: &'static str,
    },
    /// A text of the template cannot be rendered now.
    #[error("Error processing {what}: {cause}")]
    Render {
        /// Which one.
        what: &'static str,
        /// Go's words.
        cause: Box<RenderError>,
    },
    /// A local file.
    #[error("cannot use local `{}`: {cause}", path.display())]
    Local {
        /// Which.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// A local script that could not be started or was stopped.
    #[error("Error executing script: {script}\n\nPlease see output above for more information.")]
    Script {
        /// The script.
        script: String,
        /// Why it could not be started.
        #[source]
        source: Option<io::Error>,
    },
    /// The program of `execute_command` is not there, such as `/bin/sh` in the action's image.
    #[error("Error executing script: {script}\n\nthere is no `{program}` here")]
    NoProgram {
        /// The script.
        script: String,
        /// The program.
        program: String,
    },
    /// `timeout` is over, or a stop was asked for.
    #[error("context canceled")]
    Cancelled,
    /// A breakpoint without anybody to press Enter.
    #[error("Error asking for input: no available tty")]
    NoTerminal,
    /// A breakpoint where only programs read.
    #[error("Error asking for input: machine-readable UI can't ask")]
    CannotAsk,
    /// A step of a provisioner that has several.
    #[error("{doing}: {cause}")]
    Step {
        /// `Error uploading modules`, …
        doing: String,
        /// Why it failed.
        cause: Box<ProvisionError>,
    },
    /// A command ended with a status that it must not end with, in the provisioner's words.
    #[error("{words}")]
    Exit {
        /// `Non-zero exit status.`, …
        words: String,
        /// What to do about it.
        hint: Option<&'static str>,
    },
    /// There is no machine, and that is all that there is to say.
    #[error("{0} is not implemented when communicator = 'none'")]
    NoCommunicator(&'static str),
    /// A text of the template cannot be rendered now.
    #[error("{0}")]
    Template(Box<RenderError>),
    /// `ansible`.
    #[error(transparent)]
    Ansible(AnsibleError),
    /// `ansible-local`.
    #[error(transparent)]
    AnsibleLocal(AnsibleLocalError),
    /// A provisioner that `build` should have refused.
    #[error("the provisioner `{0}` does not run here")]
    Unsupported(String),
    /// `error-cleanup-provisioner` failed too.
    #[error("Cleanup failed: {cleanup}. Original Provisioning error: {original}")]
    Cleanup {
        /// Its error.
        cleanup: Box<ProvisionError>,
        /// The error before it.
        original: Box<ProvisionError>,
    },
}

impl ProvisionError {
    /// This error as that of a step.
    pub(super) fn step(self, doing: impl Into<String>) -> Self {
        Self::Step {
            doing: doing.into(),
            cause: Box::new(self),
        }
    }

    /// A status, in the provisioner's words.
    pub(super) fn exit(words: impl Into<String>) -> Self {
        Self::Exit {
            words: words.into(),
            hint: None,
        }
    }

    /// This error as that of a provisioner of the template.
    pub(super) fn of(self, provisioner: &PlannedProvisioner) -> Self {
        let line = match &self {
            Self::Status { line, .. } => line.as_deref().cloned(),
            _ => None,
        };
        Self::Placed {
            at: Box::new(Whereabouts::new(provisioner, line)),
            cause: Box::new(self),
        }
    }

    /// Where in the template it is, where that is known.
    pub(crate) fn whereabouts(&self) -> Option<&Whereabouts> {
        match self {
            Self::Placed { at, .. } => Some(at),
            Self::Cleanup { original, .. } => original.whereabouts(),
            _ => None,
        }
    }

    /// The error with its causes, where it is and what to do about it, each on a line of its own.
    pub(crate) fn shown(&self) -> String {
        let cause = match self {
            Self::Placed { cause, .. } => cause.as_ref(),
            _ => self,
        };
        let mut text = chain(cause);
        if let Some(at) = self.whereabouts() {
            text.push_str(&format!("\n  in: {at}\n  at {}", at.place()));
        }
        if let Some(hint) = self.hint() {
            text.push_str(&format!("\n  hint: {hint}"));
        }
        text
    }

    /// What to do about it.
    pub(crate) fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NoProgram { .. } => Some(
                "the action's image has no shell; `setup/action.yml` puts the same binary on the PATH of the job, where scripts find the runner's tools",
            ),
            Self::Rebooted => Some(
                "where the script reboots the machine on purpose, set `expect_disconnect` to `true`; otherwise look at the machine's console for why it did",
            ),
            Self::Lost => Some(
                "a script that kills all processes of its user, or a machine without memory, does that; set `survive_disconnect` to `false` for such a script",
            ),
            Self::OutOfReach { .. } => Some(
                "look at the machine's console and at the network between here and there; a longer `start_retry_timeout` is waited for too",
            ),
            Self::NotDetached(_) => Some(
                "`survive_disconnect` needs `sh`, `mkfifo` and the other small tools that every Linux and busybox have; set it to `false` for this provisioner",
            ),
            Self::Exit { hint, .. } => *hint,
            Self::Step { cause, .. } | Self::Placed { cause, .. } => cause.hint(),
            Self::Ansible(error) => error.hint(),
            Self::AnsibleLocal(error) => error.hint(),
            Self::Cleanup { original, .. } => original.hint(),
            _ => None,
        }
    }
}

/// The error and its causes: Packer's messages are one string.
pub(super) fn in_one_line(error: &RemoteError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(next) = cause {
        text = format!("{text}: {next}");
        cause = next.source();
    }
    text
}
