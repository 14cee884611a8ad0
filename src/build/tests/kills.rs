//! The process is killed at every call in turn: only the journal and EC2 are left, and they are enough.

use std::sync::Arc;

use tokio::runtime::Builder;
use tokio::sync::Notify;

use super::bench::Bench;
use super::fixture::{everywhere, fast, registered, spot, swapped, volumes};
use crate::cloud::model::Fault;
use crate::plan::amazon::settings::EbsSettings;
use crate::stop::Stop;

pub(super) fn runtime() -> tokio::runtime::Runtime {
    Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .unwrap()
}

/// Ends the process at the call of this number. Its runtime goes with all its tasks; nothing is settled.
pub(super) fn kill_at(bench: &Bench, number: usize) {
    let killed = Arc::new(Notify::new());
    let kill = Arc::clone(&killed);
    bench.cloud.run_at(number, move |_| kill.notify_one());
    runtime().block_on(async {
        let stop = Stop::never();
        tokio::select! {
            biased;
            () = killed.notified() => {}
            _ended = bench.run(&stop) => {}
        }
    });
}

fn kill_at_each_call(settings: fn() -> EbsSettings, fault: Option<Fault>) {
    let calls = runtime().block_on(Bench::count_calls(settings()));
    for number in 1..=calls {
        let bench = Bench::with(settings());
        if let Some(fault) = fault.clone() {
            bench.cloud.fail_at(number, fault);
        }
        kill_at(&bench, number);
        runtime().block_on(bench.settle_journal());
        assert_eq!(
            bench.left(),
            Vec::<String>::new(),
            "after a kill at call {number} with {fault:?}: {:#?}",
            bench.cloud.calls()
        );
    }
}

#[test]
fn a_kill_at_any_call_leaves_nothing_once_the_journal_is_settled() {
    kill_at_each_call(everywhere, None);
}

#[test]
fn a_kill_before_the_answer_of_any_call_leaves_nothing() {
    kill_at_each_call(everywhere, Some(Fault::LostAnswer));
}

#[test]
fn a_kill_before_any_call_arrives_leaves_nothing() {
    kill_at_each_call(everywhere, Some(Fault::LostRequest));
}

#[test]
fn a_kill_at_any_call_of_any_recipe_leaves_nothing_once_the_journal_is_settled() {
    for recipe in [registered, swapped, volumes, fast] {
        kill_at_each_call(recipe, None);
        kill_at_each_call(recipe, Some(Fault::LostAnswer));
    }
}

#[test]
fn a_kill_at_any_call_of_a_spot_build_with_a_profile_of_its_own_leaves_nothing() {
    for fault in [None, Some(Fault::LostAnswer), Some(Fault::LostRequest)] {
        kill_at_each_call(spot, fault);
    }
}

#[test]
fn settling_twice_is_settling_once() {
    let bench = Bench::with(everywhere());
    kill_at(&bench, 15);
    runtime().block_on(async {
        let journal = bench.journal().unwrap();
        let before = std::fs::read(&journal).unwrap();
        bench.settle_journal().await;
        assert_eq!(bench.cloud.left_behind(&[]), Vec::<String>::new());
        super::bench::restore(&journal, &before);
        bench.settle_journal().await;
        assert_eq!(bench.journal(), None);
    });
}

#[test]
fn a_journal_that_a_process_still_holds_is_not_settled() {
    runtime().block_on(async {
        let bench = Bench::new();
        let ledger = bench.ledger();
        assert!(crate::ledger::Ledger::resume(&bench.journal().unwrap()).is_err());
        drop(super::bench::settle(ledger, &bench.cloud, &Stop::never()).await);
        assert_eq!(bench.journal(), None);
    });
}
