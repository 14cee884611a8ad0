//! Creating calls that are on their way when settling begins.

use std::time::Duration;

use super::bench::{Bench, HOME, settle};
use crate::cloud::Region;
use crate::cloud::api::NetworkCalls as _;
use crate::ledger::{Kind, Ledger, Order};
use crate::stop::{Stop, StopHandle, StopReason};

/// Begins to make a group; EC2 gets the call only after `delay`. Whoever waits for it goes away at once.
async fn begin(bench: &Bench, ledger: &Ledger, delay: Duration) {
    let (cloud, region) = (bench.cloud.clone(), Region::new(HOME));
    let order = Order::new(Kind::SecurityGroup, &region, "packer_1");
    let create = ledger.create(order, move |claim| async move {
        tokio::time::sleep(delay).await;
        cloud.create_group(&region, &claim, "packer_1", None).await
    });
    let impatient = tokio::time::timeout(Duration::from_millis(10), create).await;
    assert!(impatient.is_err());
}

fn stopped() -> Stop {
    let (handle, stop) = StopHandle::new();
    handle.request(StopReason::Interrupt);
    stop
}

#[tokio::test(start_paused = true)]
async fn settling_waits_for_a_call_that_is_on_its_way() {
    let bench = Bench::new();
    let ledger = bench.ledger();
    begin(&bench, &ledger, Duration::from_secs(1)).await;
    let settled = settle(ledger, &bench.cloud, &stopped()).await;
    assert_eq!(settled.removed().len(), 1);
    assert_eq!(bench.cloud.left_behind(&[]), Vec::<String>::new());
    assert_eq!(bench.journal(), None);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_takes_too_long_is_ended_and_left_to_the_post_step() {
    let bench = Bench::new();
    let ledger = bench.ledger();
    begin(&bench, &ledger, Duration::from_secs(100)).await;
    let settled = settle(ledger, &bench.cloud, &stopped()).await;
    assert!(
        settled.has_leftovers(),
        "nobody knows whether EC2 got the call"
    );
    tokio::time::sleep(Duration::from_secs(200)).await;
    bench.settle_journal().await;
    assert_eq!(bench.cloud.left_behind(&[]), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn nothing_is_created_once_settling_has_begun() {
    let bench = Bench::new();
    let ledger = bench.ledger();
    let late = ledger.clone();
    let _settled = settle(ledger, &bench.cloud, &Stop::never()).await;
    let order = Order::new(Kind::KeyPair, &Region::new(HOME), "packer_1");
    let made = late.create::<(), _, _>(order, |_| async { panic!("the call must not be made") });
    let error = made.await.unwrap_err();
    assert!(!error.effect_is_unknown(), "{error}");
}
