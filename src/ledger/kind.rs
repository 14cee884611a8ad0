//! The kinds of things that a build makes.

use serde::{Deserialize, Serialize};

use super::row::Row;

/// What a row stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    /// The temporary key pair.
    KeyPair,
    /// The temporary security group.
    SecurityGroup,
    /// The build machine.
    Instance,
    /// A volume that would outlive its machine.
    Volume,
    /// The image, or the intermediate one.
    Image,
    /// A copy of it, in any region.
    ImageCopy,
    /// A snapshot of a volume, or one that is left of an image.
    Snapshot,
    /// The fast launch of an image; its name is the image's id.
    FastLaunch,
    /// The launch template of a spot instance.
    LaunchTemplate,
    /// The role of a temporary instance profile, with its policy.
    Role,
    /// The temporary instance profile.
    InstanceProfile,
}

impl Kind {
    /// The word for it in messages.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::KeyPair => "key pair",
            Self::SecurityGroup => "security group",
            Self::Instance => "instance",
            Self::Volume => "volume",
            Self::Image => "image",
            Self::ImageCopy => "image copy",
            Self::Snapshot => "snapshot",
            Self::FastLaunch => "fast launch of",
            Self::LaunchTemplate => "launch template",
            Self::Role => "IAM role",
            Self::InstanceProfile => "instance profile",
        }
    }

    /// The call that makes it, as EC2 spells it.
    pub(super) fn call(self) -> &'static str {
        match self {
            Self::KeyPair => "ImportKeyPair",
            Self::SecurityGroup => "CreateSecurityGroup",
            Self::Instance => "RunInstances",
            Self::Volume => "CreateVolume",
            Self::Image => "CreateImage",
            Self::ImageCopy => "CopyImage",
            Self::Snapshot => "CreateSnapshot",
            Self::FastLaunch => "EnableFastLaunch",
            Self::LaunchTemplate => "CreateLaunchTemplate",
            Self::Role => "CreateRole",
            Self::InstanceProfile => "CreateInstanceProfile",
        }
    }

    /// Whether it is IAM's and not EC2's.
    pub(crate) fn is_in_iam(self) -> bool {
        matches!(self, Self::Role | Self::InstanceProfile)
    }

    /// Whether its removal has to wait until the machines and images are gone. A launch template may be what leads to a machine.
    pub(super) fn comes_second(self) -> bool {
        matches!(
            self,
            Self::SecurityGroup
                | Self::Volume
                | Self::Snapshot
                | Self::FastLaunch
                | Self::LaunchTemplate
        )
    }
}

/// The `aws` command that removes a row's thing; where its id is not known, the one that finds it.
pub(super) fn command(row: &Row, build_id: &str) -> String {
    let (region, id) = (&row.region, row.label());
    let named = matches!(
        row.kind,
        Kind::Role | Kind::InstanceProfile | Kind::FastLaunch
    );
    if row.id.is_none() && !named {
        return format!(
            "aws resourcegroupstaggingapi get-resources --region {region} --tag-filters 'Key={},Values={build_id}'",
            super::BUILD_ID_TAG
        );
    }
    let verb = match row.kind {
        Kind::KeyPair => format!("delete-key-pair --region {region} --key-name {id}"),
        Kind::SecurityGroup => format!("delete-security-group --region {region} --group-id {id}"),
        Kind::Instance => format!("terminate-instances --region {region} --instance-ids {id}"),
        Kind::Volume => format!("delete-volume --region {region} --volume-id {id}"),
        Kind::Image | Kind::ImageCopy => format!(
            "deregister-image --region {region} --image-id {id} --delete-associated-snapshots"
        ),
        Kind::Snapshot => format!("delete-snapshot --region {region} --snapshot-id {id}"),
        Kind::FastLaunch => {
            format!("disable-fast-launch --force --region {region} --image-id {id}")
        }
        Kind::LaunchTemplate => {
            format!("delete-launch-template --region {region} --launch-template-id {id}")
        }
        Kind::Role => {
            return format!(
                "{}; aws iam delete-role-policy --role-name {id} --policy-name {id}; aws iam delete-role --role-name {id}",
                detach(id)
            );
        }
        Kind::InstanceProfile => {
            return format!(
                "{}; aws iam delete-instance-profile --instance-profile-name {id}",
                detach(id)
            );
        }
    };
    format!("aws ec2 {verb}")
}

/// IAM deletes only what is empty.
fn detach(name: &str) -> String {
    format!(
        "aws iam remove-role-from-instance-profile --instance-profile-name {name} --role-name {name}"
    )
}
