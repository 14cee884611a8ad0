//! What is asked of launch and image besides their making.

use serde_json::json;
use time::OffsetDateTime;

use super::plan;
use crate::cloud::Region;
use crate::cloud::launch_terms::{CapacityReservation, LaunchTerms};
use crate::cloud::lifecycle::{Cooldown, NetworkSupport, TemplateName, Toggle};
use crate::plan::amazon::fast_launch_settings::{InRegion, TemplateChoice};
use crate::plan::amazon::settings::SeveralSubnets;

#[test]
fn the_terms_of_the_launch_are_kept() {
    let launch = |keys| plan(keys).settings().launch;
    let terms = launch(json!({
        "placement": {"host_resource_group_arn": "arn:group", "tenancy": "host"},
        "license_specifications": [{"license_configuration_request": {"license_configuration_arn": "arn:license"}}],
        "capacity_reservation_id": "cr-1",
        "instance_type": "c5.xlarge",
        "enable_nitro_enclave": true,
    }))
    .terms;
    assert_eq!(terms.host_resource_group_arn.as_deref(), Some("arn:group"));
    assert_eq!(terms.tenancy.as_deref(), Some("host"));
    assert_eq!(terms.license_configurations, ["arn:license"]);
    let reservation = CapacityReservation::Id("cr-1".to_owned());
    assert_eq!(terms.capacity_reservation, reservation);
    assert!(terms.nitro_enclave);
    let terms = launch(json!({"tenancy": "dedicated"})).terms;
    assert_eq!(terms.tenancy.as_deref(), Some("dedicated"));
    assert_eq!(launch(json!({})).terms, LaunchTerms::default());
}

#[test]
fn what_becomes_of_the_image_is_kept() {
    let image = plan(json!({
        "ami_org_arns": ["arn:org"], "ami_ou_arns": "arn:ou", "ami_product_codes": ["code"],
        "snapshot_copy_duration_minutes": 15, "imds_support": "v2.0", "deprecate_at": "2030-01-02T03:04:05+02:00",
        "deregistration_protection": {"with_cooldown": true},
    }))
    .settings()
    .image;
    assert_eq!(
        (
            image.organizations.as_slice(),
            image.organizational_units.as_slice()
        ),
        (&["arn:org".to_owned()][..], &["arn:ou".to_owned()][..])
    );
    assert_eq!(image.copy_minutes, Some(15));
    let lifecycle = image.lifecycle;
    assert_eq!(lifecycle.product_codes, ["code"]);
    assert_eq!(lifecycle.imds_support.as_deref(), Some("v2.0"));
    assert_eq!(
        lifecycle.deprecate_at.map(OffsetDateTime::unix_timestamp),
        Some(1_893_546_245)
    );
    assert_eq!(lifecycle.protection, Some(Cooldown::OneDay));
    assert_eq!(lifecycle.fast_launch, None);
}

#[test]
fn fast_launch_has_a_template_per_region() {
    let launch = plan(
        json!({"ami_regions": ["eu-west-1", "us-west-2"], "fast_launch": {
            "max_parallel_launches": 6, "template_name": "own",
            "region_launch_templates": [
                {"region": "eu-west-1", "template_id": "lt-1", "template_version": 3},
                {"region": "us-west-2", "enable_fast_launch": false},
            ],
        }}),
    )
    .settings()
    .image
    .lifecycle
    .fast_launch
    .unwrap();
    assert_eq!(launch.max_parallel_launches, Some(6));
    let home = Region::new("us-east-1");
    let own = TemplateChoice {
        name: TemplateName::Name("own".to_owned()),
        version: None,
    };
    assert_eq!(launch.in_region(&home, &home), InRegion::On(Some(own)));
    let other = TemplateChoice {
        name: TemplateName::Id("lt-1".to_owned()),
        version: Some(3),
    };
    assert_eq!(
        launch.in_region(&Region::new("eu-west-1"), &home),
        InRegion::On(Some(other))
    );
    assert_eq!(
        launch.in_region(&Region::new("us-west-2"), &home),
        InRegion::Off
    );
}

#[test]
fn enhanced_networking_is_switched_in_packers_order() {
    let switched = |keys| plan(keys).settings().launch.network_support;
    assert_eq!(
        switched(json!({"ena_support": true, "sriov_support": true})),
        [NetworkSupport::Sriov, NetworkSupport::Ena(Toggle::On)]
    );
    assert_eq!(
        switched(json!({"ena_support": "false"})),
        [NetworkSupport::Ena(Toggle::Off)]
    );
}

#[test]
fn network_filters_count_where_no_id_wins_over_them() {
    let settings = plan(json!({
        "vpc_filter": {"filters": {"tag:a": "b,c"}},
        "subnet_filter": {"filter": [{"name": "n", "value": "v"}], "most_free": true, "random": true},
        "security_group_filter": {"filters": {"tag:a": "b"}}, "security_group_id": "sg-1",
    }));
    let filters = settings.settings().launch.filters;
    assert_eq!(
        filters.vpc,
        [("tag:a".to_owned(), vec!["b".to_owned(), "c".to_owned()])]
    );
    assert_eq!(filters.subnet, [("n".to_owned(), vec!["v".to_owned()])]);
    assert_eq!(filters.several, SeveralSubnets::MostFree);
    assert_eq!(filters.groups, []);
}
