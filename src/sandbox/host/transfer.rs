//! Files into a sandbox and out of it: through commands of its user's, so that a path means and a mode forbids what it would.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::archive::{self, Holds};
use super::line::Line;
use super::session::{Input, Outcome, Session};
use crate::remote::{
    DirectoryPart, Exactly, Exit, Meter, Output, RemoteError, Upload, base_name, directory_size,
    file_mode, local_metadata, shell_path, split,
};

/// Puts a file there.
pub(super) async fn upload(
    line: &Line,
    upload: &Upload,
    destination: &str,
    meter: &Meter,
) -> Result<(), RemoteError> {
    let (content, size, mode) = open(upload)?;
    meter.begin(Some(size));
    let (directory, name) = split(destination);
    let path = format!(
        "{}/'{}'",
        shell_path(directory),
        name.replace('\'', r"'\''")
    );
    // As scp: a file that is there keeps its mode, and a new one gets it as far as the user's mask lets it.
    let command = format!(
        "if [ -d {path} ]; then echo \"scp: \"{path}\": Is a directory\" >&2; exit 1; fi; \
         [ -e {path} ]; new=$?; cat > {path} && if [ $new != 0 ]; then chmod {:04o} {path}; fi",
        mode & !0o022
    );
    let meter = meter.clone();
    send(line, &command, destination, move |to| {
        let mut content = meter.count(content);
        io::copy(&mut content, to).map(drop).map_err(Side::There)
    })
    .await
}

/// Puts a directory there.
pub(super) async fn upload_directory(
    line: &Line,
    source: &Path,
    (destination, part): (&str, DirectoryPart),
    meter: &Meter,
) -> Result<(), RemoteError> {
    meter.begin(Some(directory_size(source)?));
    let prefix = match part {
        DirectoryPart::Contents => PathBuf::new(),
        DirectoryPart::Itself => PathBuf::from(base_name(source)?),
    };
    // First the directories, then the files, so that it ends as scp would leave it: directories that are there keep their mode,
    // and files that are there are written in place, through links.
    let common = "tar -xmof - --no-same-permissions --keep-directory-symlink";
    for (holds, options) in [
        (Holds::Directories, "--no-overwrite-dir"),
        (Holds::Files, "--overwrite --dereference"),
    ] {
        let command = format!("{common} {options} -C {}", shell_path(destination));
        let (source, prefix, meter) = (source.to_owned(), prefix.clone(), meter.clone());
        send(line, &command, destination, move |to| {
            archive::fill(to, (&source, holds), &prefix, &meter)
        })
        .await?;
    }
    Ok(())
}

/// Fetches a file.
pub(super) async fn download(
    line: &Line,
    source: &str,
    destination: &Path,
    meter: &Meter,
) -> Result<(), RemoteError> {
    meter.begin(None);
    let to = destination.to_owned();
    let mut file = File::create(&to).map_err(|error| RemoteError::local(&to, error))?;
    let command = format!("cat {}", shell_path(source));
    let meter = meter.clone();
    fetch(line, &command, source, move |from| {
        let copied = io::copy(&mut meter.count(from), &mut file);
        copied
            .map(drop)
            .map_err(|error| RemoteError::local(&to, error))
    })
    .await
}

/// Fetches a directory below `destination`, under its own name, as scp does.
pub(super) async fn download_directory(
    line: &Line,
    source: &str,
    destination: &Path,
    meter: &Meter,
) -> Result<(), RemoteError> {
    meter.begin(None);
    let name = match split(source).1 {
        "" | "." | ".." | "~" => PathBuf::new(),
        name => PathBuf::from(name),
    };
    let to = destination.join(name);
    let command = format!("tar -chf - -C {} .", shell_path(source));
    let meter = meter.clone();
    fetch(line, &command, source, move |from| {
        archive::unpack(meter.count(from), &to)
    })
    .await
}

/// Which side of a transfer broke.
pub(super) enum Side {
    /// Ours.
    Here(RemoteError),
    /// The command does not take any more; it says why itself.
    There(io::Error),
}

impl From<RemoteError> for Side {
    fn from(error: RemoteError) -> Self {
        Self::Here(error)
    }
}

type Content = Box<dyn Read + Send>;

fn open(upload: &Upload) -> Result<(Content, u64, u32), RemoteError> {
    match upload {
        Upload::Bytes(bytes, mode) => {
            let size = bytes.len() as u64;
            Ok((Box::new(io::Cursor::new(bytes.clone())), size, *mode))
        }
        Upload::File(path) => {
            let metadata = local_metadata(path)?;
            if metadata.is_dir() {
                return Err(RemoteError::local(path, io::ErrorKind::IsADirectory.into()));
            }
            let content = Exactly::open(path, metadata.len())?;
            Ok((Box::new(content), metadata.len(), file_mode(&metadata)))
        }
    }
}

/// Runs `command` with the input that `write` writes.
async fn send(
    line: &Line,
    command: &str,
    destination: &str,
    write: impl FnOnce(&mut dyn Write) -> Result<(), Side> + Send + 'static,
) -> Result<(), RemoteError> {
    let doing = format!("uploading to `{destination}`");
    let session = Session::start(line, command, Input::Pipe)?;
    let mut input = session.input;
    let writing = tokio::task::spawn_blocking(move || match &mut input {
        Some(input) => write(input),
        None => Ok(()),
    });
    let ends = (session.output, session.errors, session.end);
    finish(line, &doing, ends).await?;
    match writing.await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(Side::Here(error))) => Err(error),
        Ok(Err(Side::There(error))) => Err(RemoteError::broken(doing, error)),
        Err(error) => Err(RemoteError::broken(doing, io::Error::other(error))),
    }
}

/// Runs `command` and has `read` take what it prints.
async fn fetch(
    line: &Line,
    command: &str,
    source: &str,
    read: impl FnOnce(io::PipeReader) -> Result<(), RemoteError> + Send + 'static,
) -> Result<(), RemoteError> {
    let doing = format!("downloading `{source}`");
    let session = Session::start(line, command, Input::Nothing)?;
    let output = session.output;
    let reading = tokio::task::spawn_blocking(move || read(output));
    let nothing = io::pipe()
        .map_err(|error| RemoteError::broken(&doing, error))?
        .0;
    finish(line, &doing, (nothing, session.errors, session.end)).await?;
    reading
        .await
        .unwrap_or_else(|error| Err(RemoteError::broken(doing, io::Error::other(error))))
}

/// Waits for the command's end; what it complained is why it failed.
async fn finish(
    line: &Line,
    doing: &str,
    ends: (
        io::PipeReader,
        io::PipeReader,
        std::os::unix::net::UnixStream,
    ),
) -> Result<(), RemoteError> {
    let mut outcome = Outcome::of(line, ends)?;
    let mut words = Vec::new();
    while let Some(piece) = outcome.next().await {
        if let Output::Stderr(bytes) = piece
            && words.len() < 4096
        {
            words.extend(bytes);
        }
    }
    match outcome.exit().await? {
        Exit::Status(0) => Ok(()),
        Exit::Status(status) if words.is_empty() => Err(RemoteError::Refused(format!(
            "the transfer ended with status {status}"
        ))),
        Exit::Status(_) => {
            let words = String::from_utf8_lossy(&words).trim().to_owned();
            Err(RemoteError::Refused(words))
        }
        Exit::Disconnected => {
            let went = io::Error::other("the machine restarted");
            Err(RemoteError::broken(doing, went))
        }
    }
}
