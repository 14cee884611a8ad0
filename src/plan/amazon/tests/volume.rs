//! `amazon-ebsvolume`: its keys, its rules, its volumes.

use serde_json::{Map, Value, json};

use super::{Outcome, change, decoded};
use crate::facts::Facts;
use crate::plan::amazon::recipe::{EbsVolume, Recipe};
use crate::plan::amazon::volume;

/// The smallest builder that is fine, with `fragment`'s keys in it.
fn plan(fragment: Value) -> Outcome {
    let mut builder = json!({
        "region": "us-east-1",
        "source_ami": "ami-0123456789abcdef0",
        "instance_type": "t3.micro",
        "ssh_username": "admin",
    });
    change(&mut builder, fragment);
    let mut facts = Facts::for_tests();
    decoded("amazon-ebsvolume", &builder, &mut facts, volume)
}

fn volumes(volumes: Value) -> Vec<EbsVolume> {
    match plan(json!({"ebs_volumes": volumes})).settings().recipe {
        Recipe::Volumes(volumes) => volumes,
        other => panic!("{other:?}"),
    }
}

/// What the base of images adds, and no volume has.
const IMAGE_KEYS: &str = "
    ami_name ami_description ami_virtualization_type ami_users ami_groups ami_org_arns ami_ou_arns ami_product_codes ami_regions
    skip_region_validation snapshot_copy_duration_minutes tags tag snapshot_tags snapshot_tag force_deregister
    force_delete_snapshot encrypt_boot kms_key_id region_kms_key_ids skip_save_build_region imds_support deprecate_at
    snapshot_users snapshot_groups deregistration_protection skip_create_ami skip_ami_run_tags ami_block_device_mappings
    launch_block_device_mappings no_ephemeral fast_launch
";

#[test]
fn every_key_of_packers_is_known_and_those_of_images_are_not() {
    let of_images: Vec<&str> = IMAGE_KEYS.split_whitespace().collect();
    let keys = super::keys::KEYS.split_whitespace().chain(["ebs_volumes"]);
    let keys: Map<String, Value> = keys.map(|key| (key.to_owned(), json!(""))).collect();
    assert_eq!(
        keys.len() - of_images.len(),
        117,
        "125 without the eight that Packer sets itself"
    );
    let errors = plan(Value::Object(keys)).errors;
    let unknown = errors.iter().filter_map(|problem| {
        problem
            .message
            .strip_prefix("unknown configuration key: '\"")
    });
    let mut unknown: Vec<&str> = unknown.map(|key| key.trim_end_matches("\"'")).collect();
    let mut wanted = of_images;
    unknown.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(unknown, wanted);
}

#[test]
fn a_volume_has_its_tags_whether_they_are_a_map_or_blocks() {
    let volumes = volumes(json!([{
        "device_name": "/dev/xvdf", "volume_size": 1, "delete_on_termination": false,
        "tag": [{"key": "a", "value": "1"}], "snapshot_volume": true,
        "snapshot_tag": {"key": "b", "value": "2"}, "snapshot_tags": {"c": "3"},
    }]));
    assert!(volumes[0].stays());
    assert_eq!(volumes[0].tags["a"], "1");
    let tags = &volumes[0].snapshot.as_ref().unwrap().tags;
    assert_eq!((tags["b"].as_str(), tags["c"].as_str()), ("2", "3"));
}

#[test]
fn region_and_source_image_wait_in_tags_and_any_other_name_is_an_error() {
    let tags =
        |text: &str| json!({"ebs_volumes": [{"device_name": "/dev/xvdf", "tags": {"a": text}}]});
    let settings = plan(tags("{{ .SourceAMI }} in {{ .BuildRegion }}")).settings();
    let Recipe::Volumes(volumes) = settings.recipe else {
        panic!("it makes volumes")
    };
    assert_eq!(
        volumes[0].tags["a"],
        "{{ .SourceAMI }} in {{ .BuildRegion }}"
    );
    assert!(
        plan(tags("{{ .SourceAMIName }}"))
            .reports("can't evaluate field SourceAMIName in type *ebsvolume.EngineVarsTemplate")
    );
    assert!(plan(json!({"user_data": "{{ .Foo }}"})).reports("can't evaluate field Foo"));
    let late = json!({"run_tags": {"a": "{{ .SourceAMIName }}"}});
    assert!(
        plan(late).errors.is_empty(),
        "these are rendered later as a whole"
    );
}

#[test]
fn a_snapshots_description_needs_a_snapshot() {
    let outcome =
        plan(json!({"ebs_volumes": [{"device_name": "/dev/xvdf", "snapshot_description": "x"}]}));
    assert!(outcome.reports(
        "All `ebs_volumes` blocks setting `snapshot_description` must also set `snapshot_volume`."
    ));
    let outcome =
        plan(json!({"ebs_volumes": [{"device_name": "/dev/xvdf", "snapshot_users": ["1"]}]}));
    assert!(outcome.errors.is_empty());
    assert!(
        outcome.warnings[0]
            .message
            .contains("`snapshot_users` needs `snapshot_volume`")
    );
}

#[test]
fn the_machine_is_launched_with_the_volumes_and_the_usual_rules_hold() {
    let settings = plan(
        json!({"ebs_volumes": [{"device_name": "/dev/xvdf", "volume_size": 1}],
        "run_volume_tag": {"key": "a", "value": "b"}}),
    )
    .settings();
    assert_eq!(settings.launch.block_devices[0].device_name, "/dev/xvdf");
    assert_eq!(settings.launch.run_volume_tags["a"], "b");
    assert!(plan(json!({"ebs_volumes": [{}]})).reports("The `device_name` must be specified"));
    assert!(
        plan(json!({"run_volume_tag": {"name": "a", "value": "b"}}))
            .reports("unknown configuration key")
    );
}

#[test]
fn the_volumes_are_the_templates_own_so_there_is_no_fast_build_volume() {
    let outcome = plan(json!({"fast_build_volume": true}));
    assert!(outcome.reports("unknown configuration key: '\"fast_build_volume\"'"));
}
