//! An account in the model with things in it that builds may have left.

use std::time::Duration;

use time::OffsetDateTime;

use crate::cloud::api::{AccountCalls, InstanceCalls, NetworkCalls};
use crate::cloud::instance::{RunInstance, ShutdownBehavior};
use crate::cloud::model::{ModelCloud, SOURCE_IMAGE};
use crate::cloud::{GroupId, ImageId, InstanceId, KeyName, Region, Tags};
use crate::ledger::Claim;
use crate::stop::Stop;
use crate::sweep::judge::Reason;
use crate::sweep::{Plan, Removal, Removing, Terms, judge, remove, search};

pub(super) const OWNER: &str = "github.com/1";
pub(super) const OVER: &str = "2026-01-01T00:00:00Z";
pub(super) const BUILD: &str = "5f5e1000-0000-0000-0000-000000000000-00000001";

pub(super) fn home() -> Region {
    Region::new("eu-west-1")
}

/// The tags of a row of [`BUILD`], with some of them changed.
pub(super) fn tags(row: u32, changes: &[(&str, &str)]) -> Tags {
    let row = row.to_string();
    let all = [
        ("ami-build:owner", OWNER),
        ("ami-build:build-id", BUILD),
        ("ami-build:row", &row),
        ("ami-build:deadline", OVER),
    ];
    let all = all.iter().chain(changes);
    let text = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    all.map(text).collect()
}

pub(super) fn in_hours(hours: i64) -> String {
    crate::ledger::deadline::text(OffsetDateTime::now_utc() + time::Duration::hours(hours))
}

pub(super) async fn group(cloud: &ModelCloud, row: u32, changes: &[(&str, &str)]) -> GroupId {
    let claim = Claim::for_tests("group", tags(row, changes));
    let name = format!("packer_{row}-{}", cloud.calls().len());
    let made = cloud.create_group(&home(), &claim, &name, None).await;
    made.unwrap()
}

pub(super) async fn key_pair(cloud: &ModelCloud, row: u32, changes: &[(&str, &str)]) -> KeyName {
    let claim = Claim::for_tests("key", tags(row, changes));
    let name = KeyName::new(format!("packer_{row}"));
    let made = cloud.import_key_pair(&home(), &claim, &name, "key").await;
    made.unwrap();
    name
}

/// A machine that a build made, unless the token says otherwise.
pub(super) async fn machine(
    cloud: &ModelCloud,
    row: u32,
    (token, groups): (&str, Vec<GroupId>),
) -> InstanceId {
    let request = RunInstance {
        image: ImageId::new(SOURCE_IMAGE),
        instance_type: "t3.micro".to_owned(),
        key_name: None,
        subnet: None,
        groups,
        associate_public_ip_address: None,
        iam_instance_profile: None,
        user_data: None,
        block_devices: Vec::new(),
        availability_zone: None,
        ebs_optimized: false,
        metadata: None,
        shutdown_behavior: ShutdownBehavior::Terminate,
        credit_specification: None,
        terms: Default::default(),
        instance_tags: Tags::new(),
        volume_tags: Tags::new(),
    };
    let claim = Claim::for_tests(token, tags(row, &[]));
    let made = cloud.run_instance(&home(), &claim, &request).await;
    made.unwrap().id
}

pub(super) async fn retag(cloud: &ModelCloud, id: &str, name: &str, value: &str) {
    let tags = Tags::from([(name.to_owned(), value.to_owned())]);
    cloud
        .create_tags(&home(), &[id.to_owned()], &tags)
        .await
        .unwrap();
}

pub(super) async fn plan(cloud: &ModelCloud) -> Plan {
    plan_older_than(cloud, None).await
}

pub(super) async fn plan_older_than(cloud: &ModelCloud, older_than: Option<Duration>) -> Plan {
    let found = search(cloud, &[home()], &[OWNER.to_owned()]).await;
    let now = OffsetDateTime::now_utc();
    judge(&found, Terms { now, older_than })
}

pub(super) async fn carry_out(cloud: &ModelCloud, plan: Plan) -> Vec<Removal> {
    carry_out_until(cloud, plan, &Stop::never()).await
}

pub(super) async fn carry_out_until(cloud: &ModelCloud, plan: Plan, stop: &Stop) -> Vec<Removal> {
    let how = Removing {
        owners: &[OWNER.to_owned()],
        stop,
        narrate: &|_| {},
    };
    remove(cloud, plan.builds, &how).await
}

/// Everything that is still there, in words.
pub(super) fn remaining(removals: &[Removal]) -> Vec<String> {
    let remaining = removals.iter().flat_map(|one| one.settled.remaining());
    remaining
        .map(|one| format!("{}: {}", one.row, crate::error::on_one_line(&one.why)))
        .collect()
}

/// The ids of what goes.
pub(super) fn goes(plan: &Plan) -> Vec<&str> {
    let things = plan.builds.iter().flat_map(|build| &build.things);
    things.map(|(_, thing)| thing.id()).collect()
}

/// Why the thing of this id stays.
pub(super) fn reason<'a>(plan: &'a Plan, id: &str) -> Option<&'a Reason> {
    let mut spared = plan.spared.iter();
    spared
        .find(|(thing, _)| thing.id() == id)
        .map(|(_, reason)| reason)
}
