//! One comment on the pull request for each template: created once, edited after.
//!
//! Each try looks at what is there first, so a try after a lost answer finds the comment that the lost one made.

use std::time::Duration;

use tokio::time::Instant;

use super::comment::{Comment, GitHub, GitHubError};
use super::marker::Marker;
use crate::action::environment::{self, Environment};
use crate::action::event::{self, Origin};
use crate::secret::Secret;
use crate::stop::Stop;

/// Who comments with a workflow's own token: `GET /user` refuses such a token.
const BOT: &str = "github-actions[bot]";
/// Between tries where GitHub names no time; the last one repeats.
const PAUSES: [Duration; 3] = [
    Duration::from_secs(1),
    Duration::from_secs(3),
    Duration::from_secs(10),
];

/// What to write where.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Posting<'a> {
    /// Which repository, run and event.
    pub(crate) environment: &'a Environment,
    /// Who writes.
    pub(crate) token: &'a Secret,
    /// The input `pr-number`; it comes before the event.
    pub(crate) pull_request: Option<u64>,
    /// The template's path: each has its own comment.
    pub(crate) template: &'a str,
    /// The Markdown, redacted and cut to size.
    pub(crate) body: &'a str,
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
    tokio::select! {
        biased;
        _ = stop.wait() => Err(CommentError::Stopped),
        posted = tokio::time::timeout(limit, keep_trying(posting, Instant::now() + limit)) => {
            posted.unwrap_or(Err(CommentError::Deadline))
        }
    }
}

async fn keep_trying(posting: &Posting<'_>, deadline: Instant) -> Result<Posted, CommentError> {
    let Some(repository) = posting.environment.get(environment::GITHUB_REPOSITORY) else {
        return Ok(Posted::Skipped(Skip::NoPullRequest));
    };
    let github = GitHub::new(posting.environment, posting.token, repository)?;
    let mut pauses = PAUSES
        .into_iter()
        .chain(std::iter::repeat(PAUSES[PAUSES.len() - 1]));
    loop {
        let error = match once(&github, posting).await {
            Ok(posted) => return Ok(posted),
            Err(error) => error,
        };
        if let Some(skip) = skip(&error, posting.environment) {
            return Ok(Posted::Skipped(skip));
        }
        let Some(pause) =
            pause(&error, &mut pauses).filter(|&pause| Instant::now() + pause < deadline)
        else {
            return Err(error.into());
        };
        log::info!(
            "the comment is tried again in {} s: {error}",
            pause.as_secs()
        );
        tokio::time::sleep(pause).await;
    }
}

/// How long to wait before the next try; `None` where another one would end the same.
fn pause(error: &GitHubError, pauses: &mut impl Iterator<Item = Duration>) -> Option<Duration> {
    match error {
        GitHubError::RateLimit(wait) => Some(*wait),
        GitHubError::Status { status: 500.., .. } | GitHubError::Answer { .. } => pauses.next(),
        GitHubError::Status { .. }
        | GitHubError::Url { .. }
        | GitHubError::Token
        | GitHubError::Client(_) => None,
    }
}

fn skip(error: &GitHubError, environment: &Environment) -> Option<Skip> {
    let GitHubError::Status {
        status: 403,
        message,
        ..
    } = error
    else {
        return None;
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

async fn once(github: &GitHub, posting: &Posting<'_>) -> Result<Posted, GitHubError> {
    let Some(number) = pull_request(github, posting).await? else {
        return Ok(Posted::Skipped(Skip::NoPullRequest));
    };
    let author = github.login().await?.unwrap_or_else(|| BOT.to_owned());
    let marker = Marker::of(posting.environment, posting.template);
    let body = format!("{}\n{}", marker.line(), posting.body);
    let ours = |comments: Vec<Comment>| ours(comments, &author, &marker);
    if let Some(first) = tidy(github, ours(github.comments(number).await?)).await {
        return edit(github, &first, &marker, &body).await;
    }
    let created = github.create(number, &body).await?;
    // Another job of ours may have created one in the meantime. Both look again, and the first one stays.
    match tidy(github, ours(github.comments(number).await?)).await {
        Some(first) if first.id != created.id => edit(github, &first, &marker, &body).await,
        _ => Ok(Posted::Created(created.html_url)),
    }
}

async fn pull_request(github: &GitHub, posting: &Posting<'_>) -> Result<Option<u64>, GitHubError> {
    let environment = posting.environment;
    let known = posting
        .pull_request
        .or_else(|| event::pull_request(environment).map(|request| request.number));
    if known.is_some() || environment.get(environment::GITHUB_EVENT_NAME) != Some("push") {
        return Ok(known);
    }
    let Some(commit) = environment.get(environment::GITHUB_SHA) else {
        return Ok(None);
    };
    let pulls = github.pulls_of(commit).await?;
    let open = pulls
        .iter()
        .filter(|pull| pull.state == "open" && pull.head.sha == commit);
    Ok(open.map(|pull| pull.number).min())
}

/// Our comments with this key, the first one first. Anybody can copy the marker, so the author decides.
fn ours(comments: Vec<Comment>, author: &str, marker: &Marker) -> Vec<Comment> {
    let is_ours = |comment: &Comment| {
        let by_us = comment
            .user
            .as_ref()
            .is_some_and(|user| user.login == author);
        by_us && read(comment).is_some_and(|found| found.key == marker.key)
    };
    let mut found: Vec<Comment> = comments.into_iter().filter(is_ours).collect();
    found.sort_by_key(|comment| comment.id);
    found
}

/// Keeps the first of our comments and removes the others.
async fn tidy(github: &GitHub, ours: Vec<Comment>) -> Option<Comment> {
    let mut ours = ours.into_iter();
    let first = ours.next();
    for other in ours {
        // The other job removes it too, and one of both is late.
        if let Err(error) = github.delete(other.id).await {
            log::info!("a second comment stays: {error}");
        }
    }
    first
}

async fn edit(
    github: &GitHub,
    comment: &Comment,
    marker: &Marker,
    body: &str,
) -> Result<Posted, GitHubError> {
    if read(comment).is_some_and(|found| found.writer > marker.writer) {
        return Ok(Posted::Skipped(Skip::Newer));
    }
    let present = comment
        .body
        .as_deref()
        .unwrap_or_default()
        .replace("\r\n", "\n");
    if present.trim_end() == body.trim_end() {
        return Ok(Posted::Unchanged(comment.html_url.clone()));
    }
    Ok(Posted::Edited(
        github.edit(comment.id, body).await?.html_url,
    ))
}

fn read(comment: &Comment) -> Option<Marker> {
    Marker::read(comment.body.as_deref()?)
}

#[cfg(test)]
mod fake;
#[cfg(test)]
mod tests;
