//! A stop at every call in turn: out within seconds, and the post step finds the rest.

use tokio::time::Instant;

use super::bench::{Bench, settle, stop_at};
use super::fixture::{everywhere, fast, registered, spot, swapped, volumes};
use crate::cloud::model::Pace;
use crate::ledger::Which;
use crate::plan::amazon::settings::EbsSettings;
use crate::stop::Stop;

#[tokio::test(start_paused = true)]
async fn a_stop_at_any_call_ends_within_five_seconds_and_leaves_nothing_after_the_post_step() {
    stop_at_each_call(everywhere).await;
}

#[tokio::test(start_paused = true)]
async fn a_stop_at_any_call_of_any_recipe_does_the_same() {
    for recipe in [registered, swapped, volumes, fast] {
        stop_at_each_call(recipe).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_stop_at_any_call_of_a_spot_build_with_a_profile_of_its_own_leaves_nothing() {
    stop_at_each_call(spot).await;
}

async fn stop_at_each_call(settings: fn() -> EbsSettings) {
    let calls = Bench::count_calls(settings()).await;
    for pace in [
        Pace {
            looks: 2,
            hidden: 0,
        },
        Pace {
            looks: 40,
            hidden: 3,
        },
    ] {
        for number in 1..=calls {
            let bench = Bench::with(settings());
            bench.cloud.set_pace(pace);
            let stop = stop_at(&bench.cloud, number);
            let asked = tokio::spawn({
                let stop = stop.clone();
                async move {
                    stop.wait().await;
                    Instant::now()
                }
            });
            let _ended = bench.run(&stop).await;
            let Ok(at) = tokio::time::timeout(std::time::Duration::from_millis(1), asked).await
            else {
                continue;
            };
            let took = at.unwrap().elapsed();
            assert!(
                took < std::time::Duration::from_secs(5),
                "after a stop at call {number} it took {took:?}"
            );
            bench.settle_journal().await;
            assert_eq!(
                bench.left(),
                Vec::<String>::new(),
                "after a stop at call {number}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_an_abort_keeps_stays_until_it_is_settled_by_hand() {
    let bench = Bench::new();
    bench.dial.remote.answer(
        "provision",
        crate::remote::fake::Answer {
            output: Vec::new(),
            exit: Err(broken()),
        },
    );
    let ledger = bench.ledger();
    assert!(bench.build(&ledger, &Stop::never()).await.is_err());
    ledger.hold().unwrap();
    let settled = settle(ledger, &bench.cloud, &Stop::never()).await;
    assert!(!settled.has_leftovers());
    assert_eq!(settled.remaining().len(), 3, "key pair, group and instance");
    assert!(settled.remaining().iter().any(|remaining| {
        remaining
            .command
            .starts_with("aws ec2 terminate-instances --region eu-west-1")
    }));
    assert!(settled.command().unwrap().starts_with("ami-build settle /"));

    bench.settle_journal().await;
    assert_eq!(
        bench.cloud.left_behind(&[]).len(),
        4,
        "the post step leaves them alone, and the machine has a volume"
    );
    let stop = Stop::never();
    let by_hand = crate::ledger::Settling {
        which: Which::HeldToo,
        patience: crate::ledger::PATIENCE,
        stop: &stop,
        narrate: &|_| {},
    };
    let settled = crate::ledger::Ledger::resume(&bench.journal().unwrap())
        .unwrap()
        .settle(&bench.cloud, &by_hand)
        .await;
    assert_eq!(settled.removed().len(), 3);
    assert_eq!(bench.cloud.left_behind(&[]), Vec::<String>::new());
    assert_eq!(bench.journal(), None);
}

fn broken() -> crate::remote::RemoteError {
    crate::remote::RemoteError::Refused("no".to_owned())
}
