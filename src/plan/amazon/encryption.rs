//! `encrypt_boot` and its keys, and with whom an encrypted image can be shared.

use std::collections::BTreeMap;

use super::access::optional;
use super::kms_key;
use super::settings::Encryption;
use crate::cloud::Region;
use crate::template::fields::Fields;

pub(super) fn read(fields: &mut Fields<'_>) -> Encryption {
    let encryption = Encryption {
        encrypt_boot: fields.tristate("encrypt_boot"),
        kms_key_id: optional(fields, "kms_key_id"),
        region_kms_key_ids: fields
            .map("region_kms_key_ids")
            .into_iter()
            .map(|(region, key)| (Region::new(region), key))
            .collect(),
    };
    check_keys(fields, &encryption);
    encryption
}

fn check_keys(fields: &Fields<'_>, encryption: &Encryption) {
    let build = encryption
        .kms_key_id
        .as_deref()
        .map(|key| ("kms_key_id", key));
    let regions = encryption
        .region_kms_key_ids
        .values()
        .map(|key| ("region_kms_key_ids", key.as_str()));
    let named: Vec<_> = build
        .into_iter()
        .chain(regions.filter(|(_, key)| !key.is_empty()))
        .collect();
    if encryption.encrypt_boot != Some(true)
        && let Some((field, _)) = named.first()
    {
        fields.problem_with_hint(
            field,
            "If you have set either region_kms_key_ids or kms_key_id, encrypt_boot must also be true.",
            "add `\"encrypt_boot\": true`",
        );
    }
    for (field, key) in named {
        if !kms_key::is_valid(key) {
            fields.problem_with_hint(
                field,
                format!("{key:?} is not a valid KMS Key Id."),
                "use a key's id, `alias/NAME`, or the ARN of either",
            );
        }
    }
}

/// Every copy's region needs an entry, and every entry a copy, as long as there are entries at all.
/// The build region counts as one of `ami_regions` here.
pub(super) fn check_regions(
    fields: &Fields<'_>,
    keys: &BTreeMap<Region, String>,
    regions: &[Region],
) {
    if keys.is_empty() {
        return;
    }
    for region in keys.keys().filter(|region| !regions.contains(region)) {
        fields.problem(
            "region_kms_key_ids",
            format!("Region {region} is in region_kms_key_ids but not in ami_regions"),
        );
    }
    for region in regions.iter().filter(|region| !keys.contains_key(region)) {
        fields.problem_with_hint(
            "ami_regions",
            format!("Region {region} is in ami_regions but not in region_kms_key_ids"),
            format!("add `\"{region}\": \"\"` for that region's default key"),
        );
    }
}

/// What is shared with other accounts.
#[derive(Clone, Copy)]
pub(super) enum Shared {
    /// `ami_users`, `ami_org_arns`, `ami_ou_arns`.
    Image,
    /// `snapshot_users`.
    Snapshots,
}

/// Nobody else can use what a default key encrypts.
pub(super) fn check_shared(
    fields: &Fields<'_>,
    key: &str,
    shared: Shared,
    encryption: &Encryption,
) {
    const HINT: &str = "name a key of your own in `kms_key_id` and `region_kms_key_ids`, and let the other accounts use it";
    let (what, elsewhere) = match shared {
        Shared::Image => ("AMI", " for other regions"),
        Shared::Snapshots => ("snapshot", ""),
    };
    let keys = &encryption.region_kms_key_ids;
    if encryption.encrypt_boot == Some(true) && encryption.kms_key_id.is_none() && keys.is_empty() {
        fields.problem_with_hint(
            key,
            format!("Cannot share {what} encrypted with default KMS key"),
            HINT,
        );
    }
    for (region, _) in keys.iter().filter(|(_, key)| key.is_empty()) {
        fields.problem_with_hint(
            key,
            format!("Cannot share {what} encrypted with default KMS key{elsewhere}: {region}"),
            HINT,
        );
    }
}
