//! Who a build is, for the journal's first line and for the tags on everything it makes.

use serde::{Deserialize, Serialize};

use crate::cloud::{AllocationToken, Region, Tags};
use crate::plan::amazon::settings::AssumeRole;

/// Which build made a thing.
pub(crate) const BUILD_ID_TAG: &str = "ami-build:build-id";
/// Which row of that build's ledger the thing is.
pub(crate) const ROW_TAG: &str = "ami-build:row";
/// From when on a sweep may remove it (RFC 3339), or [`KEPT`].
pub(crate) const DEADLINE_TAG: &str = "ami-build:deadline";
/// The value of [`DEADLINE_TAG`] on what a finished build leaves on purpose.
pub(crate) const KEPT: &str = "kept";
/// Whose things they are: a sweep takes those of one owner only. It is on everything.
pub(crate) const OWNER_TAG: &str = "ami-build:owner";
/// The repository or user that the build ran for, for people to read.
pub(crate) const REPOSITORY_TAG: &str = "ami-build:repository";
/// The workflow run, where there is one.
pub(crate) const RUN_TAG: &str = "ami-build:run";

/// EC2's limit for one thing (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions>).
pub(crate) const MOST_TAGS: usize = 50;
/// How many of them a template may give: without build, row, deadline and owner nothing is found again.
pub(crate) const ROOM_FOR_TAGS: usize = MOST_TAGS - 4;

/// Who the build is. It is the journal's header, so that settling needs nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BuildIdentity {
    /// Unique for every builder of every run; ASCII, at most 48 characters, since tokens are made of it.
    pub(crate) build_id: String,
    /// The account, where the credentials were asked for it.
    pub(crate) account: Option<String>,
    /// The caller's ARN, likewise.
    pub(crate) caller: Option<String>,
    /// The value of [`OWNER_TAG`]; a journal of an older version has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) owner: Option<String>,
    /// `owner/name` on GitHub, else who ran it.
    pub(crate) repository: Option<String>,
    /// The workflow run's address or id.
    pub(crate) run: Option<String>,
    /// Every region that the build may touch, the build region first.
    pub(crate) regions: Vec<Region>,
    /// `custom_endpoint_ec2`.
    pub(crate) endpoint: Option<String>,
    /// The template's `profile`: which account to settle in. Keys are never written down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) profile: Option<String>,
    /// The template's `assume_role`, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) assume_role: Option<AssumeRole>,
    /// From when on a sweep may remove what is left, RFC 3339.
    pub(crate) deadline: String,
}

impl BuildIdentity {
    /// What a sweep knows of a build: nothing but its id.
    pub(crate) fn of_found(build_id: &str) -> Self {
        Self {
            build_id: build_id.to_owned(),
            account: None,
            caller: None,
            owner: None,
            repository: None,
            run: None,
            regions: Vec::new(),
            endpoint: None,
            profile: None,
            assume_role: None,
            deadline: String::new(),
        }
    }

    /// The client token of a row: deterministic, so that a second attempt never makes a second thing. EC2 takes up to 64
    /// ASCII characters (<https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html>).
    pub(super) fn token(&self, row: u32) -> AllocationToken {
        AllocationToken::new(format!("{}-{row}", self.build_id))
    }

    /// A template's tags with ours over them. What only informs is left out where EC2 would refuse the whole.
    pub(super) fn tagged(&self, row: u32, mut tags: Tags) -> Tags {
        let needed = [
            (BUILD_ID_TAG, Some(self.build_id.clone())),
            (ROW_TAG, Some(row.to_string())),
            (DEADLINE_TAG, Some(self.deadline.clone())),
            (OWNER_TAG, self.owner.clone()),
        ];
        let informing = [
            (REPOSITORY_TAG, self.repository.clone()),
            (RUN_TAG, self.run.clone()),
        ];
        tags.extend(present(needed));
        for (name, value) in present(informing) {
            if tags.len() < MOST_TAGS {
                tags.insert(name, value);
            }
        }
        tags
    }
}

fn present<const N: usize>(
    tags: [(&str, Option<String>); N],
) -> impl Iterator<Item = (String, String)> {
    tags.into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_informs_gives_way_to_a_templates_tags() {
        let identity = BuildIdentity {
            owner: Some("github.com/7".to_owned()),
            repository: Some("me/mine".to_owned()),
            run: Some("9".to_owned()),
            ..BuildIdentity::of_found("build")
        };
        let users =
            |count: usize| (0..count).map(|number| (format!("tag-{number}"), String::new()));
        let few = identity.tagged(1, users(2).collect());
        assert_eq!(few[RUN_TAG], "9");
        let many = identity.tagged(1, users(ROOM_FOR_TAGS).collect());
        assert_eq!(many.len(), MOST_TAGS);
        assert_eq!(many[OWNER_TAG], "github.com/7");
        assert!(!many.contains_key(REPOSITORY_TAG) && !many.contains_key(RUN_TAG));
    }
}
