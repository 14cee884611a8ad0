//! Chooses how files travel: as Packer sends them where the template names a way, else the fastest that the machine has.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use std::time::Duration;

use crate::plan::communicator::FileTransfer;

use super::directory::{self, Exactly, Step};
use super::exec::Ending;
use super::scp::{Failure, close, forward_slashes, shell_path, split};
use super::scp_source::{Content, base_name, copy};
use super::sftp::Sftp;
use super::ssh::Connection;
use super::tar_stream::Sent;
use super::{DirectoryPart, RemoteError, Upload, scp_sink, scp_source, tar_stream};

/// The longest that one read or write of a transfer waits before the connection counts as gone.
pub(super) const PATIENCE: Duration = Duration::from_secs(300);

/// Puts a file there.
pub(super) fn upload(
    connection: &Connection,
    upload: &Upload,
    destination: &str,
    way: Option<FileTransfer>,
) -> Result<(), RemoteError> {
    let destination = &*forward_slashes(destination);
    if way == Some(FileTransfer::Sftp) {
        return sftp_upload(connection, content(upload)?, destination);
    }
    match scp_source::send_file(connection, content(upload)?, destination) {
        Err(Failure::NoScp) if way.is_none() => {
            cat_upload(connection, content(upload)?, destination)
        }
        other => told(other),
    }
}

/// Puts a directory there.
pub(super) fn upload_directory(
    connection: &Connection,
    source: &Path,
    (destination, part): (&str, DirectoryPart),
    way: Option<FileTransfer>,
) -> Result<(), RemoteError> {
    let destination = &*forward_slashes(destination);
    if way == Some(FileTransfer::Sftp) {
        return sftp_upload_directory(connection, source, destination, part);
    }
    if way.is_none()
        && tar_stream::send_directory(connection, source, destination, part)? == Sent::Yes
    {
        return Ok(());
    }
    told(scp_source::send_directory(
        connection,
        source,
        destination,
        part,
    ))
}

/// Fetches a file.
pub(super) fn download(
    connection: &Connection,
    source: &str,
    destination: &Path,
    way: Option<FileTransfer>,
) -> Result<(), RemoteError> {
    let source = &*forward_slashes(source);
    if way == Some(FileTransfer::Sftp) {
        return sftp_download(connection, source, destination);
    }
    match scp_sink::fetch_file(connection, source, destination) {
        Err(Failure::NoScp) if way.is_none() => cat_download(connection, source, destination),
        other => told(other),
    }
}

/// Fetches a directory; by scp whatever the template names, as in Packer.
pub(super) fn download_directory(
    connection: &Connection,
    source: &str,
    destination: &Path,
) -> Result<(), RemoteError> {
    let source = &*forward_slashes(source);
    told(scp_sink::fetch_directory(connection, source, destination))
}

fn told(result: Result<(), Failure>) -> Result<(), RemoteError> {
    result.map_err(|failure| match failure {
        Failure::Remote(error) => error,
        Failure::NoScp => RemoteError::Refused(
            "the machine has no `scp`; install it, or set `ssh_file_transfer_method` to `sftp`"
                .to_owned(),
        ),
    })
}

fn content(upload: &Upload) -> Result<Content<Box<dyn Read + '_>>, RemoteError> {
    Ok(match upload {
        Upload::Bytes(bytes, mode) => Content {
            size: bytes.len() as u64,
            mode: *mode,
            reader: Box::new(bytes.as_slice()),
        },
        Upload::File(path) => {
            let metadata = directory::metadata(path)?;
            if metadata.is_dir() {
                return Err(RemoteError::local(path, io::ErrorKind::IsADirectory.into()));
            }
            let size = metadata.len();
            Content {
                reader: Box::new(Exactly::open(path, size)?),
                size,
                mode: directory::mode(&metadata),
            }
        }
    })
}

fn cat_upload(
    connection: &Connection,
    content: Content<impl Read>,
    destination: &str,
) -> Result<(), RemoteError> {
    let doing = format!("uploading to `{destination}`");
    let (directory, name) = split(destination);
    let path = format!(
        "{}/'{}'",
        shell_path(directory),
        name.replace('\'', r"'\''")
    );
    let command = format!("cat > {path} && chmod {:04o} {path}", content.mode);
    let mut channel = connection
        .exec(&command)
        .map_err(|error| RemoteError::broken(&doing, error))?;
    let sent = copy(content.reader, &mut channel);
    match close(&mut channel, &doing)? {
        (Ending::Status(0), _) => sent.map_err(|error| RemoteError::broken(doing, error)),
        (_, words) => Err(RemoteError::Refused(words)),
    }
}

fn cat_download(
    connection: &Connection,
    source: &str,
    destination: &Path,
) -> Result<(), RemoteError> {
    let doing = format!("downloading `{source}`");
    let mut file =
        File::create(destination).map_err(|error| RemoteError::local(destination, error))?;
    let mut channel = connection
        .exec(&format!("cat {}", shell_path(source)))
        .map_err(|error| RemoteError::broken(&doing, error))?;
    copy(&mut channel, &mut file).map_err(|error| RemoteError::broken(&doing, error))?;
    match close(&mut channel, &doing)? {
        (Ending::Status(0), _) => Ok(()),
        (_, words) => Err(RemoteError::Refused(words)),
    }
}

fn sftp_upload(
    connection: &Connection,
    content: Content<impl Read>,
    destination: &str,
) -> Result<(), RemoteError> {
    let sftp = Sftp::start(connection).map_err(|error| refused("sftp", error))?;
    sftp_put(&sftp, content, destination)
}

fn sftp_put(
    sftp: &Sftp,
    content: Content<impl Read>,
    destination: &str,
) -> Result<(), RemoteError> {
    let mut file = sftp
        .create(destination)
        .map_err(|error| refused(destination, error))?;
    copy(content.reader, &mut file)
        .map_err(|error| RemoteError::broken(format!("uploading to `{destination}`"), error))?;
    drop(file);
    sftp.set_mode(destination, content.mode)
        .map_err(|error| refused(destination, error))
}

fn sftp_upload_directory(
    connection: &Connection,
    source: &Path,
    destination: &str,
    part: DirectoryPart,
) -> Result<(), RemoteError> {
    let sftp = Sftp::start(connection).map_err(|error| refused("sftp", error))?;
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
                reader: Exactly::open(local, size)?,
                size,
                mode,
            };
            sftp_put(&sftp, content, &format!("{root}/{}", inside.display()))
        }
    })
}

fn sftp_download(
    connection: &Connection,
    source: &str,
    destination: &Path,
) -> Result<(), RemoteError> {
    let mut file =
        File::create(destination).map_err(|error| RemoteError::local(destination, error))?;
    let sftp = Sftp::start(connection).map_err(|error| refused("sftp", error))?;
    let mut remote = sftp.open(source).map_err(|error| refused(source, error))?;
    copy(&mut remote, &mut file)
        .map_err(|error| RemoteError::broken(format!("downloading `{source}`"), error))?;
    file.flush()
        .map_err(|error| RemoteError::local(destination, error))
}

fn refused(path: &str, error: io::Error) -> RemoteError {
    RemoteError::Refused(format!("sftp: {path}: {error}"))
}
