//! Fetches files and directories by scp.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use super::RemoteError;
use super::scp::{Failure, Header, finish, header, shell_path};
use super::scp_source::copy;
use super::ssh::{Channel, Connection};

/// Fetches one file into `destination`, which is made or emptied first, as Packer does.
pub(super) fn fetch_file(
    connection: &Connection,
    source: &str,
    destination: &Path,
) -> Result<(), Failure> {
    let doing = format!("downloading `{source}`");
    let mut file =
        File::create(destination).map_err(|error| RemoteError::local(destination, error))?;
    let mut channel = start(
        connection,
        &format!("scp -f {}", shell_path(source)),
        &doing,
    )?;
    while let Some(next) = next(&mut channel, &doing)? {
        match next {
            Header::File { size, .. } => take(&mut channel, &mut file, size, &doing)?,
            Header::Times => go_on(&mut channel, &doing)?,
            Header::Directory { .. } | Header::Leave => {
                return Err(
                    RemoteError::Refused(format!("scp: {source}: not a regular file")).into(),
                );
            }
        }
    }
    finish(&mut channel, &doing)
}

/// Fetches a directory below `destination`, under its own name, as Packer does.
pub(super) fn fetch_directory(
    connection: &Connection,
    source: &str,
    destination: &Path,
) -> Result<(), Failure> {
    let doing = format!("downloading `{source}`");
    let mut channel = start(
        connection,
        &format!("scp -rf {}", shell_path(source)),
        &doing,
    )?;
    let mut inside: Vec<PathBuf> = vec![destination.to_owned()];
    while let Some(next) = next(&mut channel, &doing)? {
        let here = inside
            .last()
            .cloned()
            .unwrap_or_else(|| destination.to_owned());
        match next {
            Header::Times => {}
            Header::Leave => drop(inside.pop()),
            Header::Directory { name, .. } => {
                let directory = here.join(name);
                fs::create_dir_all(&directory)
                    .map_err(|error| RemoteError::local(&directory, error))?;
                inside.push(directory);
            }
            Header::File { mode, size, name } => {
                let path = here.join(name);
                let mut options = OpenOptions::new();
                let opened = options
                    .write(true)
                    .create(true)
                    .truncate(true)
                    .mode(mode & 0o777)
                    .open(&path);
                let mut file = opened.map_err(|error| RemoteError::local(&path, error))?;
                take(&mut channel, &mut file, size, &doing)?;
                continue;
            }
        }
        go_on(&mut channel, &doing)?;
    }
    finish(&mut channel, &doing)
}

fn start(connection: &Connection, command: &str, doing: &str) -> Result<Channel, Failure> {
    let mut channel = connection
        .exec(command)
        .map_err(|error| RemoteError::broken(doing, error))?;
    go_on(&mut channel, doing)?;
    Ok(channel)
}

fn next(channel: &mut Channel, doing: &str) -> Result<Option<Header>, Failure> {
    match header(channel).map_err(|error| RemoteError::broken(doing, error))? {
        Some(Err(words)) => Err(RemoteError::Refused(words).into()),
        Some(Ok(header)) => Ok(Some(header)),
        None => Ok(None),
    }
}

fn go_on(channel: &mut Channel, doing: &str) -> Result<(), Failure> {
    Ok(channel
        .write_all(&[0])
        .map_err(|error| RemoteError::broken(doing, error))?)
}

fn take(channel: &mut Channel, file: &mut File, size: u64, doing: &str) -> Result<(), Failure> {
    let broken = |error| RemoteError::broken(doing, error);
    go_on(channel, doing)?;
    copy(channel.take(size), file).map_err(broken)?;
    let mut end = [0];
    channel.read_exact(&mut end).map_err(broken)?;
    if end[0] != 0 {
        return Err(broken(io::Error::other("the file changed while it was sent")).into());
    }
    go_on(channel, doing)
}
