//! Fetches files and directories by scp.
//!
//! The protocol has the other side wait for a byte after each of its lines and files. Those bytes are sent in advance: it
//! never waits, and thousands of small files come as one stream. Whatever goes wrong here ends the channel instead.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use super::RemoteError;
use super::copy::{CopyError, PIECE, copy};
use super::meter::Meter;
use super::scp::{Failure, Header, finish, header, shell_path};
use super::ssh::{Channel, Connection};

/// Bytes of consent that are sent in advance: few enough for any pipe, and a thousand files for each way there and back.
const AHEAD: usize = 4096;

/// Fetches one file into `destination`, which is made or emptied first, as Packer does.
pub(super) fn fetch_file(
    connection: &Connection,
    source: &str,
    destination: &Path,
    meter: &Meter,
) -> Result<(), Failure> {
    let mut file =
        File::create(destination).map_err(|error| RemoteError::local(destination, error))?;
    let mut stream = Stream::start(connection, "scp -f", source)?;
    while let Some(next) = stream.next()? {
        match next {
            Header::File { size, .. } => {
                meter.begin(Some(size));
                stream.take((&mut file, destination), size, meter)?;
            }
            Header::Times => {}
            Header::Directory { .. } | Header::Leave => {
                return Err(
                    RemoteError::Refused(format!("scp: {source}: not a regular file")).into(),
                );
            }
        }
    }
    stream.finish()
}

/// Fetches a directory below `destination`, under its own name, as Packer does.
pub(super) fn fetch_directory(
    connection: &Connection,
    source: &str,
    destination: &Path,
    meter: &Meter,
) -> Result<(), Failure> {
    let mut stream = Stream::start(connection, "scp -rf", source)?;
    let mut inside: Vec<PathBuf> = vec![destination.to_owned()];
    while let Some(next) = stream.next()? {
        let here = inside.last().map_or(destination, PathBuf::as_path);
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
                let opened = OpenOptions::new()
                    .write(true)
                    .create(true)
                    .truncate(true)
                    .mode(mode & 0o777)
                    .open(&path);
                let mut file = opened.map_err(|error| RemoteError::local(&path, error))?;
                stream.take((&mut file, &path), size, meter)?;
            }
        }
    }
    stream.finish()
}

/// What the program on the other side sends.
struct Stream {
    reader: BufReader<Channel>,
    /// Bytes of consent that are not used up.
    ahead: usize,
    doing: String,
}

impl Stream {
    fn start(connection: &Connection, command: &str, source: &str) -> Result<Self, Failure> {
        let doing = format!("downloading `{source}`");
        let channel = connection
            .exec(&format!("{command} {}", shell_path(source)))
            .map_err(|error| RemoteError::broken(&doing, error))?;
        let mut stream = Self {
            reader: BufReader::with_capacity(PIECE, channel),
            ahead: 0,
            doing,
        };
        // For the start itself.
        stream.consent()?;
        Ok(stream)
    }

    /// The next line that is not an end of a file.
    fn next(&mut self) -> Result<Option<Header>, Failure> {
        match header(&mut self.reader).map_err(|error| self.broken(error))? {
            Some(Err(words)) => Err(RemoteError::Refused(words).into()),
            Some(Ok(header)) => {
                self.consent()?;
                Ok(Some(header))
            }
            None => Ok(None),
        }
    }

    /// Reads a file's content, and the byte that says whether all of it could be read there.
    fn take(
        &mut self,
        (file, path): (&mut File, &Path),
        size: u64,
        meter: &Meter,
    ) -> Result<(), Failure> {
        let content = meter.count((&mut self.reader).take(size));
        copy(size, content, file).map_err(|error| match error {
            CopyError::Reading(error) => self.broken(error),
            CopyError::Writing(error) => RemoteError::local(path, error),
        })?;
        let mut end = [0];
        self.reader
            .read_exact(&mut end)
            .map_err(|error| self.broken(error))?;
        if end[0] != 0 {
            let changed = io::Error::other("the file changed while it was sent");
            return Err(self.broken(changed).into());
        }
        self.consent()
    }

    /// Uses up one byte of consent; half of them gone, as many are sent anew.
    fn consent(&mut self) -> Result<(), Failure> {
        if self.ahead <= AHEAD / 2 {
            let bytes = vec![0; AHEAD - self.ahead];
            self.reader
                .get_mut()
                .write_all(&bytes)
                .map_err(|error| self.broken(error))?;
            self.ahead = AHEAD;
        }
        self.ahead -= 1;
        Ok(())
    }

    fn finish(self) -> Result<(), Failure> {
        finish(&mut self.reader.into_inner(), &self.doing)
    }

    fn broken(&self, error: io::Error) -> RemoteError {
        RemoteError::broken(&self.doing, error)
    }
}
