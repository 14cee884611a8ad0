//! Chooses how files travel: as Packer sends them where the template names a way, else the fastest that the machine has.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use crate::plan::communicator::FileTransfer;

use super::copy::{CopyError, copy};
use super::directory::{self, Exactly};
use super::exec::Ending;
use super::meter::Meter;
use super::scp::{Failure, close, forward_slashes, shell_path, split};
use super::scp_source::Content;
use super::ssh::Connection;
use super::tar_stream::Sent;
use super::{DirectoryPart, RemoteError, Upload, scp_sink, scp_source, sftp_files, tar_stream};

/// The longest that one read or write of a transfer waits before the connection counts as gone.
pub(super) const PATIENCE: Duration = Duration::from_secs(300);

/// Puts a file there.
pub(super) fn upload(
    connection: &Connection,
    upload: &Upload,
    destination: &str,
    way: Option<FileTransfer>,
    meter: &Meter,
) -> Result<(), RemoteError> {
    let destination = &*forward_slashes(destination);
    if way == Some(FileTransfer::Sftp) {
        return sftp_files::upload(connection, content(upload, meter)?, destination);
    }
    match scp_source::send_file(connection, content(upload, meter)?, destination) {
        Err(Failure::NoScp) if way.is_none() => {
            cat_upload(connection, content(upload, meter)?, destination)
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
    meter: &Meter,
) -> Result<(), RemoteError> {
    let destination = &*forward_slashes(destination);
    let total = Some(directory::size(source)?);
    meter.begin(total);
    if way == Some(FileTransfer::Sftp) {
        return sftp_files::upload_directory(connection, source, destination, part, meter);
    }
    if way.is_none()
        && tar_stream::send_directory(connection, source, destination, part, meter)? == Sent::Yes
    {
        return Ok(());
    }
    meter.begin(total);
    told(scp_source::send_directory(
        connection,
        source,
        destination,
        part,
        meter,
    ))
}

/// Fetches a file.
pub(super) fn download(
    connection: &Connection,
    source: &str,
    destination: &Path,
    way: Option<FileTransfer>,
    meter: &Meter,
) -> Result<(), RemoteError> {
    let source = &*forward_slashes(source);
    if way == Some(FileTransfer::Sftp) {
        return sftp_files::download(connection, source, destination, meter);
    }
    match scp_sink::fetch_file(connection, source, destination, meter) {
        Err(Failure::NoScp) if way.is_none() => {
            cat_download(connection, source, destination, meter)
        }
        other => told(other),
    }
}

/// Fetches a directory; by scp whatever the template names, as in Packer.
pub(super) fn download_directory(
    connection: &Connection,
    source: &str,
    destination: &Path,
    meter: &Meter,
) -> Result<(), RemoteError> {
    let source = &*forward_slashes(source);
    told(scp_sink::fetch_directory(
        connection,
        source,
        destination,
        meter,
    ))
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

fn content<'a>(
    upload: &'a Upload,
    meter: &'a Meter,
) -> Result<Content<Box<dyn Read + 'a>>, RemoteError> {
    let content: Content<Box<dyn Read>> = match upload {
        Upload::Bytes(bytes, mode) => Content {
            size: bytes.len() as u64,
            mode: *mode,
            reader: Box::new(meter.count(bytes.as_slice())),
        },
        Upload::File(path) => {
            let metadata = directory::metadata(path)?;
            if metadata.is_dir() {
                return Err(RemoteError::local(path, io::ErrorKind::IsADirectory.into()));
            }
            let size = metadata.len();
            Content {
                reader: Box::new(meter.count(Exactly::open(path, size)?)),
                size,
                mode: directory::mode(&metadata),
            }
        }
    };
    meter.begin(Some(content.size));
    Ok(content)
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
    let sent = copy(content.size, content.reader, &mut channel);
    match close(&mut channel, &doing)? {
        (Ending::Status(0), _) => sent.map_err(|error| RemoteError::broken(doing, error.cause())),
        (_, words) => Err(RemoteError::Refused(words)),
    }
}

fn cat_download(
    connection: &Connection,
    source: &str,
    destination: &Path,
    meter: &Meter,
) -> Result<(), RemoteError> {
    let doing = format!("downloading `{source}`");
    let mut file =
        File::create(destination).map_err(|error| RemoteError::local(destination, error))?;
    let mut channel = connection
        .exec(&format!("cat {}", shell_path(source)))
        .map_err(|error| RemoteError::broken(&doing, error))?;
    copy(u64::MAX, meter.count(&mut channel), &mut file).map_err(|error| match error {
        CopyError::Reading(error) => RemoteError::broken(&doing, error),
        CopyError::Writing(error) => RemoteError::local(destination, error),
    })?;
    match close(&mut channel, &doing)? {
        (Ending::Status(0), _) => Ok(()),
        (_, words) => Err(RemoteError::Refused(words)),
    }
}
