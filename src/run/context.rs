//! What all builds of a run share.

use std::path::PathBuf;

use super::rehearsal::Rehearsal;
use crate::action::environment::Environment;
use crate::action::inputs::CommentMode;
use crate::cli::options::BuildOptions;
use crate::cloud::shared::Accounts;
use crate::ownership::FileOwner;
use crate::report::console::{Console, Reader};
use crate::report::outputs::OutputWriter;
use crate::report::result::Reality;
use crate::secret::Secret;
use crate::stop::Stop;

/// One run of `build`.
pub(super) struct RunContext {
    /// Where everybody speaks.
    pub(super) console: Console,
    /// The process environment.
    pub(super) environment: Environment,
    /// The stop signal.
    pub(super) stop: Stop,
    /// The flags or inputs.
    pub(super) options: BuildOptions,
    /// `PACKER_RUN_UUID`.
    pub(super) run_uuid: String,
    /// Where relative paths start.
    pub(super) working_directory: PathBuf,
    /// Where journals lie.
    pub(super) journals: PathBuf,
    /// The step's outputs; they go nowhere outside a runner.
    pub(super) outputs: OutputWriter,
    /// The comment on the pull request.
    pub(super) comment: CommentSettings,
    /// What the builds share of EC2.
    pub(super) accounts: Accounts,
    /// Where nothing is real.
    pub(super) rehearsal: Option<Rehearsal>,
    /// Who new files in the workspace belong to.
    pub(super) owner: Option<FileOwner>,
}

/// Whether and how a pull request gets a comment.
#[derive(Clone, Debug, Default)]
pub(super) struct CommentSettings {
    /// Who writes it; nobody on a command line.
    pub(super) token: Option<Secret>,
    /// When.
    pub(super) mode: CommentMode,
    /// The input `pr-number`.
    pub(super) pull_request: Option<u64>,
}

impl CommentSettings {
    /// Whoever writes comments, where they are wanted.
    pub(super) fn writer(&self) -> Option<&Secret> {
        match self.mode {
            CommentMode::Auto => self.token.as_ref(),
            CommentMode::Never => None,
        }
    }
}

impl RunContext {
    /// Whether what the run makes exists.
    pub(super) fn reality(&self) -> Reality {
        self.rehearsal
            .as_ref()
            .map_or(Reality::Built, Rehearsal::reality)
    }

    /// Whether we run on GitHub's runner.
    pub(super) fn on_runner(&self) -> bool {
        self.console.style().reader == Reader::Runner
    }
}
