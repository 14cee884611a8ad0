//! The small steps that the provisioners of configuration tools are made of: a command, a file, a directory.

use std::fs;

use crate::remote::{DirectoryPart, Remote, RemoteError, Upload};

use super::guest_commands::GuestCommands;
use super::on_machine::{show, status};
use super::{Machine, ProvisionContext, ProvisionError};

/// The mode that Packer gives a file whose own it does not know.
const UPLOAD_MODE: u32 = 0o644;

/// A machine, and the voice in which it is told what to do.
pub(super) struct Guest<'a, 'm, R> {
    pub(super) machine: &'a mut Machine<'m, R>,
    pub(super) cx: &'a ProvisionContext,
    pub(super) commands: GuestCommands,
}

impl<R: Remote> Guest<'_, '_, R> {
    /// Runs a command, shows what it prints and gives its exit status.
    pub(super) async fn run(&mut self, command: &str) -> Result<i64, ProvisionError> {
        let exit = show(self.machine, &format!("{command}\n"), self.cx).await;
        exit.map(status).map_err(ProvisionError::Transfer)
    }

    /// Runs a command that has to end with 0; `words` say that it did not.
    pub(super) async fn must(&mut self, command: &str, words: &str) -> Result<(), ProvisionError> {
        match self.run(command).await? {
            0 => Ok(()),
            _ => Err(ProvisionError::exit(words)),
        }
    }

    /// Says so, and makes a directory.
    pub(super) async fn create_directory(
        &mut self,
        path: &str,
        words: &str,
    ) -> Result<(), ProvisionError> {
        self.message(&format!("Creating directory: {path}"));
        let command = self.commands.create_directory(path);
        self.must(&command, words).await
    }

    /// The same, and everybody may write there: the directory is root's, and who uploads is not.
    pub(super) async fn create_open_directory(
        &mut self,
        path: &str,
        words: &str,
    ) -> Result<(), ProvisionError> {
        self.create_directory(path, words).await?;
        let command = self.commands.chmod(path, "0777");
        self.must(
            &command,
            "Non-zero exit status. See output above for more info.",
        )
        .await
    }

    /// Makes an open directory and puts the contents of a local one there.
    pub(super) async fn upload_contents(
        &mut self,
        local: &str,
        path: &str,
        words: &str,
    ) -> Result<(), ProvisionError> {
        self.create_open_directory(path, words).await?;
        self.upload_directory(local, path, DirectoryPart::Contents)
            .await
    }

    /// Puts a local directory there.
    pub(super) async fn upload_directory(
        &mut self,
        local: &str,
        path: &str,
        part: DirectoryPart,
    ) -> Result<(), ProvisionError> {
        let source = self.cx.local_path(local);
        let Machine::Reached(remote) = self.machine else {
            return Err(ProvisionError::NoCommunicator("UploadDir"));
        };
        let sent = remote.upload_directory(&source, path, part).await;
        sent.map_err(ProvisionError::Transfer)
    }

    /// Puts a local file there, with the mode that Packer gives it.
    pub(super) async fn upload_file(
        &mut self,
        local: &str,
        path: &str,
    ) -> Result<(), ProvisionError> {
        let source = self.cx.local_path(local);
        let bytes = fs::read(&source).map_err(|cause| ProvisionError::Local {
            path: source,
            cause,
        })?;
        self.upload_bytes(bytes, path).await
    }

    /// Puts a text there.
    pub(super) async fn upload_bytes(
        &mut self,
        bytes: Vec<u8>,
        path: &str,
    ) -> Result<(), ProvisionError> {
        let Machine::Reached(remote) = self.machine else {
            return Err(ProvisionError::NoCommunicator("Upload"));
        };
        let upload = Upload::Bytes(bytes, UPLOAD_MODE);
        let sent = remote.upload(&upload, path).await;
        sent.map_err(ProvisionError::Transfer)
    }

    /// Fetches a file into the working directory, under its own name.
    pub(super) async fn download(&mut self, path: &str) -> Result<(), ProvisionError> {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        let local = self.cx.local_path(name);
        let Machine::Reached(remote) = self.machine else {
            return Err(ProvisionError::NoCommunicator("Download"));
        };
        let fetched: Result<(), RemoteError> = remote.download(path, &local).await;
        crate::ownership::hand_over_tree(&local, self.cx.owner);
        fetched.map_err(ProvisionError::Transfer)
    }

    /// What the provisioner does, in detail.
    pub(super) fn message(&self, text: &str) {
        self.cx.ui.message(text);
    }
}
