//! Why nothing was promoted.

use super::content::UnknownContent;
use crate::cloud::{CloudError, connection};
use crate::error::with_hint;
use crate::ledger::JournalError;
use crate::promote::PromoteError;
use crate::report::comment::GitHubError;
use crate::report::conclusion::Conclusion;

/// Why nothing was promoted, or not to the end.
#[derive(Debug, thiserror::Error)]
pub(super) enum FailedPromotion {
    /// Nobody tells which image.
    #[error(
        "there is nothing that tells which image to promote: this run belongs to no merged pull request"
    )]
    NoPullRequest,
    /// Nobody tells whose image.
    #[error(
        "there is nothing that tells whose image to promote: the environment has no `GITHUB_REPOSITORY_ID`"
    )]
    NoRepository,
    /// The template does not.
    #[error(transparent)]
    Content(#[from] UnknownContent),
    /// GitHub does not say.
    #[error("cannot ask GitHub which pull request the commit came with")]
    GitHub(#[source] GitHubError),
    /// It takes its time.
    #[error("GitHub did not say in time which pull request the commit came with")]
    Silence,
    /// No region, no profile.
    #[error("there is no way to EC2")]
    Connect(#[source] connection::ConnectError),
    /// No credentials, or AWS does not take them.
    #[error("cannot find out whose credentials these are")]
    Caller(#[source] CloudError),
    /// The journal.
    #[error("the journal cannot be written")]
    Journal(#[source] JournalError),
    /// On the way.
    #[error(transparent)]
    Promote(#[from] PromoteError),
    /// Something that was made could not be removed.
    #[error("something that was made is still there")]
    Leftover,
}

impl FailedPromotion {
    /// For the console and for annotations.
    pub(super) fn shown(&self) -> String {
        let hint = match self {
            Self::NoPullRequest => Some("set `pr-number`, `template` or `digest`".to_owned()),
            Self::NoRepository => {
                Some("set `-repository-id`, such as github.com/1296269".to_owned())
            }
            Self::Caller(error) => error.hint(),
            Self::Connect(error) => error.hint(),
            Self::Promote(error) => error.hint(),
            Self::Content(error) => error.hint(),
            _ => None,
        };
        with_hint(self, hint.as_deref())
    }

    /// In one word.
    pub(super) fn conclusion(&self) -> Conclusion {
        match self {
            Self::NoPullRequest | Self::NoRepository => Conclusion::Invalid,
            Self::Connect(_) | Self::Caller(_) => Conclusion::Credentials,
            Self::GitHub(_) | Self::Silence | Self::Journal(_) => Conclusion::Failure,
            Self::Promote(error) => error.conclusion(),
            Self::Content(error) => error.conclusion(),
            Self::Leftover => Conclusion::Leftover,
        }
    }
}
