//! Commands that run beside each other on one machine, each with an input of its own: for programs that log in through us.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::mpsc;

use super::{Exit, Output, RemoteError};

/// Whether a command gets the terminal of `ssh_pty`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Terminal {
    /// Where the template sets one, as for every other command.
    AsSet,
    /// Never: what travels is no text.
    Never,
}

/// A command with both its ends.
pub(crate) struct Piped {
    /// As the exec request carries it.
    pub(crate) command: String,
    /// Its terminal.
    pub(crate) terminal: Terminal,
    /// What it reads; it comes to the end of it when the sender is dropped.
    pub(crate) input: mpsc::Receiver<Vec<u8>>,
    /// What it prints. Where nobody takes it, the command waits.
    pub(crate) output: mpsc::Sender<Output>,
}

/// A command that runs. Dropping it cuts the command's connection.
pub(crate) type PipeEnd = Pin<Box<dyn Future<Output = Result<Exit, RemoteError>> + Send>>;

/// The way to such commands. It outlives the borrow of its `Remote`, and may be used by many at a time.
pub(crate) trait Pipes: Send + Sync {
    /// Runs one.
    fn run(self: Arc<Self>, piped: Piped) -> PipeEnd;
}
