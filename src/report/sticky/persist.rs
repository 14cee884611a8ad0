//! Tries again what GitHub did not do, as long as another try may end otherwise.

use std::time::Duration;

use tokio::time::Instant;

use super::CommentError;
use crate::report::comment::GitHubError;
use crate::stop::Stop;

/// Between tries where GitHub names no time; after the last one it is left alone, since nobody should wait long for a comment.
const PAUSES: [Duration; 4] = [
    Duration::from_secs(1),
    Duration::from_secs(3),
    Duration::from_secs(8),
    Duration::from_secs(20),
];

/// What is tried.
pub(in crate::report) trait Attempt {
    /// What comes of it.
    type Done;

    /// One try. It looks at what is there first, so that one after a lost answer finds what the lost one did.
    fn once(&mut self) -> impl Future<Output = Result<Self::Done, GitHubError>>;
}

/// Gives up after `limit`, or when somebody asks to stop.
pub(in crate::report) async fn persist<A: Attempt>(
    attempt: A,
    limit: Duration,
    stop: &Stop,
) -> Result<A::Done, CommentError> {
    tokio::select! {
        biased;
        _ = stop.wait() => Err(CommentError::Stopped),
        done = tokio::time::timeout(limit, keep_trying(attempt, Instant::now() + limit)) => {
            done.unwrap_or(Err(CommentError::Deadline))
        }
    }
}

async fn keep_trying<A: Attempt>(
    mut attempt: A,
    deadline: Instant,
) -> Result<A::Done, CommentError> {
    let mut pauses = PAUSES.into_iter();
    loop {
        let error = match attempt.once().await {
            Ok(done) => return Ok(done),
            Err(error) => error,
        };
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
        // A limit that opens at once may have opened by a clock that is ahead of GitHub's.
        GitHubError::RateLimit(wait) => Some((*wait).max(PAUSES[0])),
        GitHubError::Status { status: 500.., .. } | GitHubError::Answer { .. } => pauses.next(),
        GitHubError::Status { .. }
        | GitHubError::Url { .. }
        | GitHubError::Token
        | GitHubError::Client(_) => None,
    }
}
