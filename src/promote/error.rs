//! Why nothing was promoted.

use crate::cloud::error::Refusal;
use crate::cloud::{CloudError, ImageId, Region};
use crate::ledger::{JournalError, MOST_TAGS};
use crate::report::conclusion::Conclusion;
use crate::stop::StopRequest;
use crate::wait::WaitError;

/// Why nothing was promoted, or not to the end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PromoteError {
    /// Somebody asked to stop.
    #[error("the promotion was stopped")]
    Stopped(StopRequest),
    /// No image fits.
    #[error("no image of `{repository}` in `{region}` {what}")]
    NoImage {
        /// Whose.
        repository: String,
        /// Where was looked.
        region: Region,
        /// What it was to be.
        what: String,
    },
    /// The only image that fits cannot be used.
    #[error("the image `{image}` cannot be promoted: {fault}")]
    Unsound {
        /// Which.
        image: ImageId,
        /// Why.
        fault: &'static str,
    },
    /// Images of several builds fit.
    #[error("images of several builds fit: {}", .0.iter().map(|build| format!("`{build}`")).collect::<Vec<_>>().join(", "))]
    Several(Vec<String>),
    /// Another image has the release's name.
    #[error("the name `{name}` is used by another image, `{image}` in `{region}`")]
    NameTaken {
        /// The name.
        name: String,
        /// Who has it.
        image: ImageId,
        /// Where.
        region: Region,
    },
    /// Another run makes the same copy.
    #[error("the copy `{image}` of the same image in `{region}` is not finished")]
    UnderWay {
        /// The copy.
        image: ImageId,
        /// Where.
        region: Region,
    },
    /// The policy.
    #[error("the policy {policy} does not allow this release: {what}")]
    Forbidden {
        /// All that it forbids.
        what: String,
        /// The policy's place.
        policy: String,
    },
    /// Copies that nobody else could use.
    #[error(
        "the image `{image}` is encrypted, and so are its copies; with the account's own key they cannot be shared: {}", .regions.iter().map(|region| format!("`{region}`")).collect::<Vec<_>>().join(", ")
    )]
    OwnKey {
        /// The tested image.
        image: ImageId,
        /// Where copies would be made.
        regions: Vec<Region>,
    },
    /// What is encrypted can be for accounts, and never for everybody.
    #[error("an encrypted image cannot be public, and `{image}` or a copy of it is encrypted")]
    EncryptedPublic {
        /// The tested image.
        image: ImageId,
    },
    /// The release would have too many tags.
    #[error("the release would have {count} tags, and EC2 takes {MOST_TAGS}")]
    TooManyTags {
        /// How many.
        count: usize,
    },
    /// A copy is not as it should be.
    #[error("the copy `{image}` in `{region}` is not sound: {fault}")]
    Unverified {
        /// Which.
        image: ImageId,
        /// Where.
        region: Region,
        /// Why.
        fault: &'static str,
    },
    /// There is no such launch template.
    #[error("there is no launch template `{name}` in `{region}`")]
    NoTemplate {
        /// As it was named.
        name: String,
        /// Where.
        region: Region,
    },
    /// A target in a region where the release is not.
    #[error("`{name}` is to be set in `{region}`, where the release is not")]
    ElsewhereTarget {
        /// What.
        name: String,
        /// Where.
        region: Region,
    },
    /// A wait ended without its end.
    #[error("{doing}")]
    Wait {
        /// What the wait was part of.
        doing: &'static str,
        /// How it ended.
        #[source]
        source: WaitError,
    },
    /// AWS refused a call.
    #[error("cannot {doing}")]
    Call {
        /// What the call was for.
        doing: String,
        /// The answer.
        #[source]
        source: Box<CloudError>,
    },
    /// The journal cannot be written.
    #[error("cannot write down what was made")]
    Journal(#[source] JournalError),
}

impl PromoteError {
    /// From the error of a call.
    pub(super) fn call(doing: impl Into<String>) -> impl FnOnce(CloudError) -> Self {
        let doing = doing.into();
        |source| Self::Call {
            doing,
            source: Box::new(source),
        }
    }

    /// From the error of a wait; a stop is told as what it is.
    pub(super) fn wait(doing: &'static str) -> impl FnOnce(WaitError) -> Self {
        move |source| match source {
            WaitError::Stopped { request, .. } => Self::Stopped(request),
            source => Self::Wait { doing, source },
        }
    }

    /// One thing to try.
    pub(crate) fn hint(&self) -> Option<String> {
        let text = match self {
            Self::NoImage { .. } => {
                "promote looks for images that were built with `kind`; `pr-number` or `digest` name another one, `region` where it was built. Where a `template` tells, everything of it has to be as it was tested, its source image too"
            }
            Self::Unsound { .. } => "build it again, with `kind: release`",
            Self::Several(_) => "name one of them with `only`",
            Self::NameTaken { .. } => "choose another `release-name`",
            Self::UnderWay { .. } => {
                "another run makes it: run this one again when that has ended; where it was killed, `ami-build sweep` removes what it left"
            }
            Self::Forbidden { .. } => {
                "ask for what it allows, or change the policy on the base branch first"
            }
            Self::OwnKey { .. } => {
                "name a key that the others may use in `kms-key`, for all regions or as `region:key`"
            }
            Self::EncryptedPublic { .. } => "leave `all` out of `share-with`",
            Self::TooManyTags { .. } => "give fewer tags",
            Self::NoTemplate { .. } | Self::ElsewhereTarget { .. } => {
                "a target is in every region of the release, or in one: `region:name`"
            }
            Self::Call { source, .. } => return source.hint(),
            _ => return None,
        };
        Some(text.to_owned())
    }

    /// In one word.
    pub(crate) fn conclusion(&self) -> Conclusion {
        match self {
            Self::Stopped(_) => Conclusion::Cancelled,
            Self::Call { source, .. } if source.is(Refusal::Denied) => Conclusion::Permission,
            Self::Call { source, .. } if source.is(Refusal::Credentials) => Conclusion::Credentials,
            Self::Call { .. } | Self::Wait { .. } | Self::Unverified { .. } => Conclusion::Image,
            Self::Journal(_) | Self::UnderWay { .. } => Conclusion::Failure,
            _ => Conclusion::Invalid,
        }
    }
}
