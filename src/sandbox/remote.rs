//! A login to a sandbox of either kind.

use std::path::Path;
use std::sync::Arc;

use super::docker::DockerRemote;
use super::host::HostRemote;
use crate::remote::{DirectoryPart, Exit, Meter, OutputSink, Pipes, Remote, RemoteError, Upload};

/// One login.
pub(crate) enum EnteredRemote {
    /// To a copy of this machine.
    Host(HostRemote),
    /// To a container.
    Docker(DockerRemote),
}

impl Remote for EnteredRemote {
    async fn run(&mut self, command: &str, output: OutputSink<'_>) -> Result<Exit, RemoteError> {
        match self {
            Self::Host(remote) => remote.run(command, output).await,
            Self::Docker(remote) => remote.run(command, output).await,
        }
    }

    async fn upload(&mut self, upload: &Upload, destination: &str) -> Result<(), RemoteError> {
        match self {
            Self::Host(remote) => remote.upload(upload, destination).await,
            Self::Docker(remote) => remote.upload(upload, destination).await,
        }
    }

    async fn upload_directory(
        &mut self,
        source: &Path,
        destination: &str,
        part: DirectoryPart,
    ) -> Result<(), RemoteError> {
        match self {
            Self::Host(remote) => remote.upload_directory(source, destination, part).await,
            Self::Docker(remote) => remote.upload_directory(source, destination, part).await,
        }
    }

    async fn download(&mut self, source: &str, destination: &Path) -> Result<(), RemoteError> {
        match self {
            Self::Host(remote) => remote.download(source, destination).await,
            Self::Docker(remote) => remote.download(source, destination).await,
        }
    }

    async fn download_directory(
        &mut self,
        source: &str,
        destination: &Path,
    ) -> Result<(), RemoteError> {
        match self {
            Self::Host(remote) => remote.download_directory(source, destination).await,
            Self::Docker(remote) => remote.download_directory(source, destination).await,
        }
    }

    fn meter(&self) -> Meter {
        match self {
            Self::Host(remote) => remote.meter(),
            Self::Docker(remote) => remote.meter(),
        }
    }

    fn pipes(&self) -> Arc<dyn Pipes> {
        match self {
            Self::Host(remote) => remote.pipes(),
            Self::Docker(remote) => remote.pipes(),
        }
    }

    async fn hang_up(&mut self) {
        match self {
            Self::Host(remote) => remote.hang_up().await,
            Self::Docker(remote) => remote.hang_up().await,
        }
    }
}
