//! Which devices the image of a surrogate volume has. Pure.

use crate::cloud::SnapshotId;
use crate::cloud::image::{BlockDevice, EbsSettings, Image};
use crate::plan::amazon::recipe::{RootDevice, Surrogate};

/// A device of the machine that goes into the image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Taken {
    /// What the machine calls it.
    pub(super) launched: String,
    /// What the image has of it.
    pub(super) mapping: BlockDevice,
}

/// The launch devices that go into the image. Those of `omit_from_artifact` do not, and neither does another one that has
/// the name of the new root.
pub(super) fn taken(launched: &[BlockDevice], surrogate: &Surrogate) -> Vec<Taken> {
    let root = &surrogate.root;
    let goes = |device: &&BlockDevice| {
        let name = &device.device_name;
        let hides_the_root = *name == root.name && *name != root.source;
        !surrogate.omitted.contains(name) && !hides_the_root
    };
    let devices = launched.iter().filter(goes).map(|device| Taken {
        launched: device.device_name.clone(),
        mapping: if device.device_name == root.source {
            as_root(device.clone(), root)
        } else {
            device.clone()
        },
    });
    devices.collect()
}

/// The image's own mappings, with the machine's over those of the same name.
pub(super) fn combined(own: &[BlockDevice], machine: Vec<BlockDevice>) -> Vec<BlockDevice> {
    let hidden = |device: &&BlockDevice| {
        machine
            .iter()
            .any(|other| other.device_name == device.device_name)
    };
    let own = own.iter().filter(|device| !hidden(device)).cloned();
    own.chain(machine.iter().cloned()).collect()
}

/// A device that is made from a snapshot: whether and how that is encrypted is the snapshot's.
pub(super) fn from_snapshot(mapping: BlockDevice, snapshot: SnapshotId) -> BlockDevice {
    let ebs = mapping.ebs.map(|ebs| EbsSettings {
        snapshot_id: Some(snapshot),
        encrypted: None,
        kms_key_id: None,
        ..ebs
    });
    BlockDevice { ebs, ..mapping }
}

/// A device of the machine in `CreateImage`, which makes the snapshot itself and takes no key.
pub(super) fn of_machine(mapping: BlockDevice) -> BlockDevice {
    let ebs = mapping.ebs.map(|ebs| EbsSettings {
        snapshot_id: None,
        kms_key_id: None,
        ..ebs
    });
    BlockDevice { ebs, ..mapping }
}

/// Snapshots that the template names: the image refers to them, but they are not the build's.
pub(super) fn named_snapshots(devices: &[BlockDevice]) -> Vec<String> {
    let ebs = devices.iter().filter_map(|device| device.ebs.as_ref());
    ebs.filter_map(|ebs| Some(ebs.snapshot_id.as_ref()?.to_string()))
        .collect()
}

/// The snapshots of an image of this template, but for those that the template names.
pub(super) fn own_snapshots(image: &Image, template: &[BlockDevice]) -> Vec<SnapshotId> {
    let named = named_snapshots(template);
    let mut snapshots = image.snapshots();
    snapshots.retain(|snapshot| !named.iter().any(|named| named == snapshot.as_str()));
    snapshots
}

/// `ami_root_device` over the launch mapping. Packer reads no more than the two names of it.
fn as_root(device: BlockDevice, root: &RootDevice) -> BlockDevice {
    let ebs = device.ebs.map(|launched| {
        let mut ebs = launched.clone();
        if root.volume_type.is_some() && root.volume_type != launched.volume_type {
            ebs.volume_type.clone_from(&root.volume_type);
            ebs.iops = None;
            ebs.throughput = None;
        }
        let takes_iops = matches!(ebs.volume_type.as_deref(), Some("io1" | "io2" | "gp3"));
        ebs.iops = root.iops.filter(|_| takes_iops).or(ebs.iops);
        // A root smaller than the volume that its snapshot was made of is none that EC2 makes.
        ebs.volume_size = root.volume_size.max(launched.volume_size);
        ebs.delete_on_termination = root
            .delete_on_termination
            .or(launched.delete_on_termination);
        ebs
    });
    BlockDevice {
        device_name: root.name.clone(),
        ebs,
        ..device
    }
}

#[cfg(test)]
mod unit {
    use super::*;
    use crate::plan::amazon::recipe::Method;

    fn device(name: &str, ebs: EbsSettings) -> BlockDevice {
        BlockDevice {
            device_name: name.to_owned(),
            ebs: Some(ebs),
            ..BlockDevice::default()
        }
    }

    fn sized(name: &str, size: i32) -> BlockDevice {
        device(
            name,
            EbsSettings {
                volume_size: Some(size),
                delete_on_termination: Some(true),
                ..EbsSettings::default()
            },
        )
    }

    fn surrogate(root: RootDevice, omitted: &[&str]) -> Surrogate {
        Surrogate {
            root: RootDevice {
                source: "/dev/xvdf".to_owned(),
                name: "/dev/xvda".to_owned(),
                ..root
            },
            omitted: omitted.iter().map(|name| (*name).to_owned()).collect(),
            method: Method::CreateImage,
        }
    }

    fn names(taken: &[Taken]) -> Vec<(&str, &str)> {
        let names = taken
            .iter()
            .map(|taken| (taken.launched.as_str(), taken.mapping.device_name.as_str()));
        names.collect()
    }

    #[test]
    fn the_source_becomes_the_root_whatever_had_that_name_and_omitted_devices_stay_out() {
        let launched = [
            sized("/dev/xvdf", 8),
            sized("/dev/xvda", 4),
            sized("/dev/xvdg", 2),
            sized("/dev/xvdh", 1),
        ];
        let taken = taken(&launched, &surrogate(RootDevice::default(), &["/dev/xvdh"]));
        assert_eq!(
            names(&taken),
            [("/dev/xvdf", "/dev/xvda"), ("/dev/xvdg", "/dev/xvdg")]
        );
    }

    #[test]
    fn a_machines_device_hides_the_images_own_of_that_name() {
        let own = [sized("/dev/xvda", 1), sized("/dev/xvdz", 2)];
        let combined = combined(&own, vec![sized("/dev/xvda", 8)]);
        assert_eq!(combined, [sized("/dev/xvdz", 2), sized("/dev/xvda", 8)]);
    }

    #[test]
    fn what_the_root_device_asks_for_goes_over_the_launch_mapping() {
        let root = RootDevice {
            delete_on_termination: Some(false),
            iops: Some(4000),
            volume_type: Some("gp3".to_owned()),
            volume_size: Some(20),
            ..RootDevice::default()
        };
        let launched = EbsSettings {
            volume_type: Some("io1".to_owned()),
            iops: Some(100),
            volume_size: Some(8),
            delete_on_termination: Some(true),
            ..EbsSettings::default()
        };
        let taken = taken(&[device("/dev/xvdf", launched)], &surrogate(root, &[]));
        let wanted = EbsSettings {
            volume_type: Some("gp3".to_owned()),
            iops: Some(4000),
            volume_size: Some(20),
            delete_on_termination: Some(false),
            ..EbsSettings::default()
        };
        assert_eq!(taken[0].mapping.ebs, Some(wanted));
    }

    #[test]
    fn the_root_is_never_smaller_than_its_volume_and_a_type_without_iops_has_none() {
        let root = RootDevice {
            volume_type: Some("standard".to_owned()),
            iops: Some(4000),
            volume_size: Some(2),
            ..RootDevice::default()
        };
        let taken = taken(&[sized("/dev/xvdf", 8)], &surrogate(root, &[]));
        let ebs = taken[0].mapping.ebs.as_ref().unwrap();
        assert_eq!((ebs.volume_size, ebs.iops), (Some(8), None));
    }

    #[test]
    fn a_snapshot_brings_its_own_encryption() {
        let ebs = EbsSettings {
            encrypted: Some(true),
            kms_key_id: Some("key".to_owned()),
            ..EbsSettings::default()
        };
        let made = from_snapshot(device("/dev/xvda", ebs), SnapshotId::new("snap-1"));
        let wanted = EbsSettings {
            snapshot_id: Some(SnapshotId::new("snap-1")),
            ..EbsSettings::default()
        };
        assert_eq!(made.ebs, Some(wanted));
    }
}
