//! `artifice`: files that a script made take the artifact's place.

use std::fs;

use super::artifact::Artifact;
use super::context::PostContext;
use super::glob::{self, BadPattern};
use crate::bounds::OutOfBounds;
use crate::file_error::FileError;
use crate::plan::post::ArtificeSettings;

/// Why the files could not be collected.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ArtificeError {
    #[error(transparent)]
    Pattern(#[from] BadPattern),
    /// Such as a link to nowhere.
    #[error(transparent)]
    File(#[from] FileError),
    /// What matches may not be used.
    #[error(transparent)]
    Refused(#[from] OutOfBounds),
}

/// Collects what matches. A pattern without a match is fine.
pub(super) fn run(
    settings: &ArtificeSettings,
    artifact: &Artifact,
    cx: &PostContext<'_>,
) -> Result<Artifact, ArtificeError> {
    if !artifact.files.is_empty() {
        let discarded = artifact.files.join(", ");
        cx.ui
            .say(&format!("Discarding files from artifact: {discarded}"));
    }
    let mut files = Vec::new();
    for pattern in &settings.files {
        files.extend(glob::find(pattern, cx.working_directory)?);
    }
    for file in &files {
        // Whoever comes next may pack it, and may remove it.
        cx.may_collect(file)?;
        fs::metadata(cx.local_path(file)).map_err(|error| FileError::new("stat", file, error))?;
    }
    cx.ui
        .say(&format!("Using these artifact files: {}", files.join(", ")));
    Ok(Artifact::collected("packer.post-processor.artifice", files))
}
