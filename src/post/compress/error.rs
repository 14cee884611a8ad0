//! Why there is no archive.

use crate::bounds::OutOfBounds;
use crate::file_error::FileError;
use crate::template::scope::RenderError;

/// Why there is no archive, or only the beginning of one: Packer leaves it too.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CompressError {
    #[error("Error interpolating output value: {0}")]
    Output(RenderError),
    /// `output` leads where nothing may be written.
    #[error(transparent)]
    Refused(#[from] OutOfBounds),
    /// Packer would empty the file before it reads it.
    #[error(
        "the archive `{archive}` is one of the files that it should hold; give it another name with `output`"
    )]
    Itself { archive: String },
    #[error(
        "ami-build cannot compress with {name} yet; it can write zip, tar, gz, bgzf, lz4 and xz"
    )]
    Unsupported { name: &'static str },
    #[error("Unable to create dir for archive {archive}")]
    Directory {
        archive: String,
        #[source]
        source: FileError,
    },
    #[error("Unable to create archive {archive}")]
    Create {
        archive: String,
        #[source]
        source: FileError,
    },
    #[error("Can only have 1 input file when not using tar/zip. Found {} files: [{}]", files.len(), files.join(" "))]
    NotOneFile { files: Vec<String> },
    #[error("Failed to open source file {file} for reading")]
    Open {
        file: String,
        #[source]
        source: FileError,
    },
    #[error("Failed to compress {file}")]
    Compress {
        file: String,
        #[source]
        source: FileError,
    },
    #[error("Error creating {kind}")]
    Archive {
        /// `tar` or `zip`.
        kind: &'static str,
        #[source]
        source: MemberError,
    },
    #[error("Failed to finish {archive}")]
    Finish {
        archive: String,
        #[source]
        source: FileError,
    },
}

/// Why a file is not in the archive.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MemberError {
    #[error("Unable to read file {file}")]
    Read {
        file: String,
        #[source]
        source: FileError,
    },
    #[error("Failed to write {kind} header for {file}")]
    Header {
        kind: &'static str,
        file: String,
        #[source]
        source: FileError,
    },
    #[error("Failed to copy {file} data to archive")]
    Copy {
        file: String,
        #[source]
        source: FileError,
    },
    #[error("Failed to finish the {kind}")]
    Finish {
        kind: &'static str,
        #[source]
        source: FileError,
    },
}
