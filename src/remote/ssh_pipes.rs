//! Commands beside each other by SSH: each has a connection of its own, which the next one may use when it is over.

use std::convert::Infallible;
use std::io;
use std::os::unix::net::UnixStream as StdUnixStream;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::AsyncWriteExt as _;
use tokio::net::UnixStream;
use tokio::sync::mpsc;

use super::pipe::{self, Ends};
use super::pipes::{PipeEnd, Piped, Pipes, Terminal};
use super::ssh::Channel;
use super::ssh_dialer::once;
use super::worker::Worker;
use super::{Exit, RemoteError, ResolvedLogin, Target};

/// The way to a machine's commands. Logging in takes several times the way there and back, and ansible runs several commands
/// a task: connections are kept for the next command.
pub(super) struct SshPipes {
    target: Target,
    login: ResolvedLogin,
    idle: Mutex<Vec<Worker>>,
}

/// A connection, and whether it lay idle before: such a one may be gone without anybody having noticed.
struct Taken {
    worker: Worker,
    was_idle: bool,
}

impl SshPipes {
    pub(super) fn new(target: Target, login: ResolvedLogin) -> Self {
        Self {
            target,
            login,
            idle: Mutex::default(),
        }
    }

    async fn carry(&self, piped: Piped) -> Result<Exit, RemoteError> {
        let Piped {
            command,
            terminal,
            input,
            output,
        } = piped;
        let (worker, channel) = self.start(&command, terminal).await?;
        let (ours, theirs) =
            pair().map_err(|error| RemoteError::broken("preparing a command", error))?;
        let ssh = Arc::clone(&self.target.ssh);
        let ends = Ends {
            input: theirs,
            output,
        };
        let carrying = worker.call(move |connection| pipe::carry(connection, channel, &ends, &ssh));
        let exit = tokio::select! {
            exit = carrying => exit,
            never = feed(input, ours) => match never {},
        };
        match exit {
            Some(Ok(exit @ Exit::Status(_))) => {
                self.put_back(worker);
                Ok(exit)
            }
            Some(Ok(Exit::Disconnected)) | None => Ok(Exit::Disconnected),
            Some(Err(error)) => Err(RemoteError::broken("running a command", error)),
        }
    }

    /// Starts the command, on an idle connection where one is alive.
    async fn start(
        &self,
        command: &str,
        terminal: Terminal,
    ) -> Result<(Worker, Channel), RemoteError> {
        loop {
            let Taken { worker, was_idle } = self.take().await?;
            let (command, ssh) = (command.to_owned(), Arc::clone(&self.target.ssh));
            let started = worker.call(move |connection| match terminal {
                Terminal::AsSet => connection.exec_as_set(&command, &ssh),
                Terminal::Never => connection.exec(&command),
            });
            match started.await {
                Some(Ok(channel)) => return Ok((worker, channel)),
                // Nothing ran yet: the next connection is tried.
                _ if was_idle => {}
                Some(Err(error)) => return Err(RemoteError::broken("starting a command", error)),
                None => {
                    let ended = io::Error::other("the connection's thread ended");
                    return Err(RemoteError::broken("starting a command", ended));
                }
            }
        }
    }

    async fn take(&self) -> Result<Taken, RemoteError> {
        let idle = self
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        if let Some(worker) = idle {
            return Ok(Taken {
                worker,
                was_idle: true,
            });
        }
        let worker = once(&self.target, &self.login)
            .await
            .map_err(|error| RemoteError::Reconnect(Box::new(error)))?;
        Ok(Taken {
            worker,
            was_idle: false,
        })
    }

    fn put_back(&self, worker: Worker) {
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(worker);
    }
}

impl Pipes for SshPipes {
    fn run(self: Arc<Self>, piped: Piped) -> PipeEnd {
        Box::pin(async move { self.carry(piped).await })
    }
}

/// The end that is written to by a task, and the one that is read by the connection's thread.
fn pair() -> io::Result<(UnixStream, StdUnixStream)> {
    let (ours, theirs) = UnixStream::pair()?;
    // Both stay without blocking: the thread polls its end together with the connection's socket.
    Ok((ours, theirs.into_std()?))
}

/// Hands the input on, then its end; and then waits for whoever drops it.
async fn feed(mut input: mpsc::Receiver<Vec<u8>>, mut to: UnixStream) -> Infallible {
    while let Some(bytes) = input.recv().await {
        // The command is over, or does not read: the rest is taken and dropped, so that the sender is not stuck.
        let _unread = to.write_all(&bytes).await;
    }
    let _already_gone = to.shutdown().await;
    std::future::pending().await
}
