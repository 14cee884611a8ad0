//! Commands in the container, as the template's user, one by one or beside each other.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::StreamExt as _;
use tokio::io::AsyncWriteExt as _;

use crate::remote::{Exit, Output, PipeEnd, Piped, Pipes, RemoteError};

use super::engine_types::{Command, Input, Printed};
use super::inside::{PROGRAM, Role};
use super::machine::{Machine, ended};
use super::memory;

/// The way to a container's commands.
pub(super) struct ContainerPipes {
    pub(super) machine: Machine,
    pub(super) user: String,
    /// What the sandbox may use, in bytes.
    pub(super) memory: u64,
    /// Processes that were killed for want of it, as last seen.
    pub(super) kills: AtomicU64,
}

impl ContainerPipes {
    /// Starts a command with the user's shell.
    pub(super) async fn start(&self, command: &str, input: Input) -> Result<Command, RemoteError> {
        let words = [PROGRAM, Role::Session.word(), &self.user, command];
        let started = self
            .machine
            .engine
            .run(&self.machine.container, &words, input);
        started
            .await
            .map_err(|error| self.lost("starting a command", error))
    }

    /// How a command ended.
    pub(super) async fn exit(
        &self,
        command: &str,
        time: u32,
        doing: &str,
    ) -> Result<Exit, RemoteError> {
        match self.machine.status(command, time).await {
            Ok(Some(status)) => Ok(Exit::Status(status)),
            Ok(None) => Ok(Exit::Disconnected),
            Err(error) => Err(self.lost(doing, error)),
        }
    }

    /// Whether something in there was killed for want of memory since this was last asked.
    pub(super) async fn was_out_of_memory(&self) -> bool {
        let Machine {
            engine, container, ..
        } = &self.machine;
        let kills = memory::kills(engine, container).await.unwrap_or_default();
        kills > self.kills.swap(kills, Ordering::Relaxed)
    }

    fn lost(
        &self,
        doing: &str,
        error: impl std::error::Error + Send + Sync + 'static,
    ) -> RemoteError {
        match self.machine.end() {
            Some(why) => broken(doing, &why),
            None => RemoteError::broken(doing, std::io::Error::other(error)),
        }
    }

    async fn carry(&self, piped: Piped) -> Result<Exit, RemoteError> {
        let doing = "running a command";
        let time = self
            .machine
            .runs()
            .await
            .map_err(|why| broken(doing, &why))?;
        let started = self.start(&piped.command, Input::Ours).await?;
        let (mut input, mut pieces) = (piped.input, started.attached.output);
        let mut to = started.attached.input;
        let feeding = async {
            while let Some(bytes) = input.recv().await {
                // The command is over, or does not read: the rest is taken and dropped, so that the sender is not stuck.
                let _unread = to.write_all(&bytes).await;
                let _unread = to.flush().await;
            }
            let _already_gone = to.shutdown().await;
            std::future::pending::<()>().await;
        };
        let listening = async {
            while let Some(Ok(piece)) = pieces.next().await {
                let piece = match piece {
                    Printed::Stdout(bytes) => Output::Stdout(bytes),
                    Printed::Stderr(bytes) => Output::Stderr(bytes),
                };
                if piped.output.send(piece).await.is_err() {
                    break;
                }
            }
        };
        tokio::select! {
            () = feeding => {}
            () = listening => {}
            () = self.machine.left(time) => {}
        }
        self.exit(&started.id, time, doing).await
    }
}

impl Pipes for ContainerPipes {
    fn run(self: Arc<Self>, piped: Piped) -> PipeEnd {
        Box::pin(async move { self.carry(piped).await })
    }
}

/// The machine is over, for a reason.
pub(super) fn broken(doing: &str, why: &str) -> RemoteError {
    RemoteError::broken(doing, ended(why))
}
