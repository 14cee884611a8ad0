//! What rules by age and number take, and what stays whatever is asked for.

use std::num::NonZeroUsize;
use std::time::Duration;

use super::account::{Sketch, days_ago, decided, going, preview, release, rules};
use crate::cloud::image::ImageState;
use crate::images::Kind;
use crate::prune::verdict::{Cause, Reason, Verdict};
use crate::prune::{Aim, Expired, Retention};

const DAY: Duration = Duration::from_secs(86_400);

fn expired() -> Aim {
    rules(|rules| rules.expired = Expired::Goes)
}

fn older_than(days: u32) -> Aim {
    rules(|rules| rules.older_than = Some(DAY * days))
}

fn keep_last(number: usize) -> Aim {
    rules(|rules| rules.keep_last = NonZeroUsize::new(number))
}

fn one(aim: &Aim, sketch: Sketch) -> Verdict {
    decided(aim, &[sketch]).remove(0)
}

#[test]
fn a_preview_goes_once_its_ttl_is_over_and_a_release_never_for_that() {
    assert_eq!(
        one(&expired(), preview(1).over()),
        Verdict::Remove(Cause::Expired)
    );
    for stays in [
        preview(1),
        release(1),
        release(1).over().tag("expires", "never"),
    ] {
        assert_eq!(one(&expired(), stays), Verdict::Keep(Reason::NotDue));
    }
}

#[test]
fn what_is_older_goes_and_what_is_younger_stays() {
    let all = [
        release(1).days_old(31),
        release(2).days_old(29),
        preview(3).days_old(30),
    ];
    assert_eq!(going(&older_than(30), &all), [0, 2]);
}

#[test]
fn a_release_is_as_old_as_its_promotion() {
    let promoted = release(1).days_old(60).tag("promoted", &days_ago(1));
    let stays = Verdict::Keep(Reason::NotDue);
    assert_eq!(one(&older_than(30), promoted), stays);
    let all = [
        release(1).days_old(60).tag("promoted", &days_ago(1)),
        release(2).days_old(5),
    ];
    assert_eq!(going(&keep_last(1), &all), [1]);
}

#[test]
fn of_each_build_and_region_the_newest_stay() {
    let all = [
        release(1).days_old(3),
        release(2).days_old(2),
        release(3).days_old(1),
        release(4).days_old(9).tag("build", "db.json:db"),
        release(5).days_old(9).away(),
    ];
    assert_eq!(going(&keep_last(2), &all), [0]);
}

#[test]
fn of_previews_the_newest_of_each_pull_request_stay() {
    let all = [
        preview(1).days_old(3),
        preview(2).days_old(2),
        preview(3).days_old(9).tag("pr", "8"),
        preview(4).days_old(8).tag("pr", "7 8 9"),
    ];
    assert_eq!(going(&keep_last(1), &all), [0, 2]);
}

#[test]
fn beside_another_rule_the_newest_stay_and_only_what_the_rule_names_goes() {
    let both = rules(|rules| {
        rules.keep_last = NonZeroUsize::new(1);
        rules.older_than = Some(DAY * 30);
    });
    let all = [
        release(1).days_old(90),
        release(2).days_old(60),
        release(3).days_old(40),
    ];
    assert_eq!(going(&both, &all), [0, 1]);
    assert_eq!(going(&both, &all[2..]), Vec::<usize>::new());
    assert_eq!(
        going(&both, &[release(1).days_old(20), release(2).days_old(10)]),
        Vec::<usize>::new()
    );
}

#[test]
fn what_is_not_there_yet_takes_no_place_among_the_newest() {
    let all = [
        release(1).days_old(3),
        release(2)
            .days_old(2)
            .change(|image| image.state = ImageState::Pending),
        release(3)
            .days_old(1)
            .tag("deadline", "2026-12-02T00:00:00Z"),
    ];
    assert_eq!(going(&keep_last(1), &all), Vec::<usize>::new());
}

#[test]
fn a_copy_of_one_that_stays_stays_with_it() {
    let copies = [
        release(1).days_old(5),
        release(2)
            .days_old(1)
            .away()
            .tag("promoted-from", "ami-00000001"),
        release(3).days_old(4),
        release(4).days_old(3).away(),
    ];
    // The copy came late: in its region it is the newest, at home its own is not.
    assert_eq!(going(&keep_last(1), &copies), [3]);
}

#[test]
fn releases_go_only_where_they_are_named() {
    let usual = Aim::Retention(Retention {
        older_than: Some(DAY),
        ..Retention::default()
    });
    let stays = Verdict::Keep(Reason::OtherKind(Kind::Release));
    assert_eq!(one(&usual, release(1)), stays);
    assert_eq!(
        one(&usual, preview(1)),
        Verdict::Remove(Cause::OlderThan(DAY))
    );
}

#[test]
fn what_is_protected_promoted_endless_unclear_or_unfinished_stays_whatever_is_asked() {
    for (sketch, reason) in [
        (
            preview(1).change(|image| image.is_protected = true),
            Reason::Protected,
        ),
        (
            preview(1).tag("promoted", "2026-11-01T00:00:00Z"),
            Reason::Promoted,
        ),
        (preview(1).tag("expires", "never"), Reason::Endless),
        (preview(1).without_tag("expires"), Reason::Endless),
        (preview(1).tag("expires", "soon"), Reason::Unclear),
        (release(1).tag("promoted", "yes"), Reason::Unclear),
        (
            preview(1).change(|image| image.creation_date = "long ago".to_owned()),
            Reason::Unclear,
        ),
        (
            preview(1).tag("deadline", "2026-11-01T00:00:00Z"),
            Reason::Unfinished,
        ),
        (preview(1).without_tag("deadline"), Reason::Unfinished),
        (
            preview(1).change(|image| image.state = ImageState::Failed),
            Reason::Unavailable,
        ),
    ] {
        let strict = rules(|rules| {
            rules.expired = Expired::Goes;
            rules.older_than = Some(DAY);
        });
        assert_eq!(one(&strict, sketch), Verdict::Keep(reason));
    }
}
