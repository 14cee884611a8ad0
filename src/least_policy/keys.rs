//! The customer's KMS keys that a template encrypts with. Those that AWS manages need nothing.
//!
//! <https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html#ebs-encryption-permissions>

use super::arns;
use super::grant::{Condition, Grant, Kind};
use super::needs::Needs;
use crate::cloud::Region;
use crate::cloud::model::partition;

/// What EC2 does with a key in the caller's name.
const USES: [&str; 5] = [
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
];
/// What lets it use the key later, while a machine runs.
const GRANT: &str = "kms:CreateGrant";

/// The rights on every key that the template names.
pub(super) fn grants(build: &Needs<'_>) -> Vec<Grant> {
    let settings = build.settings;
    let devices = settings.launch.block_devices.iter();
    let devices = devices.chain(&settings.image.block_devices);
    let of_devices = devices.filter_map(|device| device.ebs.as_ref()?.kms_key_id.as_deref());
    let encryption = &settings.image.encryption;
    let home = of_devices.chain(encryption.kms_key_id.as_deref());
    let elsewhere = encryption.region_kms_key_ids.iter();
    let all = home.map(|key| (build.region, key));
    all.chain(elsewhere.map(|(region, key)| (region, key.as_str())))
        .filter(|(_, key)| !key.is_empty() && !key.starts_with("alias/aws/"))
        .flat_map(|(region, key)| on_key(region, key))
        .collect()
}

fn on_key(region: &Region, key: &str) -> Vec<Grant> {
    let here = |id: &str| format!("arn:{}:kms:{region}:*:{id}", partition(region));
    let (resource, alias) = match key.rsplit_once("alias/") {
        // An alias is no resource: the key that has it is.
        Some((_, name)) => (here("key/*"), Some(format!("alias/{name}"))),
        None if key.starts_with("arn:") => (key.to_owned(), None),
        None => (here(&format!("key/{key}")), None),
    };
    let through = format!("ec2.{region}.{}", domain(region));
    let condition = |grant: Kind, alias_grant: Kind| match &alias {
        Some(alias) => Condition::with(alias_grant, alias),
        None => Condition::with(grant, &through),
    };
    let used = condition(Kind::Through, Kind::OfAlias);
    let granted = condition(Kind::GrantThrough, Kind::GrantOfAlias);
    let uses = USES.map(|action| Grant::new(action, &resource, used.clone()));
    let grant = Grant::new(GRANT, &resource, granted);
    uses.into_iter().chain([grant]).collect()
}

fn domain(region: &Region) -> String {
    let service = arns::service(region, "ec2");
    service.trim_start_matches("ec2.").to_owned()
}
