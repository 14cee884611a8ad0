//! `amazon-ebssurrogate`: its keys, its rules, its recipe.

use serde_json::{Map, Value, json};

use super::{Outcome, change, decoded};
use crate::facts::Facts;
use crate::plan::amazon::recipe::{Method, Recipe, Registration, RootDevice, Surrogate};
use crate::plan::amazon::{Force, surrogate};

/// The smallest builder that is fine, with `fragment`'s keys in it.
fn plan(fragment: Value) -> Outcome {
    let mut builder = json!({
        "region": "us-east-1",
        "ami_name": "web-base",
        "ami_virtualization_type": "hvm",
        "source_ami": "ami-0123456789abcdef0",
        "instance_type": "t3.micro",
        "ssh_username": "admin",
        "launch_block_device_mappings": [{"device_name": "/dev/xvdf", "volume_size": 8}],
        "ami_root_device": {"source_device_name": "/dev/xvdf", "device_name": "/dev/xvda"},
    });
    change(&mut builder, fragment);
    let mut facts = Facts::for_tests();
    decoded(
        "amazon-ebssurrogate",
        &builder,
        &mut facts,
        |node, scope, facts, problems| surrogate(node, scope, facts, Force::No, problems),
    )
}

fn recipe(fragment: Value) -> Surrogate {
    match plan(fragment).settings().recipe {
        Recipe::Surrogate(surrogate) => *surrogate,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_key_of_packers_is_known_and_those_of_amazon_ebs_alone_are_not() {
    let own = "ami_root_device ami_architecture boot_mode uefi_data tpm_support snapshot_description use_create_image";
    let foreign = ["fast_launch", "no_ephemeral", "skip_create_ami"];
    let keys = super::keys::KEYS
        .split_whitespace()
        .chain(own.split_whitespace());
    let keys: Map<String, Value> = keys.map(|key| (key.to_owned(), json!(""))).collect();
    assert_eq!(
        keys.len() - foreign.len(),
        152,
        "160 without the eight that Packer sets itself"
    );
    let mut unknown: Vec<String> = plan(Value::Object(keys))
        .errors
        .into_iter()
        .map(|problem| problem.message.to_string())
        .filter(|message| message.starts_with("unknown configuration key"))
        .collect();
    unknown.sort();
    assert_eq!(
        unknown,
        foreign.map(|key| format!("unknown configuration key: '\"{key}\"'"))
    );
}

#[test]
fn the_rules_are_packers_in_its_words() {
    for (fragment, text) in [
        (
            json!({"ami_virtualization_type": null}),
            "ami_virtualization_type is required.",
        ),
        (
            json!({"ami_root_device": {"device_name": "/dev/xvda"}}),
            "source_device_name for the root_device must be specified",
        ),
        (
            json!({"ami_root_device": null}),
            "device_name for the root_device must be specified",
        ),
        (
            json!({"ami_root_device": {"source_device_name": "/dev/xvdg", "device_name": "/dev/xvda"}}),
            "no volume with name '/dev/xvdg' is found",
        ),
        (
            json!({"launch_block_device_mappings": [{"device_name": "/dev/xvdf", "omit_from_artifact": true}]}),
            "You cannot set \"omit_from_artifact\": \"true\" for the root volume.",
        ),
        (
            json!({"ami_architecture": "mips"}),
            "The only valid ami_architecture values are",
        ),
        (json!({"boot_mode": "bios"}), "invalid boot mode"),
        (
            json!({"tpm_support": "v1.2"}),
            "The only valid tpm_support value is \"v2.0\"",
        ),
        (
            json!({"uefi_data": "AAAA"}),
            "You need boot_mode set to \"uefi\" to use uefi_data, \"x86_64\" architecture",
        ),
        (
            json!({"uefi_data": "AAAA", "boot_mode": "legacy-bios"}),
            "You can't use uefi_data with boot_mode set to \"legacy-bios\".",
        ),
        (
            json!({"ami_root_device": {"source_device_name": "/dev/xvdf", "device_name": "/dev/xvda", "volume_type": "gp2", "iops": 100}}),
            "iops may not be specified for a gp2 volume",
        ),
        (
            json!({"ami_root_device": {"source_device_name": "/dev/xvdf", "device_name": "/dev/xvda", "volume_size": -1}}),
            "volume_size must be greater than 0",
        ),
        (
            json!({"ami_root_device": {"source_device_name": "/dev/xvdf", "device_name": "/dev/xvda", "throughput": 5}}),
            "unknown configuration key: '\"ami_root_device.throughput\"'",
        ),
        (json!({"ami_name": null}), "ami_name must be specified"),
    ] {
        let outcome = plan(fragment.clone());
        let messages: Vec<_> = outcome
            .errors
            .iter()
            .map(|problem| &problem.message)
            .collect();
        assert!(
            outcome.reports(text),
            "{fragment}\n  wanted: {text}\n  got: {messages:#?}"
        );
        assert!(outcome.settings.is_none(), "{fragment}");
    }
}

#[test]
fn what_stands_beside_a_rule_passes() {
    for fragment in [
        json!({"uefi_data": "AAAA", "boot_mode": "uefi"}),
        json!({"uefi_data": "AAAA", "ami_architecture": "arm64"}),
        json!({"skip_ami_run_tags": true, "tpm_support": "v2.0", "boot_mode": "uefi-preferred"}),
        json!({"ami_root_device": {"source_device_name": "/dev/xvdf", "device_name": "/dev/xvda", "iops": 0, "volume_type": "gp2"}}),
    ] {
        let errors = plan(fragment.clone()).errors;
        assert!(errors.is_empty(), "{fragment}: {errors:#?}");
    }
}

#[test]
fn an_image_is_registered_unless_the_template_asks_for_create_image() {
    let Method::Register(registration) = recipe(json!({})).method else {
        panic!("it is registered")
    };
    let wanted = Registration {
        architecture: "x86_64".to_owned(),
        virtualization_type: "hvm".to_owned(),
        ..Registration::default()
    };
    assert_eq!(registration, wanted);
    assert!(matches!(
        recipe(json!({"use_create_image": true})).method,
        Method::CreateImage
    ));
}

#[test]
fn the_root_device_takes_what_the_template_gives_and_leaves_the_rest_open() {
    let root = json!({"source_device_name": "/dev/xvdf", "device_name": "/dev/xvda", "delete_on_termination": false,
        "volume_type": "io2", "iops": 1000, "volume_size": "20"});
    let wanted = RootDevice {
        source: "/dev/xvdf".to_owned(),
        name: "/dev/xvda".to_owned(),
        delete_on_termination: Some(false),
        iops: Some(1000),
        volume_type: Some("io2".to_owned()),
        volume_size: Some(20),
    };
    assert_eq!(recipe(json!({"ami_root_device": root})).root, wanted);
    assert_eq!(recipe(json!({})).root.delete_on_termination, None);
}

#[test]
fn what_has_no_effect_is_named() {
    for (fragment, text) in [
        (
            json!({"use_create_image": true, "boot_mode": "uefi"}),
            "`boot_mode` has no effect with `use_create_image`",
        ),
        (
            json!({"ami_root_device": {"source_device_name": "/dev/xvdf", "device_name": "/dev/xvda", "volume_size": 4}}),
            "a root volume of 4 GiB is too small for what was a volume of 8 GiB",
        ),
    ] {
        let warnings = plan(fragment).warnings;
        assert!(
            warnings
                .iter()
                .any(|warning| warning.message.contains(text)),
            "{text}: {warnings:#?}"
        );
    }
}

#[test]
fn a_root_that_a_spot_instance_would_not_let_go_is_refused_by_build() {
    let swapped = plan(json!({"spot_price": "auto", "use_create_image": true}));
    assert_eq!(
        swapped.settings().unsupported,
        ["use_create_image` beside `spot_price"]
    );
    // Packer checks these two for the other builders only.
    let enhanced =
        plan(json!({"spot_price": "auto", "use_create_image": true, "ena_support": true}));
    assert!(!enhanced.reports("Spot instances do not support modification"));
    let registered = plan(json!({"spot_price": "auto"}));
    assert!(registered.settings().unsupported.is_empty());
}

#[test]
fn an_omitted_device_is_launched_but_is_no_part_of_the_image() {
    let fragment = json!({"launch_block_device_mappings": [
        {"device_name": "/dev/xvdf", "volume_size": 8},
        {"device_name": "/dev/xvdg", "volume_size": 1, "omit_from_artifact": true},
    ]});
    assert_eq!(recipe(fragment.clone()).omitted, ["/dev/xvdg"]);
    assert_eq!(plan(fragment).settings().launch.block_devices.len(), 2);
}

#[test]
fn the_volumes_are_the_templates_own_so_there_is_no_fast_build_volume() {
    let outcome = plan(json!({"fast_build_volume": true}));
    assert!(outcome.reports("unknown configuration key: '\"fast_build_volume\"'"));
}
