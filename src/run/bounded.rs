//! The environment of a run of the action, with what its template may use and may ask for.

use super::file_bounds;
use super::policy_file::{self, Subject};
use crate::action::environment::Environment;
use crate::action::inputs::{FileInputs, PolicyInput};
use crate::error::with_hint;
use crate::secret::Secret;
use crate::stop::Stop;

/// What the workflow's author gives.
#[derive(Clone, Copy)]
pub(super) struct Given<'a> {
    /// Files besides those of the workspace.
    pub(super) files: &'a FileInputs,
    /// Where the policy is.
    pub(super) policy: &'a PolicyInput,
    /// What it is to bound.
    pub(super) subject: Subject,
    /// Reads the repository.
    pub(super) token: Option<&'a Secret>,
}

/// Finds the bounds; in words, why nothing can begin.
pub(super) async fn environment(
    environment: Environment,
    given: Given<'_>,
    stop: &Stop,
) -> Result<Environment, String> {
    let finding = async {
        let bounds = file_bounds::of(given.files, &environment, given.token).await;
        let policy = policy_file::of(given.policy, given.subject, &environment, given.token).await;
        policy.map(|policy| (bounds, policy))
    };
    let found = tokio::select! {
        biased;
        _ = stop.wait() => return Err("stopped before it began".to_owned()),
        found = finding => found,
    };
    let (bounds, policy) = found.map_err(|error| with_hint(&error, error.hint()))?;
    Ok(environment.with_bounds(bounds).with_policy(policy))
}
