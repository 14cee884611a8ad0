//! Files and directories on their way to the machine.

use std::fs;

use super::error::StepError;
use crate::provision::{Machine, ProvisionContext, on_machine};
use crate::remote::{DirectoryPart, Exit, Remote, Upload};

/// The mode of an uploaded file: Packer's where nobody tells it one.
const FILE_MODE: u32 = 0o644;

/// The machine as the steps see it.
pub(super) struct Site<'a, 'b, R> {
    pub(super) machine: &'a mut Machine<'b, R>,
    pub(super) cx: &'a ProvisionContext,
}

impl<R: Remote> Site<'_, '_, R> {
    /// Uploads a local file.
    pub(super) async fn file(&mut self, source: &str, destination: &str) -> Result<(), StepError> {
        let bytes = fs::read(self.cx.local_path(source)).map_err(|cause| StepError::Open {
            path: source.to_owned(),
            cause,
        })?;
        self.bytes(bytes, source, destination).await
    }

    /// Uploads `bytes`, which are called `name` here.
    pub(super) async fn bytes(
        &mut self,
        bytes: Vec<u8>,
        name: &str,
        destination: &str,
    ) -> Result<(), StepError> {
        let uploaded = self
            .remote("Upload")?
            .upload(&Upload::Bytes(bytes, FILE_MODE), destination)
            .await;
        uploaded.map_err(|cause| StepError::Upload {
            path: name.to_owned(),
            cause,
        })
    }

    /// Makes a directory.
    pub(super) async fn make(&mut self, directory: &str) -> Result<(), StepError> {
        let cx = self.cx;
        cx.ui.message(&format!("Creating directory: {directory}"));
        self.directory_command(&format!("mkdir -p '{directory}'"))
            .await
    }

    /// Removes a directory with all in it.
    pub(super) async fn remove(&mut self, directory: &str) -> Result<(), StepError> {
        let cx = self.cx;
        cx.ui.message(&format!("Removing directory: {directory}"));
        self.directory_command(&format!("rm -rf '{directory}'"))
            .await
    }

    async fn directory_command(&mut self, command: &str) -> Result<(), StepError> {
        match self.run(command).await? {
            Exit::Status(0) => Ok(()),
            _ => Err(StepError::Directory),
        }
    }

    /// Makes a directory and uploads what `source` holds into it.
    pub(super) async fn contents(
        &mut self,
        source: &str,
        destination: &str,
    ) -> Result<(), StepError> {
        self.make(destination).await?;
        let local = self.cx.local_path(source);
        self.remote("UploadDir")?
            .upload_directory(&local, destination, DirectoryPart::Contents)
            .await
            .map_err(StepError::Remote)
    }

    /// Runs a command and shows what it prints, line by line.
    pub(super) async fn run(&mut self, command: &str) -> Result<Exit, StepError> {
        self.remote("Start")?;
        on_machine::show(self.machine, &format!("{command}\n"), self.cx)
            .await
            .map_err(StepError::Remote)
    }

    fn remote(&mut self, call: &'static str) -> Result<&mut R, StepError> {
        match self.machine {
            Machine::Reached(remote) => Ok(remote),
            Machine::None => Err(StepError::NoMachine(call)),
        }
    }
}
