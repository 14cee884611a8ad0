use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::Instant;

use super::bucket::Bucket;
use super::pacer::Pacer;
use super::*;
use crate::cloud::api::{AccountCalls, ImageCalls, InstanceCalls};
use crate::cloud::error::Refusal;
use crate::cloud::image::ImageQuery;
use crate::cloud::instance::{RunInstance, ShutdownBehavior};
use crate::cloud::launch_terms::LaunchTerms;
use crate::cloud::model::{Fault, ModelCloud, Pace, SOURCE_IMAGE};
use crate::cloud::{ImageId, InstanceId, Region, Tags};
use crate::ledger::Claim;

fn region() -> Region {
    Region::new("eu-west-1")
}

fn holder() -> Holder {
    Holder {
        endpoint: None,
        account: Some("123456789012".to_owned()),
        caller: Some("arn:aws:iam::123456789012:user/builder".to_owned()),
    }
}

/// The model, and as two builds see it.
fn two_builds() -> (ModelCloud, Shared<ModelCloud>, Shared<ModelCloud>) {
    let (cloud, accounts) = (ModelCloud::new(Pace::default()), Accounts::default());
    let one = accounts.share(cloud.clone(), &holder());
    let other = accounts.share(cloud.clone(), &holder());
    (cloud, one, other)
}

fn request() -> RunInstance {
    RunInstance {
        image: ImageId::new(SOURCE_IMAGE),
        instance_type: "t3.micro".to_owned(),
        key_name: None,
        subnet: None,
        groups: Vec::new(),
        associate_public_ip_address: None,
        iam_instance_profile: None,
        user_data: None,
        block_devices: Vec::new(),
        availability_zone: None,
        ebs_optimized: false,
        metadata: None,
        shutdown_behavior: ShutdownBehavior::Terminate,
        credit_specification: None,
        terms: LaunchTerms::default(),
        instance_tags: Tags::new(),
        volume_tags: Tags::new(),
    }
}

/// The model makes one machine for a token.
async fn launch(cloud: &ModelCloud, token: &str) -> InstanceId {
    let claim = Claim::for_tests(token, Tags::new());
    cloud
        .run_instance(&region(), &claim, &request())
        .await
        .unwrap()
        .id
}

fn describes(cloud: &ModelCloud) -> usize {
    let calls = cloud.calls();
    calls
        .iter()
        .filter(|call| call.starts_with("Describe"))
        .count()
}

#[tokio::test(start_paused = true)]
async fn a_question_by_itself_is_asked_at_once() {
    let (cloud, build, _) = two_builds();
    let id = launch(&cloud, "one").await;
    let begin = Instant::now();
    let found = build
        .instances(&region(), std::slice::from_ref(&id), &Vec::new())
        .await;
    assert_eq!(found.unwrap()[0].id, id);
    assert_eq!(begin.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn what_is_asked_within_a_tick_is_one_call_for_all_builds() {
    let (cloud, one, other) = two_builds();
    let ids = [launch(&cloud, "one").await, launch(&cloud, "two").await];
    // The first question opens the tick.
    one.instances(&region(), &ids[..1], &Vec::new())
        .await
        .unwrap();
    let asked = describes(&cloud);
    let begin = Instant::now();
    let all = (0..30).map(|number| {
        let (build, id) = (
            if number % 2 == 0 { &one } else { &other },
            &ids[number % 2],
        );
        async move {
            let id = std::slice::from_ref(id);
            build.instances(&region(), id, &Vec::new()).await.unwrap()[0].id == id[0]
        }
    });
    assert!(join_all(all).await.into_iter().all(|own| own));
    assert_eq!(describes(&cloud), asked + 1);
    assert!(begin.elapsed() <= desk::TICK);
}

#[tokio::test(start_paused = true)]
async fn an_id_that_ec2_does_not_know_is_refused_to_its_asker_alone() {
    let (cloud, one, other) = two_builds();
    let known = launch(&cloud, "one").await;
    one.instances(&region(), std::slice::from_ref(&known), &Vec::new())
        .await
        .unwrap();
    let place = region();
    let (unknown, filters) = (InstanceId::new("i-0000000000000dead"), Vec::new());
    let (there, missing) = tokio::join!(
        one.instances(&place, std::slice::from_ref(&known), &filters),
        other.instances(&place, std::slice::from_ref(&unknown), &filters),
    );
    assert_eq!(there.unwrap()[0].id, known);
    let missing = missing.unwrap_err();
    assert!(missing.is(Refusal::NotFound), "{missing}");
    assert_eq!(missing.code(), Some("InvalidInstanceID.NotFound"));
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_told_to_all_who_asked() {
    let (cloud, one, other) = two_builds();
    let id = launch(&cloud, "one").await;
    one.instances(&region(), std::slice::from_ref(&id), &Vec::new())
        .await
        .unwrap();
    cloud.fail_always("DescribeInstances", Fault::LostRequest);
    let (place, ids, filters) = (region(), [id], Vec::new());
    let (first, second) = tokio::join!(
        one.instances(&place, &ids, &filters),
        other.instances(&place, &ids, &filters),
    );
    assert!(first.unwrap_err().effect_is_unknown());
    assert!(second.unwrap_err().effect_is_unknown());
}

#[tokio::test(start_paused = true)]
async fn who_stops_waiting_takes_the_answer_from_nobody() {
    let (cloud, one, other) = two_builds();
    let id = launch(&cloud, "one").await;
    one.instances(&region(), std::slice::from_ref(&id), &Vec::new())
        .await
        .unwrap();
    let (place, ids, filters) = (region(), [id], Vec::new());
    // Asks first and goes before the tick is over.
    let gone = tokio::time::timeout(
        Duration::from_millis(100),
        one.instances(&place, &ids, &filters),
    );
    let (gone, there) = tokio::join!(gone, other.instances(&place, &ids, &filters));
    assert!(gone.is_err());
    assert_eq!(there.unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn other_peoples_images_are_asked_for_as_they_were() {
    let (cloud, build, _) = two_builds();
    let query = ImageQuery {
        ids: vec![ImageId::new(SOURCE_IMAGE)],
        ..ImageQuery::default()
    };
    assert_eq!(build.images(&region(), &query).await.unwrap().len(), 1);
    assert_eq!(describes(&cloud), 1);
}

#[tokio::test(start_paused = true)]
async fn calls_beyond_a_bucket_wait_until_it_is_full_enough() {
    let (cloud, one, other) = two_builds();
    cloud.throttle();
    let id = launch(&cloud, "one").await;
    let (place, begin) = (region(), Instant::now());
    let ids = [id.to_string()];
    let tags = Tags::from([("Name".to_owned(), "web".to_owned())]);
    let calls = (0..150).map(|number| {
        let build = if number % 2 == 0 { &one } else { &other };
        build.create_tags(&place, &ids, &tags)
    });
    assert!(join_all(calls).await.into_iter().all(|done| done.is_ok()));
    assert_eq!(cloud.throttled(), 0);
    // 100 at once and 10 a second; a tenth of it stays in reserve.
    let took = begin.elapsed();
    assert!(
        took > Duration::from_secs(5) && took < Duration::from_secs(8),
        "{took:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_is_left_out_while_the_launches_need_their_tokens() {
    let (cloud, build, _) = two_builds();
    cloud.throttle();
    let mut tried = 0;
    for _ in 0..10 {
        match build.try_run_instance(&region(), &request()).await {
            Ok(()) => tried += 1,
            Err(error) => assert!(!error.effect_is_unknown(), "{error}"),
        }
    }
    assert!((1..=3).contains(&tried), "{tried} dry runs");
    assert_eq!(cloud.throttled(), 0);
}

#[tokio::test(start_paused = true)]
async fn calls_come_slower_for_a_minute_after_ec2_throttled_nonetheless() {
    let pacer = Pacer::default();
    let twenty = || async {
        let begin = Instant::now();
        for _ in 0..20 {
            pacer.turn(Bucket::Tags, &region()).await;
        }
        begin.elapsed()
    };
    assert_eq!(twenty().await, Duration::ZERO);
    pacer.throttled(Bucket::Tags, &region());
    let slow = twenty().await;
    assert!(slow > Duration::from_secs(3), "{slow:?}");
    tokio::time::sleep(Duration::from_secs(70)).await;
    assert_eq!(twenty().await, Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn an_account_is_paced_as_one_whoever_asks() {
    let (cloud, accounts) = (ModelCloud::new(Pace::default()), Accounts::default());
    let someone_else = Holder {
        caller: Some("arn:aws:iam::123456789012:user/somebody".to_owned()),
        ..holder()
    };
    let one = accounts.share(cloud.clone(), &holder());
    let other = accounts.share(cloud.clone(), &someone_else);
    cloud.throttle();
    let place = region();
    let calls = (0..60).map(|number| {
        let build = if number % 2 == 0 { &one } else { &other };
        build.regions(&place)
    });
    join_all(calls).await;
    let calls = (0..60).map(|_| one.regions(&place));
    join_all(calls).await;
    assert_eq!(cloud.throttled(), 0);
}
