//! Things by their tags, whatever they are: what sweeping looks for, and what tells it whose they are.

use std::future::Future;

use super::api::CloudResult;
use super::network::Filters;
use super::{InstanceId, ProfileName, Region, SnapshotId, Tags};
use crate::ledger::Kind;

/// The names of temporary roles and profiles begin so: IAM finds nothing by tag, and tells tags of one thing at a time.
pub(crate) const IAM_PREFIX: &str = "packer-";

/// A thing with its tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tagged {
    /// Its id; of a key pair and a thing of IAM its name.
    pub(crate) id: String,
    /// Its name, where its kind has one.
    pub(crate) name: String,
    /// Its tags.
    pub(crate) tags: Tags,
    /// What else tells whose it is.
    pub(crate) detail: Detail,
}

/// What some kinds show besides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Detail {
    /// Nothing.
    None,
    /// Of a machine.
    Instance {
        /// That of the call that made it.
        client_token: Option<String>,
    },
    /// Of a volume.
    Volume {
        /// The machine that has it.
        attached_to: Option<InstanceId>,
    },
    /// Of an image.
    Image {
        /// What it is made of; EC2 shows none while it is pending.
        snapshots: Vec<SnapshotId>,
    },
}

/// Which things of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Selection {
    /// Whatever has one of these values in this tag, and is not gone already.
    ByTag {
        /// The tag's name.
        key: &'static str,
        /// Its values.
        values: Vec<String>,
    },
    /// The one of this id; of a key pair, a launch template and a thing of IAM of this name.
    One(String),
}

impl Selection {
    /// The filters that select it among EC2's things.
    pub(crate) fn filters(&self, kind: Kind) -> Filters {
        match self {
            Self::One(id) => vec![(id_filter(kind).to_owned(), vec![id.clone()])],
            Self::ByTag { key, values } => {
                let mut filters = vec![(format!("tag:{key}"), values.clone())];
                if kind == Kind::Instance {
                    let there = ["pending", "running", "shutting-down", "stopping", "stopped"];
                    let states = there.map(str::to_owned).to_vec();
                    filters.push(("instance-state-name".to_owned(), states));
                }
                filters
            }
        }
    }
}

fn id_filter(kind: Kind) -> &'static str {
    match kind {
        Kind::KeyPair => "key-name",
        Kind::SecurityGroup => "group-id",
        Kind::Instance => "instance-id",
        Kind::Volume => "volume-id",
        Kind::Image | Kind::ImageCopy | Kind::FastLaunch => "image-id",
        Kind::Snapshot => "snapshot-id",
        Kind::LaunchTemplate => "launch-template-name",
        Kind::Role => "role-name",
        Kind::InstanceProfile => "instance-profile-name",
    }
}

/// Calls about tags.
pub(crate) trait TaggedCalls {
    /// The Describe call of the kind, all pages; nothing found is no error. Of IAM it is a list of all names that begin with
    /// [`IAM_PREFIX`] and a look at each, whatever the tag: the caller reads the tags in any case.
    fn tagged(
        &self,
        region: &Region,
        kind: Kind,
        which: &Selection,
    ) -> impl Future<Output = CloudResult<Vec<Tagged>>> + Send;
    /// `TagRole`.
    fn tag_role(
        &self,
        region: &Region,
        name: &ProfileName,
        tags: &Tags,
    ) -> impl Future<Output = CloudResult<()>> + Send;
    /// `TagInstanceProfile`.
    fn tag_instance_profile(
        &self,
        region: &Region,
        name: &ProfileName,
        tags: &Tags,
    ) -> impl Future<Output = CloudResult<()>> + Send;
}
