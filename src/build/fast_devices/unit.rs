use super::*;
use crate::build::tests::fixture::source;

fn device(name: &str, ebs: EbsSettings) -> BlockDevice {
    BlockDevice {
        device_name: name.to_owned(),
        ebs: Some(ebs),
        ..BlockDevice::default()
    }
}

fn sized(size: i32) -> EbsSettings {
    EbsSettings {
        volume_size: Some(size),
        delete_on_termination: Some(true),
        ..EbsSettings::default()
    }
}

fn volumes(names: &[&str]) -> Vec<(String, VolumeId)> {
    let volume = |name: &&str| ((*name).to_owned(), VolumeId::new(format!("vol-{name}")));
    names.iter().map(volume).collect()
}

fn mappings(taken: Vec<Taken>) -> Vec<BlockDevice> {
    taken.into_iter().map(|taken| taken.mapping).collect()
}

#[test]
fn a_plain_machine_has_the_mapping_of_its_source() {
    let source = source();
    let taken = taken(&source, &[], &volumes(&["/dev/xvda"]));
    assert_eq!(mappings(taken), source.block_devices);
}

#[test]
fn the_launchs_size_goes_into_the_image_and_the_speed_stays_the_sources() {
    let mut source = source();
    let own = source.block_devices[0].ebs.as_mut().unwrap();
    (own.volume_type, own.iops) = (Some("gp3".to_owned()), Some(3_500));
    let launched = [
        device("/dev/xvda", sized(20)),
        device("/dev/xvdf", sized(1)),
    ];
    let taken = mappings(taken(
        &source,
        &launched,
        &volumes(&["/dev/xvda", "/dev/xvdf"]),
    ));
    let root = taken[0].ebs.as_ref().unwrap();
    assert_eq!(
        (root.volume_size, root.volume_type.as_deref(), root.iops),
        (Some(20), Some("gp3"), Some(3_500))
    );
    assert_eq!(taken[2], launched[1]);
}

#[test]
fn another_type_has_no_speed_of_the_sources() {
    let own = EbsSettings {
        volume_type: Some("io1".to_owned()),
        iops: Some(5_000),
        ..sized(8)
    };
    let launched = EbsSettings {
        volume_type: Some("gp2".to_owned()),
        ..EbsSettings::default()
    };
    assert_eq!(over(&own, &launched).iops, None);
    assert_eq!(over(&own, &sized(9)).iops, Some(5_000));
}

#[test]
fn what_is_left_out_of_the_machine_or_came_off_is_not_in_the_image() {
    let nothing = BlockDevice {
        device_name: "/dev/sdb".to_owned(),
        no_device: true,
        ..BlockDevice::default()
    };
    let launched = [nothing, device("/dev/xvdf", sized(1))];
    let taken = mappings(taken(&source(), &launched, &volumes(&["/dev/xvda"])));
    assert_eq!(taken, source().block_devices[..1]);
}

#[test]
fn a_volume_that_was_attached_by_hand_is_in_the_image_too() {
    let taken = taken(&source(), &[], &volumes(&["/dev/xvda", "/dev/xvdz"]));
    let last = &taken.last().unwrap().mapping;
    assert_eq!(last.device_name, "/dev/xvdz");
    let ebs = last.ebs.as_ref().unwrap();
    assert_eq!(ebs.delete_on_termination, Some(false));
}

#[test]
fn a_root_that_came_off_is_still_asked_for() {
    let taken = taken(&source(), &[], &[]);
    assert_eq!(taken[0].launched, "/dev/xvda");
}

#[test]
fn an_image_mapping_adds_devices_and_changes_nothing_of_a_volume_but_its_fate() {
    let own = [
        device(
            "/dev/xvda",
            EbsSettings {
                volume_size: Some(99),
                delete_on_termination: Some(false),
                ..EbsSettings::default()
            },
        ),
        device("/dev/xvdz", sized(3)),
        BlockDevice {
            device_name: "/dev/xvdf".to_owned(),
            no_device: true,
            ..BlockDevice::default()
        },
        BlockDevice {
            device_name: "/dev/nothing".to_owned(),
            no_device: true,
            ..BlockDevice::default()
        },
    ];
    let machine = vec![device("/dev/xvda", sized(8)), device("/dev/xvdf", sized(1))];
    let root = EbsSettings {
        delete_on_termination: Some(false),
        ..sized(8)
    };
    assert_eq!(
        changed(machine, &own),
        [device("/dev/xvda", root), own[1].clone()]
    );
}
