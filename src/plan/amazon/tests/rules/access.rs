//! The way to EC2 and to the machine, and all problems together.

use serde_json::{Value, json};

use super::{accepted, refused};
use crate::plan::amazon::tests::plan;

#[test]
fn access_key_and_secret_key_go_together() {
    refused(&[
        (
            json!({"access_key": "AKIA"}),
            "`access_key` and `secret_key` must both be either set or not set",
        ),
        (
            json!({"secret_key": "s"}),
            "`access_key` and `secret_key` must both be either set or not set",
        ),
        (
            json!({"access_key": "AKIA", "secret_key": ""}),
            "must both be either set or not set",
        ),
    ]);
    accepted(&[
        json!({}),
        json!({"access_key": "", "secret_key": ""}),
        json!({"access_key": "a", "secret_key": "b", "token": "c"}),
    ]);
}

#[test]
fn vault_and_keys_exclude_each_other() {
    refused(&[(
        json!({"vault_aws_engine": {"name": "x"}, "access_key": "a", "secret_key": "b"}),
        "If you have set vault_aws_engine, you must not set the access_key or secret_key",
    )]);
    accepted(&[json!({"vault_aws_engine": {"name": ""}, "access_key": "a", "secret_key": "b"})]);
}

#[test]
fn the_way_to_the_machine_is_consistent() {
    let session = |keys: Value| {
        let mut fragment = json!({"ssh_interface": "session_manager", "iam_instance_profile": "p"});
        fragment
            .as_object_mut()
            .unwrap()
            .extend(keys.as_object().unwrap().clone());
        fragment
    };
    refused(&[
        (
            json!({"temporary_key_pair_type": "dsa"}),
            "temporary_key_pair_type requires either rsa or ed25519",
        ),
        (json!({"ssh_interface": "x"}), "Unknown interface type: x"),
        (
            session(json!({"communicator": "winrm", "winrm_username": "a"})),
            "is not supported with the \"winrm\" communicator",
        ),
        (
            session(json!({"iam_instance_profile": ""})),
            "no iam_instance_profile defined",
        ),
        (
            json!({"ssh_keypair_name": "k"}),
            "ssh_private_key_file must be provided or ssh_agent_auth enabled",
        ),
        (
            json!({"ssh_keypair_name": "k", "ssh_password": "p"}),
            "ssh_private_key_file must be provided or ssh_agent_auth enabled",
        ),
        (
            json!({"ssh_keypair_name": "k", "communicator": "winrm", "winrm_username": "a"}),
            "ssh_private_key_file must be provided to retrieve the winrm password",
        ),
        (
            json!({"ssh_username": null}),
            "An ssh_username must be specified",
        ),
    ]);
    accepted(&[
        session(json!({})),
        json!({"ssh_keypair_name": "k", "ssh_agent_auth": true}),
        json!({"ssh_username": null, "communicator": "none"}),
        json!({"ssh_interface": "ipv6"}),
    ]);
}

#[test]
fn every_problem_is_reported_at_once_and_in_its_place() {
    let outcome = plan(
        json!({"ami_name": "a", "instance_type": null, "ssh_username": null, "ssh_interface": "x"}),
    );
    for text in [
        "between 3 and 128",
        "either instance_type",
        "An ssh_username",
        "Unknown interface",
    ] {
        assert!(outcome.reports(text), "{text}");
    }
    let name = outcome
        .errors
        .iter()
        .find(|problem| problem.message.starts_with("ami_name"))
        .unwrap();
    assert_eq!(name.place.as_ref().unwrap().pointer, "/ami_name");
}
