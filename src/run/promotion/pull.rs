//! Which pull request a promotion is about.

use std::time::Duration;

use super::failed::FailedPromotion;
use super::promote::PromoteContext;
use crate::action::event;
use crate::promote::PromoteOptions;
use crate::report::merged;

/// GitHub gets this long to tell which pull request a commit came with.
const LONGEST_LOOK: Duration = Duration::from_secs(60);

/// The merged pull request with its head: of the event, else of the commit that is checked out.
pub(super) async fn pull_request(
    options: &PromoteOptions,
    cx: PromoteContext<'_>,
) -> Result<(u64, Option<String>), FailedPromotion> {
    let fits = |number: u64| options.pull_request.is_none_or(|wanted| wanted == number);
    if let Some((number, head)) = event::merged(cx.environment)
        && fits(number)
    {
        return Ok((number, Some(head)));
    }
    if options.pull_request.is_none() && event::pull_request(cx.environment).is_some() {
        // Its commit is on no branch, so GitHub knows no more than the event.
        return Err(FailedPromotion::NoPullRequest);
    }
    let of_commit = match cx.token {
        Some(token) => tokio::time::timeout(LONGEST_LOOK, merged::of_commit(cx.environment, token))
            .await
            .map_err(|_| FailedPromotion::Silence)
            .and_then(|answer| answer.map_err(FailedPromotion::GitHub)),
        None => Ok(Vec::new()),
    };
    let of_commit = match (of_commit, options.pull_request) {
        // The number is known; without the head the newest image of the pull request is taken.
        (Err(error), Some(_)) => {
            cx.console.say(&format!("Warning: {}", error.shown()));
            Vec::new()
        }
        (of_commit, _) => of_commit?,
    };
    let found = of_commit.into_iter().find(|pull| fits(pull.number));
    match (found, options.pull_request) {
        (Some(pull), _) => Ok((pull.number, Some(pull.head))),
        (None, Some(number)) => {
            cx.console.say(&format!(
                "The commit of this run does not tell the head of pull request {number}: its newest image is taken."
            ));
            Ok((number, None))
        }
        (None, None) => Err(FailedPromotion::NoPullRequest),
    }
}
