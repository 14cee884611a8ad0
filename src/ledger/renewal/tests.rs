//! Deadlines of a living build.

use time::{Duration, OffsetDateTime};

use super::*;
use crate::cloud::api::NetworkCalls;
use crate::cloud::model::{Fault, ModelCloud};
use crate::cloud::profile::ProfileCalls;
use crate::cloud::{GroupId, KeyName};
use crate::ledger::deadline::{Deadline, FIRST};
use crate::ledger::{BuildIdentity, Journal, Order};

fn region() -> Region {
    Region::new("eu-west-1")
}

fn now() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(1_900_000_000).unwrap()
}

/// A ledger whose build began at [`now`].
fn ledger(directory: &tempfile::TempDir) -> Ledger {
    let identity = BuildIdentity {
        deadline: deadline::text(now() + FIRST),
        ..BuildIdentity::of_found("b-1")
    };
    let journal = Journal::create(directory.path(), &identity).unwrap();
    Ledger::open(journal, identity)
}

async fn group(
    ledger: &Ledger,
    cloud: &ModelCloud,
    region: &Region,
    name: &'static str,
) -> GroupId {
    let order = Order::new(Kind::SecurityGroup, region, name);
    let (cloud, region) = (cloud.clone(), region.clone());
    let made = ledger.create(order, move |claim| async move {
        cloud.create_group(&region, &claim, name, None).await
    });
    made.await.unwrap()
}

fn deadline_of(cloud: &ModelCloud, region: &Region, id: &str) -> Deadline {
    Deadline::of(&cloud.tags_of(region, id).unwrap())
}

fn count(cloud: &ModelCloud, call: &str) -> usize {
    let calls = cloud.calls();
    calls.iter().filter(|one| one.starts_with(call)).count()
}

async fn forget(ledger: Ledger, cloud: &ModelCloud) {
    let stop = crate::stop::Stop::never();
    let settling = crate::ledger::Settling {
        which: crate::ledger::Which::HeldToo,
        patience: crate::ledger::PATIENCE,
        stop: &stop,
        narrate: &|_| {},
    };
    drop(ledger.settle(cloud, &settling).await);
}

#[tokio::test(start_paused = true)]
async fn a_thing_is_born_with_a_day_and_has_four_hours_once_renewing_works() {
    let (directory, cloud) = (tempfile::tempdir().unwrap(), ModelCloud::at_once());
    let ledger = ledger(&directory);
    let first = group(&ledger, &cloud, &region(), "one").await;
    let at = |cloud: &ModelCloud, id: &GroupId| deadline_of(cloud, &region(), id.as_str());
    assert_eq!(at(&cloud, &first), Deadline::At(now() + FIRST));
    ledger.renew(&cloud, now()).await.unwrap();
    assert_eq!(at(&cloud, &first), Deadline::At(now() + RENEWED));
    let second = group(&ledger, &cloud, &region(), "two").await;
    assert_eq!(at(&cloud, &second), Deadline::At(now() + RENEWED));
    forget(ledger, &cloud).await;
}

#[tokio::test(start_paused = true)]
async fn it_is_renewed_at_half_its_life_and_not_before() {
    let (directory, cloud) = (tempfile::tempdir().unwrap(), ModelCloud::at_once());
    let ledger = ledger(&directory);
    let id = group(&ledger, &cloud, &region(), "one").await;
    ledger.renew(&cloud, now()).await.unwrap();
    for minutes in [1, 60, 119] {
        let later = now() + Duration::minutes(minutes);
        ledger.renew(&cloud, later).await.unwrap();
    }
    assert_eq!(count(&cloud, "CreateTags"), 1);
    let half = now() + RENEWED / 2 + Duration::seconds(1);
    ledger.renew(&cloud, half).await.unwrap();
    assert_eq!(
        deadline_of(&cloud, &region(), id.as_str()),
        Deadline::At(half + RENEWED)
    );
    forget(ledger, &cloud).await;
}

#[tokio::test(start_paused = true)]
async fn one_call_renews_all_of_a_region() {
    let (directory, cloud) = (tempfile::tempdir().unwrap(), ModelCloud::at_once());
    let (ledger, elsewhere) = (ledger(&directory), Region::new("us-east-1"));
    for name in ["one", "two", "three"] {
        group(&ledger, &cloud, &region(), name).await;
    }
    let other = group(&ledger, &cloud, &elsewhere, "four").await;
    ledger.renew(&cloud, now()).await.unwrap();
    assert_eq!(count(&cloud, "CreateTags eu-west-1"), 1);
    assert_eq!(count(&cloud, "CreateTags us-east-1"), 1);
    assert_eq!(
        deadline_of(&cloud, &elsewhere, other.as_str()),
        Deadline::At(now() + RENEWED)
    );
    forget(ledger, &cloud).await;
}

#[tokio::test(start_paused = true)]
async fn where_tags_may_not_be_changed_the_first_day_stays() {
    let (directory, cloud) = (tempfile::tempdir().unwrap(), ModelCloud::at_once());
    let ledger = ledger(&directory);
    let first = group(&ledger, &cloud, &region(), "one").await;
    cloud.fail_always("CreateTags", Fault::Refused("UnauthorizedOperation"));
    let refused = ledger.renew(&cloud, now()).await.unwrap_err();
    assert!(refused.is(Refusal::Denied));
    let second = group(&ledger, &cloud, &region(), "two").await;
    for id in [first, second] {
        assert_eq!(
            deadline_of(&cloud, &region(), id.as_str()),
            Deadline::At(now() + FIRST)
        );
    }
    forget(ledger, &cloud).await;
}

#[tokio::test(start_paused = true)]
async fn what_is_gone_does_not_keep_the_others_from_being_renewed() {
    let (directory, cloud) = (tempfile::tempdir().unwrap(), ModelCloud::at_once());
    let ledger = ledger(&directory);
    let gone = group(&ledger, &cloud, &region(), "one").await;
    let there = group(&ledger, &cloud, &region(), "two").await;
    cloud.delete_group(&region(), &gone).await.unwrap();
    ledger.renew(&cloud, now()).await.unwrap();
    assert_eq!(
        deadline_of(&cloud, &region(), there.as_str()),
        Deadline::At(now() + RENEWED)
    );
    forget(ledger, &cloud).await;
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_tried_again_at_the_next_look() {
    let (directory, cloud) = (tempfile::tempdir().unwrap(), ModelCloud::at_once());
    let ledger = ledger(&directory);
    let id = group(&ledger, &cloud, &region(), "one").await;
    cloud.fail_at(cloud.calls().len() + 1, Fault::Refused("InternalError"));
    assert!(ledger.renew(&cloud, now()).await.is_err());
    ledger.renew(&cloud, now()).await.unwrap();
    assert_eq!(
        deadline_of(&cloud, &region(), id.as_str()),
        Deadline::At(now() + RENEWED)
    );
    forget(ledger, &cloud).await;
}

#[tokio::test(start_paused = true)]
async fn a_deadline_never_goes_over_the_word_that_a_thing_is_finished() {
    let (directory, cloud) = (tempfile::tempdir().unwrap(), ModelCloud::at_once());
    let ledger = ledger(&directory);
    let id = group(&ledger, &cloud, &region(), "one").await.to_string();
    ledger.stop_renewing(std::slice::from_ref(&id)).await;
    ledger.renew(&cloud, now()).await.unwrap();
    ledger.prolong(&cloud, now() + FIRST).await.unwrap();
    assert_eq!(count(&cloud, "CreateTags"), 0);
    forget(ledger, &cloud).await;
}

#[tokio::test(start_paused = true)]
async fn what_is_held_is_held_until_the_deadline_in_its_tags_and_not_renewed() {
    let (directory, cloud) = (tempfile::tempdir().unwrap(), ModelCloud::at_once());
    let ledger = ledger(&directory);
    let id = group(&ledger, &cloud, &region(), "one").await;
    ledger.renew(&cloud, now()).await.unwrap();
    let until = now() + FIRST;
    ledger.prolong(&cloud, until).await.unwrap();
    ledger.hold().unwrap();
    let rows = ledger.rows();
    assert_eq!(rows[0].held_until, Some(deadline::text(until)));
    let later = now() + FIRST + FIRST;
    ledger.renew(&cloud, later).await.unwrap();
    assert_eq!(
        deadline_of(&cloud, &region(), id.as_str()),
        Deadline::At(until)
    );
    forget(ledger, &cloud).await;
}

#[tokio::test(start_paused = true)]
async fn roles_are_renewed_in_iam_and_key_pairs_not_at_all() {
    let (directory, cloud) = (tempfile::tempdir().unwrap(), ModelCloud::at_once());
    let ledger = ledger(&directory);
    let name = ProfileName::new("packer-1");
    let (shared, role) = (cloud.clone(), name.clone());
    let order = Order::new(Kind::Role, &region(), name.as_str());
    let made = ledger.create(order, move |claim| async move {
        shared.create_role(&region(), &claim, &role).await
    });
    made.await.unwrap();
    let (shared, key) = (cloud.clone(), KeyName::new("packer_2"));
    let order = Order::new(Kind::KeyPair, &region(), key.as_str());
    let made = ledger.create(order, move |claim| async move {
        shared.import_key_pair(&region(), &claim, &key, "key").await
    });
    made.await.unwrap();
    ledger.renew(&cloud, now()).await.unwrap();
    let (_, roles) = cloud.roles();
    assert_eq!(Deadline::of(&roles[0]), Deadline::At(now() + RENEWED));
    assert_eq!(count(&cloud, "CreateTags"), 0);
    assert_eq!(
        ledger.identity().deadline,
        deadline::text(now() + FIRST),
        "IAM says nothing about EC2"
    );
    forget(ledger, &cloud).await;
}
