//! One comment on the pull request for each template: created once, edited after.
//!
//! Each try looks at what is there first, so a try after a lost answer finds the comment that the lost one made.

mod persist;
mod search;
mod tries;

use std::time::Duration;

pub(super) use self::persist::{Attempt, persist};
pub(super) use self::tries::BOT;
use self::tries::Tries;
use super::chronicle::Memory;
use super::comment::{GitHub, GitHubError};
use super::marker::Marker;
use crate::action::environment::{self, Environment};
use crate::action::event::{self, Origin};
use crate::secret::Secret;
use crate::stop::Stop;

/// What to write where.
#[derive(Clone, Copy)]
pub(crate) struct Posting<'a> {
    /// Which repository, run and event.
    pub(crate) environment: &'a Environment,
    /// Who writes.
    pub(crate) token: &'a Secret,
    /// The input `pr-number`; it comes before the event.
    pub(crate) pull_request: Option<u64>,
    /// The template's path: each has its own comment.
    pub(crate) template: &'a str,
    /// What to write there.
    pub(crate) text: &'a dyn Text,
}

/// Writes the text of a comment.
pub(crate) trait Text: Sync {
    /// The whole text, redacted, in at most so many bytes.
    fn compose(&self, marker: &Marker, before: &Before, room: usize) -> String;
}

/// What a comment remembered.
#[derive(Clone, Debug, Default)]
pub(crate) struct Before {
    /// When this process first saw it. What it says later may be our own words, whose answer was lost.
    pub(crate) first: Memory,
    /// Last of all.
    pub(crate) last: Memory,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Posted {
    /// A new comment, at this address.
    Created(String),
    /// The comment at this address says something else now.
    Edited(String),
    /// The comment at this address said so already.
    Unchanged(String),
    /// There is nowhere to write, or no leave to: a notice, and no failure.
    Skipped(Skip),
}

/// Why there is no comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Skip {
    /// The event is about none.
    #[error("no comment: this run belongs to no pull request; the input `pr-number` can name one")]
    NoPullRequest,
    /// 403 on a pull request from a fork.
    #[error(
        "no comment: the token of a pull request from a fork may only read; the job summary has the report"
    )]
    Fork,
    /// 403 with Dependabot's token.
    #[error(
        "no comment: the token of a run that Dependabot started may only read; the job summary has the report"
    )]
    Dependabot,
    /// Any other 403.
    #[error(
        "no comment: the token may not write one; the job needs `permissions: pull-requests: write`"
    )]
    Permission,
    /// Nobody may comment now.
    #[error("no comment: the conversation is locked")]
    Locked,
    /// 404.
    #[error(
        "no comment: the token sees no such pull request; the job needs `permissions: pull-requests: write`, and `pr-number` has to be one of this repository"
    )]
    Unseen,
    /// A later run was quicker.
    #[error("no comment: a later run has written its report already")]
    Newer,
}

/// Why there is no comment although there should be one.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommentError {
    /// GitHub.
    #[error("the comment could not be written")]
    GitHub(#[from] GitHubError),
    /// The time was over.
    #[error("the comment could not be written in time")]
    Deadline,
    /// Somebody asked to stop.
    #[error("the comment was not written: the run was stopped")]
    Stopped,
}

/// Writes the comment. It gives up after `limit`, or when somebody asks to stop.
pub(crate) async fn post(
    posting: &Posting<'_>,
    limit: Duration,
    stop: &Stop,
) -> Result<Posted, CommentError> {
    let Some(repository) = posting.environment.get(environment::GITHUB_REPOSITORY) else {
        return Ok(Posted::Skipped(Skip::NoPullRequest));
    };
    let github = GitHub::new(posting.environment, posting.token, repository)?;
    match persist(Tries::new(&github, posting), limit, stop).await {
        Err(CommentError::GitHub(error)) => match skip(&error, posting.environment) {
            Some(skip) => Ok(Posted::Skipped(skip)),
            None => Err(error.into()),
        },
        done => done,
    }
}

/// Whether an error only means that there is no comment to be had.
pub(super) fn skip(error: &GitHubError, environment: &Environment) -> Option<Skip> {
    let message = match error {
        GitHubError::Status {
            status: 403,
            message,
            ..
        } => message,
        GitHubError::Status {
            status: 404 | 410, ..
        } => return Some(Skip::Unseen),
        _ => return None,
    };
    if message.contains("locked") {
        return Some(Skip::Locked);
    }
    let origin = event::pull_request(environment).map(|request| request.origin);
    Some(match (origin, environment.get(environment::GITHUB_ACTOR)) {
        (_, Some("dependabot[bot]")) => Skip::Dependabot,
        (Some(Origin::Fork), _) => Skip::Fork,
        _ => Skip::Permission,
    })
}

#[cfg(test)]
mod fake;
#[cfg(test)]
mod tests;
