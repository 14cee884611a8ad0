//! Many builds side by side in one process and one account.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::Instant;

use super::bench::{Bench, settle};
use super::fixture::settings;
use crate::cloud::Region;
use crate::cloud::model::{ModelCloud, Pace};
use crate::cloud::shared::{Accounts, Holder};
use crate::stop::Stop;

const BUILDS: usize = 30;
/// What a build costs when thirty of them share what they ask. A rise needs a reason.
const CALLS_OF_ONE_IN_THIRTY: usize = 48;
/// What a build costs that is alone, in a cloud whose states take twenty seconds each.
const CALLS_OF_ONE_ALONE: usize = 213;

/// Builds that share one account, whose states take twenty seconds each.
async fn side_by_side(builds: usize) -> (ModelCloud, Duration) {
    let (cloud, accounts) = (ModelCloud::new(Pace::default()), Accounts::default());
    cloud.take_time(Duration::from_secs(20));
    cloud.throttle();
    let benches: Vec<Bench> = (0..builds).map(|number| bench(&cloud, number)).collect();
    let begin = Instant::now();
    let all = benches.iter().map(async |bench| {
        let shared = accounts.share(cloud.clone(), &holder());
        let (ledger, stop) = (bench.ledger(), Stop::never());
        let built = Box::pin(bench.build_in((&shared, &bench.dial), &ledger, &stop)).await;
        assert!(built.is_ok_and(|built| built.is_some()));
        let settled = settle(ledger, &shared, &stop).await;
        assert!(!settled.has_leftovers(), "{:?}", settled.remaining());
    });
    join_all(all).await;
    (cloud, begin.elapsed())
}

fn bench(cloud: &ModelCloud, number: usize) -> Bench {
    let mut settings = settings();
    settings.image.name = format!("web-{number}");
    settings.image.users = vec!["210987654321".to_owned()];
    settings.image.regions = vec![Region::new("us-east-1")];
    let mut bench = Bench::with(settings);
    bench.cloud = cloud.clone();
    bench.build_id = String::leak(format!("b-{number}"));
    bench
}

fn by_name(cloud: &ModelCloud) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for call in cloud.calls() {
        *counts.entry(call).or_default() += 1;
    }
    counts
}

fn holder() -> Holder {
    Holder {
        account: Some("123456789012".to_owned()),
        caller: Some("arn:aws:iam::123456789012:user/builder".to_owned()),
        ..Holder::default()
    }
}

#[tokio::test(start_paused = true)]
async fn thirty_builds_are_never_throttled_and_share_their_questions() {
    let (cloud, took) = Box::pin(side_by_side(BUILDS)).await;
    assert_eq!(cloud.throttled(), 0);
    let each = cloud.calls().len() / BUILDS;
    assert!(
        each <= CALLS_OF_ONE_IN_THIRTY,
        "{each} calls a build: {:?}",
        by_name(&cloud)
    );
    // Five states of twenty seconds; EC2 lets thirty machines be launched in a quarter of a minute.
    assert!(took < Duration::from_secs(125), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_build_by_itself_notices_every_state_soon_and_stays_within_its_calls() {
    let (cloud, took) = Box::pin(side_by_side(1)).await;
    assert_eq!(cloud.throttled(), 0);
    let calls = cloud.calls().len();
    assert!(
        calls <= CALLS_OF_ONE_ALONE,
        "{calls} calls: {:?}",
        by_name(&cloud)
    );
    // Started, stopped, made, and the copy while the machine goes; each is noticed within two seconds.
    assert!(took < Duration::from_secs(4 * 20 + 6), "{took:?}");
}
