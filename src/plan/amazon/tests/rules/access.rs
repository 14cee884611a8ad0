//! The way to EC2 and to the machine, and all problems together.

use serde_json::{Value, json};

use super::{accepted, refused};
use crate::facts::Facts;
use crate::lookups::{Answer, Lookup};
use crate::plan::amazon::Force;
use crate::plan::amazon::tests::{Outcome, plan, plan_with};
use crate::secret::Secret;

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
fn a_key_in_the_template_is_a_list_of_bytes_and_is_not_told_where_it_is_a_text() {
    for key in ["ssh_private_key", "ssh_public_key"] {
        refused(&[(json!({key: "secret"}), "as uint: it is a list of bytes")]);
        accepted(&[json!({key: ""}), json!({key: [115, 101]}), json!({key: []})]);
    }
    assert!(!plan(json!({"ssh_private_key": "hunter2"})).reports("hunter2"));
}

#[test]
fn vault_and_keys_exclude_each_other() {
    refused(&[(
        json!({"vault_aws_engine": {"name": "x"}, "access_key": "a", "secret_key": "b"}),
        "If you have set vault_aws_engine, you must not set the access_key or secret_key",
    )]);
    accepted(&[json!({"vault_aws_engine": {"name": ""}, "access_key": "a", "secret_key": "b"})]);
}

const ISSUED: &str =
    r#"{"data": {"access_key": "ASIA", "secret_key": "s", "security_token": "t"}}"#;

/// What becomes of the block when Vault answers so, and what Vault was asked.
fn issued(block: Value, answer: Answer) -> (Outcome, Vec<Lookup>) {
    let mut facts = Facts::for_tests();
    let fragment = json!({"vault_aws_engine": block});
    plan_with(fragment.clone(), &mut facts, Force::No);
    let asked: Vec<Lookup> = facts.lookups.take_missed().into_iter().collect();
    for lookup in &asked {
        facts.lookups.add(lookup.clone(), answer.clone());
    }
    (plan_with(fragment, &mut facts, Force::No), asked)
}

#[test]
fn vault_makes_the_keys() {
    let found = || Answer::Found(Secret::new(ISSUED));
    let (outcome, asked) = issued(json!({"name": "builder"}), found());
    assert_eq!(asked, [Lookup::VaultRead("/aws/creds/builder".into())]);
    let access = outcome.settings().access;
    assert!(access.issued_by_vault);
    let keys = access.keys.unwrap();
    assert_eq!(keys.access_key.expose(), "ASIA");
    assert_eq!(keys.token.unwrap().expose(), "t");
    let block = json!({"name": "b", "engine_name": "aws2", "role_arn": "r", "ttl": "15m"});
    let (_, asked) = issued(block, found());
    let fields = [("role_arn", "r"), ("ttl", "15m")];
    let fields = fields.map(|(key, value)| (key.to_owned(), value.to_owned()));
    assert_eq!(
        asked,
        [Lookup::VaultWrite {
            path: "/aws2/sts/b".into(),
            fields: fields.into()
        }]
    );
}

#[test]
fn what_vault_cannot_give_is_a_problem_of_the_template() {
    let block = || json!({"name": "builder"});
    let refused = |answer, text| {
        let (outcome, _) = issued(block(), answer);
        assert!(outcome.reports(text), "{text}");
    };
    refused(
        Answer::Nothing,
        "Vault Secret does not exist at the given path",
    );
    refused(Answer::Failed("denied".into()), "denied");
    refused(
        Answer::Found(Secret::new(r#"{"data": {"k": "v"}}"#)),
        "Vault's answer holds no `access_key`",
    );
    let (outcome, asked) = issued(json!({"ttl": "1h"}), Answer::Nothing);
    assert!(outcome.reports("`name` is missing"));
    assert_eq!(asked, []);
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
