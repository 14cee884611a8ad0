//! What is asked of machine and image besides their making: attributes, deprecation, protection, fast launch.

use std::collections::BTreeMap;

use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use super::bench::{Bench, HOME, stop_at};
use super::fixture::{everywhere, settings};
use crate::cloud::lifecycle::{Cooldown, NetworkSupport, TemplateName, Toggle};
use crate::cloud::model::Fault;
use crate::cloud::{ImageId, Region};
use crate::plan::amazon::fast_launch_settings::{FastLaunch, InRegion, TemplateChoice};
use crate::plan::amazon::settings::{EbsSettings, Lifecycle, Replace};
use crate::stop::Stop;

/// The longest way, with everything that can be asked of an image.
pub(super) fn all_asked() -> EbsSettings {
    let mut settings = everywhere();
    settings.launch.network_support = vec![NetworkSupport::Sriov, NetworkSupport::Ena(Toggle::On)];
    let image = &mut settings.image;
    image.organizations = vec!["arn:org".to_owned()];
    image.organizational_units = vec!["arn:ou".to_owned()];
    image.snapshot_users = vec!["210987654321".to_owned()];
    image.copy_minutes = Some(15);
    image.lifecycle = Lifecycle {
        imds_support: Some("v2.0".to_owned()),
        deprecate_at: Some(OffsetDateTime::now_utc() + Duration::days(365)),
        protection: Some(Cooldown::None),
        product_codes: vec!["code".to_owned()],
        fast_launch: Some(FastLaunch {
            max_parallel_launches: Some(6),
            ..FastLaunch::default()
        }),
    };
    settings
}

fn with_template(version: i64) -> EbsSettings {
    let mut settings = everywhere();
    let choice = TemplateChoice {
        name: TemplateName::Id("lt-1".to_owned()),
        version: Some(version),
    };
    let regions = BTreeMap::from([(Region::new("us-east-1"), InRegion::On(Some(choice)))]);
    settings.image.lifecycle.fast_launch = Some(FastLaunch {
        regions,
        ..FastLaunch::default()
    });
    settings
}

/// Where each name of a call comes first.
fn position(calls: &[String], name: &str) -> usize {
    let found = calls.iter().position(|call| call.starts_with(name));
    found.unwrap_or_else(|| panic!("no {name} in {calls:#?}"))
}

#[tokio::test(start_paused = true)]
async fn every_image_gets_all_that_is_asked_for_in_its_region() {
    let settings = all_asked();
    let deprecate_at = settings.image.lifecycle.deprecate_at;
    let bench = Bench::with(settings);
    let ended = bench.run(&Stop::never()).await;
    let images = ended.outcome.unwrap().unwrap().images;
    assert_eq!(images.len(), 2);
    for (region, image) in &images {
        let facts = bench.cloud.facts_of(region, image);
        assert_eq!(facts.imds_support.as_deref(), Some("v2.0"), "{region}");
        assert_eq!(facts.product_codes, ["code"], "{region}");
        assert_eq!(facts.deprecated_at, deprecate_at, "{region}");
        assert_eq!(
            bench.cloud.launchers(region, image),
            ["210987654321", "arn:org", "arn:ou"]
        );
        let launch = bench.cloud.fast_launch_of(region, image).unwrap();
        assert_eq!(launch.max_parallel_launches, Some(6), "{region}");
        assert!(bench.cloud.is_protected(region, image), "{region}");
    }
}

#[tokio::test(start_paused = true)]
async fn enhanced_networking_is_switched_between_stop_and_image() {
    let bench = Bench::with(all_asked());
    bench.run(&Stop::never()).await.outcome.unwrap();
    let calls = bench.cloud.calls();
    let modified = position(&calls, "ModifyInstanceAttribute");
    assert!(position(&calls, "StopInstances") < modified);
    assert!(modified < position(&calls, "CreateImage"));
}

#[tokio::test(start_paused = true)]
async fn protection_comes_after_everything_that_can_fail() {
    let bench = Bench::with(all_asked());
    bench.run(&Stop::never()).await.outcome.unwrap();
    let calls = bench.cloud.calls();
    let protected = position(&calls, "EnableImageDeregistrationProtection");
    for name in [
        "CopyImage",
        "ModifySnapshotAttribute",
        "CreateTags",
        "EnableFastLaunch",
    ] {
        let last = calls.iter().rposition(|call| call.starts_with(name));
        assert!(last.unwrap() < protected, "{name} in {calls:#?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_image_that_was_protected_before_another_region_failed_is_removed() {
    let bench = Bench::with(all_asked());
    bench.run(&Stop::never()).await.outcome.unwrap();
    let calls = bench.cloud.calls();
    let name = "EnableImageDeregistrationProtection";
    let second = calls
        .iter()
        .rposition(|call| call.starts_with(name))
        .unwrap()
        + 1;
    let bench = Bench::with(all_asked());
    bench
        .cloud
        .fail_at(second, Fault::Refused("UnauthorizedOperation"));
    let ended = bench.run(&Stop::never()).await;
    assert!(ended.outcome.is_err());
    let lifted = "DisableImageDeregistrationProtection";
    position(&bench.cloud.calls(), lifted);
    assert_eq!(bench.cloud.left_behind(&[]), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn fast_launch_that_does_not_come_about_fails_the_build_with_ec2s_reason() {
    let bench = Bench::with(all_asked());
    bench.cloud.fail_fast_launch("no default VPC");
    let ended = bench.run(&Stop::never()).await;
    let error = crate::error::chain(&ended.outcome.unwrap_err());
    assert!(error.contains("no default VPC"), "{error}");
    assert_eq!(bench.cloud.left_behind(&[]), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_launch_template_is_looked_up_before_anything_is_made() {
    let bench = Bench::with(with_template(3));
    let east = Region::new("us-east-1");
    bench.cloud.add_launch_template(&east, "lt-1", 2);
    let error = bench.run(&Stop::never()).await.outcome.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("higher than the latest launch template version (2)"),
        "{error}"
    );
    let calls = bench.cloud.calls();
    assert!(!calls.iter().any(|call| call.starts_with("ImportKeyPair")));
}

#[tokio::test(start_paused = true)]
async fn each_region_has_its_own_launch_template_or_ec2s_defaults() {
    let bench = Bench::with(with_template(2));
    let east = Region::new("us-east-1");
    bench.cloud.add_launch_template(&east, "lt-1", 2);
    let built = bench.run(&Stop::never()).await.outcome.unwrap().unwrap();
    let asked = |region: &Region| {
        let launch = bench.cloud.fast_launch_of(region, &built.images[region]);
        launch.unwrap().template
    };
    assert_eq!(asked(&east), Some(("lt-1".to_owned(), 2)));
    assert_eq!(asked(&Region::new(HOME)), None);
}

#[tokio::test(start_paused = true)]
async fn a_deprecation_in_the_past_is_refused_before_anything_is_made() {
    let mut settings = settings();
    settings.image.lifecycle.deprecate_at = Some(datetime!(2020-01-01 00:00 UTC));
    let bench = Bench::with(settings);
    let error = bench.run(&Stop::never()).await.outcome.unwrap_err();
    assert!(error.to_string().contains("in the past"), "{error}");
    assert_eq!(bench.cloud.calls(), [] as [&str; 0]);
}

/// Builds a protected image, then again with `force_deregister`.
async fn over_a_protected_image() -> (Bench, ImageId) {
    let mut protecting = settings();
    protecting.image.lifecycle.protection = Some(Cooldown::OneDay);
    let first = Bench::with(protecting);
    let old = first.run(&Stop::never()).await.finished().remove(0);
    let mut replacing = settings();
    replacing.image.replace = Replace::Deregister;
    let second = Bench {
        cloud: first.cloud.clone(),
        build_id: "b-2",
        ..Bench::with(replacing)
    };
    (second, old)
}

#[tokio::test(start_paused = true)]
async fn an_old_image_that_is_protected_is_told_before_the_launch() {
    let (bench, old) = over_a_protected_image().await;
    let error = bench.run(&Stop::never()).await.outcome.unwrap_err();
    assert!(error.to_string().contains(old.as_str()), "{error}");
    assert!(
        error
            .hint()
            .unwrap()
            .contains("disable-image-deregistration-protection")
    );
    let launches = bench.cloud.calls();
    let launches = launches
        .iter()
        .filter(|call| call.starts_with("RunInstances"));
    assert_eq!(
        launches.count(),
        2,
        "a dry run and a launch, of the first build"
    );
    assert_eq!(bench.cloud.left_behind(&[old]), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn why_a_call_was_not_allowed_is_decoded_where_the_template_asks_for_it() {
    let mut settings = settings();
    settings.access.decode_authorization_messages = true;
    let bench = Bench::with(settings);
    let denied = Fault::Refused("UnauthorizedOperation");
    bench.cloud.fail_always("CreateImage", denied.clone());
    let error = bench.run(&Stop::never()).await.outcome.unwrap_err();
    let error = crate::error::chain(&error);
    assert!(
        error.contains(r#""encoded":"model-CreateImage""#),
        "{error}"
    );

    let bench = Bench::new();
    bench.cloud.fail_always("CreateImage", denied);
    let error = bench.run(&Stop::never()).await.outcome.unwrap_err();
    let error = crate::error::chain(&error);
    assert!(
        error.contains("Encoded authorization failure message"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_stop_while_anything_is_asked_of_the_image_leaves_nothing() {
    for number in 1..=Bench::count_calls(all_asked()).await {
        let bench = Bench::with(all_asked());
        let stop = stop_at(&bench.cloud, number);
        let ended = bench.run(&stop).await;
        bench.settle_journal().await;
        let left = bench.cloud.left_behind(&ended.finished());
        assert_eq!(left, Vec::<String>::new(), "after a stop at call {number}");
    }
}
