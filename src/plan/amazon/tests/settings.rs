//! What the keys become.

use std::time::Duration;

use serde_json::{Value, json};

use super::{plan, plan_with};
use crate::cloud::Region;
use crate::cloud::image::BlockDevice;
use crate::cloud::instance::ShutdownBehavior;
use crate::facts::{Facts, FileFact};
use crate::plan::amazon::Force;
use crate::plan::amazon::settings::Replace;
use crate::plan::communicator::{Communicator, Interface, KeyType, Login, SshSettings};

fn ssh(fragment: Value) -> SshSettings {
    match plan(fragment).settings().communicator {
        Communicator::Ssh(settings) => *settings,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_small_builder_gets_packers_defaults() {
    let settings = plan(json!({})).settings();
    assert_eq!(settings.access.max_retries, 10);
    assert_eq!(settings.launch.credit_specification, Some("standard"));
    assert_eq!(settings.launch.shutdown_behavior, None);
    assert_eq!(settings.launch.temporary_group_sources, None);
    assert_eq!(settings.image.replace, Replace::Refuse);
    assert!(settings.unsupported.is_empty());
    let ssh = ssh(json!({}));
    assert_eq!((ssh.port, ssh.interface), (22, Interface::Automatic));
    assert_eq!(
        (ssh.timeout, ssh.handshake_attempts),
        (Some(Duration::from_secs(300)), Some(10))
    );
    assert!(matches!(
        ssh.login,
        Login::TemporaryKey {
            name: None,
            key_type: KeyType::Rsa,
            password: None
        }
    ));
}

#[test]
fn force_deregisters_whatever_the_template_says() {
    let mut facts = Facts::for_tests();
    let replace = |fragment, facts: &mut _| {
        plan_with(fragment, facts, Force::Yes)
            .settings()
            .image
            .replace
    };
    assert_eq!(
        replace(json!({"force_deregister": false}), &mut facts),
        Replace::Deregister
    );
    assert_eq!(
        replace(json!({"force_delete_snapshot": true}), &mut facts),
        Replace::DeregisterAndDeleteSnapshots
    );
}

#[test]
fn the_build_region_is_no_copy_and_a_region_counts_once() {
    let image = plan(json!({"ami_regions": "eu-west-1,us-east-1,eu-west-1"}))
        .settings()
        .image;
    assert_eq!(image.regions, [Region::new("eu-west-1")]);
}

#[test]
fn singular_tags_lie_over_the_plural_and_volume_tags_have_a_name() {
    let settings = plan(json!({
        "tags": {"a": "1", "b": "2"},
        "tag": [{"key": "b", "value": "3"}],
        "run_volume_tag": {"name": "v", "value": "w"},
    }))
    .settings();
    assert_eq!(settings.image.tags["b"], "3");
    assert_eq!(settings.image.tags["a"], "1");
    assert_eq!(settings.launch.run_volume_tags["v"], "w");
}

#[test]
fn a_filter_s_commas_separate_values() {
    let source = plan(
        json!({"source_ami": null, "source_ami_filter": {"filters": {"name": "a, \"b,c\""}, "owners": ["1"]}}),
    );
    assert_eq!(
        source.settings().source.filters,
        [("name".to_owned(), vec!["a".to_owned(), "b,c".to_owned()])]
    );
}

#[test]
fn block_devices_carry_only_what_their_type_takes() {
    let devices = plan(json!({"launch_block_device_mappings": [
        {"device_name": "a", "volume_type": "gp2", "iops": 300, "volume_size": 0},
        {"device_name": "b", "no_device": true, "volume_size": 9},
        {"device_name": "c", "virtual_name": "ephemeral0", "volume_size": 9},
        {"device_name": "d", "virtual_name": "other"},
    ]}))
    .settings()
    .launch
    .block_devices;
    let ebs = devices[0].ebs.as_ref().unwrap();
    assert_eq!(
        (
            ebs.iops,
            ebs.volume_size,
            ebs.delete_on_termination,
            ebs.encrypted
        ),
        (None, None, Some(false), None)
    );
    let bare = |name: &str| BlockDevice {
        device_name: name.to_owned(),
        ..BlockDevice::default()
    };
    assert_eq!(
        devices[1],
        BlockDevice {
            no_device: true,
            ..bare("b")
        }
    );
    assert_eq!(
        devices[2],
        BlockDevice {
            virtual_name: Some("ephemeral0".to_owned()),
            ..bare("c")
        }
    );
    assert_eq!(devices[3], bare("d"));
}

#[test]
fn no_ephemeral_leaves_26_devices_out_of_the_launch() {
    let devices = plan(json!({"no_ephemeral": true}))
        .settings()
        .launch
        .block_devices;
    let names: Vec<_> = devices
        .iter()
        .map(|device| device.device_name.as_str())
        .collect();
    assert_eq!((names.len(), names[0], names[25]), (26, "xvdca", "xvdcz"));
    assert!(devices.iter().all(|device| device.no_device));
}

#[test]
fn metadata_options_are_always_sent_and_a_disabled_endpoint_too() {
    let metadata = |fragment| plan(fragment).settings().launch.metadata.unwrap();
    let default = metadata(json!({}));
    assert_eq!(
        (default.http_endpoint.as_str(), default.http_tokens.as_str()),
        ("enabled", "optional")
    );
    assert_eq!(
        metadata(json!({"metadata_options": {"http_endpoint": "disabled"}})).http_endpoint,
        "disabled"
    );
}

#[test]
fn aws_polling_wins_over_the_environment_key_by_key() {
    let mut facts = Facts::for_tests();
    facts
        .environment
        .insert("AWS_MAX_ATTEMPTS".to_owned(), "7".to_owned());
    facts
        .environment
        .insert("AWS_POLL_DELAY_SECONDS".to_owned(), "3".to_owned());
    let polling = plan_with(
        json!({"aws_polling": {"max_attempts": 50}}),
        &mut facts,
        Force::No,
    )
    .settings()
    .launch
    .polling;
    assert_eq!(
        (polling.max_attempts, polling.delay_seconds),
        (Some(50), Some(3))
    );
    assert_eq!(polling.budget(), Some(Duration::from_secs(150)));
}

#[test]
fn a_timeout_of_the_environment_counts_without_attempts() {
    let mut facts = Facts::for_tests();
    facts
        .environment
        .insert("AWS_TIMEOUT_SECONDS".to_owned(), "90".to_owned());
    let polling = plan_with(json!({}), &mut facts, Force::No)
        .settings()
        .launch
        .polling;
    assert_eq!(polling.budget(), Some(Duration::from_secs(90)));
}

#[test]
fn a_user_data_file_is_taken_as_it_is() {
    let mut facts = Facts::for_tests();
    facts.add_file(
        "u.sh".into(),
        FileFact::File("echo {{user `x`}}\n".as_bytes().into()),
    );
    let launch = plan_with(json!({"user_data_file": "u.sh"}), &mut facts, Force::No)
        .settings()
        .launch;
    assert_eq!(
        launch.user_data.unwrap().expose(),
        "ZWNobyB7e3VzZXIgYHhgfX0K"
    );
}

#[test]
fn unlimited_credits_and_shutdown_behaviour_are_kept() {
    let launch = plan(json!({"enable_t2_unlimited": true, "shutdown_behavior": "terminate"}))
        .settings()
        .launch;
    assert_eq!(launch.credit_specification, Some("unlimited"));
    assert_eq!(launch.shutdown_behavior, Some(ShutdownBehavior::Terminate));
    assert_eq!(
        plan(json!({"instance_type": "m5.large"}))
            .settings()
            .launch
            .credit_specification,
        None
    );
}

#[test]
fn an_unnamed_role_is_not_assumed() {
    assert_eq!(
        plan(json!({"assume_role": {"session_name": "x"}}))
            .settings()
            .access
            .assume_role,
        None
    );
    let role = plan(json!({"assume_role": {"role_arn": "r", "duration_seconds": "900"}}))
        .settings()
        .access
        .assume_role
        .unwrap();
    assert_eq!((role.role_arn.as_str(), role.duration_seconds), ("r", 900));
}

#[test]
fn a_key_that_is_not_done_yet_is_warned_of_and_noted_by_name() {
    let cases = [
        ("ssh_local_tunnels", json!(["70000:a:2"])),
        ("ssh_remote_tunnels", json!(["1:a:-2"])),
        ("communicator", json!("docker")),
        ("ssh_port", json!(99999)),
    ];
    for (key, value) in cases {
        let outcome = plan(json!({key: value}));
        assert!(
            outcome
                .warnings
                .iter()
                .any(|warning| warning.message.contains(&format!("`{key}`"))),
            "{key}: no warning"
        );
        assert_eq!(outcome.settings().unsupported, [key], "{key}");
    }
}

#[test]
fn a_key_at_its_default_is_no_request() {
    let outcome = plan(json!({
        "spot_price": "0", "tenancy": "default", "sriov_support": false, "ena_support": "", "fast_launch": {}, "vpc_filter": {},
        "deregistration_protection": {"enabled": false}, "ssh_local_tunnels": [], "decode_authorization_messages": false, "mfa_code": "",
    }));
    assert!(outcome.warnings.is_empty(), "{:?}", outcome.warnings);
    assert!(outcome.settings().unsupported.is_empty());
}

#[test]
fn secrets_do_not_print() {
    let settings = plan(
        json!({"access_key": "AKIAEXAMPLE", "secret_key": "hush-hush", "token": "tok-tok", "ssh_password": "pass-pass",
        "user_data": "#!/bin/sh\n"}),
    );
    let text = format!("{:?}", settings.settings());
    for secret in [
        "AKIAEXAMPLE",
        "hush-hush",
        "tok-tok",
        "pass-pass",
        "IyEvYmlu",
    ] {
        assert!(!text.contains(secret), "{secret}");
    }
}
