//! What a sweep does when EC2 does not do as it is told.

use time::OffsetDateTime;

use super::yard::{
    BUILD, OWNER, carry_out, carry_out_until, goes, group, home, key_pair, machine, plan,
    remaining, tags,
};
use crate::cloud::ProfileName;
use crate::cloud::api::NetworkCalls;
use crate::cloud::model::{Fault, ModelCloud, Pace};
use crate::cloud::profile::ProfileCalls;
use crate::ledger::{Claim, Kind};
use crate::stop::{StopHandle, StopReason};
use crate::sweep::{Terms, judge, search};

/// A machine that holds a group, and a key pair.
async fn left_over(cloud: &ModelCloud) {
    let group = group(cloud, 1, &[]).await;
    key_pair(cloud, 2, &[]).await;
    machine(cloud, 3, (&format!("{BUILD}-3"), vec![group])).await;
}

fn slow() -> ModelCloud {
    ModelCloud::new(Pace {
        looks: 3,
        hidden: 0,
    })
}

#[tokio::test(start_paused = true)]
async fn machines_go_before_the_groups_that_they_hold() {
    let cloud = slow();
    left_over(&cloud).await;
    let plan = plan(&cloud).await;
    assert_eq!(
        remaining(&carry_out(&cloud, plan).await),
        Vec::<String>::new()
    );
    assert_eq!(cloud.left_behind(&[]), Vec::<String>::new());
    let calls = cloud.calls();
    let at = |name: &str| calls.iter().position(|call| call.starts_with(name));
    assert!(at("TerminateInstances") < at("DeleteSecurityGroup"));
}

#[tokio::test(start_paused = true)]
async fn every_removing_call_follows_a_look_at_the_same_thing() {
    let cloud = slow();
    left_over(&cloud).await;
    let plan = plan(&cloud).await;
    let before = cloud.calls().len();
    carry_out(&cloud, plan).await;
    let calls = cloud.calls().split_off(before);
    let count = |name: &str| calls.iter().filter(|call| call.starts_with(name)).count();
    assert!(count("DescribeSecurityGroups") >= count("DeleteSecurityGroup"));
    assert_eq!(count("DescribeKeyPairs"), count("DeleteKeyPair"));
    assert!(count("DescribeInstances") > count("TerminateInstances"));
}

#[tokio::test(start_paused = true)]
async fn hundreds_of_things_of_hundreds_of_builds_all_go() {
    let cloud = ModelCloud::at_once();
    for number in 0..300_u32 {
        let build = format!("5f5e1000-0000-0000-0000-{number:012}-00000001");
        group(&cloud, number, &[("ami-build:build-id", &build)]).await;
        key_pair(&cloud, 1000 + number, &[("ami-build:build-id", &build)]).await;
    }
    let plan = plan(&cloud).await;
    assert_eq!(plan.builds.len(), 300);
    assert_eq!(
        remaining(&carry_out(&cloud, plan).await),
        Vec::<String>::new()
    );
    assert_eq!(cloud.left_behind(&[]), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn throttling_and_lost_answers_only_take_longer() {
    for fault in [
        Fault::Refused("RequestLimitExceeded"),
        Fault::LostAnswer,
        Fault::LostRequest,
        Fault::Refused("InternalError"),
    ] {
        let cloud = slow();
        left_over(&cloud).await;
        let plan = plan(&cloud).await;
        let calls = cloud.calls().len();
        for number in [1, 2, 3, 5, 8, 13] {
            cloud.fail_at(calls + number, fault.clone());
        }
        let removals = carry_out(&cloud, plan).await;
        assert_eq!(remaining(&removals), Vec::<String>::new(), "{fault:?}");
        assert_eq!(cloud.left_behind(&[]), Vec::<String>::new());
    }
}

#[tokio::test(start_paused = true)]
async fn what_goes_by_itself_meanwhile_counts_as_gone() {
    let cloud = ModelCloud::at_once();
    let id = group(&cloud, 1, &[]).await;
    let plan = plan(&cloud).await;
    cloud.delete_group(&home(), &id).await.unwrap();
    let removals = carry_out(&cloud, plan).await;
    assert_eq!(remaining(&removals), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_kind_that_may_not_be_looked_for_keeps_nothing_else() {
    let cloud = ModelCloud::at_once();
    group(&cloud, 1, &[]).await;
    let key = key_pair(&cloud, 2, &[]).await;
    cloud.fail_always("DescribeKeyPairs", Fault::Refused("UnauthorizedOperation"));
    let found = search(&cloud, &[home()], &[OWNER.to_owned()]).await;
    let unsearched: Vec<Kind> = found.unsearched.iter().map(|one| one.kind).collect();
    assert_eq!(unsearched, [Kind::KeyPair]);
    let terms = Terms {
        now: OffsetDateTime::now_utc(),
        older_than: None,
    };
    carry_out(&cloud, judge(&found, terms)).await;
    assert_eq!(cloud.left_behind(&[]), [format!("eu-west-1/{key}")]);
}

#[tokio::test(start_paused = true)]
async fn what_may_not_be_removed_is_told_with_why_and_how() {
    let cloud = ModelCloud::at_once();
    let id = group(&cloud, 1, &[]).await;
    key_pair(&cloud, 2, &[]).await;
    cloud.fail_always(
        "DeleteSecurityGroup",
        Fault::Refused("UnauthorizedOperation"),
    );
    let plan = plan(&cloud).await;
    let removals = carry_out(&cloud, plan).await;
    let remaining = removals[0].settled.remaining();
    assert_eq!(remaining.len(), 1);
    assert_eq!(
        remaining[0].command,
        format!("aws ec2 delete-security-group --region eu-west-1 --group-id {id}")
    );
    assert_eq!(
        removals[0].settled.command(),
        None,
        "there is no journal to settle"
    );
}

#[tokio::test(start_paused = true)]
async fn two_sweeps_at_once_and_a_third_after_them_find_no_fault() {
    let cloud = slow();
    left_over(&cloud).await;
    let (one, two) = (plan(&cloud).await, plan(&cloud).await);
    let (one, two) = tokio::join!(carry_out(&cloud, one), carry_out(&cloud, two));
    assert_eq!(remaining(&one), Vec::<String>::new());
    assert_eq!(remaining(&two), Vec::<String>::new());
    assert_eq!(cloud.left_behind(&[]), Vec::<String>::new());
    let third = plan(&cloud).await;
    assert!(goes(&third).is_empty() && third.spared.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_stop_ends_it_within_seconds_and_the_rest_is_told() {
    let cloud = ModelCloud::new(Pace {
        looks: 1000,
        hidden: 0,
    });
    left_over(&cloud).await;
    let plan = plan(&cloud).await;
    let (handle, stop) = StopHandle::new();
    handle.request(StopReason::Interrupt);
    let begin = tokio::time::Instant::now();
    let removals = carry_out_until(&cloud, plan, &stop).await;
    assert!(begin.elapsed() < std::time::Duration::from_secs(5));
    assert!(!remaining(&removals).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_role_leaves_its_profile_before_both_go() {
    let cloud = ModelCloud::at_once();
    let name = ProfileName::new("packer-1");
    let claim = |row| Claim::for_tests("iam", tags(row, &[]));
    cloud.create_role(&home(), &claim(1), &name).await.unwrap();
    let (region, second) = (home(), claim(2));
    let made = cloud.create_instance_profile(&region, &second, &name);
    made.await.unwrap();
    cloud.put_role_policy(&home(), &name, "{}").await.unwrap();
    cloud.add_role(&home(), &name).await.unwrap();
    let plan = plan(&cloud).await;
    assert_eq!(goes(&plan).len(), 2);
    assert_eq!(
        remaining(&carry_out(&cloud, plan).await),
        Vec::<String>::new()
    );
    assert_eq!(cloud.left_behind(&[]), Vec::<String>::new());
}
