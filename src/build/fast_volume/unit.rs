use super::*;
use crate::build::tests::fixture::{settings, source};

fn fast() -> EbsSettings {
    EbsSettings {
        recipe: Recipe::FastVolume,
        ..settings()
    }
}

fn with_root(ebs: Ebs) -> EbsSettings {
    let mut settings = fast();
    settings.launch.block_devices = vec![BlockDevice {
        device_name: "/dev/xvda".to_owned(),
        ebs: Some(ebs),
        ..BlockDevice::default()
    }];
    settings
}

fn launched_root(settings: &EbsSettings) -> Ebs {
    let devices = launched(settings, &source());
    mapping(&devices, "/dev/xvda").unwrap().ebs.clone().unwrap()
}

#[test]
fn a_root_that_the_template_does_not_map_is_the_sources_but_for_its_speed() {
    let wanted = Ebs {
        volume_type: Some("gp3".to_owned()),
        iops: Some(4_000),
        throughput: Some(1_000),
        volume_size: Some(8),
        delete_on_termination: Some(true),
        ..Ebs::default()
    };
    assert_eq!(launched_root(&fast()), wanted);
}

#[test]
fn what_the_template_says_of_the_root_stays_and_its_size_decides_on_the_speed() {
    let root = Ebs {
        volume_size: Some(20),
        delete_on_termination: Some(false),
        encrypted: Some(true),
        kms_key_id: Some("key".to_owned()),
        ..Ebs::default()
    };
    let wanted = Ebs {
        volume_type: Some("gp3".to_owned()),
        iops: Some(10_000),
        throughput: Some(1_000),
        ..root.clone()
    };
    assert_eq!(launched_root(&with_root(root)), wanted);
}

#[test]
fn a_root_of_a_snapshot_of_unknown_size_gets_what_every_size_may_have() {
    let root = Ebs {
        snapshot_id: Some(crate::cloud::SnapshotId::new("snap-2")),
        ..Ebs::default()
    };
    let launched = launched_root(&with_root(root));
    assert_eq!((launched.volume_size, launched.iops), (None, Some(3_000)));
}

#[test]
fn without_the_key_nothing_is_changed_or_refused() {
    let mut windows = source();
    windows.traits.platform_details = Some("Windows".to_owned());
    assert!(check(&settings(), &windows).is_ok());
    assert_eq!(launched(&settings(), &source()), []);
    assert_eq!(speed(&settings(), &source()), None);
}

#[test]
fn a_speed_of_the_templates_own_is_not_overruled() {
    let given = [
        Ebs {
            volume_type: Some("gp3".to_owned()),
            ..Ebs::default()
        },
        Ebs {
            iops: Some(3_000),
            ..Ebs::default()
        },
        Ebs {
            throughput: Some(125),
            ..Ebs::default()
        },
    ];
    for root in given {
        let error = check(&with_root(root), &source()).unwrap_err();
        assert!(
            matches!(&error, BuildError::RootSpeedGiven(name) if name == "/dev/xvda"),
            "{error}"
        );
        assert!(error.hint().is_some());
    }
}

/// What is different about an image.
type Change = fn(&mut Image);

#[test]
fn what_a_registered_image_would_lose_is_refused_by_name() {
    let changes: [(Change, &str); 7] = [
        (
            |image| image.traits.platform_details = Some("Red Hat Enterprise Linux".to_owned()),
            "its platform is `Red Hat Enterprise Linux`",
        ),
        (
            |image| image.traits.platform_details = None,
            "its platform is `unknown`",
        ),
        (
            |image| image.traits.usage_operation = Some("RunInstances:0002".to_owned()),
            "billed as `RunInstances:0002`",
        ),
        (
            |image| image.traits.product_codes = vec!["abc".to_owned()],
            "product codes: `abc`",
        ),
        (
            |image| image.virtualization_type = "paravirtual".to_owned(),
            "`paravirtual`, not `hvm`",
        ),
        (|image| image.root_device_name = None, "root device"),
        (
            |image| image.block_devices.truncate(0),
            "not among its EBS volumes",
        ),
    ];
    for (change, told) in changes {
        let mut source = source();
        change(&mut source);
        let error = check(&fast(), &source).unwrap_err();
        assert!(error.to_string().contains(told), "{error}");
        assert!(error.hint().is_some());
    }
    assert!(check(&fast(), &source()).is_ok());
}

#[test]
fn a_source_that_is_fast_itself_is_built_as_ever_whatever_it_is() {
    let mut source = source();
    source.traits.platform_details = Some("Windows".to_owned());
    if let Some(ebs) = &mut source.block_devices[0].ebs {
        ebs.volume_type = Some("io2".to_owned());
    }
    assert!(check(&fast(), &source).is_ok());
    assert_eq!(launched(&fast(), &source), []);
}
