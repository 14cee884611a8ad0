//! Several files in one: tar and zip, streamed.

use std::fs::{self, File};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::error::MemberError;
use super::tar_header;
use crate::file_error::FileError;
use crate::post::stoppable::Stoppable;
use crate::stop::Stop;

/// From here on a zip's member needs 64-bit lengths.
const LARGE: u64 = u32::MAX as u64;

/// What goes into the archive.
pub(super) struct Members<'a> {
    pub(super) files: &'a [String],
    pub(super) directory: &'a Path,
    pub(super) stop: &'a Stop,
}

impl Members<'_> {
    pub(super) fn path(&self, file: &str) -> PathBuf {
        self.directory.join(file)
    }

    fn open(&self, file: &str) -> Result<(File, fs::Metadata), MemberError> {
        let opened = File::open(self.path(file)).and_then(|opened| {
            let metadata = opened.metadata()?;
            Ok((opened, metadata))
        });
        opened.map_err(|error| MemberError::Read {
            file: file.to_owned(),
            source: FileError::new("open", file, error),
        })
    }
}

/// Members have their names without directories, as Packer gives them.
pub(super) fn tar(members: &Members<'_>, to: impl Write) -> Result<(), MemberError> {
    let mut builder = tar::Builder::new(to);
    for file in members.files {
        let (opened, metadata) = members.open(file)?;
        let mut header = tar_header::header(&metadata).map_err(|error| copy_error(file, error))?;
        let name = Path::new(file).file_name().unwrap_or(file.as_ref());
        // A file that grows meanwhile is cut, one that shrinks is an error: the header has its length already.
        let mut data = Exactly::new(Stoppable::new(opened, members.stop), metadata.len());
        let appended = match tar_header::seal(&mut header, Path::new(name)) {
            Ok(()) => builder.append(&header, &mut data),
            // A long name goes before its file, in a member of its own.
            Err(_) => builder.append_data(&mut header, name, &mut data),
        };
        appended
            .and_then(|()| data.complete())
            .map_err(|error| copy_error(file, error))?;
    }
    builder
        .into_inner()
        .map(drop)
        .map_err(|error| MemberError::Finish {
            kind: "tar",
            source: FileError::new("write", "tar", error),
        })
}

/// Members have their whole paths. `compression_level` counts for nothing here, as in Packer.
pub(super) fn zip(members: &Members<'_>, to: impl Write + Seek) -> Result<(), MemberError> {
    let mut writer = ZipWriter::new(to);
    for file in members.files {
        let (opened, metadata) = members.open(file)?;
        let options = SimpleFileOptions::default().large_file(metadata.len() >= LARGE);
        writer
            .start_file(file.as_str(), options)
            .map_err(|error| MemberError::Header {
                kind: "zip",
                file: file.clone(),
                source: FileError::new("write", file, error.into()),
            })?;
        let copied = io::copy(&mut Stoppable::new(opened, members.stop), &mut writer);
        copied.map_err(|error| copy_error(file, error))?;
    }
    writer
        .finish()
        .map(drop)
        .map_err(|error| MemberError::Finish {
            kind: "zip",
            source: FileError::new("write", "zip", error.into()),
        })
}

fn copy_error(file: &str, error: io::Error) -> MemberError {
    MemberError::Copy {
        file: file.to_owned(),
        source: FileError::new("read", file, error),
    }
}

/// A reader of so many bytes, which can tell whether they were all there.
struct Exactly<R> {
    inner: io::Take<R>,
}

impl<R: io::Read> Exactly<R> {
    fn new(inner: R, length: u64) -> Self {
        Self {
            inner: inner.take(length),
        }
    }

    fn complete(&self) -> io::Result<()> {
        match self.inner.limit() {
            0 => Ok(()),
            missing => Err(io::Error::other(format!(
                "the file became {missing} bytes shorter while it was read"
            ))),
        }
    }
}

impl<R: io::Read> io::Read for Exactly<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buffer)
    }
}
