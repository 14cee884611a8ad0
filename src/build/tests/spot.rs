//! Spot instances and temporary instance profiles.

use super::bench::{Bench, HOME};
use super::fixture::{POLICY, settings, spot};
use super::volumes::launch;
use crate::build::BuildError;
use crate::cloud::model::{Fault, Pace};
use crate::cloud::spot::{Fleet, LaunchTemplate, SpotCalls as _};
use crate::cloud::{CloudError, Region, Tags};
use crate::ledger::{Kind, Order};
use crate::remote::RemoteError;
use crate::remote::fake::Answer;
use crate::stop::Stop;

fn position(calls: &[String], name: &str) -> usize {
    let found = calls.iter().position(|call| call.starts_with(name));
    found.unwrap_or_else(|| panic!("no {name}: {calls:#?}"))
}

/// The number of the first call of this name in a build that goes well.
async fn number_of(name: &str) -> usize {
    let bench = Bench::with(spot());
    bench.run(&Stop::never()).await.outcome.unwrap();
    position(&bench.cloud.calls(), name) + 1
}

#[tokio::test(start_paused = true)]
async fn a_spot_build_leaves_its_image_and_nothing_else() {
    let bench = Bench::with(spot());
    let ended = bench.run(&Stop::never()).await;
    let finished = ended.finished();
    assert_eq!(finished.len(), 1);
    assert_eq!(bench.cloud.left_behind(&finished), Vec::<String>::new());
    assert!(!ended.settled.has_leftovers());
    assert_eq!(bench.journal(), None);
}

#[tokio::test(start_paused = true)]
async fn a_spot_machine_is_never_stopped_and_its_template_goes_once_it_runs() {
    let bench = Bench::with(spot());
    bench.run(&Stop::never()).await.outcome.unwrap();
    let calls = bench.cloud.calls();
    assert!(!calls.iter().any(|call| call.starts_with("StopInstances")));
    assert!(position(&calls, "DeleteLaunchTemplate") < position(&calls, "CreateImage"));
}

#[tokio::test(start_paused = true)]
async fn spot_capacity_that_comes_back_is_waited_for() {
    let bench = Bench::with(spot());
    let number = number_of("CreateFleet").await;
    let lack = Fault::Refused("InsufficientInstanceCapacity");
    for call in number..number + 5 {
        bench.cloud.fail_at(call, lack.clone());
    }
    let ended = bench.run(&Stop::never()).await;
    assert_eq!(ended.finished().len(), 1);
    let said = bench.said.lock().unwrap().clone();
    assert_eq!(said.matches("it is tried again").count(), 1, "{said}");
}

#[tokio::test(start_paused = true)]
async fn spot_capacity_that_does_not_come_ends_the_build_after_three_minutes() {
    let bench = Bench::with(spot());
    let lack = Fault::Refused("InsufficientInstanceCapacity");
    bench.cloud.fail_always("CreateFleet", lack);
    let begin = tokio::time::Instant::now();
    let ended = bench.run(&Stop::never()).await;
    let error = ended.outcome.unwrap_err();
    let BuildError::Launch { source, .. } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(source.code(), Some("InsufficientInstanceCapacity"));
    assert!(error.hint().unwrap().contains("spot_instance_types"));
    assert!(
        (170..260).contains(&begin.elapsed().as_secs()),
        "{:?}",
        begin.elapsed()
    );
    assert_eq!(bench.cloud.left_behind(&[]), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_price_that_is_too_low_ends_the_build_at_once() {
    let bench = Bench::with(spot());
    bench
        .cloud
        .fail_always("CreateFleet", Fault::Refused("SpotMaxPriceTooLow"));
    let ended = bench.run(&Stop::never()).await;
    let error = ended.outcome.unwrap_err();
    assert!(
        error.hint().unwrap().contains("raise `spot_price`"),
        "{error:?}"
    );
    let calls = bench.cloud.calls();
    let fleets = calls.iter().filter(|call| call.starts_with("CreateFleet"));
    assert_eq!(fleets.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_machine_on_demand_is_not_waited_for() {
    let bench = Bench::new();
    bench.cloud.fail_always(
        "RunInstances",
        Fault::Refused("InsufficientInstanceCapacity"),
    );
    let ended = bench.run(&Stop::never()).await;
    assert!(ended.outcome.is_err());
    let calls = bench.cloud.calls();
    let launches = calls.iter().filter(|call| call.starts_with("RunInstances"));
    assert_eq!(launches.count(), 2, "a dry run and a launch");
}

/// A build whose machine EC2 takes back while the provisioner runs.
async fn interrupted() -> BuildError {
    let bench = Bench::with(spot());
    let broken = Answer {
        output: Vec::new(),
        exit: Err(RemoteError::Refused("the connection broke".to_owned())),
    };
    bench.dial.remote.answer("provision", broken);
    // The next call after the launch is the look at the machine that failed.
    let (cloud, region) = (bench.cloud.clone(), Region::new(HOME));
    let look = number_of("DeleteLaunchTemplate").await + 1;
    bench.cloud.run_at(look, move |_| {
        let machine = cloud.machines(&region).remove(0);
        cloud.take_back(&region, &machine);
    });
    let ended = bench.run(&Stop::never()).await;
    assert_eq!(bench.cloud.left_behind(&[]), Vec::<String>::new());
    ended.outcome.unwrap_err()
}

#[tokio::test(start_paused = true)]
async fn an_interruption_is_told_in_place_of_the_broken_connection() {
    let error = interrupted().await;
    let BuildError::Interrupted { reason, source, .. } = &error else {
        panic!("{error:?}")
    };
    assert!(
        reason.starts_with("Server.SpotInstanceTermination"),
        "{reason}"
    );
    assert!(matches!(**source, BuildError::Provision(_)));
    let conclusion = crate::report::classify::of_build(&error);
    assert_eq!(conclusion.word(), "capacity");
}

#[tokio::test(start_paused = true)]
async fn role_and_profile_carry_the_run_tags_and_the_policy_is_the_templates() {
    let mut settings = settings();
    settings.launch.temporary_profile = Some(POLICY.to_owned());
    let bench = Bench::with(settings);
    let ledger = bench.ledger();
    let built = bench.build(&ledger, &Stop::never()).await;
    built.unwrap();
    let (policies, tags) = bench.cloud.roles();
    assert_eq!(policies, [POLICY]);
    assert_eq!(tags[0]["Name"], "of base-image-1");
    assert!(tags[0].contains_key("ami-build:build-id"));
    drop(super::bench::settle(ledger, &bench.cloud, &Stop::never()).await);
}

#[tokio::test(start_paused = true)]
async fn a_launch_waits_until_ec2_knows_the_new_profile() {
    let bench = Bench::with(spot());
    bench.cloud.set_pace(Pace {
        looks: 1,
        hidden: 6,
    });
    let ended = bench.run(&Stop::never()).await;
    assert_eq!(ended.finished().len(), 1);
    let calls = bench.cloud.calls();
    let tried = calls.iter().filter(|call| call.starts_with("RunInstances"));
    assert!(tried.count() > 2, "{calls:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_role_that_may_not_be_made_is_an_error_that_names_the_action() {
    let bench = Bench::with(spot());
    bench
        .cloud
        .fail_always("CreateRole", Fault::Refused("AccessDenied"));
    let ended = bench.run(&Stop::never()).await;
    let error = ended.outcome.unwrap_err();
    assert!(
        error.hint().unwrap().contains("`iam:CreateRole`"),
        "{error:?}"
    );
    let BuildError::Call { source, .. } = error else {
        panic!("no call")
    };
    assert!(matches!(*source, CloudError::Refused { .. }));
    assert_eq!(bench.cloud.left_behind(&[]), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn where_a_fleet_takes_no_tags_its_machine_is_found_by_its_template() {
    let bench = Bench::new();
    let ledger = bench.ledger();
    let beijing = Region::new("cn-north-1");
    let template = LaunchTemplate {
        name: "packer-fleet-launch-template-1".to_owned(),
        launch: launch(),
        max_price: None,
        spot_tags: Tags::new(),
    };
    let fleet = Fleet {
        template: template.name.clone(),
        instance_types: Vec::new(),
        allocation_strategy: None,
        instance_tags: Tags::new(),
        fleet_tags: Tags::new(),
    };
    let order = Order::new(Kind::LaunchTemplate, &beijing, &template.name);
    let (cloud, region) = (bench.cloud.clone(), beijing.clone());
    let made = ledger.create(order, |claim| async move {
        cloud
            .create_launch_template(&region, &claim, &template)
            .await
    });
    made.await.unwrap();
    bench.cloud.fail_at(2, Fault::LostAnswer);
    let order = Order::new(Kind::Instance, &beijing, "the build machine")
        .leaving(vec!["/dev/sdf".to_owned()]);
    let cloud = bench.cloud.clone();
    let launched = ledger.create(order, |claim| async move {
        cloud.create_fleet(&beijing, &claim, &fleet).await
    });
    assert!(launched.await.is_err());
    assert_eq!(bench.cloud.machines(&Region::new("cn-north-1")).len(), 1);
    let settled = super::bench::settle(ledger, &bench.cloud, &Stop::never()).await;
    assert!(!settled.has_leftovers());
    assert_eq!(bench.cloud.left_behind(&[]), Vec::<String>::new());
}
