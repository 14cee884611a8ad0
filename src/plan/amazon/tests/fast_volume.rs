//! `fast_build_volume`, a key of ours.

use serde_json::json;

use super::{Outcome, plan};
use crate::plan::amazon::recipe::Recipe;

fn is_fast(outcome: Outcome) -> bool {
    matches!(outcome.settings().recipe, Recipe::FastVolume)
}

#[test]
fn it_is_off_unless_asked_for() {
    assert!(!is_fast(plan(json!({}))));
    assert!(!is_fast(plan(json!({"fast_build_volume": false}))));
    assert!(is_fast(plan(json!({"fast_build_volume": true}))));
    assert!(is_fast(plan(json!({"fast_build_volume": "true"}))));
}

#[test]
fn a_spot_instance_cannot_have_it() {
    let outcome = plan(json!({"fast_build_volume": true, "spot_price": "auto"}));
    assert!(outcome.reports("`fast_build_volume` cannot be had beside `spot_price`"));
    assert!(is_fast(plan(
        json!({"fast_build_volume": true, "spot_price": "0"})
    )));
}
