//! Where an image comes from and how long it stays: what its tags say.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::kind::Kind;
use super::tags::{
    BUILD_TAG, EXPIRES_TAG, HEADS_TAG, KIND_TAG, NEVER, PULL_REQUESTS_TAG, REPOSITORY_ID_TAG,
};
use super::values::as_value;
use crate::cloud::Tags;
use crate::ledger::{REPOSITORY_TAG, RUN_TAG};

/// Where an image comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    /// What it is for.
    pub(crate) kind: Kind,
    /// `owner/name`.
    pub(crate) repository: Option<String>,
    /// The repository's id with its server, where a runner told it.
    pub(crate) repository_id: Option<String>,
    /// Template and name of the build.
    pub(crate) build: String,
    /// The pull request that it is for.
    pub(crate) pull_request: Option<u64>,
    /// The commit that it is for.
    pub(crate) head: Option<String>,
    /// The workflow run.
    pub(crate) run: Option<String>,
    /// From then on it may go.
    pub(crate) expires: Option<OffsetDateTime>,
}

impl Origin {
    /// The value of the tag that tells one line of images from the others: `images/web.json:amazon-ebs`.
    pub(crate) fn build(template: &str, name: &str) -> String {
        as_value(&format!("{}:{name}", template.trim_start_matches("./")))
    }

    /// The tags.
    pub(crate) fn tags(&self) -> Tags {
        let expires = self.expires.map_or_else(|| NEVER.to_owned(), instant);
        let tags = [
            (KIND_TAG, Some(self.kind.word().to_owned())),
            (REPOSITORY_TAG, self.repository.clone()),
            (REPOSITORY_ID_TAG, self.repository_id.clone()),
            (BUILD_TAG, Some(self.build.clone())),
            (
                PULL_REQUESTS_TAG,
                self.pull_request.map(|number| number.to_string()),
            ),
            (HEADS_TAG, self.head.clone()),
            (RUN_TAG, self.run.clone()),
            (EXPIRES_TAG, Some(expires)),
        ];
        tags.into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .collect()
    }
}

/// To the second: EC2's own times are no finer.
pub(super) fn instant(at: OffsetDateTime) -> String {
    let whole = at.replace_nanosecond(0).unwrap_or(at);
    // A year of four digits can always be written so.
    whole.format(&Rfc3339).unwrap_or_default()
}
