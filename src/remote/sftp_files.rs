//! Moves files by SFTP, where the template asks for it.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::copy::{CopyError, UNDER_WAY, copy_ahead, copy_by};
use super::directory::{self, Exactly, Step};
use super::meter::Meter;
use super::scp_source::{Content, base_name};
use super::sftp::Sftp;
use super::ssh::Connection;
use super::{DirectoryPart, RemoteError};

/// Puts a file there.
pub(super) fn upload(
    connection: &Connection,
    content: Content<impl Read>,
    destination: &str,
) -> Result<(), RemoteError> {
    put(&start(connection)?, content, destination)
}

/// Puts a directory there.
pub(super) fn upload_directory(
    connection: &Connection,
    source: &Path,
    destination: &str,
    part: DirectoryPart,
    meter: &Meter,
) -> Result<(), RemoteError> {
    let sftp = start(connection)?;
    let mut root = destination.trim_end_matches('/').to_owned();
    if part == DirectoryPart::Itself {
        root = format!("{root}/{}", base_name(source)?);
    }
    sftp.make_directory(&root)
        .map_err(|error| refused(&root, error))?;
    directory::walk(source, &mut |step| match step {
        Step::Leave => Ok(()),
        Step::Enter { inside, .. } => {
            let path = format!("{root}/{}", inside.display());
            sftp.make_directory(&path)
                .map_err(|error| refused(&path, error))
        }
        Step::File {
            inside,
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
            put(&sftp, content, &format!("{root}/{}", inside.display()))
        }
    })
}

/// Fetches a file.
pub(super) fn download(
    connection: &Connection,
    source: &str,
    destination: &Path,
    meter: &Meter,
) -> Result<(), RemoteError> {
    let mut file =
        File::create(destination).map_err(|error| RemoteError::local(destination, error))?;
    let sftp = start(connection)?;
    let mut remote = sftp.open(source).map_err(|error| refused(source, error))?;
    copy_by(UNDER_WAY / 2, meter.count(&mut remote), &mut file).map_err(|error| match error {
        CopyError::Reading(error) => RemoteError::broken(format!("downloading `{source}`"), error),
        CopyError::Writing(error) => RemoteError::local(destination, error),
    })
}

fn start(connection: &Connection) -> Result<Sftp, RemoteError> {
    Sftp::start(connection).map_err(|error| refused("sftp", error))
}

fn put(sftp: &Sftp, content: Content<impl Read>, destination: &str) -> Result<(), RemoteError> {
    let mut file = sftp
        .create(destination)
        .map_err(|error| refused(destination, error))?;
    let ahead = usize::try_from(content.size).map_or(UNDER_WAY, |size| size.min(UNDER_WAY));
    copy_ahead(content.reader, &mut file, ahead).map_err(|error| {
        RemoteError::broken(format!("uploading to `{destination}`"), error.cause())
    })?;
    drop(file);
    sftp.set_mode(destination, content.mode)
        .map_err(|error| refused(destination, error))
}

fn refused(path: &str, error: io::Error) -> RemoteError {
    RemoteError::Refused(format!("sftp: {path}: {error}"))
}
