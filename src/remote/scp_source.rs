//! Sends files and directories by scp.

use std::io::{Read, Write};
use std::path::Path;

use super::copy::{CopyError, copy};
use super::directory::{self, Exactly, Step};
use super::meter::Meter;
use super::scp::{Failure, expect_fine, finish, shell_path, split};
use super::ssh::{Channel, Connection};
use super::{DirectoryPart, RemoteError};

/// What one file is made of.
pub(super) struct Content<R> {
    pub(super) reader: R,
    pub(super) size: u64,
    pub(super) mode: u32,
}

/// Sends one file.
pub(super) fn send_file(
    connection: &Connection,
    content: Content<impl Read>,
    destination: &str,
) -> Result<(), Failure> {
    let (directory, name) = split(destination);
    let command = format!("scp -t {}", shell_path(directory));
    let mut stream = Stream::start(connection, &command, destination)?;
    stream.put(content, name)?;
    stream.finish()
}

/// Sends a directory.
pub(super) fn send_directory(
    connection: &Connection,
    source: &Path,
    destination: &str,
    part: DirectoryPart,
    meter: &Meter,
) -> Result<(), Failure> {
    let command = format!("scp -rt {}", shell_path(destination));
    let mut stream = Stream::start(connection, &command, destination)?;
    if part == DirectoryPart::Itself {
        let mode = directory::mode(&directory::metadata(source)?);
        stream.line(&format!("D{mode:04o} 0 {}\n", base_name(source)?))?;
    }
    directory::walk(source, &mut |step| match step {
        Step::Enter { name, mode, .. } => stream.line(&format!("D{mode:04o} 0 {name}\n")),
        Step::Leave => stream.line("E\n"),
        Step::File {
            name,
            local,
            mode,
            size,
            ..
        } => {
            let content = Content {
                reader: meter.count(Exactly::open(local, size)?),
                size,
                mode,
            };
            stream.put(content, name)
        }
    })?;
    if part == DirectoryPart::Itself {
        stream.line("E\n")?;
    }
    stream.finish()
}

/// The last part of a local path, also of `.` and `dir/..`.
pub(crate) fn base_name(path: &Path) -> Result<String, RemoteError> {
    let name = match path.file_name() {
        Some(name) => name.to_owned(),
        None => {
            let whole = path
                .canonicalize()
                .map_err(|error| RemoteError::local(path, error))?;
            whole
                .file_name()
                .map(std::ffi::OsStr::to_owned)
                .unwrap_or_default()
        }
    };
    Ok(name.to_string_lossy().into_owned())
}

/// What the program on the other side reads.
struct Stream {
    channel: Channel,
    answer: Answer,
    doing: String,
}

/// The answer to a file's content. The next line goes before it is there: the other side reads that line whatever came of the
/// content. A content, in contrast, waits for the answer to its line, since a side that said no would take it for lines.
#[derive(PartialEq, Eq)]
enum Answer {
    Owed,
    Heard,
}

impl Stream {
    fn start(connection: &Connection, command: &str, destination: &str) -> Result<Self, Failure> {
        let doing = format!("uploading to `{destination}`");
        let mut channel = connection
            .exec(command)
            .map_err(|error| RemoteError::broken(&doing, error))?;
        expect_fine(&mut channel, &doing)?;
        Ok(Self {
            channel,
            answer: Answer::Heard,
            doing,
        })
    }

    fn line(&mut self, text: &str) -> Result<(), Failure> {
        self.channel
            .write_all(text.as_bytes())
            .map_err(|error| RemoteError::broken(&self.doing, error))?;
        self.hear()?;
        expect_fine(&mut self.channel, &self.doing)
    }

    fn put(&mut self, content: Content<impl Read>, name: &str) -> Result<(), Failure> {
        self.line(&format!("C{:04o} {} {name}\n", content.mode, content.size))?;
        copy(content.size, content.reader, &mut self.channel)
            .map_err(CopyError::cause)
            .and_then(|()| self.channel.write_all(&[0]))
            .map_err(|error| RemoteError::broken(&self.doing, error))?;
        self.answer = Answer::Owed;
        Ok(())
    }

    fn hear(&mut self) -> Result<(), Failure> {
        match std::mem::replace(&mut self.answer, Answer::Heard) {
            Answer::Owed => expect_fine(&mut self.channel, &self.doing),
            Answer::Heard => Ok(()),
        }
    }

    fn finish(mut self) -> Result<(), Failure> {
        self.hear()?;
        finish(&mut self.channel, &self.doing)
    }
}
