//! `launch_block_device_mappings`, `ami_block_device_mappings` and `no_ephemeral`.

use std::ops::RangeInclusive;

use super::access::optional;
use crate::cloud::SnapshotId;
use crate::cloud::image::{BlockDevice, EbsSettings};
use crate::template::fields::Fields;

/// IOPS that EC2 takes for io1 and io2, in Packer's words.
const PROVISIONED_IOPS: RangeInclusive<i32> = 100..=64_000;
/// IOPS of gp3.
const GP3_IOPS: RangeInclusive<i32> = 3_000..=16_000;
/// MiB a second of gp3.
const GP3_THROUGHPUT: RangeInclusive<i32> = 125..=1_000;

/// The mappings under `key`.
pub(super) fn read(fields: &mut Fields<'_>, key: &str) -> Vec<BlockDevice> {
    let device = |mut block: Fields<'_>| {
        let device = keys(&mut block);
        block.finish();
        device
    };
    fields.blocks(key).into_iter().map(device).collect()
}

/// `no_ephemeral`: xvdca to xvdcz are left out, so that a Windows image shows no instance store volumes.
pub(super) fn no_ephemeral() -> impl Iterator<Item = BlockDevice> {
    ('a'..='z').map(|letter| BlockDevice {
        device_name: format!("xvdc{letter}"),
        no_device: true,
        ..BlockDevice::default()
    })
}

/// All eleven keys of one mapping, as they stand.
struct Keys {
    device_name: String,
    virtual_name: Option<String>,
    no_device: bool,
    delete_on_termination: bool,
    encrypted: Option<bool>,
    kms_key_id: Option<String>,
    iops: Option<i32>,
    throughput: Option<i32>,
    snapshot_id: Option<String>,
    volume_size: i32,
    volume_type: Option<String>,
}

/// The eleven keys that every block device has. Its own `finish` has to be called.
pub(super) fn keys(block: &mut Fields<'_>) -> BlockDevice {
    let keys = Keys {
        device_name: block.text("device_name"),
        virtual_name: optional(block, "virtual_name"),
        no_device: block.bool("no_device"),
        delete_on_termination: block.bool("delete_on_termination"),
        encrypted: block.tristate("encrypted"),
        kms_key_id: optional(block, "kms_key_id"),
        iops: number(block, "iops"),
        throughput: number(block, "throughput"),
        snapshot_id: optional(block, "snapshot_id"),
        volume_size: number(block, "volume_size").unwrap_or(0),
        volume_type: optional(block, "volume_type"),
    };
    check(block, &keys);
    mapping(keys)
}

pub(super) fn number(block: &mut Fields<'_>, key: &str) -> Option<i32> {
    let number = block.integer(key)?;
    let small = i32::try_from(number).ok();
    if small.is_none() {
        block.problem(key, format!("{key} is out of range: {number}"));
    }
    small
}

/// Packer's rules; of one device it reports the first, we report all.
fn check(block: &Fields<'_>, keys: &Keys) {
    let name = &keys.device_name;
    if name.is_empty() {
        block.problem(
            "device_name",
            "The `device_name` must be specified for every device in the block device mapping.",
        );
    }
    if keys.kms_key_id.is_some() && keys.encrypted == Some(false) {
        block.problem(
            "encrypted",
            format!(
                "The device {name}, must also have `encrypted: true` when setting a kms_key_id."
            ),
        );
    }
    let kind = keys.volume_type.as_deref().unwrap_or_default();
    match kind {
        "io1" => check_provisioned(block, keys, 50),
        "io2" => check_provisioned(block, keys, 500),
        "gp3" => {
            check_range(block, "iops", keys.iops, GP3_IOPS, name);
            check_range(block, "throughput", keys.throughput, GP3_THROUGHPUT, name);
        }
        _ if keys.iops.is_some_and(|iops| iops != 0) => {
            block.warning(
                "iops",
                format!(
                    "`iops` has no effect on a {} volume, in Packer neither",
                    described(kind)
                ),
            );
        }
        _ => {}
    }
    if kind != "gp3" && keys.throughput.is_some() {
        block.problem(
            "throughput",
            format!(
                "Throughput is only valid for gp3 volumes, {name:?} is of type {}",
                described(kind)
            ),
        );
    }
}

fn described(kind: &str) -> &str {
    if kind.is_empty() { "default" } else { kind }
}

/// io1 and io2: only where the size is known can the ratio be checked, and only there does Packer check the range.
fn check_provisioned(block: &Fields<'_>, keys: &Keys, ratio: i32) {
    let (Some(iops), true) = (keys.iops, keys.volume_size != 0) else {
        return;
    };
    let (name, kind) = (
        &keys.device_name,
        keys.volume_type.as_deref().unwrap_or_default(),
    );
    if iops
        .checked_div(keys.volume_size)
        .is_some_and(|actual| actual > ratio)
    {
        block.problem(
            "iops",
            format!("{name}: the maximum ratio of provisioned IOPS to requested volume size (in GiB) is {ratio}:1 for {kind} volumes"),
        );
    }
    check_range(block, "iops", Some(iops), PROVISIONED_IOPS, name);
}

fn check_range(
    block: &Fields<'_>,
    key: &str,
    value: Option<i32>,
    range: RangeInclusive<i32>,
    name: &str,
) {
    let Some(value) = value.filter(|value| !range.contains(value)) else {
        return;
    };
    let what = if key == "iops" { "IOPS" } else { "Throughput" };
    block.problem(
        key,
        format!(
            "{what} must be between {} and {} for device {name}, not {value}",
            range.start(),
            range.end()
        ),
    );
}

/// What EC2 is sent, by Packer's rules: a device that is left out has nothing else; an instance store volume has no EBS settings.
fn mapping(keys: Keys) -> BlockDevice {
    let bare = BlockDevice {
        device_name: keys.device_name,
        ..BlockDevice::default()
    };
    if keys.no_device {
        return BlockDevice {
            no_device: true,
            ..bare
        };
    }
    if let Some(name) = keys.virtual_name {
        return BlockDevice {
            virtual_name: name.starts_with("ephemeral").then_some(name),
            ..bare
        };
    }
    let kind = keys.volume_type.as_deref().unwrap_or_default();
    let ebs = EbsSettings {
        delete_on_termination: Some(keys.delete_on_termination),
        encrypted: keys.encrypted,
        kms_key_id: keys.kms_key_id,
        iops: keys.iops.filter(|_| ["io1", "io2", "gp3"].contains(&kind)),
        throughput: keys.throughput.filter(|_| kind == "gp3"),
        snapshot_id: keys.snapshot_id.map(SnapshotId::new),
        volume_size: (keys.volume_size > 0).then_some(keys.volume_size),
        volume_type: keys.volume_type,
    };
    BlockDevice {
        ebs: Some(ebs),
        ..bare
    }
}
