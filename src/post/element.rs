//! One post-processor: which module runs it, and what it says about its input.

use super::artifact::Artifact;
use super::context::PostContext;
use super::error::PostError;
use super::{artifice, checksum, compress, manifest, shell_local};
use crate::plan::PlannedPostProcessor;
use crate::plan::post::PostProcessorSettings;

/// What a post-processor wants for the artifact it was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InputWish {
    /// Keep it, whatever `keep_input_artifact` says: the result would be worthless without it.
    KeepAlways,
    /// Keep it unless the template says otherwise.
    Keep,
    /// Drop it unless the template says otherwise.
    Drop,
}

/// What becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InputFate {
    /// It is listed among the results.
    Kept,
    /// It is destroyed.
    Dropped,
}

/// What a post-processor gives. Packer knows a result without an artifact too; none of these has it.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) artifact: Artifact,
    pub(super) input: InputWish,
}

impl InputWish {
    /// Packer lets `keep_input_artifact` overrule the wish, except a `false` where the post-processor insists.
    pub(super) fn decide(self, keep_input_artifact: Option<bool>) -> InputFate {
        match (self, keep_input_artifact) {
            (Self::KeepAlways, _) | (Self::Keep, None) | (_, Some(true)) => InputFate::Kept,
            (Self::Drop, None) | (_, Some(false)) => InputFate::Dropped,
        }
    }
}

/// Runs one post-processor. `cx` speaks for the build; what the post-processor says has its type in the prefix.
pub(super) async fn run(
    element: &PlannedPostProcessor,
    artifact: &Artifact,
    cx: &PostContext<'_>,
) -> Result<Outcome, PostError> {
    let ui = cx.ui.sub(&element.kind);
    let cx = &PostContext { ui: &ui, ..*cx };
    match &element.settings {
        PostProcessorSettings::Manifest(settings) => {
            manifest::run(settings, artifact, cx).await?;
            Ok(passed_through(artifact))
        }
        PostProcessorSettings::ShellLocal(settings) => {
            shell_local::run(settings, cx).await?;
            Ok(passed_through(artifact))
        }
        PostProcessorSettings::Checksum(settings) => Ok(Outcome {
            artifact: checksum::run(settings, artifact, cx).await?,
            input: InputWish::KeepAlways,
        }),
        PostProcessorSettings::Compress(settings) => Ok(Outcome {
            artifact: compress::run(settings, artifact, cx).await?,
            input: InputWish::Drop,
        }),
        PostProcessorSettings::Artifice(settings) => Ok(Outcome {
            artifact: artifice::run(settings, artifact, cx)?,
            input: InputWish::Keep,
        }),
        PostProcessorSettings::Unsupported { kind } => {
            Err(PostError::Unsupported { kind: kind.clone() })
        }
    }
}

fn passed_through(artifact: &Artifact) -> Outcome {
    Outcome {
        artifact: artifact.clone(),
        input: InputWish::KeepAlways,
    }
}
