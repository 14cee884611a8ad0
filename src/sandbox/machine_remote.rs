//! The machine of a rehearsal as provisioners see it: a sandbox, entered anew after whatever cut the connection, or none.

use std::path::Path;
use std::sync::Arc;

use super::landing::Landing;
use super::{EnteredRemote, Sandbox};
use crate::remote::{
    ConnectError, DirectoryPart, Exit, Meter, OutputSink, Pipes, PretendedRemote, Remote,
    RemoteError, Upload,
};

/// See the module.
pub(crate) enum MachineRemote {
    /// Nothing runs on it, and all goes well.
    Pretended(PretendedRemote),
    /// A sandbox.
    Entered(Reentered),
}

/// A login that is made anew after the sandbox cut it, as that of a machine which reboots.
pub(crate) struct Reentered {
    sandbox: Arc<Sandbox>,
    remote: EnteredRemote,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Open,
    Cut,
}

impl MachineRemote {
    /// Logs in to the sandbox, where there is one.
    pub(crate) async fn to(sandbox: Option<&Arc<Sandbox>>) -> Result<Self, ConnectError> {
        let Some(sandbox) = sandbox else {
            return Ok(Self::Pretended(PretendedRemote));
        };
        let entered = sandbox.connect().await;
        let remote = entered.map_err(|error| ConnectError::Sandbox(Box::new(error)))?;
        Ok(Self::Entered(Reentered {
            sandbox: Arc::clone(sandbox),
            remote,
            state: State::Open,
        }))
    }
}

impl Reentered {
    async fn open(&mut self) -> Result<&mut EnteredRemote, RemoteError> {
        if self.state == State::Cut {
            let entered = self.sandbox.connect().await.map_err(|error| {
                RemoteError::Reconnect(Box::new(ConnectError::Sandbox(Box::new(error))))
            })?;
            self.remote = entered;
            self.state = State::Open;
        }
        Ok(&mut self.remote)
    }

    /// Notes whether the connection went.
    fn noted<T>(&mut self, result: Result<T, RemoteError>) -> Result<T, RemoteError> {
        if result.as_ref().is_err_and(RemoteError::is_disconnect) {
            self.state = State::Cut;
        }
        result
    }
}

impl Remote for MachineRemote {
    async fn run(&mut self, command: &str, output: OutputSink<'_>) -> Result<Exit, RemoteError> {
        match self {
            Self::Pretended(remote) => remote.run(command, output).await,
            Self::Entered(login) => {
                let ended = login.open().await?.run(command, output).await;
                if matches!(ended, Ok(Exit::Disconnected)) {
                    login.state = State::Cut;
                }
                login.noted(ended)
            }
        }
    }

    async fn upload(&mut self, upload: &Upload, destination: &str) -> Result<(), RemoteError> {
        match self {
            Self::Pretended(remote) => remote.upload(upload, destination).await,
            Self::Entered(login) => {
                let done = login.open().await?.upload(upload, destination).await;
                login.noted(done)
            }
        }
    }

    async fn upload_directory(
        &mut self,
        source: &Path,
        destination: &str,
        part: DirectoryPart,
    ) -> Result<(), RemoteError> {
        match self {
            Self::Pretended(remote) => remote.upload_directory(source, destination, part).await,
            Self::Entered(login) => {
                let remote = login.open().await?;
                let done = remote.upload_directory(source, destination, part).await;
                login.noted(done)
            }
        }
    }

    async fn download(&mut self, source: &str, destination: &Path) -> Result<(), RemoteError> {
        match self {
            Self::Pretended(remote) => remote.download(source, destination).await,
            Self::Entered(login) => {
                let done = login.open().await?.download(source, destination).await;
                login.noted(done)
            }
        }
    }

    async fn download_directory(
        &mut self,
        source: &str,
        destination: &Path,
    ) -> Result<(), RemoteError> {
        match self {
            Self::Pretended(remote) => remote.download_directory(source, destination).await,
            Self::Entered(login) => {
                let local = |error| RemoteError::local(destination, error);
                let landing = Landing::new(destination).map_err(local)?;
                let remote = login.open().await?;
                let done = remote.download_directory(source, landing.path()).await;
                login.noted(done)?;
                landing.settle().map_err(local)
            }
        }
    }

    fn meter(&self) -> Meter {
        match self {
            Self::Pretended(remote) => remote.meter(),
            Self::Entered(login) => login.remote.meter(),
        }
    }

    fn pipes(&self) -> Arc<dyn Pipes> {
        match self {
            Self::Pretended(remote) => remote.pipes(),
            Self::Entered(login) => login.remote.pipes(),
        }
    }

    fn pretends(&self) -> bool {
        matches!(self, Self::Pretended(_))
    }

    /// A sandbox has booted.
    fn refuses_for_good(&self) -> bool {
        true
    }

    async fn hang_up(&mut self) {
        match self {
            Self::Pretended(remote) => remote.hang_up().await,
            Self::Entered(login) => login.remote.hang_up().await,
        }
    }
}
