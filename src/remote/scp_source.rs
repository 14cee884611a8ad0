//! Sends files and directories by scp.

use std::io::{self, Read, Write};
use std::path::Path;

use super::directory::{self, Exactly, Step};
use super::scp::{Failure, expect_fine, finish, shell_path, split};
use super::ssh::{Channel, Connection};
use super::{DirectoryPart, RemoteError};

/// Of one read of a local file: large, since each write to the channel costs a call.
const BUFFER: usize = 256 * 1024;

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
    let doing = format!("uploading to `{destination}`");
    let (directory, name) = split(destination);
    let mut channel = start(
        connection,
        &format!("scp -t {}", shell_path(directory)),
        &doing,
    )?;
    put(&mut channel, content, name, &doing)?;
    finish(&mut channel, &doing)
}

/// Sends a directory.
pub(super) fn send_directory(
    connection: &Connection,
    source: &Path,
    destination: &str,
    part: DirectoryPart,
) -> Result<(), Failure> {
    let doing = format!("uploading to `{destination}`");
    let mut channel = start(
        connection,
        &format!("scp -rt {}", shell_path(destination)),
        &doing,
    )?;
    if part == DirectoryPart::Itself {
        let mode = directory::mode(&directory::metadata(source)?);
        line(
            &mut channel,
            &format!("D{mode:04o} 0 {}\n", base_name(source)?),
            &doing,
        )?;
    }
    directory::walk(source, &mut |step| match step {
        Step::Enter { name, mode, .. } => {
            line(&mut channel, &format!("D{mode:04o} 0 {name}\n"), &doing)
        }
        Step::Leave => line(&mut channel, "E\n", &doing),
        Step::File {
            name,
            local,
            mode,
            size,
            ..
        } => {
            let content = Content {
                reader: Exactly::open(local, size)?,
                size,
                mode,
            };
            put(&mut channel, content, name, &doing)
        }
    })?;
    if part == DirectoryPart::Itself {
        line(&mut channel, "E\n", &doing)?;
    }
    finish(&mut channel, &doing)
}

/// The last part of a local path, also of `.` and `dir/..`.
pub(super) fn base_name(path: &Path) -> Result<String, RemoteError> {
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

/// Copies all of `reader`.
pub(super) fn copy(mut reader: impl Read, writer: &mut impl Write) -> io::Result<()> {
    let mut buffer = vec![0; BUFFER];
    loop {
        match reader.read(&mut buffer)? {
            0 => return Ok(()),
            count => writer.write_all(&buffer[..count])?,
        }
    }
}

fn start(connection: &Connection, command: &str, doing: &str) -> Result<Channel, Failure> {
    let mut channel = connection
        .exec(command)
        .map_err(|error| RemoteError::broken(doing, error))?;
    expect_fine(&mut channel, doing)?;
    Ok(channel)
}

fn put(
    channel: &mut Channel,
    content: Content<impl Read>,
    name: &str,
    doing: &str,
) -> Result<(), Failure> {
    line(
        channel,
        &format!("C{:04o} {} {name}\n", content.mode, content.size),
        doing,
    )?;
    copy(content.reader, channel)
        .and_then(|()| channel.write_all(&[0]))
        .map_err(|error| RemoteError::broken(doing, error))?;
    expect_fine(channel, doing)
}

fn line(channel: &mut Channel, text: &str, doing: &str) -> Result<(), Failure> {
    channel
        .write_all(text.as_bytes())
        .map_err(|error| RemoteError::broken(doing, error))?;
    expect_fine(channel, doing)
}
