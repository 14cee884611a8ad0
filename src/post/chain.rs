//! How post-processors follow each other, as Packer's core has it (`packer/build.go`).
//!
//! Every sequence starts with the builder's artifact. A failure ends its sequence only. What no first post-processor
//! wants to keep is destroyed at the end, even after a failure: an image too.

use super::artifact::{Artifact, DestroyImages};
use super::context::PostContext;
use super::element::{self, InputFate};
use super::error::{ChainError, PostError, PostErrors};
use crate::plan::PlannedPostProcessor;

/// What is left after all sequences.
#[derive(Debug)]
pub(crate) struct Chained {
    /// In Packer's order, with its repetitions; the builder's own comes first where it was kept. They exist after a
    /// failure too, but Packer does not list the artifacts of a failed build.
    pub(crate) artifacts: Vec<Artifact>,
    /// Whether the builder's artifact is still there.
    pub(crate) original: Original,
    /// What went wrong.
    pub(crate) error: Option<PostErrors>,
}

/// What became of the builder's artifact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Original {
    /// It is the first result.
    Kept,
    /// It was destroyed, or an error says why not.
    Destroyed,
}

/// Runs all sequences, one after another.
pub(crate) async fn run_chains<D: DestroyImages>(
    chains: &[Vec<PlannedPostProcessor>],
    artifact: Artifact,
    cx: &PostContext<'_>,
    destroyer: &D,
) -> Chained {
    let mut results = Results {
        artifacts: Vec::new(),
        original: if chains.is_empty() {
            Original::Kept
        } else {
            Original::Destroyed
        },
        errors: Vec::new(),
    };
    for chain in chains {
        run_chain(chain, &artifact, (cx, destroyer), &mut results).await;
    }
    match results.original {
        Original::Kept => results.artifacts.insert(0, artifact),
        Original::Destroyed => {
            let destroyed = artifact.destroy(cx.place(), destroyer).await;
            results
                .errors
                .extend(destroyed.err().map(ChainError::BuilderArtifact));
        }
    }
    cx.ui.end_step();
    Chained {
        artifacts: results.artifacts,
        original: results.original,
        error: PostErrors::of(results.errors),
    }
}

/// What has come together so far.
struct Results {
    artifacts: Vec<Artifact>,
    original: Original,
    errors: Vec<ChainError>,
}

async fn run_chain<D: DestroyImages>(
    chain: &[PlannedPostProcessor],
    original: &Artifact,
    (cx, destroyer): (&PostContext<'_>, &D),
    results: &mut Results,
) {
    let mut prior = original.clone();
    for (index, element) in chain.iter().enumerate() {
        let outcome = match run_element(element, &prior, cx).await {
            Ok(outcome) => outcome,
            // The prior artifact is neither listed nor destroyed then.
            Err(error) => return results.errors.push(ChainError::Failed(error)),
        };
        match (index, outcome.input.decide(element.keep_input_artifact)) {
            // Other sequences may need the original: its end is decided after all of them.
            (0, InputFate::Dropped) => {}
            (0, InputFate::Kept) => results.original = Original::Kept,
            (_, InputFate::Kept) => results.artifacts.push(prior),
            (_, InputFate::Dropped) => {
                let destroyed = prior.destroy(cx.place(), destroyer).await;
                results.errors.extend(destroyed.err().map(|reason| {
                    let kind = element.kind.clone();
                    ChainError::PriorArtifact { reason, kind }
                }));
            }
        }
        prior = outcome.artifact;
    }
    results.artifacts.push(prior);
}

async fn run_element(
    element: &PlannedPostProcessor,
    prior: &Artifact,
    cx: &PostContext<'_>,
) -> Result<element::Outcome, PostError> {
    if let Some(request) = cx.stop.requested() {
        let reason = request.reason.word();
        return Err(PostError::Stopped { reason });
    }
    cx.ui.step(&format!("Post-processor: {}", element.name));
    let named = if element.name == element.kind {
        element.kind.clone()
    } else {
        format!("{} (type {})", element.name, element.kind)
    };
    cx.ui.say(&format!("Running post-processor: {named}"));
    element::run(element, prior, cx).await
}

#[cfg(test)]
mod tests;
