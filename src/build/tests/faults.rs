//! Every call fails in turn, in every way; and settling is repeated.

use super::bench::Bench;
use super::fixture::{everywhere, fast, registered, settings, spot, swapped, volumes};
use super::lifecycle::all_asked;
use crate::cloud::model::{Fault, Pace};
use crate::plan::amazon::settings::EbsSettings;
use crate::stop::Stop;

/// Fails each call in turn and expects that nothing is left once the journal is settled again, as the post step does.
async fn fail_each_call(settings: fn() -> EbsSettings, fault: Fault, pace: Pace) {
    let calls = Bench::count_calls(settings()).await;
    assert!(calls > 20, "only {calls} calls were counted");
    for number in 1..=calls {
        let bench = Bench::with(settings());
        bench.cloud.set_pace(pace);
        bench.cloud.fail_at(number, fault.clone());
        let _ended = bench.run(&Stop::never()).await;
        bench.settle_journal().await;
        assert_eq!(
            bench.left(),
            Vec::<String>::new(),
            "after {fault:?} at call {number}: {:#?}",
            bench.cloud.calls()
        );
        assert_eq!(bench.journal(), None, "after {fault:?} at call {number}");
    }
}

const USUAL: Pace = Pace {
    looks: 2,
    hidden: 0,
};
const LATE: Pace = Pace {
    looks: 2,
    hidden: 3,
};

#[tokio::test(start_paused = true)]
async fn a_refusal_at_any_call_leaves_nothing() {
    fail_each_call(settings, Fault::Refused("UnauthorizedOperation"), USUAL).await;
    fail_each_call(everywhere, Fault::Refused("InvalidParameterValue"), USUAL).await;
}

#[tokio::test(start_paused = true)]
async fn a_lost_request_at_any_call_leaves_nothing() {
    fail_each_call(everywhere, Fault::LostRequest, USUAL).await;
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_at_any_call_leaves_nothing() {
    fail_each_call(everywhere, Fault::LostAnswer, USUAL).await;
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_about_something_that_shows_late_leaves_nothing() {
    fail_each_call(everywhere, Fault::LostAnswer, LATE).await;
}

#[tokio::test(start_paused = true)]
async fn throttling_at_any_call_leaves_nothing() {
    fail_each_call(everywhere, Fault::Refused("RequestLimitExceeded"), USUAL).await;
}

/// The ways to an image or a volume that differ from `amazon-ebs`.
const RECIPES: [fn() -> EbsSettings; 4] = [registered, swapped, volumes, fast];

#[tokio::test(start_paused = true)]
async fn a_refusal_at_any_call_of_any_recipe_leaves_nothing() {
    for recipe in RECIPES {
        fail_each_call(recipe, Fault::Refused("UnauthorizedOperation"), USUAL).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_request_at_any_call_of_any_recipe_leaves_nothing() {
    for recipe in RECIPES {
        fail_each_call(recipe, Fault::LostRequest, USUAL).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_at_any_call_of_any_recipe_leaves_nothing() {
    for recipe in RECIPES {
        fail_each_call(recipe, Fault::LostAnswer, USUAL).await;
        fail_each_call(recipe, Fault::LostAnswer, LATE).await;
    }
}

#[tokio::test(start_paused = true)]
async fn whatever_is_asked_of_the_image_no_fault_leaves_anything() {
    fail_each_call(all_asked, Fault::Refused("UnauthorizedOperation"), USUAL).await;
    fail_each_call(all_asked, Fault::LostRequest, USUAL).await;
    fail_each_call(all_asked, Fault::LostAnswer, LATE).await;
}

#[tokio::test(start_paused = true)]
async fn a_fault_at_any_call_of_a_spot_build_with_a_profile_of_its_own_leaves_nothing() {
    let faults = [
        Fault::Refused("UnauthorizedOperation"),
        Fault::Refused("InvalidParameterValue"),
        Fault::LostRequest,
        Fault::LostAnswer,
    ];
    for fault in faults {
        fail_each_call(spot, fault, USUAL).await;
    }
    fail_each_call(spot, Fault::LostAnswer, LATE).await;
}
