//! Which images there are at the end, and which are gone.

use super::bench::Bench;
use super::fixture::settings;
use crate::build::BuildError;
use crate::cloud::image::{BlockDevice, EbsSettings as Ebs};
use crate::cloud::model::Fault;
use crate::cloud::{ImageId, Region};
use crate::plan::amazon::fast_launch_settings::FastLaunch;
use crate::plan::amazon::settings::{EbsSettings, Replace};
use crate::stop::Stop;

/// Builds once, so that the name is taken, and gives a bench of the same world that is to build again.
async fn second(settings: EbsSettings) -> (Bench, ImageId) {
    let first = Bench::new();
    let old = first.run(&Stop::never()).await.finished().remove(0);
    let second = Bench {
        cloud: first.cloud.clone(),
        build_id: "b-2",
        ..Bench::with(settings)
    };
    (second, old)
}

fn replacing() -> EbsSettings {
    let mut settings = settings();
    settings.image.replace = Replace::DeregisterAndDeleteSnapshots;
    settings
}

#[tokio::test(start_paused = true)]
async fn a_name_that_is_taken_is_refused_before_anything_is_made() {
    let (bench, old) = second(settings()).await;
    let ended = bench.run(&Stop::never()).await;
    let error = ended.outcome.unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("AMI Name: 'web-1' is used by an existing AMI: ami-"),
        "{error}"
    );
    assert_eq!(bench.cloud.left_behind(&[old]), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_name_that_is_taken_in_a_copys_region_is_refused_too() {
    let mut copied = settings();
    copied.image.regions = vec![Region::new("us-east-1")];
    let first = Bench::with(copied.clone());
    first.run(&Stop::never()).await.outcome.unwrap();
    copied.image.skip_save_build_region = true;
    let bench = Bench {
        cloud: first.cloud.clone(),
        build_id: "b-2",
        ..Bench::with(copied)
    };
    let error = bench.run(&Stop::never()).await.outcome.unwrap_err();
    assert!(
        matches!(&error, BuildError::NameTaken { region, .. } if region.as_str() == "us-east-1"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn force_deregister_replaces_the_old_image_and_its_snapshots() {
    let (bench, _) = second(replacing()).await;
    let ended = bench.run(&Stop::never()).await;
    assert_eq!(
        bench.cloud.left_behind(&ended.finished()),
        Vec::<String>::new()
    );
    assert_eq!(
        bench.cloud.left_behind(&[]).len(),
        2,
        "one image, one snapshot"
    );
}

/// EC2 gives a copy of an encrypted image the default key, with which it cannot be shared.
#[tokio::test(start_paused = true)]
async fn an_encrypted_image_is_not_copied_to_take_an_old_ones_name() {
    let mut encrypted = replacing();
    encrypted.launch.block_devices = vec![BlockDevice {
        device_name: "/dev/sdf".to_owned(),
        ebs: Some(Ebs {
            encrypted: Some(true),
            delete_on_termination: Some(true),
            volume_size: Some(1),
            ..Ebs::default()
        }),
        ..BlockDevice::default()
    }];
    let (bench, _) = second(encrypted).await;
    let before = bench.cloud.calls().len();
    let ended = bench.run(&Stop::never()).await;
    let calls = bench.cloud.calls().split_off(before);
    let place = |name: &str| calls.iter().position(|call| call.starts_with(name));
    assert_eq!(place("CopyImage"), None);
    assert!(place("DeregisterImage") < place("CreateImage"), "{calls:?}");
    assert_eq!(
        bench.cloud.left_behind(&ended.finished()),
        Vec::<String>::new(),
        "the old snapshot is gone too"
    );
}

#[tokio::test(start_paused = true)]
async fn an_old_snapshot_that_cannot_be_deleted_costs_no_new_image() {
    let (bench, _) = second(replacing()).await;
    let first = bench.cloud.left_behind(&[]);
    let old = first.iter().find(|place| place.contains("/snap-")).unwrap();
    // The first one is the old snapshot; the intermediate image's goes once the build is over.
    let calls = {
        let (probe, _) = second(replacing()).await;
        probe.run(&Stop::never()).await.outcome.unwrap();
        probe.cloud.calls()
    };
    let number = calls
        .iter()
        .position(|call| call.starts_with("DeleteSnapshot"));
    bench
        .cloud
        .fail_at(number.unwrap() + 1, Fault::Refused("InvalidSnapshot.InUse"));
    let ended = bench.run(&Stop::never()).await;
    assert_eq!(ended.finished().len(), 1);
    let left = bench.cloud.left_behind(&ended.finished());
    assert_eq!(left, std::slice::from_ref(old));
}

#[tokio::test(start_paused = true)]
async fn the_old_image_stays_where_the_new_one_cannot_be_made() {
    let (bench, old) = second(replacing()).await;
    bench
        .cloud
        .fail_always("CreateImage", Fault::Refused("InvalidParameterValue"));
    let ended = bench.run(&Stop::never()).await;
    assert!(ended.outcome.is_err());
    assert_eq!(
        bench.cloud.left_behind(&[]).len(),
        2,
        "the old image and its snapshot"
    );
    assert_eq!(bench.cloud.left_behind(&[old]), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn an_image_that_is_not_saved_in_the_build_region_is_only_elsewhere() {
    let mut settings = settings();
    settings.image.regions = vec![Region::new("us-east-1")];
    settings.image.skip_save_build_region = true;
    let bench = Bench::with(settings);
    let ended = bench.run(&Stop::never()).await;
    let built = ended.outcome.as_ref().unwrap().as_ref().unwrap();
    assert_eq!(
        built.images.keys().map(Region::as_str).collect::<Vec<_>>(),
        ["us-east-1"]
    );
    assert_eq!(
        bench.cloud.left_behind(&ended.finished()),
        Vec::<String>::new()
    );
}

#[tokio::test(start_paused = true)]
async fn a_destroyed_result_leaves_neither_image_nor_snapshot() {
    let bench = Bench::with(super::fixture::everywhere());
    let built = bench.run(&Stop::never()).await.outcome.unwrap().unwrap();
    crate::build::destroy(&bench.cloud, &built.images, &bench.settings.image)
        .await
        .unwrap();
    assert_eq!(bench.cloud.left_behind(&[]), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_destroyed_result_takes_its_fast_launch_along() {
    let mut fast = settings();
    fast.image.lifecycle.fast_launch = Some(FastLaunch::default());
    let bench = Bench::with(fast);
    let built = bench.run(&Stop::never()).await.outcome.unwrap().unwrap();
    crate::build::destroy(&bench.cloud, &built.images, &bench.settings.image)
        .await
        .unwrap();
    assert_eq!(bench.cloud.left_behind(&[]), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_snapshot_that_cannot_be_destroyed_keeps_no_other_one() {
    let bench = Bench::with(super::fixture::everywhere());
    let built = bench.run(&Stop::never()).await.outcome.unwrap().unwrap();
    let refused = Fault::Refused("UnauthorizedOperation");
    bench.cloud.fail_always("DeleteSnapshot", refused);
    let destroyed = crate::build::destroy(&bench.cloud, &built.images, &bench.settings.image).await;
    let snapshots: usize = built.snapshots.values().map(Vec::len).sum();
    assert_eq!(destroyed.unwrap_err().len(), snapshots);
}

#[tokio::test(start_paused = true)]
async fn a_volume_that_the_template_maps_itself_outlives_the_machine() {
    use crate::cloud::image::{BlockDevice, EbsSettings as Ebs};
    let mut settings = settings();
    let own = Ebs {
        delete_on_termination: Some(false),
        volume_size: Some(1),
        ..Ebs::default()
    };
    settings.launch.block_devices = vec![BlockDevice {
        device_name: "/dev/sdf".to_owned(),
        ebs: Some(own),
        ..BlockDevice::default()
    }];
    let bench = Bench::with(settings);
    let ended = bench.run(&Stop::never()).await;
    let left = bench.cloud.left_behind(&ended.finished());
    assert!(left.len() == 1 && left[0].contains("/vol-"), "{left:?}");
}
