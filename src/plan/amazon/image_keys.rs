//! The image that comes out: name, regions, sharing, tags, what it replaces.

use super::access::optional;
use super::ebs::Force;
use super::encryption::{self, Shared};
use super::settings::{ImageSettings, Replace};
use super::{block_device, image_name, lifecycle, tags};
use crate::cloud::Region;
use crate::images::Life;
use crate::template::fields::Fields;

/// With whom an image is shared, besides groups.
const SHARING: [&str; 3] = ["ami_users", "ami_org_arns", "ami_ou_arns"];

pub(super) fn read(
    fields: &mut Fields<'_>,
    build_region: Option<&Region>,
    force: Force,
) -> ImageSettings {
    let name = image_name::read(fields);
    let encryption = encryption::read(fields);
    let mut regions = regions(fields);
    encryption::check_regions(fields, &encryption.region_kms_key_ids, &regions);
    let lifecycle = lifecycle::read(fields, &regions, build_region);
    // The image is there already; Packer leaves the region out without a word.
    regions.retain(|region| Some(region) != build_region);

    let [users, organizations, organizational_units] = SHARING.map(|key| fields.strings(key));
    let shared_with = [&users, &organizations, &organizational_units];
    let first = shared_with.iter().position(|with| !with.is_empty());
    if let Some(first) = first {
        encryption::check_shared(fields, SHARING[first], Shared::Image, &encryption);
    }
    let snapshot_users = fields.strings("snapshot_users");
    if !snapshot_users.is_empty() {
        encryption::check_shared(fields, "snapshot_users", Shared::Snapshots, &encryption);
    }
    ImageSettings {
        name,
        description: fields.text("ami_description"),
        regions,
        skip_region_validation: fields.bool("skip_region_validation"),
        users,
        organizations,
        organizational_units,
        groups: fields.strings("ami_groups"),
        snapshot_users,
        snapshot_groups: fields.strings("snapshot_groups"),
        tags: tags::read(fields, "tags", "tag", "key"),
        snapshot_tags: tags::read(fields, "snapshot_tags", "snapshot_tag", "key"),
        skip_run_tags: fields.bool("skip_ami_run_tags"),
        block_devices: block_device::read(fields, "ami_block_device_mappings"),
        virtualization_type: optional(fields, "ami_virtualization_type"),
        copy_minutes: copy_minutes(fields),
        lifecycle,
        encryption,
        replace: replace(fields, force),
        skip_create: fields.bool("skip_create_ami"),
        skip_save_build_region: fields.bool("skip_save_build_region"),
        life: Life::default(),
    }
}

/// `ami_regions`, each once, in the template's order.
fn regions(fields: &mut Fields<'_>) -> Vec<Region> {
    let mut regions = Vec::new();
    for region in fields.strings("ami_regions").into_iter().map(Region::new) {
        if !regions.contains(&region) {
            regions.push(region);
        }
    }
    regions
}

/// Packer checks nothing here, and EC2 only once the first image is there.
fn copy_minutes(fields: &mut Fields<'_>) -> Option<i64> {
    const KEY: &str = "snapshot_copy_duration_minutes";
    let minutes = fields.integer(KEY)?;
    // https://docs.aws.amazon.com/ebs/latest/userguide/time-based-copies.html
    if minutes % 15 != 0 || !(15..=2880).contains(&minutes) {
        fields.warning(
            KEY,
            format!("EC2 takes 15 to 2880 minutes in steps of 15, so it will refuse the copies: {minutes}"),
        );
    }
    Some(minutes)
}

fn replace(fields: &mut Fields<'_>, force: Force) -> Replace {
    let deregister = fields.bool("force_deregister") || force == Force::Yes;
    let delete = fields.bool("force_delete_snapshot");
    match (deregister, delete) {
        (false, _) => Replace::Refuse,
        (true, false) => Replace::Deregister,
        (true, true) => Replace::DeregisterAndDeleteSnapshots,
    }
}
