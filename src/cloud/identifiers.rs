//! The names that EC2 gives to things, each with its own type, so that an image cannot be passed for an instance.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// Tags as EC2 has them: name → value.
pub(crate) type Tags = BTreeMap<String, String>;

macro_rules! identifiers {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub(crate) struct $name(String);

        impl $name {
            /// Wraps the text as EC2 or the template spells it.
            pub(crate) fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text as EC2 spells it.
            pub(crate) fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    )+};
}

identifiers! {
    /// A region, such as `eu-west-1`.
    Region,
    /// An image, `ami-…`.
    ImageId,
    /// An instance, `i-…`.
    InstanceId,
    /// A snapshot, `snap-…`.
    SnapshotId,
    /// A volume, `vol-…`.
    VolumeId,
    /// A security group, `sg-…`.
    GroupId,
    /// A subnet, `subnet-…`.
    SubnetId,
    /// A VPC, `vpc-…`.
    VpcId,
    /// A launch template, `lt-…`.
    LaunchTemplateId,
    /// The one name of a temporary role, its policy and its instance profile.
    ProfileName,
    /// The name of a key pair: unique in its region, and what `DeleteKeyPair` takes.
    KeyName,
    /// The client token of a create call: the same token never creates a second thing.
    AllocationToken,
}

impl Region {
    /// Whether the region is one of China's (`cn-*`), where EC2 takes no tags in most create calls.
    pub(crate) fn is_china(&self) -> bool {
        self.0.starts_with("cn-")
    }

    /// Whether the region is one of GovCloud's (`us-gov-*`), where `CreateImage` takes no tags.
    pub(crate) fn is_government(&self) -> bool {
        self.0.starts_with("us-gov-")
    }
}
