//! Packer's words for what settling removes.

use crate::ledger::{Kind, Row};

/// What to say before a row is removed: the lines that Packer's cleanup prints.
pub(crate) fn removal_line(row: &Row) -> String {
    match row.kind {
        Kind::KeyPair => "Deleting temporary keypair...".to_owned(),
        Kind::SecurityGroup => "Deleting temporary security group...".to_owned(),
        Kind::Instance => "Terminating the source AWS instance...".to_owned(),
        Kind::Volume => format!("Destroying volume ({})...", row.label()),
        Kind::Image | Kind::ImageCopy => {
            format!(
                "Deregistering the AMI ({}) and deleting its snapshots...",
                row.label()
            )
        }
        Kind::Snapshot => format!("Deleting snapshot: {}", row.label()),
        Kind::FastLaunch => format!("Disabling fast launch of AMI {}...", row.name),
        Kind::LaunchTemplate => "Deleting the launch template...".to_owned(),
        Kind::Role => "Deleting temporary role...".to_owned(),
        Kind::InstanceProfile => "Deleting temporary instance profile...".to_owned(),
    }
}
