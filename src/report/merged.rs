//! Which pull request a commit on the base branch came with.

use super::comment::{GitHub, GitHubError};
use crate::action::environment::{Environment, GITHUB_REPOSITORY, GITHUB_SHA};
use crate::secret::Secret;

/// A pull request and the commit that was tested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MergedPull {
    /// Its number.
    pub(crate) number: u64,
    /// Its newest commit.
    pub(crate) head: String,
}

/// The merged pull requests that brought the commit which is checked out, however they were merged.
pub(crate) async fn of_commit(
    environment: &Environment,
    token: &Secret,
) -> Result<Vec<MergedPull>, GitHubError> {
    let (Some(repository), Some(commit)) = (
        environment.get(GITHUB_REPOSITORY),
        environment.get(GITHUB_SHA),
    ) else {
        return Ok(Vec::new());
    };
    let pulls = GitHub::new(environment, token, repository)?
        .pulls_of(commit)
        .await?;
    // A commit that is in no default branch has the open ones that contain it.
    let merged = pulls.into_iter().filter(|pull| pull.merged_at.is_some());
    let pulls = merged.map(|pull| MergedPull {
        number: pull.number,
        head: pull.head.sha,
    });
    Ok(pulls.collect())
}
