//! An account for a rehearsal: what a template takes as given, and nothing else.

use serde_json::{Value, json};

use super::super::*;
use super::region;
use crate::cloud::api::{AccountCalls, CloudResult, ImageCalls, NetworkCalls};
use crate::cloud::image::{Image, ImageQuery};
use crate::cloud::{GroupId, Region, SubnetId, VpcId};
use crate::plan::amazon::fixture;
use crate::plan::amazon::settings::EbsSettings;

fn settings(keys: Value) -> EbsSettings {
    let mut all = json!({ "region": region().as_str() });
    for (key, value) in keys.as_object().unwrap() {
        all[key] = value.clone();
    }
    fixture::settings(all)
}

fn account(settings: &EbsSettings) -> ModelCloud {
    ModelCloud::empty().for_build(settings, &region())
}

async fn source(settings: &EbsSettings) -> CloudResult<Vec<Image>> {
    let wanted = &settings.source;
    let query = ImageQuery {
        ids: wanted.id.iter().cloned().collect(),
        owners: wanted.owners.clone(),
        filters: wanted.filters.clone(),
        include_deprecated: wanted.include_deprecated,
    };
    account(settings).images(&region(), &query).await
}

async fn the_source(keys: Value) -> Image {
    let found = source(&settings(keys)).await.unwrap();
    assert_eq!(found.len(), 1);
    found.into_iter().next().unwrap()
}

fn by_filter(filters: Value, owners: Value) -> Value {
    json!({
        "source_ami": null,
        "source_ami_filter": { "filters": filters, "owners": owners, "most_recent": true },
    })
}

#[tokio::test]
async fn the_source_image_is_what_its_filter_asks_for() {
    let ubuntu = json!({
        "name": "ubuntu/images/*ubuntu-jammy-22.04-amd64-server-*",
        "virtualization-type": "hvm",
        "root-device-type": "ebs",
        "is-public": "true",
        "tag:Team": "web-*",
    });
    let image = the_source(by_filter(ubuntu, json!(["099720109477"]))).await;
    assert_eq!(
        image.name,
        "ubuntu/images/ubuntu-jammy-22.04-amd64-server-20260101"
    );
    assert_eq!(image.owner_id, "099720109477");
    assert_eq!(image.architecture, "x86_64");
    assert_eq!(image.root_device_name.as_deref(), Some("/dev/sda1"));
    assert_eq!(image.tags["Team"], "web-20260101");
    assert!(image.id.as_str().contains("rehearsal"), "{}", image.id);
}

#[tokio::test]
async fn an_owner_may_be_an_alias_or_the_account_itself() {
    let name = || json!({ "name": "al2023-ami-*" });
    let amazon = the_source(by_filter(name(), json!(["amazon"]))).await;
    assert_eq!(amazon.owner_alias.as_deref(), Some("amazon"));
    assert_eq!(amazon.root_device_name.as_deref(), Some("/dev/xvda"));
    let own = the_source(by_filter(name(), json!(["self"]))).await;
    assert_eq!(own.owner_id, super::super::world::ACCOUNT);
}

#[tokio::test]
async fn the_source_image_runs_on_the_templates_type_unless_its_name_says_otherwise() {
    let of = |instance_type: &str, name: &str| {
        let mut keys = by_filter(json!({ "name": name }), json!(["self"]));
        keys["instance_type"] = json!(instance_type);
        keys
    };
    assert_eq!(
        the_source(of("m7g.large", "base-*")).await.architecture,
        "arm64"
    );
    let named = the_source(of("m7g.large", "base-amd64-*")).await;
    assert_eq!(named.architecture, "x86_64");
}

#[tokio::test]
async fn the_source_images_root_is_no_larger_than_the_templates() {
    let mapping = json!([{ "device_name": "/dev/xvda", "volume_size": 4 }]);
    let image = the_source(json!({ "launch_block_device_mappings": mapping })).await;
    assert_eq!(image.root_device_name.as_deref(), Some("/dev/xvda"));
    let root = image.block_devices[0].ebs.as_ref().unwrap();
    assert_eq!(root.volume_size, Some(4));
}

#[tokio::test]
async fn a_filter_that_ec2_does_not_know_is_refused() {
    let settings = settings(by_filter(json!({ "nmae": "web-*" }), json!(["self"])));
    let error = source(&settings).await.unwrap_err();
    assert_eq!(error.code(), Some("InvalidParameterValue"), "{error}");
}

#[tokio::test]
async fn what_a_template_names_of_its_network_is_there_and_said_to_be_unchecked() {
    let settings = settings(json!({
        "vpc_id": "vpc-1",
        "subnet_id": "subnet-1",
        "security_group_ids": ["sg-1"],
        "iam_instance_profile": "builder",
    }));
    let cloud = account(&settings);
    let none = Vec::new();
    let vpcs = cloud.vpcs(&region(), &[VpcId::new("vpc-1")], &none).await;
    assert_eq!(vpcs.unwrap().len(), 1);
    let subnets = cloud
        .subnets(&region(), &[SubnetId::new("subnet-1")], &none)
        .await;
    assert_eq!(subnets.unwrap()[0].vpc, VpcId::new("vpc-1"));
    let groups = cloud
        .groups(&region(), &[GroupId::new("sg-1")], &none)
        .await;
    assert_eq!(groups.unwrap().len(), 1);
    let unchecked = cloud.unchecked().join("\n");
    for named in [
        "vpc-1",
        "subnet-1",
        "sg-1",
        "builder",
        "ami-0123456789abcdef0",
    ] {
        assert!(
            unchecked.contains(&format!("`{named}`")),
            "{named}: {unchecked}"
        );
    }
}

#[tokio::test]
async fn networks_are_found_by_the_templates_filters() {
    let settings = settings(json!({
        "vpc_filter": { "filters": { "tag:Name": "builds", "cidr": "10.0.0.0/16" } },
        "subnet_filter": { "filters": { "tag:Class": "build" }, "most_free": true },
        "security_group_filter": { "filters": { "tag:Class": "build" } },
    }));
    let cloud = account(&settings);
    let filters = &settings.launch.filters;
    let vpcs = cloud.vpcs(&region(), &[], &filters.vpc).await.unwrap();
    assert_eq!(vpcs.len(), 1);
    let mut wanted = filters.subnet.clone();
    wanted.push(("vpc-id".to_owned(), vec![vpcs[0].id.to_string()]));
    assert_eq!(
        cloud.subnets(&region(), &[], &wanted).await.unwrap().len(),
        1
    );
    let groups = cloud.groups(&region(), &[], &filters.groups).await;
    assert_eq!(groups.unwrap().len(), 1);
}

#[tokio::test]
async fn a_region_is_known_or_may_be_new_or_is_misspelt() {
    let settings = settings(json!({ "ami_regions": ["eu-west-3", "eu-southwest-1", "us-esat-1"] }));
    let cloud = account(&settings);
    let regions = cloud.regions(&region()).await.unwrap();
    assert!(regions.contains(&Region::new("eu-west-3")));
    assert!(regions.contains(&Region::new("eu-southwest-1")));
    assert!(!regions.contains(&Region::new("us-esat-1")));
    let unchecked = cloud.unchecked().join("\n");
    assert!(unchecked.contains("`eu-southwest-1`"), "{unchecked}");
    assert!(!unchecked.contains("us-esat-1"), "{unchecked}");
}

#[tokio::test]
async fn builds_share_their_account_and_have_logs_of_their_own() {
    let settings = settings(json!({}));
    let account = ModelCloud::empty();
    let one = account.for_build(&settings, &region());
    let other = account.for_build(&settings, &region());
    one.regions(&region()).await.unwrap();
    assert_eq!(one.log().len(), 1);
    assert_eq!(other.log(), []);
}

#[tokio::test]
async fn a_filter_that_the_default_network_passes_finds_nothing_else() {
    let settings = settings(json!({
        "vpc_filter": { "filters": { "is-default": "true" } },
        "subnet_filter": { "filters": { "default-for-az": "true" } },
    }));
    let cloud = account(&settings);
    let filters = &settings.launch.filters;
    let vpcs = cloud.vpcs(&region(), &[], &filters.vpc).await.unwrap();
    let subnets = cloud
        .subnets(&region(), &[], &filters.subnet)
        .await
        .unwrap();
    assert_eq!((vpcs.len(), subnets.len()), (1, 1));
    assert_eq!(subnets[0].vpc, vpcs[0].id);
}

#[tokio::test]
async fn two_builds_start_from_one_image() {
    let settings = settings(by_filter(json!({ "name": "base-*" }), json!(["self"])));
    let account = ModelCloud::empty();
    account.for_build(&settings, &region());
    let query = ImageQuery {
        owners: settings.source.owners.clone(),
        filters: settings.source.filters.clone(),
        ..ImageQuery::default()
    };
    let second = account.for_build(&settings, &region());
    assert_eq!(second.images(&region(), &query).await.unwrap().len(), 1);
}
