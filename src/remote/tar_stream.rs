//! Sends a directory as tar streams: thousands of small files in the time of one, since scp waits for an answer after each.
//!
//! Two streams, first the directories, then the files, so that the machine ends as scp would leave it: directories that
//! exist keep their mode, and files that exist are written in place, through links. Directories that their owner may not write
//! to are closed by a third one. Only GNU tar has the options for that; with another tar, or none, the caller goes on with scp.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::copy::PIECE;
use super::directory::{self, Exactly, OWNERS, Step, is_closed};
use super::exec::Ending;
use super::meter::Meter;
use super::scp::{close, shell_path};
use super::scp_source::base_name;
use super::ssh::{Channel, Connection};
use super::{DirectoryPart, RemoteError};

/// `-o` and the modes: the files belong to the user who logs in, under his umask, as with scp.
const COMMON: &str = "tar -xmof - --no-same-permissions --keep-directory-symlink";

/// Whether the machine's tar did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sent {
    Yes,
    /// Scp has to do it, or to say why not.
    No,
}

/// What one stream holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    /// Open to their owner until the files are there.
    Directories,
    Files,
    /// Those directories that are not to stay open.
    Closed,
}

/// Sends `source`.
pub(super) fn send_directory(
    connection: &Connection,
    source: &Path,
    destination: &str,
    part: DirectoryPart,
    meter: &Meter,
) -> Result<Sent, RemoteError> {
    let prefix = match part {
        DirectoryPart::Contents => PathBuf::new(),
        DirectoryPart::Itself => PathBuf::from(base_name(source)?),
    };
    let directories = format!("{COMMON} --no-overwrite-dir -C {}", shell_path(destination));
    if send(connection, &directories, destination, |archive| {
        fill(archive, source, &prefix, Holds::Directories, meter)
    })? == Sent::No
    {
        return Ok(Sent::No);
    }
    let files = format!(
        "{COMMON} --overwrite --dereference -C {}",
        shell_path(destination)
    );
    let sent = send(connection, &files, destination, |archive| {
        fill(archive, source, &prefix, Holds::Files, meter)
    })?;
    if sent == Sent::No || !directory::has_closed(source)? {
        return Ok(sent);
    }
    let closed = format!("{COMMON} -C {}", shell_path(destination));
    send(connection, &closed, destination, |archive| {
        fill(archive, source, &prefix, Holds::Closed, meter)
    })
}

type Archive<'a> = tar::Builder<BufWriter<&'a mut Channel>>;

fn send(
    connection: &Connection,
    command: &str,
    destination: &str,
    fill: impl FnOnce(&mut Archive<'_>) -> Result<(), RemoteError>,
) -> Result<Sent, RemoteError> {
    let doing = format!("uploading to `{destination}`");
    let mut channel = connection
        .exec(command)
        .map_err(|error| RemoteError::broken(&doing, error))?;
    let mut archive = tar::Builder::new(BufWriter::with_capacity(PIECE, &mut channel));
    let filled = fill(&mut archive).and_then(|()| {
        let written = archive.into_inner().and_then(|mut stream| stream.flush());
        written.map_err(|error| RemoteError::broken(&doing, error))
    });
    if let Err(error @ RemoteError::Local { .. }) = filled {
        return Err(error);
    }
    // A tar that ended early breaks the pipe; its exit status tells that from a lost connection.
    match close(&mut channel, &doing)? {
        (Ending::Status(0), _) => filled.map(|()| Sent::Yes),
        (ending, words) => {
            log::debug!("tar did not take `{destination}` ({ending:?}: {words}); scp is next");
            Ok(Sent::No)
        }
    }
}

fn fill(
    archive: &mut Archive<'_>,
    source: &Path,
    prefix: &Path,
    holds: Holds,
    meter: &Meter,
) -> Result<(), RemoteError> {
    let enter = |archive: &mut Archive<'_>, path: &Path, mode: u32| {
        let mode = match holds {
            Holds::Directories => mode | OWNERS,
            Holds::Closed if is_closed(mode) => mode,
            Holds::Closed | Holds::Files => return Ok(()),
        };
        let entry = (path, mode, 0);
        add(archive, tar::EntryType::Directory, entry, io::empty()).map_err(broken)
    };
    if prefix != Path::new("") {
        let mode = directory::mode(&directory::metadata(source)?);
        enter(archive, prefix, mode)?;
    }
    directory::walk(source, &mut |step| match step {
        Step::Enter { inside, mode, .. } => enter(archive, &prefix.join(inside), mode),
        Step::File {
            inside,
            local,
            mode,
            size,
            ..
        } if holds == Holds::Files => {
            let content = pieces(meter.count(Exactly::open(local, size)?), size);
            add(
                archive,
                tar::EntryType::Regular,
                (&prefix.join(inside), mode, size),
                content,
            )
            .map_err(|error| match error.kind() {
                io::ErrorKind::UnexpectedEof => RemoteError::local(local, error),
                _ => broken(error),
            })
        }
        _ => Ok(()),
    })
}

fn add(
    archive: &mut Archive<'_>,
    kind: tar::EntryType,
    entry: (&Path, u32, u64),
    content: impl io::Read,
) -> io::Result<()> {
    let (path, mode, size) = entry;
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_size(size);
    header.set_mtime(0);
    archive.append_data(&mut header, path, content)
}

/// Reads a file in large pieces: the archive's own are of 8 KiB.
fn pieces<R: io::Read>(content: R, size: u64) -> io::BufReader<R> {
    let capacity = usize::try_from(size).map_or(PIECE, |size| size.min(PIECE));
    io::BufReader::with_capacity(capacity, content)
}

fn broken(error: io::Error) -> RemoteError {
    RemoteError::broken("sending a directory", error)
}
