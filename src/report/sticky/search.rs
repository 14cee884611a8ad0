//! Finds the comment among all comments of a pull request in few calls: it is mostly among the oldest or among the newest.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::report::comment::{Comment, GitHub, GitHubError};

/// No more is read: 5,000 comments, and GitHub takes no more than half of them.
const MOST_PAGES: usize = 50;
/// Nobody takes longer from his look at the comments to his own; and our limit is shorter.
const LONGEST_RACE: time::Duration = time::Duration::minutes(5);

/// Which comments are looked for.
pub(super) type IsOurs<'a> = &'a (dyn Fn(&Comment) -> bool + Sync);

/// Our comments, the first one first. The pages after the first that has one are not read: who writes a second one finds the
/// first one and removes his own.
pub(super) async fn ours(
    github: &GitHub,
    number: u64,
    is_ours: IsOurs<'_>,
) -> Result<Vec<Comment>, GitHubError> {
    let first = github.comments(number, 1).await?;
    let last = first.last.min(MOST_PAGES);
    let mut found = matching(first.comments, is_ours);
    let newest = (last > 1).then_some(last);
    for page in newest.into_iter().chain(2..last) {
        if !found.is_empty() {
            break;
        }
        found = matching(github.comments(number, page).await?.comments, is_ours);
    }
    Ok(found)
}

/// Those that another job may have written while `created` was made, and it itself.
pub(super) async fn rivals(
    github: &GitHub,
    number: u64,
    created: &Comment,
    is_ours: IsOurs<'_>,
) -> Result<Vec<Comment>, GitHubError> {
    match before(created) {
        Some(since) => {
            let comments = github.comments_since(number, &since).await?;
            Ok(matching(comments, is_ours))
        }
        None => ours(github, number, is_ours).await,
    }
}

fn before(created: &Comment) -> Option<String> {
    let at = OffsetDateTime::parse(created.created_at.as_deref()?, &Rfc3339).ok()?;
    at.checked_sub(LONGEST_RACE)?.format(&Rfc3339).ok()
}

fn matching(comments: Vec<Comment>, is_ours: IsOurs<'_>) -> Vec<Comment> {
    let mut found: Vec<Comment> = comments
        .into_iter()
        .filter(|comment| is_ours(comment))
        .collect();
    found.sort_by_key(|comment| comment.id);
    found
}
