//! A machine that is logged in to by SSH. A connection that broke is made anew by the next call, as in Packer.

use std::io;
use std::path::Path;
use std::sync::Arc;

use tokio::sync::mpsc;

use crate::plan::communicator::SshSettings;

use super::ssh::Connection;
use super::ssh_dialer::once;
use super::ssh_pipes::SshPipes;
use super::tunnels::OpenTunnels;
use super::worker::Worker;
use super::{
    DirectoryPart, Exit, Meter, OutputSink, Pipes, Remote, RemoteError, ResolvedLogin, Target,
    Upload, exec, transfer,
};

/// Pieces of output that wait for a slow console; the machine waits after that.
const QUEUE: usize = 64;

/// The machine.
pub(crate) struct SshRemote {
    worker: Option<Worker>,
    tunnels: Option<OpenTunnels>,
    target: Target,
    login: ResolvedLogin,
    meter: Meter,
}

impl SshRemote {
    pub(super) fn new(
        worker: Worker,
        tunnels: Option<OpenTunnels>,
        target: Target,
        login: ResolvedLogin,
    ) -> Self {
        Self {
            worker: Some(worker),
            tunnels,
            target,
            login,
            meter: Meter::default(),
        }
    }

    /// What is shown until the connection is there is not the last transfer.
    fn meter_at_zero(&self) -> Meter {
        self.meter.begin(None);
        self.meter.clone()
    }

    /// Has `work` done by the connection, which is made anew first where it is gone.
    ///
    /// While the work runs the connection is not ours: if the future is dropped, the connection was cut and stays away.
    async fn with<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&Connection, &SshSettings) -> Result<T, RemoteError> + Send + 'static,
    ) -> Result<T, RemoteError> {
        let worker = match self.worker.take() {
            Some(worker) => worker,
            None => once(&self.target, &self.login)
                .await
                .map_err(|error| RemoteError::Reconnect(Box::new(error)))?,
        };
        let ssh = Arc::clone(&self.target.ssh);
        let done = worker.call(move |connection| work(connection, &ssh)).await;
        let result = done.unwrap_or_else(|| {
            let ended = io::Error::other("the connection's thread ended");
            Err(RemoteError::broken("giving the machine its work", ended))
        });
        if !result.as_ref().is_err_and(RemoteError::is_disconnect) {
            self.worker = Some(worker);
        }
        result
    }
}

impl Remote for SshRemote {
    async fn run(&mut self, command: &str, output: OutputSink<'_>) -> Result<Exit, RemoteError> {
        let (sender, mut pieces) = mpsc::channel(QUEUE);
        let command = command.to_owned();
        let exit = {
            let running = self.with(move |connection, ssh| {
                exec::run(connection, &command, ssh, &sender)
                    .map_err(|error| RemoteError::broken("starting a command", error))
            });
            let mut running = std::pin::pin!(running);
            loop {
                tokio::select! {
                    biased;
                    Some(piece) = pieces.recv() => output(piece),
                    exit = &mut running => break exit,
                }
            }
        };
        while let Ok(piece) = pieces.try_recv() {
            output(piece);
        }
        if matches!(exit, Ok(Exit::Disconnected)) {
            self.worker = None;
        }
        exit
    }

    async fn upload(&mut self, upload: &Upload, destination: &str) -> Result<(), RemoteError> {
        let (upload, destination) = (upload.clone(), destination.to_owned());
        let meter = self.meter_at_zero();
        self.with(move |connection, ssh| {
            transfer::upload(connection, &upload, &destination, ssh.file_transfer, &meter)
        })
        .await
    }

    async fn upload_directory(
        &mut self,
        source: &Path,
        destination: &str,
        part: DirectoryPart,
    ) -> Result<(), RemoteError> {
        let (source, destination) = (source.to_owned(), destination.to_owned());
        let meter = self.meter_at_zero();
        self.with(move |connection, ssh| {
            let to = (&*destination, part);
            transfer::upload_directory(connection, &source, to, ssh.file_transfer, &meter)
        })
        .await
    }

    async fn download(&mut self, source: &str, destination: &Path) -> Result<(), RemoteError> {
        let (source, destination) = (source.to_owned(), destination.to_owned());
        let meter = self.meter_at_zero();
        self.with(move |connection, ssh| {
            transfer::download(connection, &source, &destination, ssh.file_transfer, &meter)
        })
        .await
    }

    async fn download_directory(
        &mut self,
        source: &str,
        destination: &Path,
    ) -> Result<(), RemoteError> {
        let (source, destination) = (source.to_owned(), destination.to_owned());
        let meter = self.meter_at_zero();
        self.with(move |connection, _| {
            transfer::download_directory(connection, &source, &destination, &meter)
        })
        .await
    }

    fn meter(&self) -> Meter {
        self.meter.clone()
    }

    fn pipes(&self) -> Arc<dyn Pipes> {
        Arc::new(SshPipes::new(self.target.clone(), self.login.clone()))
    }

    async fn hang_up(&mut self) {
        // The thread says goodbye when its orders end.
        self.worker = None;
        self.tunnels = None;
    }
}
