//! A sandbox that somebody is connected to: commands and files, as the template's user.

use std::io::{self, BufRead, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use futures_util::StreamExt as _;

use crate::remote::directory::{self, Exactly, Step};
use crate::remote::{
    DirectoryPart, Exit, Meter, Output, OutputSink, Pipes, Remote, RemoteError, Upload, base_name,
    shell_path, split,
};

use super::carry::{Drain, Feed};
use super::engine_types::{Input, Printed};
use super::inside::{PROGRAM, Role};
use super::machine::Machine;
use super::pipes::{ContainerPipes, broken};
use super::transfer::{receive, send};

/// The status of a command that the kernel killed.
const KILLED: Exit = Exit::Status(137);

/// The machine.
pub(crate) struct DockerRemote {
    pipes: Arc<ContainerPipes>,
    meter: Meter,
}

impl DockerRemote {
    pub(super) fn new(machine: Machine, user: &str, memory: u64) -> Self {
        let pipes = ContainerPipes {
            machine,
            user: user.to_owned(),
            memory,
            kills: AtomicU64::new(0),
        };
        Self {
            pipes: Arc::new(pipes),
            meter: Meter::default(),
        }
    }

    /// Text for the user's shell, as scp's would be.
    fn tool(role: Role, words: &[&str]) -> String {
        format!("exec {PROGRAM} {} {}", role.word(), words.join(" "))
    }
}

impl Remote for DockerRemote {
    async fn run(&mut self, command: &str, output: OutputSink<'_>) -> Result<Exit, RemoteError> {
        let doing = "running a command";
        let machine = &self.pipes.machine;
        let time = machine.runs().await.map_err(|why| broken(doing, &why))?;
        let started = self.pipes.start(command, Input::Empty).await?;
        let mut pieces = started.attached.output;
        loop {
            let piece = tokio::select! {
                biased;
                piece = pieces.next() => piece,
                () = machine.left(time) => None,
            };
            match piece {
                Some(Ok(Printed::Stdout(bytes))) => output(Output::Stdout(bytes)),
                Some(Ok(Printed::Stderr(bytes))) => output(Output::Stderr(bytes)),
                Some(Err(error)) => {
                    log::debug!("the output of a command broke: {error}");
                    break;
                }
                None => break,
            }
        }
        let exit = self.pipes.exit(&started.id, time, doing).await?;
        if exit == KILLED && self.pipes.was_out_of_memory().await {
            let words = format!(
                "ami-build: the sandbox may use {} MiB of memory, and the command was killed\n",
                self.pipes.memory >> 20
            );
            output(Output::Stderr(words.into_bytes()));
        }
        if exit == Exit::Disconnected
            && let Some(why) = self.pipes.machine.end()
        {
            let words = format!("ami-build: the sandbox ended: {why}\n");
            output(Output::Stderr(words.into_bytes()));
        }
        Ok(exit)
    }

    async fn upload(&mut self, upload: &Upload, destination: &str) -> Result<(), RemoteError> {
        let (mut content, mode, size) = content(upload)?;
        self.meter.begin(Some(size));
        let (directory, name) = split(destination);
        let name = format!("'{}'", name.replace('\'', r"'\''"));
        let (mode, length) = (format!("{mode:04o}"), size.to_string());
        let words = [&*shell_path(directory), &name, &mode, &length];
        let (command, meter) = (Self::tool(Role::Put, &words), self.meter.clone());
        let doing = format!("uploading to `{destination}`");
        let local = match upload {
            Upload::File(path) => path.clone(),
            Upload::Bytes(..) => PathBuf::new(),
        };
        send(&self.pipes, &command, &doing, move |feed| {
            pour(&mut meter.count(&mut content), feed, &local)
        })
        .await
    }

    async fn upload_directory(
        &mut self,
        source: &Path,
        destination: &str,
        part: DirectoryPart,
    ) -> Result<(), RemoteError> {
        self.meter.begin(Some(directory::size(source)?));
        let prefix = match part {
            DirectoryPart::Contents => PathBuf::new(),
            DirectoryPart::Itself => PathBuf::from(base_name(source)?),
        };
        let command = Self::tool(Role::PutTree, &[&shell_path(destination)]);
        let doing = format!("uploading to `{destination}`");
        let (source, meter) = (source.to_owned(), self.meter.clone());
        send(&self.pipes, &command, &doing, move |feed| {
            fill(feed, &source, &prefix, &meter)
        })
        .await
    }

    async fn download(&mut self, source: &str, destination: &Path) -> Result<(), RemoteError> {
        let file = std::fs::File::create(destination)
            .map_err(|error| RemoteError::local(destination, error))?;
        self.meter.begin(None);
        let command = Self::tool(Role::Get, &[&shell_path(source)]);
        let doing = format!("downloading `{source}`");
        let (meter, destination) = (self.meter.clone(), destination.to_owned());
        receive(&self.pipes, &command, &doing, move |drain| {
            take_file(drain, (file, &destination), &meter)
        })
        .await
    }

    async fn download_directory(
        &mut self,
        source: &str,
        destination: &Path,
    ) -> Result<(), RemoteError> {
        self.meter.begin(None);
        let command = Self::tool(Role::GetTree, &[&shell_path(source)]);
        let doing = format!("downloading `{source}`");
        let (meter, destination) = (self.meter.clone(), destination.to_owned());
        receive(&self.pipes, &command, &doing, move |drain| {
            super::tree::take(drain, &destination, &meter)
        })
        .await
    }

    fn meter(&self) -> Meter {
        self.meter.clone()
    }

    fn pipes(&self) -> Arc<dyn Pipes> {
        self.pipes.clone()
    }

    async fn hang_up(&mut self) {}
}

type Content = Box<dyn io::Read + Send>;

fn content(upload: &Upload) -> Result<(Content, u32, u64), RemoteError> {
    match upload {
        Upload::Bytes(bytes, mode) => {
            let size = bytes.len() as u64;
            Ok((Box::new(io::Cursor::new(bytes.clone())), *mode, size))
        }
        Upload::File(path) => {
            let found = directory::metadata(path)?;
            if found.is_dir() {
                return Err(RemoteError::local(path, io::ErrorKind::IsADirectory.into()));
            }
            let size = found.len();
            let content = Exactly::open(path, size)?;
            Ok((Box::new(content), directory::mode(&found), size))
        }
    }
}

/// Sends a content; an error of the reading is one of this side.
fn pour(content: &mut impl io::Read, feed: &mut Feed, local: &Path) -> Result<(), RemoteError> {
    let mut buffer = vec![0; 256 * 1024];
    loop {
        let count = content
            .read(&mut buffer)
            .map_err(|error| RemoteError::local(local, error))?;
        if count == 0 {
            return Ok(());
        }
        feed.write_all(&buffer[..count])
            .map_err(|error| RemoteError::broken("sending a file", error))?;
    }
}

/// Sends a directory as a tar stream.
fn fill(feed: &mut Feed, source: &Path, prefix: &Path, meter: &Meter) -> Result<(), RemoteError> {
    let sending = |error| RemoteError::broken("sending a directory", error);
    let mut archive = tar::Builder::new(feed);
    let header = |kind, mode, size| {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_mode(mode);
        header.set_size(size);
        header.set_mtime(0);
        header
    };
    if prefix != Path::new("") {
        let mode = directory::mode(&directory::metadata(source)?);
        let mut header = header(tar::EntryType::Directory, mode, 0);
        archive
            .append_data(&mut header, prefix, io::empty())
            .map_err(sending)?;
    }
    directory::walk(source, &mut |step| match step {
        Step::Leave => Ok(()),
        Step::Enter { inside, mode, .. } => {
            let mut header = header(tar::EntryType::Directory, mode, 0);
            archive
                .append_data(&mut header, prefix.join(inside), io::empty())
                .map_err(sending)
        }
        Step::File {
            inside,
            local,
            mode,
            size,
            ..
        } => {
            let mut header = header(tar::EntryType::Regular, mode, size);
            let content = meter.count(Exactly::open(local, size)?);
            archive
                .append_data(&mut header, prefix.join(inside), content)
                .map_err(|error| match error.kind() {
                    io::ErrorKind::UnexpectedEof => RemoteError::local(local, error),
                    _ => sending(error),
                })
        }
    })?;
    archive.finish().map_err(sending)
}

/// Takes a file: its size as a line, then its bytes.
fn take_file(
    drain: Drain,
    (mut file, path): (std::fs::File, &Path),
    meter: &Meter,
) -> Result<(), RemoteError> {
    let receiving = |error| RemoteError::broken("receiving a file", error);
    let mut reader = BufReader::with_capacity(256 * 1024, drain);
    let mut line = String::new();
    (&mut reader)
        .take(32)
        .read_line(&mut line)
        .map_err(receiving)?;
    let Ok(size) = line.trim().parse() else {
        return Err(receiving(io::ErrorKind::UnexpectedEof.into()));
    };
    meter.begin(Some(size));
    let mut content = meter.count(reader.take(size));
    let taken =
        io::copy(&mut content, &mut file).map_err(|error| RemoteError::local(path, error))?;
    if taken < size {
        return Err(receiving(io::ErrorKind::UnexpectedEof.into()));
    }
    Ok(())
}
