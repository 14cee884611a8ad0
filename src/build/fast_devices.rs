//! The devices of an image that `CreateImage` would have made, but for the speed of its root. Pure.

use super::devices::Taken;
use crate::cloud::VolumeId;
use crate::cloud::image::{BlockDevice, EbsSettings, Image};

/// What of the machine goes into its image: its volumes, mapped as the source image and the template's launch mappings have
/// them, and the instance store volumes of these. A volume that neither maps was attached by hand; nothing but its name is known.
pub(super) fn taken(
    source: &Image,
    launched: &[BlockDevice],
    volumes: &[(String, VolumeId)],
) -> Vec<Taken> {
    let is_there = |name: &str| volumes.iter().any(|(device, _)| device == name);
    let mut mapped = mapped(source, launched);
    let root = source.root_device_name.as_deref();
    mapped.retain(|device| {
        let name = device.device_name.as_str();
        // A root that is not there is an error, and whoever takes its snapshot finds it.
        device.ebs.is_none() || is_there(name) || root == Some(name)
    });
    let names: Vec<String> = mapped
        .iter()
        .map(|device| device.device_name.clone())
        .collect();
    let by_hand = volumes
        .iter()
        .filter(|(device, _)| !names.contains(device))
        .map(|(device, _)| BlockDevice {
            device_name: device.clone(),
            ebs: Some(EbsSettings {
                delete_on_termination: Some(false),
                ..EbsSettings::default()
            }),
            ..BlockDevice::default()
        });
    let taken = mapped.into_iter().chain(by_hand).map(|mapping| Taken {
        launched: mapping.device_name.clone(),
        mapping,
    });
    taken.collect()
}

/// The template's `ami_block_device_mappings` as `CreateImage` takes them: a device that is there can be left out, or keep its
/// volume or not; all others are added.
pub(super) fn changed(machine: Vec<BlockDevice>, own: &[BlockDevice]) -> Vec<BlockDevice> {
    let of_name = |name: &str| own.iter().find(|device| device.device_name == name);
    let is_new = |device: &&BlockDevice| {
        !device.no_device
            && machine
                .iter()
                .all(|other| other.device_name != device.device_name)
    };
    let added: Vec<BlockDevice> = own.iter().filter(is_new).cloned().collect();
    let kept = machine.into_iter().filter_map(|device| {
        let Some(own) = of_name(&device.device_name) else {
            return Some(device);
        };
        let fate = own.ebs.as_ref().and_then(|ebs| ebs.delete_on_termination);
        let ebs = device.ebs.map(|ebs| EbsSettings {
            delete_on_termination: fate.or(ebs.delete_on_termination),
            ..ebs
        });
        (!own.no_device).then_some(BlockDevice { ebs, ..device })
    });
    kept.chain(added).collect()
}

/// A launch mapping over the source image's of the same device, as EC2 reads the two.
pub(super) fn over(own: &EbsSettings, launched: &EbsSettings) -> EbsSettings {
    let is_other_type = launched.volume_type.is_some() && launched.volume_type != own.volume_type;
    // Such a type may have no speed of its own, or another one.
    let speed = |own: Option<i32>| own.filter(|_| !is_other_type);
    // The size of a snapshot of the template's own is not known, but that it may be larger.
    let size = own.volume_size.filter(|_| launched.snapshot_id.is_none());
    EbsSettings {
        delete_on_termination: launched.delete_on_termination.or(own.delete_on_termination),
        encrypted: launched.encrypted.or(own.encrypted),
        kms_key_id: launched.kms_key_id.clone().or(own.kms_key_id.clone()),
        iops: launched.iops.or(speed(own.iops)),
        throughput: launched.throughput.or(speed(own.throughput)),
        snapshot_id: launched.snapshot_id.clone().or(own.snapshot_id.clone()),
        volume_size: launched.volume_size.or(size),
        volume_type: launched.volume_type.clone().or(own.volume_type.clone()),
    }
}

pub(super) fn mapped(source: &Image, launched: &[BlockDevice]) -> Vec<BlockDevice> {
    let of_name = |devices: &[BlockDevice], name: &str| {
        let mut found = devices.iter().filter(|device| device.device_name == name);
        found.next().cloned()
    };
    let own = source.block_devices.iter().map(|own| {
        let launched = of_name(launched, &own.device_name);
        match (&own.ebs, launched) {
            (_, None) => own.clone(),
            (Some(ebs), Some(launched)) => BlockDevice {
                ebs: launched.ebs.as_ref().map(|launched| over(ebs, launched)),
                ..launched
            },
            (None, Some(launched)) => launched,
        }
    });
    let more = launched
        .iter()
        .filter(|device| of_name(&source.block_devices, &device.device_name).is_none())
        .cloned();
    own.chain(more)
        .filter(|device| !device.no_device)
        .filter(|device| device.ebs.is_some() || device.virtual_name.is_some())
        .collect()
}

#[cfg(test)]
mod unit;
