//! Which tags are on what, in which partition.

use super::bench::{Bench, HOME};
use super::fixture::{everywhere, settings};
use crate::cloud::{Region, Tags};
use crate::plan::amazon::settings::{EbsSettings, Replace};
use crate::stop::Stop;

const CHINA: &str = "cn-north-1";
const GOVERNMENT: &str = "us-gov-west-1";

fn tagged() -> EbsSettings {
    let mut settings = settings();
    settings.image.skip_region_validation = true;
    settings.image.snapshot_tags = [("Snapshot".to_owned(), "s".to_owned())].into();
    settings.launch.run_volume_tags = [("Volume".to_owned(), "v".to_owned())].into();
    settings
}

fn keys(tags: &Tags) -> Vec<&str> {
    let own = tags.keys().map(String::as_str);
    own.filter(|key| !key.starts_with("ami-build:")).collect()
}

/// The keys on the image and on its snapshots in a region, after a build there.
async fn built_in(region: &'static str, settings: EbsSettings) -> (Vec<String>, Vec<String>) {
    let bench = Bench {
        region,
        ..Bench::with(settings)
    };
    let built = bench.run(&Stop::never()).await.outcome.unwrap().unwrap();
    of_image(&bench, &built, &Region::new(region))
}

fn of_image(
    bench: &Bench,
    built: &crate::build::Built,
    region: &Region,
) -> (Vec<String>, Vec<String>) {
    let tags = |id: &str| {
        let tags = bench.cloud.tags_of(region, id).unwrap();
        keys(&tags).into_iter().map(str::to_owned).collect()
    };
    (
        tags(built.images[region].as_str()),
        tags(built.snapshots[region][0].as_str()),
    )
}

#[tokio::test(start_paused = true)]
async fn run_tags_reach_image_and_snapshots_unless_they_are_skipped() {
    let (image, snapshots) = built_in(HOME, tagged()).await;
    assert_eq!(image, ["Name", "Release"]);
    assert_eq!(snapshots, ["Name", "Release", "Snapshot"]);
    let mut skipping = tagged();
    skipping.image.skip_run_tags = true;
    let (image, snapshots) = built_in(HOME, skipping).await;
    assert_eq!(image, ["Release"]);
    assert_eq!(snapshots, ["Release", "Snapshot"]);
}

#[tokio::test(start_paused = true)]
async fn a_copy_inherits_run_tags_and_its_snapshots_do_not() {
    let bench = Bench::with(everywhere());
    let built = bench.run(&Stop::never()).await.outcome.unwrap().unwrap();
    let (image, snapshots) = of_image(&bench, &built, &Region::new("us-east-1"));
    assert_eq!(image, ["Name", "Release"]);
    assert_eq!(snapshots, ["Release"]);
}

#[tokio::test(start_paused = true)]
async fn an_image_that_takes_an_old_ones_name_has_the_same_tags_as_one_that_need_not() {
    let first = Bench::with(tagged());
    first.run(&Stop::never()).await.outcome.unwrap();
    let mut replacing = tagged();
    replacing.image.replace = Replace::Deregister;
    let bench = Bench {
        cloud: first.cloud.clone(),
        build_id: "b-2",
        ..Bench::with(replacing)
    };
    let built = bench.run(&Stop::never()).await.outcome.unwrap().unwrap();
    let (image, snapshots) = of_image(&bench, &built, &Region::new(HOME));
    assert_eq!(image, ["Name", "Release"]);
    assert_eq!(snapshots, ["Name", "Release", "Snapshot"]);
}

#[tokio::test(start_paused = true)]
async fn in_china_and_govcloud_run_tags_do_not_reach_the_image() {
    for region in [CHINA, GOVERNMENT] {
        let (image, snapshots) = built_in(region, tagged()).await;
        assert_eq!(image, ["Release"], "{region}");
        assert_eq!(snapshots, ["Release", "Snapshot"], "{region}");
    }
}

#[tokio::test(start_paused = true)]
async fn in_china_volumes_and_interfaces_are_tagged_once_the_machine_runs() {
    let bench = Bench {
        region: CHINA,
        ..Bench::with(tagged())
    };
    let ledger = bench.ledger();
    bench
        .cloud
        .fail_always("StopInstances", crate::cloud::model::Fault::Refused("Nope"));
    assert!(bench.build(&ledger, &Stop::never()).await.is_err());
    let region = Region::new(CHINA);
    let left = bench.cloud.left_behind(&[]);
    let id = |kind: &str| {
        let prefix = format!("{CHINA}/{kind}-");
        let found = left.iter().find(|thing| thing.starts_with(&prefix));
        found.unwrap().rsplit('/').next().unwrap().to_owned()
    };
    let volume = bench.cloud.tags_of(&region, &id("vol")).unwrap();
    assert_eq!(keys(&volume), ["Volume"]);
    let interface = id("i").replace("i-", "eni-");
    let interface = bench.cloud.tags_of(&region, &interface).unwrap();
    assert_eq!(keys(&interface), ["Name"]);
    let _settled = super::bench::settle(ledger, &bench.cloud, &Stop::never()).await;
    assert_eq!(bench.cloud.left_behind(&[]), Vec::<String>::new());
}
