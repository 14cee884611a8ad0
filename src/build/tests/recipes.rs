//! `amazon-ebssurrogate`, `amazon-ebsvolume` and `fast_build_volume`: what stays of them, and how it looks.

use super::bench::{Bench, HOME};
use super::fixture::{fast, registered, swapped, volumes, with_own_keys};
use crate::build::{BuildError, Built, destroy, destroy_volumes};
use crate::cloud::api::ImageCalls as _;
use crate::cloud::image::{BlockDevice, EbsSettings as Ebs, Image, ImageQuery};
use crate::cloud::model::{Fault, ModelCloud};
use crate::cloud::volume::CreateSnapshot;
use crate::cloud::volume_calls::VolumeCalls as _;
use crate::cloud::{Region, SnapshotId, Tags, VolumeId};
use crate::ledger::Claim;
use crate::plan::amazon::recipe::Recipe;
use crate::plan::amazon::settings::EbsSettings;
use crate::stop::Stop;

fn home() -> Region {
    Region::new(HOME)
}

async fn built(bench: &Bench) -> Built {
    bench.run(&Stop::never()).await.outcome.unwrap().unwrap()
}

async fn image(cloud: &ModelCloud, built: &Built) -> Image {
    let query = ImageQuery {
        ids: vec![built.images[&home()].clone()],
        ..ImageQuery::default()
    };
    cloud.images(&home(), &query).await.unwrap().remove(0)
}

fn names(image: &Image) -> Vec<&str> {
    let devices = image.block_devices.iter();
    devices.map(|device| device.device_name.as_str()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_registered_image_has_the_surrogate_as_its_root_and_nothing_else_stays() {
    let bench = Bench::with(registered());
    let built = built(&bench).await;
    let image = image(&bench.cloud, &built).await;
    assert_eq!(image.root_device_name.as_deref(), Some("/dev/xvda"));
    assert_eq!(
        names(&image),
        ["/dev/xvda", "/dev/xvdg"],
        "the third is omitted"
    );
    assert_eq!(image.architecture, "arm64");
    assert_eq!(image.tags["Name"], "of base-image-1", "run_tags");
    assert_eq!(image.tags["ami-build:deadline"], "kept");
    for snapshot in image.snapshots() {
        let tags = bench.cloud.tags_of(&home(), snapshot.as_str()).unwrap();
        assert_eq!(
            (
                tags["Release"].as_str(),
                tags["ami-build:deadline"].as_str()
            ),
            ("1", "kept")
        );
    }
    assert_eq!(bench.left(), Vec::<String>::new());
    assert_eq!(bench.journal(), None);
}

#[tokio::test(start_paused = true)]
async fn the_snapshots_of_an_image_that_was_only_copied_from_go_with_it() {
    let mut settings = registered();
    settings.image.encryption = with_own_keys(&settings.image.regions);
    let bench = Bench::with(settings);
    let built = built(&bench).await;
    assert_eq!(built.images.len(), 2);
    assert_eq!(bench.left(), Vec::<String>::new());
    let copied = |snapshot: &&String| snapshot.contains("/snap-");
    let left = bench.cloud.left_behind(&[]);
    assert_eq!(
        left.iter().filter(copied).count(),
        4,
        "two of each copy: {left:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_snapshot_that_the_template_names_is_never_deleted() {
    let mut bench = Bench::with(registered());
    let mine = users_snapshot(&bench.cloud).await;
    bench.settings.image.block_devices = vec![naming(&mine)];
    bench.cloud.fail_always(
        "ModifyImageAttribute",
        Fault::Refused("InvalidParameterValue"),
    );
    let ended = bench.run(&Stop::never()).await;
    assert!(ended.outcome.is_err());
    let left = bench.left();
    assert!(
        left.iter().any(|place| place.ends_with(mine.as_str())),
        "{left:?}"
    );
    assert!(
        !left.iter().any(|place| place.contains("/ami-")),
        "{left:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_snapshot_that_the_template_names_outlives_a_destroyed_image() {
    let mut bench = Bench::with(registered());
    let mine = users_snapshot(&bench.cloud).await;
    bench.settings.image.block_devices = vec![naming(&mine)];
    bench.settings.image.regions = Vec::new();
    let built = bench.run(&Stop::never()).await.outcome.unwrap().unwrap();
    destroy(&bench.cloud, &built.images, &bench.settings.image)
        .await
        .unwrap();
    let left = bench.cloud.left_behind(&[]);
    assert!(
        left.iter().any(|place| place.ends_with(mine.as_str())),
        "{left:?}"
    );
}

/// A device of an image that comes of the user's snapshot.
fn naming(snapshot: &SnapshotId) -> BlockDevice {
    BlockDevice {
        device_name: "/dev/xvdz".to_owned(),
        ebs: Some(Ebs {
            snapshot_id: Some(snapshot.clone()),
            ..Ebs::default()
        }),
        ..BlockDevice::default()
    }
}

/// A snapshot that no build made: of a volume that an earlier one left.
async fn users_snapshot(cloud: &ModelCloud) -> SnapshotId {
    let earlier = Bench {
        cloud: cloud.clone(),
        build_id: "b-0",
        ..Bench::with(volumes())
    };
    earlier.run(&Stop::never()).await.outcome.unwrap();
    let request = CreateSnapshot {
        volume: VolumeId::new(&earlier.stays()[0]),
        description: "mine".to_owned(),
        tags: Tags::new(),
    };
    let claim = Claim::for_tests("mine", Tags::new());
    let made = cloud.create_snapshot(&home(), &claim, &request).await;
    let made = made.unwrap();
    let ids = std::slice::from_ref(&made);
    // Its state moves with the number of looks.
    for _ in 0..4 {
        cloud.snapshots(&home(), ids, &Vec::new()).await.unwrap();
    }
    made
}

#[tokio::test(start_paused = true)]
async fn a_swapped_root_is_in_the_image_and_the_volumes_that_came_off_go() {
    let bench = Bench::with(swapped());
    let built = built(&bench).await;
    let mut devices = names(&image(&bench.cloud, &built).await)
        .into_iter()
        .map(str::to_owned)
        .collect::<Vec<_>>();
    devices.sort();
    assert_eq!(devices, ["/dev/xvda", "/dev/xvdg"]);
    assert_eq!(bench.left(), Vec::<String>::new());
    let calls = bench.cloud.calls();
    let count = |name: &str| calls.iter().filter(|call| call.starts_with(name)).count();
    assert_eq!(
        count("DetachVolume"),
        3,
        "the old root, the new one, the omitted one"
    );
    assert_eq!(
        (count("AttachVolume"), count("ModifyInstanceAttribute")),
        (1, 1)
    );
}

#[tokio::test(start_paused = true)]
async fn a_swapped_volume_that_the_template_keeps_stays() {
    let mut settings = swapped();
    if let Some(ebs) = &mut settings.launch.block_devices[2].ebs {
        ebs.delete_on_termination = Some(false);
    }
    let bench = Bench::with(settings);
    built(&bench).await;
    let left = bench.left();
    assert!(left.len() == 1 && left[0].contains("/vol-"), "{left:?}");
}

#[tokio::test(start_paused = true)]
async fn a_root_that_is_no_volume_is_told_by_its_name() {
    let mut settings = registered();
    settings.launch.block_devices[0].no_device = true;
    for recipe in [settings.clone(), with_swap(settings)] {
        let bench = Bench::with(recipe);
        let error = bench.run(&Stop::never()).await.outcome.unwrap_err();
        assert!(
            matches!(&error, BuildError::NoVolume(device) if device == "/dev/xvdf"),
            "{error}"
        );
        assert_eq!(bench.left(), Vec::<String>::new());
    }
}

fn with_swap(settings: EbsSettings) -> EbsSettings {
    EbsSettings {
        recipe: swapped().recipe,
        ..settings
    }
}

#[tokio::test(start_paused = true)]
async fn a_volume_stays_with_its_own_tags_and_its_snapshot() {
    let bench = Bench::with(volumes());
    let ended = bench.run(&Stop::never()).await;
    ended.outcome.unwrap();
    assert_eq!(bench.left(), Vec::<String>::new());
    let stays = bench.stays();
    assert_eq!(stays.len(), 2, "one volume, one snapshot: {stays:?}");
    let tags = |id: &str| bench.cloud.tags_of(&home(), id).unwrap();
    let volume = tags(&stays[0]);
    assert_eq!(volume["Own"], "of ami-00000000000000001");
    assert!(!volume.contains_key("Temporary"), "{volume:?}");
    assert_eq!(volume["ami-build:deadline"], "kept");
    assert_eq!(tags(&stays[1])["Own"], "snapshot");
}

#[tokio::test(start_paused = true)]
async fn a_failed_build_leaves_none_of_the_volumes() {
    let bench = Bench::with(volumes());
    bench
        .cloud
        .fail_always("CreateSnapshot", Fault::Refused("SnapshotLimitExceeded"));
    let error = bench.run(&Stop::never()).await.outcome.unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("cannot create the snapshot of `vol-"),
        "{error}"
    );
    assert_eq!(bench.cloud.left_behind(&[]), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn snapshots_that_come_too_fast_are_asked_for_again() {
    let bench = Bench::with(volumes());
    let calls = Bench::count_calls(volumes()).await;
    let plain = bench.run(&Stop::never()).await;
    plain.outcome.unwrap();
    let number = bench
        .cloud
        .calls()
        .iter()
        .position(|call| call.starts_with("CreateSnapshot"))
        .unwrap()
        + 1;
    let bench = Bench::with(volumes());
    bench.cloud.fail_at(
        number,
        Fault::Refused("SnapshotCreationPerVolumeRateExceeded"),
    );
    bench.run(&Stop::never()).await.outcome.unwrap();
    assert_eq!(bench.cloud.calls().len(), calls + 1);
}

#[tokio::test(start_paused = true)]
async fn destroyed_volumes_take_their_snapshots_along() {
    let bench = Bench::with(volumes());
    bench.run(&Stop::never()).await.outcome.unwrap();
    let stays = bench.stays();
    let (volume, snapshot) = (VolumeId::new(&stays[0]), SnapshotId::new(&stays[1]));
    destroy_volumes(&bench.cloud, &home(), &[volume], &[snapshot])
        .await
        .unwrap();
    assert_eq!(bench.cloud.left_behind(&[]), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_broken_tag_of_a_volume_costs_no_machine() {
    let mut settings = volumes();
    if let Recipe::Volumes(volumes) = &mut settings.recipe {
        volumes[0]
            .tags
            .insert("Broken".to_owned(), "{{ .SourceAMI".to_owned());
    }
    let bench = Bench::with(settings);
    let error = bench.run(&Stop::never()).await.outcome.unwrap_err();
    assert!(
        matches!(
            error,
            BuildError::LateText {
                key: "ebs_volumes",
                ..
            }
        ),
        "{error}"
    );
    let calls = bench.cloud.calls();
    assert!(!calls.iter().any(|call| call.starts_with("ImportKeyPair")));
}

/// The source's and the image's root: its settings, but for the snapshot.
fn root(image: &Image) -> Ebs {
    let name = image.root_device_name.as_deref().unwrap();
    let mut devices = image.block_devices.iter();
    let root = devices.find(|device| device.device_name == name).unwrap();
    Ebs {
        snapshot_id: None,
        ..root.ebs.clone().unwrap()
    }
}

#[tokio::test(start_paused = true)]
async fn an_image_of_a_fast_volume_is_like_its_source_and_the_build_says_what_it_cost() {
    let mut settings = fast();
    settings.image.regions = Vec::new();
    let bench = Bench::with(settings);
    let built = built(&bench).await;
    let image = image(&bench.cloud, &built).await;
    assert_eq!(root(&image), root(&built.source));
    assert_eq!(names(&image), ["/dev/xvda", "/dev/xvdf"]);
    assert_eq!(image.traits, built.source.traits);
    assert_eq!(image.tags["Name"], "of base-image-1", "run_tags");
    let told = built.fast_volume.clone().unwrap();
    assert_eq!((told.speed.iops, told.speed.throughput), (4_000, 1_000));
    assert!(told.lived > told.snapshots, "{told:?}");
    let said = bench.said.lock().unwrap().clone();
    assert!(said.contains(&told.to_string()), "{said}");
    let calls = bench.cloud.calls();
    let count = |name: &str| calls.iter().filter(|call| call.starts_with(name)).count();
    assert_eq!((count("CreateImage"), count("RegisterImage")), (0, 1));
    assert_eq!(count("CreateSnapshot"), 2);
    assert_eq!(count("GetInstanceUefiData"), 2, "before and after");
    assert_eq!(bench.left(), Vec::<String>::new());
    assert_eq!(bench.journal(), None);
}

#[tokio::test(start_paused = true)]
async fn the_uefi_variables_that_nobody_may_read_end_a_fast_build_before_its_provisioners() {
    let bench = Bench::with(fast());
    let denied = Fault::Refused("UnauthorizedOperation");
    bench.cloud.fail_always("GetInstanceUefiData", denied);
    let error = bench.run(&Stop::never()).await.outcome.unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("cannot read the UEFI variables of `i-"),
        "{error}"
    );
    let calls = bench.cloud.calls();
    assert!(!calls.iter().any(|call| call.starts_with("StopInstances")));
    assert_eq!(bench.left(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_fast_build_whose_root_has_a_speed_is_refused_before_anything_is_made() {
    let mut settings = fast();
    settings.launch.block_devices[0].device_name = "/dev/xvda".to_owned();
    if let Some(ebs) = &mut settings.launch.block_devices[0].ebs {
        ebs.iops = Some(3_000);
    }
    let bench = Bench::with(settings);
    let error = bench.run(&Stop::never()).await.outcome.unwrap_err();
    assert!(matches!(error, BuildError::RootSpeedGiven(_)), "{error}");
    let calls = bench.cloud.calls();
    let reads = |call: &&String| call.starts_with("Describe") || call.starts_with("Get");
    assert_eq!(calls.iter().filter(reads).count(), calls.len(), "{calls:?}");
}
