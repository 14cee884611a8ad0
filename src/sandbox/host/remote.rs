//! A sandbox as a machine that is logged in to.

use std::path::Path;
use std::sync::Arc;

use super::line::Line;
use super::pipes::HostPipes;
use super::session::{Input, Outcome, Session};
use super::transfer;
use crate::remote::{DirectoryPart, Exit, Meter, OutputSink, Pipes, Remote, RemoteError, Upload};
use crate::sandbox::allowance::Allowance;

/// The sandbox. Every command is a login of its own; there is no connection that could be cut.
pub(crate) struct HostRemote {
    line: Arc<Line>,
    meter: Meter,
    allowance: Allowance,
}

impl HostRemote {
    pub(super) fn new(line: Arc<Line>, allowance: Allowance) -> Self {
        Self {
            line,
            meter: Meter::default(),
            allowance,
        }
    }
}

impl Remote for HostRemote {
    async fn run(&mut self, command: &str, output: OutputSink<'_>) -> Result<Exit, RemoteError> {
        let session = Session::start(&self.line, command, Input::Nothing)?;
        let ends = (session.output, session.errors, session.end);
        let mut outcome = Outcome::of(&self.line, ends)?;
        while let Some(piece) = outcome.next().await {
            output(piece);
        }
        outcome.exit().await
    }

    async fn upload(&mut self, upload: &Upload, destination: &str) -> Result<(), RemoteError> {
        transfer::upload(&self.line, upload, destination, &self.meter).await
    }

    async fn upload_directory(
        &mut self,
        source: &Path,
        destination: &str,
        part: DirectoryPart,
    ) -> Result<(), RemoteError> {
        transfer::upload_directory(&self.line, source, (destination, part), &self.meter).await
    }

    async fn download(&mut self, source: &str, destination: &Path) -> Result<(), RemoteError> {
        let counts = (&self.meter, &self.allowance);
        transfer::download(&self.line, source, destination, counts).await
    }

    async fn download_directory(
        &mut self,
        source: &str,
        destination: &Path,
    ) -> Result<(), RemoteError> {
        let counts = (&self.meter, &self.allowance);
        transfer::download_directory(&self.line, source, destination, counts).await
    }

    fn meter(&self) -> Meter {
        self.meter.clone()
    }

    fn pipes(&self) -> Arc<dyn Pipes> {
        Arc::new(HostPipes::new(Arc::clone(&self.line)))
    }

    async fn hang_up(&mut self) {}
}
