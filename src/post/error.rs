//! Why post-processing failed, in Packer's words: people search for them.

use std::error::Error;
use std::fmt;

use super::artifact::DestroyError;
use super::artifice::ArtificeError;
use super::checksum::ChecksumError;
use super::compress::CompressError;
use super::manifest::ManifestError;
use crate::provision::ProvisionError;

/// Why one post-processor failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PostError {
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    #[error(transparent)]
    Checksum(#[from] ChecksumError),
    #[error(transparent)]
    Compress(#[from] CompressError),
    #[error(transparent)]
    Artifice(#[from] ArtificeError),
    #[error(transparent)]
    ShellLocal(#[from] ProvisionError),
    /// A stop came before it began.
    #[error("it did not run: the build was stopped by {reason}")]
    Stopped {
        /// The signal's word.
        reason: &'static str,
    },
    /// `build` refuses such a template before its first call.
    #[error("ami-build cannot run the post-processor `{kind}` yet")]
    Unsupported {
        /// Its type.
        kind: String,
    },
}

/// One entry of the list that Packer prints.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChainError {
    /// A post-processor failed; the rest of its sequence did not run.
    #[error("Post-processor failed")]
    Failed(#[source] PostError),
    /// What a post-processor replaced is still there.
    #[error(
        "Failed cleaning up prior artifact: {}; pp is {kind}",
        one_line(reason)
    )]
    PriorArtifact {
        /// Why: Packer tells it in the middle of the text.
        reason: DestroyError,
        /// The post-processor's type.
        kind: String,
    },
    /// Nobody wanted the builder's artifact, and it is still there.
    #[error("Error destroying builder artifact")]
    BuilderArtifact(#[source] DestroyError),
}

/// All that went wrong; never empty. Prints Packer's list.
#[derive(Debug)]
pub(crate) struct PostErrors {
    errors: Vec<ChainError>,
}

impl PostErrors {
    /// `None` where nothing went wrong.
    pub(super) fn of(errors: Vec<ChainError>) -> Option<Self> {
        (!errors.is_empty()).then_some(Self { errors })
    }
}

impl fmt::Display for PostErrors {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let points: Vec<String> = self
            .errors
            .iter()
            .map(|error| format!("* {}", one_line(error)))
            .collect();
        write!(
            formatter,
            "{} error(s) occurred:\n\n{}",
            points.len(),
            points.join("\n")
        )
    }
}

impl Error for PostErrors {}

/// The error and its causes joined by colons, as Go joins them.
fn one_line(error: &dyn Error) -> String {
    let causes = std::iter::successors(Some(error), |&error| error.source());
    let texts: Vec<String> = causes.map(ToString::to_string).collect();
    texts.join(": ")
}
