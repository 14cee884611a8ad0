//! One try after the other to write the comment. What one has found out the next one need not ask again.

use super::search;
use super::{Attempt, Before, Posted, Posting, Skip};
use crate::action::environment;
use crate::action::event;
use crate::report::chronicle::{Memory, ROOM};
use crate::report::comment::{Comment, GitHub, GitHubError};
use crate::report::marker::Marker;

/// Who comments with a workflow's own token: `GET /user` refuses such a token.
pub(in crate::report) const BOT: &str = "github-actions[bot]";
/// Where GitHub finds that too long all the same.
const LITTLE_ROOM: usize = 15_000;
/// How often somebody older may write over us before we leave him the last word.
const MOST_EDITS: usize = 3;

/// The tries of one process.
pub(super) struct Tries<'a> {
    github: &'a GitHub,
    posting: &'a Posting<'a>,
    marker: Marker,
    number: Option<u64>,
    author: Option<String>,
    first: Option<Memory>,
    room: usize,
}

impl Attempt for Tries<'_> {
    type Done = Posted;

    async fn once(&mut self) -> Result<Posted, GitHubError> {
        match self.attempt().await {
            // Unprocessable: all that can be wrong with our request is its length.
            Err(GitHubError::Status { status: 422, .. }) if self.room == ROOM => {
                self.room = LITTLE_ROOM;
                self.attempt().await
            }
            done => done,
        }
    }
}

impl<'a> Tries<'a> {
    /// Nothing is known yet.
    pub(super) fn new(github: &'a GitHub, posting: &'a Posting<'a>) -> Self {
        let of_event = || event::pull_request(posting.environment).map(|request| request.number);
        Self {
            github,
            posting,
            marker: Marker::of(posting.environment, posting.template),
            number: posting.pull_request.or_else(of_event),
            author: None,
            first: None,
            room: ROOM,
        }
    }

    async fn attempt(&mut self) -> Result<Posted, GitHubError> {
        let Some(number) = self.pull_request().await? else {
            return Ok(Posted::Skipped(Skip::NoPullRequest));
        };
        let author = self.author().await?;
        let marker = self.marker.clone();
        let is_ours = move |comment: &Comment| is_ours(comment, &author, &marker);
        let there = search::ours(self.github, number, &is_ours).await?;
        if let Some(first) = self.tidy(there).await {
            match self.edit(first).await {
                // Somebody has removed it since.
                Err(GitHubError::Status { status: 404, .. }) => {}
                done => return done,
            }
        }
        let body = self.body(None);
        let created = self.github.create(number, &body).await?;
        // Another job of ours may have created one in the meantime. Both look again, and the first one stays.
        let rivals = search::rivals(self.github, number, &created, &is_ours).await?;
        match self.tidy(rivals).await {
            Some(first) if first.id != created.id => self.edit(first).await,
            _ => Ok(Posted::Created(created.html_url)),
        }
    }

    async fn pull_request(&mut self) -> Result<Option<u64>, GitHubError> {
        let environment = self.posting.environment;
        if self.number.is_none() && environment.get(environment::GITHUB_EVENT_NAME) == Some("push")
        {
            self.number = pull_request_of_push(self.github, self.posting).await?;
        }
        Ok(self.number)
    }

    async fn author(&mut self) -> Result<String, GitHubError> {
        if let Some(author) = &self.author {
            return Ok(author.clone());
        }
        let author = self.github.login().await?;
        let author = author.unwrap_or_else(|| BOT.to_owned());
        Ok(self.author.insert(author).clone())
    }

    /// Keeps the first of our comments and removes the others.
    async fn tidy(&self, ours: Vec<Comment>) -> Option<Comment> {
        let mut ours = ours.into_iter();
        let first = ours.next();
        for other in ours {
            // The other job removes it too, and one of both is late.
            if let Err(error) = self.github.delete(other.id).await {
                log::info!("a second comment stays: {error}");
            }
        }
        first
    }

    /// Writes over a comment. A job that is older may have looked at it before we did, and write over ours: then once more.
    async fn edit(&mut self, mut comment: Comment) -> Result<Posted, GitHubError> {
        let mut posted = None;
        for _ in 0..MOST_EDITS {
            let writer = marker_in(&comment).map(|found| found.writer);
            if writer.is_some_and(|writer| writer > self.marker.writer) {
                return Ok(posted.unwrap_or(Posted::Skipped(Skip::Newer)));
            }
            let body = self.body(Some(&comment));
            if has_text(&comment, &body) {
                let there = Posted::Unchanged(comment.html_url);
                return Ok(posted.unwrap_or(there));
            }
            let edited = self.github.edit(comment.id, &body).await?;
            posted = Some(Posted::Edited(edited.html_url));
            // It is written; whether it stays so is worth one question and no failure.
            match self.github.comment(comment.id).await {
                Ok(found) => comment = found,
                Err(error) => {
                    log::info!("the comment could not be looked at again: {error}");
                    break;
                }
            }
            let is_older = |found: Marker| found.writer < self.marker.writer;
            if !marker_in(&comment).is_some_and(is_older) {
                break;
            }
        }
        Ok(posted.unwrap_or(Posted::Unchanged(comment.html_url)))
    }

    fn body(&mut self, there: Option<&Comment>) -> String {
        let text = there.and_then(|comment| comment.body.as_deref());
        let last = text.map_or(Memory::Empty, Memory::of);
        let first = self.first.get_or_insert_with(|| last.clone()).clone();
        let before = Before { first, last };
        self.posting.text.compose(&self.marker, &before, self.room)
    }
}

async fn pull_request_of_push(
    github: &GitHub,
    posting: &Posting<'_>,
) -> Result<Option<u64>, GitHubError> {
    let Some(commit) = posting.environment.get(environment::GITHUB_SHA) else {
        return Ok(None);
    };
    let pulls = github.pulls_of(commit).await?;
    let open = pulls
        .iter()
        .filter(|pull| pull.state == "open" && pull.head.sha == commit);
    Ok(open.map(|pull| pull.number).min())
}

/// Anybody can copy the marker, so the author decides.
fn is_ours(comment: &Comment, author: &str, marker: &Marker) -> bool {
    let user = comment.user.as_ref();
    user.is_some_and(|user| user.login == author)
        && marker_in(comment).is_some_and(|found| found.key == marker.key)
}

fn has_text(comment: &Comment, body: &str) -> bool {
    let present = comment.body.as_deref().unwrap_or_default();
    present.replace("\r\n", "\n").trim_end() == body.trim_end()
}

fn marker_in(comment: &Comment) -> Option<Marker> {
    Marker::read(comment.body.as_deref()?)
}
