//! Builds that go well.

use super::bench::{Bench, HOME};
use super::fixture::{everywhere, settings};
use crate::cloud::Region;
use crate::cloud::model::{Fault, Pace};
use crate::stop::Stop;

#[tokio::test(start_paused = true)]
async fn a_build_leaves_its_image_and_nothing_else() {
    let bench = Bench::new();
    let ended = bench.run(&Stop::never()).await;
    let finished = ended.finished();
    assert_eq!(finished.len(), 1);
    assert_eq!(bench.cloud.left_behind(&finished), Vec::<String>::new());
    assert_eq!(
        bench.cloud.left_behind(&[]).len(),
        2,
        "the image and its snapshot"
    );
    assert!(!ended.settled.has_leftovers());
    assert_eq!(bench.journal(), None);
}

#[tokio::test(start_paused = true)]
async fn the_longest_way_leaves_an_image_in_every_region() {
    let bench = Bench::with(everywhere());
    let ended = bench.run(&Stop::never()).await;
    let finished = ended.finished();
    assert_eq!(finished.len(), 2, "the intermediate image is gone");
    assert_eq!(bench.cloud.left_behind(&finished), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn things_that_show_late_hinder_nothing() {
    let bench = Bench::with(everywhere());
    bench.cloud.set_pace(Pace {
        looks: 3,
        hidden: 4,
    });
    let ended = bench.run(&Stop::never()).await;
    let finished = ended.finished();
    assert_eq!(finished.len(), 2);
    assert_eq!(bench.cloud.left_behind(&finished), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn the_image_has_its_tags_from_the_creating_call_and_a_mark_that_it_stays() {
    let bench = Bench::new();
    let ended = bench.run(&Stop::never()).await;
    let image = &ended.finished()[0];
    let tags = bench
        .cloud
        .tags_of(&Region::new(HOME), image.as_str())
        .unwrap();
    assert_eq!(tags["Release"], "1");
    assert_eq!(tags["Name"], "of base-image-1");
    assert_eq!(tags["ami-build:deadline"], "kept");
}

#[tokio::test(start_paused = true)]
async fn the_machine_goes_before_the_copies_are_awaited() {
    let bench = Bench::with(everywhere());
    bench.run(&Stop::never()).await.outcome.unwrap();
    let calls = bench.cloud.calls();
    let position = |name: &str| {
        calls
            .iter()
            .position(|call| call.starts_with(name))
            .unwrap()
    };
    assert!(
        position("TerminateInstances") < position("CopyImage"),
        "{calls:#?}"
    );
}

#[tokio::test(start_paused = true)]
async fn an_image_is_shared_only_after_it_is_tagged() {
    let bench = Bench::with(everywhere());
    let ended = bench.run(&Stop::never()).await;
    for (region, image) in &ended.outcome.unwrap().unwrap().images {
        assert_eq!(bench.cloud.launchers(region, image), ["210987654321"]);
        assert_eq!(
            bench.cloud.tags_of(region, image.as_str()).unwrap()["Release"],
            "1"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn where_a_key_may_not_be_imported_ec2_makes_it() {
    let bench = Bench::new();
    bench
        .cloud
        .fail_always("ImportKeyPair", Fault::Refused("UnauthorizedOperation"));
    let ended = bench.run(&Stop::never()).await;
    assert!(
        bench
            .cloud
            .calls()
            .iter()
            .any(|call| call.starts_with("CreateKeyPair"))
    );
    assert_eq!(
        bench.cloud.left_behind(&ended.finished()),
        Vec::<String>::new()
    );
}

#[tokio::test(start_paused = true)]
async fn checks_that_the_caller_may_not_make_are_left_out() {
    let bench = Bench::new();
    for call in [
        "DescribeRegions",
        "DescribeVpcs",
        "DescribeKeyPairs",
        "GetConsoleOutput",
    ] {
        bench
            .cloud
            .fail_always(call, Fault::Refused("UnauthorizedOperation"));
    }
    assert!(bench.run(&Stop::never()).await.outcome.is_ok());
}

#[tokio::test(start_paused = true)]
async fn without_an_image_the_machine_is_stopped_and_goes() {
    let mut settings = settings();
    settings.image.skip_create = true;
    let bench = Bench::with(settings);
    let ended = bench.run(&Stop::never()).await;
    assert!(ended.outcome.unwrap().is_none());
    assert_eq!(bench.cloud.left_behind(&[]), Vec::<String>::new());
}
