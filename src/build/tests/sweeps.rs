//! The process is killed at every call in turn, and its journal is lost: tags alone lead to what is left.

use time::OffsetDateTime;

use super::bench::{Bench, OVER, OWNER};
use super::fixture::{everywhere, fast, registered, spot, swapped, volumes};
use super::kills::{kill_at, runtime};
use crate::cloud::api::AccountCalls;
use crate::cloud::model::Fault;
use crate::cloud::{Region, Tags};
use crate::plan::amazon::settings::EbsSettings;
use crate::stop::Stop;
use crate::sweep::{Removing, Terms, judge, remove, search};

/// Sweeps all regions of the account.
pub(super) async fn sweep(bench: &Bench) {
    let cloud = &bench.cloud;
    let regions = cloud.regions(&Region::new(bench.region)).await.unwrap();
    let owners = [OWNER.to_owned()];
    let found = search(cloud, &regions, &owners).await;
    let plan = judge(
        &found,
        Terms {
            now: OffsetDateTime::now_utc(),
            older_than: None,
        },
    );
    let how = Removing {
        owners: &owners,
        stop: &Stop::never(),
        narrate: &|_| {},
    };
    for removal in remove(cloud, plan.builds, &how).await {
        let settled = removal.settled;
        assert!(!settled.has_leftovers(), "{:?}", settled.remaining());
    }
}

/// What is left and was not declared finished. A build that dies while it says so has finished some of its images.
fn left(bench: &Bench) -> Vec<String> {
    let is_kept = |tags: &Tags| {
        tags.get("ami-build:deadline")
            .is_some_and(|at| at == "kept")
    };
    let unfinished = bench.left().into_iter().filter(|place| {
        let (region, id) = place.split_once('/').unwrap();
        let tags = bench.cloud.tags_of(&Region::new(region), id);
        !tags.is_some_and(|tags| is_kept(&tags))
    });
    unfinished.collect()
}

fn sweep_after_each_call(settings: fn() -> EbsSettings, fault: Option<Fault>) {
    let calls = runtime().block_on(Bench::count_calls(settings()));
    for number in 1..=calls {
        let mut bench = Bench::with(settings());
        bench.deadline = OVER;
        if let Some(fault) = fault.clone() {
            bench.cloud.fail_at(number, fault);
        }
        kill_at(&bench, number);
        runtime().block_on(sweep(&bench));
        assert_eq!(
            left(&bench),
            Vec::<String>::new(),
            "after a kill at call {number} with {fault:?}: {:#?}",
            bench.cloud.calls()
        );
    }
}

#[test]
fn a_kill_at_any_call_leaves_nothing_once_a_sweep_came() {
    for settings in [everywhere, registered, swapped, volumes, fast, spot] {
        sweep_after_each_call(settings, None);
    }
}

#[test]
fn a_kill_before_the_answer_of_any_call_leaves_nothing_once_a_sweep_came() {
    for settings in [everywhere, registered, swapped, volumes, fast, spot] {
        sweep_after_each_call(settings, Some(Fault::LostAnswer));
    }
}

#[test]
fn a_build_that_lives_is_not_swept_at_any_call() {
    let calls = runtime().block_on(Bench::count_calls(everywhere()));
    for number in 1..=calls {
        let bench = Bench::with(everywhere());
        kill_at(&bench, number);
        let before = bench.left();
        runtime().block_on(sweep(&bench));
        assert_eq!(bench.left(), before, "at call {number}");
    }
}
