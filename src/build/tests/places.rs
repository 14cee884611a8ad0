//! Where the machine is put, by filter.

use super::bench::{Bench, HOME};
use super::fixture::settings;
use crate::cloud::api::NetworkCalls as _;
use crate::cloud::network::Filters;
use crate::cloud::{Region, Tags};
use crate::ledger::Claim;
use crate::plan::amazon::settings::{EbsSettings, NetworkFilters, SeveralSubnets};
use crate::stop::Stop;

fn filter(name: &str, value: &str) -> Filters {
    vec![(name.to_owned(), vec![value.to_owned()])]
}

fn filtered(filters: NetworkFilters) -> EbsSettings {
    let mut settings = settings();
    settings.launch.filters = filters;
    settings
}

/// Builds in vain, and gives the error after nothing was made.
async fn refused(filters: NetworkFilters) -> String {
    let bench = Bench::with(filtered(filters));
    let error = bench.run(&Stop::never()).await.outcome.unwrap_err();
    let calls = bench.cloud.calls();
    assert!(
        !calls.iter().any(|call| call.starts_with("RunInstances")),
        "{calls:#?}"
    );
    error.to_string()
}

#[tokio::test(start_paused = true)]
async fn a_filter_of_security_groups_that_matches_none_is_refused_before_the_launch() {
    let error = refused(NetworkFilters {
        groups: filter("tag:Team", "images"),
        ..NetworkFilters::default()
    })
    .await;
    assert!(error.contains("no security group matches"), "{error}");
    assert!(error.contains("tag:Team=images"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn exactly_one_vpc_and_a_choice_among_subnets_is_wanted() {
    let error = refused(NetworkFilters {
        vpc: filter("vpc-id", "vpc-9"),
        ..NetworkFilters::default()
    })
    .await;
    assert!(error.contains("but 0 VPC's was found"), "{error}");
    let error = refused(NetworkFilters {
        subnet: filter("vpc-id", "*"),
        ..NetworkFilters::default()
    })
    .await;
    assert!(error.contains("Your filter matched 2 Subnets"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn the_machine_is_put_where_the_filters_say() {
    let bench = Bench::with(filtered(NetworkFilters {
        vpc: filter("is-default", "true"),
        subnet: filter("default-for-az", "true"),
        several: SeveralSubnets::MostFree,
        groups: filter("group-name", "own"),
    }));
    let claim = Claim::for_tests("own", Tags::new());
    let home = Region::new(HOME);
    let own = bench.cloud.create_group(&home, &claim, "own", None).await;
    let ended = bench.run(&Stop::never()).await;
    let said = bench.said.lock().unwrap().clone();
    for found in [
        "Found VPC ID: vpc-rehearsal00000000".to_owned(),
        "Found Subnet ID: subnet-rehearsal00000002".to_owned(),
        format!("Found Security Group(s): {}", own.unwrap()),
    ] {
        assert!(said.contains(&found), "{found} in {said}");
    }
    let calls = bench.cloud.calls();
    let made = calls
        .iter()
        .filter(|call| call.starts_with("CreateSecurityGroup"));
    assert_eq!(made.count(), 1, "the template's own group is used");
    assert_eq!(bench.cloud.left_behind(&ended.finished()).len(), 1);
}
