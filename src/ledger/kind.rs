//! The kinds of things that a build makes.

use serde::{Deserialize, Serialize};

use super::row::{NameOrigin, Row};

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
    let (region, id) = (&row.region, shell_word(row.label()));
    let id = id.as_str();
    let named = match row.kind {
        Kind::Role | Kind::InstanceProfile | Kind::FastLaunch | Kind::LaunchTemplate => true,
        Kind::KeyPair => row.origin == NameOrigin::Generated,
        _ => false,
    };
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
        // EC2 would delete the snapshots of the user's too that the image refers to.
        Kind::Image | Kind::ImageCopy if !row.spared.is_empty() => {
            format!("deregister-image --region {region} --image-id {id}")
        }
        Kind::Image | Kind::ImageCopy => format!(
            "deregister-image --region {region} --image-id {id} --delete-associated-snapshots"
        ),
        Kind::Snapshot => format!("delete-snapshot --region {region} --snapshot-id {id}"),
        Kind::FastLaunch => {
            format!("disable-fast-launch --force --region {region} --image-id {id}")
        }
        Kind::LaunchTemplate => format!(
            "delete-launch-template --region {region} --launch-template-name {}",
            shell_word(&row.name)
        ),
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

/// The text as one word of a shell.
pub(super) fn shell_word(text: &str) -> String {
    let is_plain =
        |character: char| character.is_ascii_alphanumeric() || "-_./:@%+=,".contains(character);
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// IAM deletes only what is empty.
fn detach(name: &str) -> String {
    format!(
        "aws iam remove-role-from-instance-profile --instance-profile-name {name} --role-name {name}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(value: serde_json::Value) -> Row {
        let mut row = serde_json::json!({
            "number": 1, "region": "eu-west-1", "name": "packer_1", "origin": "generated",
            "token": "b-1-1", "written": 0,
        });
        row.as_object_mut()
            .unwrap()
            .extend(value.as_object().unwrap().clone());
        serde_json::from_value(row).unwrap()
    }

    #[test]
    fn what_has_a_name_of_ours_is_removed_by_it_although_its_call_was_not_answered() {
        assert_eq!(
            command(&row(serde_json::json!({"kind": "key-pair"})), "b-1"),
            "aws ec2 delete-key-pair --region eu-west-1 --key-name packer_1"
        );
        let template = serde_json::json!({"kind": "launch-template", "id": "lt-1"});
        assert_eq!(
            command(&row(template), "b-1"),
            "aws ec2 delete-launch-template --region eu-west-1 --launch-template-name packer_1"
        );
    }

    #[test]
    fn the_users_snapshots_are_spared_by_the_command_too() {
        let image = serde_json::json!({"kind": "image", "id": "ami-1", "spared": ["snap-1"]});
        assert!(!command(&row(image), "b-1").contains("--delete-associated-snapshots"));
        let image = serde_json::json!({"kind": "image", "id": "ami-1"});
        assert!(command(&row(image), "b-1").ends_with("--delete-associated-snapshots"));
    }

    #[test]
    fn a_name_of_the_templates_is_one_word_whatever_is_in_it() {
        let pair =
            serde_json::json!({"kind": "key-pair", "id": "it's; mine", "name": "it's; mine"});
        assert!(command(&row(pair), "b-1").ends_with(r"--key-name 'it'\''s; mine'"));
    }
}
