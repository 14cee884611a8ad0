//! Block device mappings, beside the devices that the image has already.

use super::super::place::{Outcome, Refused};
use super::volume;
use crate::cloud::SnapshotId;
use crate::cloud::image::{BlockDevice, EbsSettings};

/// EC2's own choice where nothing names a type.
const USUAL_TYPE: &str = "gp2";

/// The devices of a request: `own` are the image's, `root` is its root's name, and `size_of` tells how large a snapshot is,
/// where that is known.
pub(in super::super) fn check(
    asked: &[BlockDevice],
    own: &[BlockDevice],
    root: Option<&str>,
    size_of: impl Fn(&SnapshotId) -> Option<i32>,
) -> Outcome<()> {
    for (number, device) in asked.iter().enumerate() {
        let name = device.device_name.as_str();
        if asked[..number]
            .iter()
            .any(|other| other.device_name == name)
        {
            return refused(format!("Duplicate device name '{name}'"));
        }
        if let Some(ebs) = device.ebs.as_ref().filter(|_| !device.no_device) {
            let base = own.iter().find(|other| other.device_name == name);
            let base = base.and_then(|other| other.ebs.as_ref());
            one((name, ebs), base, &size_of)?;
            if root == Some(name) && !volume::boots(&volume_type(ebs, base)) {
                let kind = volume_type(ebs, base);
                return refused(format!(
                    "A volume of type {kind} cannot be the root '{name}'"
                ));
            }
        }
    }
    Ok(())
}

fn one(
    (name, ebs): (&str, &EbsSettings),
    base: Option<&EbsSettings>,
    size_of: impl Fn(&SnapshotId) -> Option<i32>,
) -> Outcome<()> {
    if ebs.kms_key_id.is_some() && ebs.encrypted != Some(true) {
        return Err(Refused::new(
            "InvalidParameterDependency",
            "The parameter KmsKeyId requires the parameter Encrypted to be set.",
        ));
    }
    let of_base = base.and_then(|base| base.volume_size);
    let own_snapshot = ebs.snapshot_id.as_ref();
    let of_snapshot = match own_snapshot {
        Some(snapshot) => size_of(snapshot),
        None => of_base,
    };
    if let (Some(size), Some(least)) = (ebs.volume_size, of_snapshot)
        && size < least
    {
        return refused(format!(
            "Volume of size {size}GB is smaller than snapshot of '{name}', expect size>= {least}GB"
        ));
    }
    let has_snapshot = own_snapshot.is_some() || base.is_some();
    if ebs.volume_size.is_none() && !has_snapshot {
        return Err(Refused::new(
            "MissingParameter",
            format!("The request must contain the parameter size or snapshotId: '{name}'"),
        ));
    }
    let size = ebs.volume_size.or(of_snapshot);
    volume::check(&volume_type(ebs, base), size, ebs)
}

fn volume_type(ebs: &EbsSettings, base: Option<&EbsSettings>) -> String {
    let of_base = || base.and_then(|base| base.volume_type.clone());
    let asked = ebs.volume_type.clone().filter(|kind| !kind.is_empty());
    asked
        .or_else(of_base)
        .unwrap_or_else(|| USUAL_TYPE.to_owned())
}

fn refused(why: String) -> Outcome<()> {
    Err(Refused::new("InvalidBlockDeviceMapping", why))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(name: &str, change: impl FnOnce(&mut EbsSettings)) -> BlockDevice {
        let mut ebs = EbsSettings {
            volume_size: Some(8),
            ..EbsSettings::default()
        };
        change(&mut ebs);
        BlockDevice {
            device_name: name.to_owned(),
            ebs: Some(ebs),
            ..BlockDevice::default()
        }
    }

    fn code(asked: &[BlockDevice]) -> String {
        let own = [device("/dev/xvda", |_| {})];
        let size_of = |id: &SnapshotId| (id.as_str() == "snap-9").then_some(9);
        let checked = check(asked, &own, Some("/dev/xvda"), size_of);
        checked
            .err()
            .map_or_else(|| "fine".to_owned(), |refused| refused.code)
    }

    #[test]
    fn no_name_stands_there_twice() {
        let one = || device("/dev/xvdf", |_| {});
        assert_eq!(code(&[one()]), "fine");
        assert_eq!(code(&[one(), one()]), "InvalidBlockDeviceMapping");
    }

    #[test]
    fn no_volume_is_smaller_than_its_snapshot() {
        let of_nine = |size| {
            device("/dev/xvdf", |ebs| {
                ebs.snapshot_id = Some(SnapshotId::new("snap-9"));
                ebs.volume_size = size;
            })
        };
        assert_eq!(code(&[of_nine(Some(8))]), "InvalidBlockDeviceMapping");
        assert_eq!(code(&[of_nine(Some(9))]), "fine");
        assert_eq!(code(&[of_nine(None)]), "fine");
        let root = device("/dev/xvda", |ebs| ebs.volume_size = Some(7));
        assert_eq!(code(&[root]), "InvalidBlockDeviceMapping");
    }

    #[test]
    fn a_volume_of_nothing_needs_a_size() {
        let without = |name| device(name, |ebs| ebs.volume_size = None);
        assert_eq!(code(&[without("/dev/xvdf")]), "MissingParameter");
        assert_eq!(code(&[without("/dev/xvda")]), "fine", "the image's has one");
    }

    #[test]
    fn a_key_needs_encryption() {
        let with_key = |encrypted| {
            device("/dev/xvdf", |ebs| {
                ebs.kms_key_id = Some("alias/mine".to_owned());
                ebs.encrypted = encrypted;
            })
        };
        assert_eq!(code(&[with_key(None)]), "InvalidParameterDependency");
        assert_eq!(code(&[with_key(Some(true))]), "fine");
    }

    #[test]
    fn nothing_boots_from_a_magnetic_volume() {
        let slow = |name| {
            device(name, |ebs| {
                ebs.volume_size = Some(500);
                ebs.volume_type = Some("st1".to_owned());
            })
        };
        assert_eq!(code(&[slow("/dev/xvdf")]), "fine");
        assert_eq!(code(&[slow("/dev/xvda")]), "InvalidBlockDeviceMapping");
    }
}
