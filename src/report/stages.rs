//! Says in the comments of a pull request what became of its images after the run that made them: promoted, kept, removed.
//!
//! The comments are those of other runs, and mostly of another workflow, so they are found by their author and by the images that
//! they remember. Only the parts that tell of that are written anew.

use std::collections::BTreeSet;
use std::time::Duration;

use super::chronicle::retold;
use super::chronicle::stage::Turn;
use super::comment::{Comment, GitHub, GitHubError};
use super::marker::Marker;
use super::sticky::{self, Attempt, BOT, CommentError, Skip, persist};
use crate::action::environment::{Environment, GITHUB_REPOSITORY};
use crate::cloud::ImageId;
use crate::secret::{Redactor, Secret};
use crate::stop::Stop;

/// No more is read: 5,000 comments.
const MOST_PAGES: usize = 50;

/// Where it is said, and by whom.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    /// Which repository.
    pub(crate) environment: &'a Environment,
    /// Who writes.
    pub(crate) token: &'a Secret,
    /// What nobody may read.
    pub(crate) redactor: &'a Redactor,
    /// The pull request.
    pub(crate) number: u64,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// The comments at these addresses say it. There may be none: the run that made an image may have had no leave to comment.
    In(Vec<String>),
    /// There is no leave to write: a notice, and no failure.
    Skipped(Skip),
}

/// Says it in every comment of ours that remembers one of the images.
pub(crate) async fn tell(
    place: Place<'_>,
    turns: &[Turn],
    limit: Duration,
    stop: &Stop,
) -> Result<Told, CommentError> {
    let Some(repository) = place.environment.get(GITHUB_REPOSITORY) else {
        return Ok(Told::In(Vec::new()));
    };
    let github = GitHub::new(place.environment, place.token, repository)?;
    let telling = Telling {
        github: &github,
        place,
        turns,
    };
    match persist(telling, limit, stop).await {
        Ok(pages) => Ok(Told::In(pages)),
        Err(CommentError::GitHub(error)) => match sticky::skip(&error, place.environment) {
            Some(skip) => Ok(Told::Skipped(skip)),
            None => Err(error.into()),
        },
        Err(error) => Err(error),
    }
}

struct Telling<'a> {
    github: &'a GitHub,
    place: Place<'a>,
    turns: &'a [Turn],
}

impl Attempt for Telling<'_> {
    type Done = Vec<String>;

    async fn once(&mut self) -> Result<Vec<String>, GitHubError> {
        let author = self.github.login().await?;
        let author = author.as_deref().unwrap_or(BOT);
        let mut missing: BTreeSet<&ImageId> = self.turns.iter().map(|turn| &turn.image).collect();
        let mut told = Vec::new();
        let first = self.github.comments(self.place.number, 1).await?;
        let last = first.last.min(MOST_PAGES);
        let mut page = Some(first);
        // What is old or new is looked at before what lies between, as when the comment is written.
        let mut further = (last > 1).then_some(last).into_iter().chain(2..last);
        while let Some(found) = page.take() {
            for comment in found.comments.iter().filter(|found| is_ours(found, author)) {
                missing.retain(|image| !has(comment, image));
                told.extend(self.retell(comment).await?);
            }
            if !missing.is_empty()
                && let Some(number) = further.next()
            {
                page = Some(self.github.comments(self.place.number, number).await?);
            }
        }
        Ok(told)
    }
}

impl Telling<'_> {
    async fn retell(&self, comment: &Comment) -> Result<Option<String>, GitHubError> {
        let present = comment.body.as_deref().unwrap_or_default();
        let Some(body) = retold(present, self.turns, self.place.redactor) else {
            return Ok(None);
        };
        if body.trim_end() != present.replace("\r\n", "\n").trim_end() {
            self.github.edit(comment.id, &body).await?;
        }
        Ok(Some(comment.html_url.clone()))
    }
}

fn is_ours(comment: &Comment, author: &str) -> bool {
    let user = comment.user.as_ref();
    let by_us = user.is_some_and(|user| user.login == author);
    by_us && comment.body.as_deref().and_then(Marker::read).is_some()
}

fn has(comment: &Comment, image: &ImageId) -> bool {
    let body = comment.body.as_deref().unwrap_or_default();
    super::chronicle::Memory::of(body).has(image)
}
