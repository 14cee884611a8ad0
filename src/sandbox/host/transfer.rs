//! Files into a sandbox and out of it: through commands of its user's, so that a path means and a mode forbids what it would.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::archive::{self, Holds};
use super::line::Line;
use super::session::{Input, Outcome, Session};
use crate::remote::{
    DirectoryPart, Exactly, Exit, Meter, Output, RemoteError, Upload, base_name, directory_size,
    file_mode, has_closed, local_metadata, shell_path, split,
};
use crate::sandbox::allowance::Allowance;

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
    let above = match directory {
        "/" => String::new(),
        directory => shell_path(directory),
    };
    let path = format!("{above}/'{}'", name.replace('\'', r"'\''"));
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
        DirectoryPart::Itself if is_made(line, destination).await? => PathBuf::new(),
        DirectoryPart::Itself => PathBuf::from(base_name(source)?),
        DirectoryPart::Contents => PathBuf::new(),
    };
    // First the directories, then the files, so that it ends as scp would leave it: directories that are there keep their mode,
    // and files that are there are written in place, through links.
    let common = "tar -xmof - --no-same-permissions --keep-directory-symlink";
    let mut steps = vec![
        (Holds::Directories, "--no-overwrite-dir"),
        (Holds::Files, "--overwrite --dereference"),
    ];
    if has_closed(source)? {
        steps.push((Holds::Closed, ""));
    }
    for (holds, options) in steps {
        let command = format!("{common} {options} -C {}", shell_path(destination));
        let (source, prefix, meter) = (source.to_owned(), prefix.clone(), meter.clone());
        send(line, &command, destination, move |to| {
            archive::fill(to, (&source, holds), &prefix, &meter)
        })
        .await?;
    }
    Ok(())
}

/// As scp: a directory that goes to where nothing is becomes what is there. Says whether it was made for that.
async fn is_made(line: &Line, destination: &str) -> Result<bool, RemoteError> {
    let path = shell_path(destination);
    let command = format!("[ -d {path} ] && echo there >&2 || mkdir {path}");
    let session = Session::start(line, &command, Input::Nothing)?;
    let doing = format!("uploading to `{destination}`");
    let ends = (session.output, session.errors, session.end);
    Ok(finish(line, &doing, ends).await?.is_empty())
}

/// Fetches a file.
pub(super) async fn download(
    line: &Line,
    source: &str,
    destination: &Path,
    (meter, allowance): (&Meter, &Allowance),
) -> Result<(), RemoteError> {
    meter.begin(None);
    let to = destination.to_owned();
    let mut file = File::create(&to).map_err(|error| RemoteError::local(&to, error))?;
    let command = format!("cat {}", shell_path(source));
    let (meter, bound) = (meter.clone(), allowance.clone());
    fetch(line, (&command, source), allowance, move |from| {
        let copied = io::copy(&mut meter.count(bound.bound(from)), &mut file);
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
    (meter, allowance): (&Meter, &Allowance),
) -> Result<(), RemoteError> {
    meter.begin(None);
    let name = match split(source).1 {
        "" | "." | ".." | "~" => PathBuf::new(),
        name => PathBuf::from(name),
    };
    let to = destination.join(name);
    let command = format!("tar -chf - -C {} .", shell_path(source));
    let (meter, bound) = (meter.clone(), allowance.clone());
    fetch(line, (&command, source), allowance, move |from| {
        archive::unpack(meter.count(bound.bound(from)), &to)
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
    (command, source): (&str, &str),
    allowance: &Allowance,
    read: impl FnOnce(io::PipeReader) -> Result<(), RemoteError> + Send + 'static,
) -> Result<(), RemoteError> {
    let doing = format!("downloading `{source}`");
    let session = Session::start(line, command, Input::Nothing)?;
    let output = session.output;
    let reading = tokio::task::spawn_blocking(move || read(output));
    let nothing = io::pipe()
        .map_err(|error| RemoteError::broken(&doing, error))?
        .0;
    let ended = finish(line, &doing, (nothing, session.errors, session.end)).await;
    let read = reading
        .await
        .unwrap_or_else(|error| Err(RemoteError::broken(doing, io::Error::other(error))));
    // Then the command ended because nobody read any more.
    if allowance.is_used_up() {
        return read;
    }
    ended.and(read)
}

/// Waits for the command's end; what it complained is why it failed. Where it did not fail that is handed back.
async fn finish(
    line: &Line,
    doing: &str,
    ends: (
        io::PipeReader,
        io::PipeReader,
        std::os::unix::net::UnixStream,
    ),
) -> Result<Vec<u8>, RemoteError> {
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
        Exit::Status(0) => Ok(words),
        Exit::Status(status) if words.is_empty() => Err(RemoteError::Refused(format!(
            "the transfer ended with status {status}"
        ))),
        Exit::Status(_) => {
            let words = String::from_utf8_lossy(&words);
            Err(RemoteError::Refused(as_scp_says(words.trim())))
        }
        Exit::Disconnected => {
            let went = io::Error::other("the machine restarted");
            Err(RemoteError::broken(doing, went))
        }
    }
}

/// Without the name and the line of the shell that runs our command, which nobody wrote.
fn as_scp_says(words: &str) -> String {
    let shell_says = words.split_once(": line 1: ").map(|(_, why)| why);
    match shell_says.filter(|_| words.lines().count() == 1) {
        Some(why) => format!("scp: {why}"),
        None => words.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_scps_and_not_a_shells() {
        let shell = "bash: line 1: /home/ubuntu/.aws/config: No such file or directory";
        let scp = "scp: /home/ubuntu/.aws/config: No such file or directory";
        assert_eq!(as_scp_says(shell), scp);
        assert_eq!(as_scp_says(scp), scp);
    }
}
