//! `checksum`: a line with the checksum of each of the artifact's files, added to a file for each kind of checksum.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};

use super::artifact::Artifact;
use super::context::PostContext;
use super::stoppable::{Stoppable, blocking};
use crate::bounds::OutOfBounds;
use crate::file_error::FileError;
use crate::ownership::{self, FileOwner};
use crate::plan::post::{ChecksumSettings, ChecksumType};
use crate::stop::Stop;
use crate::template::scope::RenderError;

/// Why there is no checksum.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChecksumError {
    /// `output` cannot be rendered.
    #[error("{0}")]
    Output(RenderError),
    /// `output` leads where nothing may be written.
    #[error(transparent)]
    Refused(#[from] OutOfBounds),
    #[error("unable to create dir")]
    Directory(#[source] FileError),
    #[error("unable to create file {output}")]
    Create {
        output: String,
        #[source]
        source: FileError,
    },
    #[error("unable to open file {file}")]
    Open {
        file: String,
        #[source]
        source: FileError,
    },
    #[error("unable to compute {kind} hash for {file}")]
    Compute {
        kind: &'static str,
        file: String,
        #[source]
        source: FileError,
    },
    #[error("unable to write the checksum")]
    Write(#[source] FileError),
}

/// Writes the checksums. The new artifact has the old files and those checksum files that were not there before.
pub(super) async fn run(
    settings: &ChecksumSettings,
    artifact: &Artifact,
    cx: &PostContext<'_>,
) -> Result<Artifact, ChecksumError> {
    let mut outputs = Vec::new();
    for kind in &settings.types {
        let values = cx.values(&[
            ("BuildName", cx.build_name),
            ("BuilderType", cx.build_kind),
            ("ChecksumType", kind.name()),
        ]);
        let rendered = cx.scope.render_until_stable(&settings.output, &values);
        let output = rendered.map_err(ChecksumError::Output)?;
        cx.may_write(&output)?;
        outputs.push((*kind, output));
    }
    let job = Job {
        files: artifact.files.clone(),
        outputs,
        directory: cx.working_directory.to_owned(),
        owner: cx.owner,
        stop: cx.stop.clone(),
    };
    let files = blocking(move || job.run()).await?;
    Ok(Artifact::collected("packer.post-processor.checksum", files))
}

struct Job {
    files: Vec<String>,
    outputs: Vec<(ChecksumType, String)>,
    directory: PathBuf,
    owner: Option<FileOwner>,
    stop: Stop,
}

impl Job {
    fn run(&self) -> Result<Vec<String>, ChecksumError> {
        let mut files = self.files.clone();
        for (kind, output) in &self.outputs {
            for file in &self.files {
                if !self.directory.join(output).exists() {
                    files.push(output.clone());
                }
                self.add_line(*kind, output, file)?;
            }
        }
        Ok(files)
    }

    /// In Packer's order: the output is there, although empty, where the input cannot be read.
    fn add_line(&self, kind: ChecksumType, output: &str, file: &str) -> Result<(), ChecksumError> {
        let mut to = self.open_output(output)?;
        let opened = File::open(self.directory.join(file));
        let from = opened.map_err(|error| ChecksumError::Open {
            file: file.to_owned(),
            source: FileError::new("open", file, error),
        })?;
        let sum = hex(kind, &mut Stoppable::new(from, &self.stop));
        let sum = sum.map_err(|error| ChecksumError::Compute {
            kind: kind.name(),
            file: file.to_owned(),
            source: FileError::new("read", file, error),
        })?;
        let name = base_name(file);
        let written = to.write_all(format!("{sum}\t{name}\n").as_bytes());
        written.map_err(|error| ChecksumError::Write(FileError::new("write", output, error)))
    }

    fn open_output(&self, output: &str) -> Result<File, ChecksumError> {
        let path = self.directory.join(output);
        if let Some(parent) = path.parent() {
            let made = ownership::create_directories(parent, self.owner);
            made.map_err(|error| ChecksumError::Directory(FileError::new("mkdir", output, error)))?;
        }
        let new = !path.exists();
        let opened = OpenOptions::new().append(true).create(true).open(&path);
        let file = opened.map_err(|error| ChecksumError::Create {
            output: output.to_owned(),
            source: FileError::new("open", output, error),
        })?;
        if new {
            ownership::hand_over(&file, self.owner);
        }
        Ok(file)
    }
}

fn base_name(file: &str) -> String {
    let name = Path::new(file).file_name();
    name.map_or_else(
        || file.to_owned(),
        |name| name.to_string_lossy().into_owned(),
    )
}

fn hex(kind: ChecksumType, from: &mut impl Read) -> io::Result<String> {
    match kind {
        ChecksumType::Md5 => hex_of::<Md5>(from),
        ChecksumType::Sha1 => hex_of::<Sha1>(from),
        ChecksumType::Sha224 => hex_of::<Sha224>(from),
        ChecksumType::Sha256 => hex_of::<Sha256>(from),
        ChecksumType::Sha384 => hex_of::<Sha384>(from),
        ChecksumType::Sha512 => hex_of::<Sha512>(from),
    }
}

fn hex_of<D: Digest + io::Write>(from: &mut impl Read) -> io::Result<String> {
    let mut digest = D::new();
    io::copy(from, &mut digest)?;
    let sum = digest.finalize();
    Ok(sum.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests;
