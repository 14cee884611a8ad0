//! What goes with a pull request.

use super::account::{Sketch, closed, decided, going, merged, preview, release};
use crate::prune::verdict::{Cause, Reason, Verdict};
use crate::prune::{Aim, Ending};

fn one(aim: &Aim, sketch: Sketch) -> Verdict {
    decided(aim, &[sketch]).remove(0)
}

#[test]
fn all_previews_of_a_pull_request_that_was_not_merged_go_in_every_region() {
    let all = [
        preview(1),
        preview(2).tag("head-sha", "def"),
        preview(3).away(),
    ];
    let verdicts = decided(&closed(Ending::Discarded), &all);
    assert_eq!(verdicts, vec![Verdict::Remove(Cause::Closed(7)); 3]);
}

#[test]
fn the_image_that_a_pull_request_was_merged_with_stays_and_the_others_go() {
    let all = [
        preview(1),
        preview(2).tag("head-sha", "abc def"),
        preview(3).tag("head-sha", "def").away(),
    ];
    assert_eq!(going(&merged("def"), &all), [0]);
}

#[test]
fn where_no_image_has_the_merged_head_the_newest_of_each_build_stays() {
    let all = [
        preview(1),
        preview(2).days_old(3),
        preview(3).tag("build", "db.json:db"),
        preview(4).tag("build", "db.json:db").days_old(2),
    ];
    assert_eq!(going(&merged("gone"), &all), [0, 2]);
    assert_eq!(going(&closed(Ending::Unknown), &all), [0, 2]);
}

#[test]
fn a_copy_stays_with_the_newest_although_its_region_has_a_newer_one() {
    let copy = preview(3).away().days_old(5).tag("build-id", "b-2");
    let all = [
        preview(1).days_old(9),
        preview(2).days_old(4),
        copy,
        preview(4).away().days_old(3).tag("build-id", "b-1"),
    ];
    let verdicts = decided(&closed(Ending::Unknown), &all);
    let stays = |verdict: &Verdict| matches!(verdict, Verdict::Keep(Reason::PerhapsMerged));
    assert!(verdicts.iter().all(stays), "{verdicts:?}");
}

#[test]
fn an_image_that_other_pull_requests_use_is_let_go_and_stays() {
    let shared = preview(1).tag("pr", "5 7");
    assert_eq!(one(&closed(Ending::Discarded), shared), Verdict::LetGo(7));
    let all = [preview(1).tag("pr", "5 7"), preview(2).days_old(1)];
    assert_eq!(
        decided(&merged("abc"), &all)[0],
        Verdict::Keep(Reason::MergedHead)
    );
}

#[test]
fn a_list_of_pull_requests_that_may_have_lost_some_keeps_the_image() {
    let many: Vec<String> = (10_000..10_040).map(|number| number.to_string()).collect();
    let crowded = preview(1).tag("pr", &format!("{} 7", many.join(" ")));
    let reason = one(&closed(Ending::Discarded), crowded);
    assert_eq!(reason, Verdict::Keep(Reason::ManyPullRequests));
}

#[test]
fn what_is_promoted_or_being_promoted_stays() {
    let aim = closed(Ending::Discarded);
    let marked = preview(1).tag("promoted", "2026-11-30T00:00:00Z");
    assert_eq!(one(&aim, marked), Verdict::Keep(Reason::Promoted));
    assert_eq!(one(&aim, release(1)), Verdict::Keep(Reason::Release));
}

#[test]
fn another_pull_requests_image_stays() {
    let other = preview(1).tag("pr", "17");
    let verdict = one(&closed(Ending::Discarded), other);
    assert_eq!(verdict, Verdict::Keep(Reason::NotDue));
}
