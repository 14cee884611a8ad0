use std::sync::Arc;

use serde_json::{Value, json};

use super::*;
use crate::facts::FileFact;
use crate::plan::communicator::{Login, SshSettings};
use crate::template::document;
use crate::template::problem::Problem;
use crate::template::scope::{BuilderFunctions, Section};
use crate::template::source::Source;

const KEY: &str = "-----BEGIN PRIVATE KEY-----\n\
    MC4CAQAwBQYDK2VwBCIEIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH\n\
    -----END PRIVATE KEY-----\n";

/// A builder that is fine but for `changes`; a `null` takes a key away.
fn plan(changes: &Value) -> (Option<NullSettings>, Vec<Problem>, Vec<Problem>) {
    let mut builder = json!({"ssh_host": "h", "ssh_username": "u", "ssh_password": "p"});
    for (key, value) in changes.as_object().unwrap() {
        builder[key] = value.clone();
    }
    let mut facts = Facts::for_tests();
    facts.add_file("key.pem".into(), FileFact::File(KEY.as_bytes().into()));
    facts.add_file("nope.pem".into(), FileFact::Missing);
    facts.add_file("text".into(), FileFact::File("no key".as_bytes().into()));
    facts.add_file(".".into(), FileFact::Directory);
    let document =
        Arc::new(document::parse(Arc::new(Source::new("t.json", builder.to_string()))).unwrap());
    let problems = Problems::of_component(Arc::clone(&document), "null");
    let scope = Scope::new(
        &facts,
        Section::Builder(BuilderFunctions::None),
        Arc::default(),
    );
    let settings = null(&document.root, &scope, &facts, &problems);
    let (errors, warnings) = problems.into_parts();
    (settings, errors, warnings)
}

fn ssh(changes: &Value) -> SshSettings {
    let (settings, errors, _) = plan(changes);
    match settings
        .unwrap_or_else(|| panic!("{errors:?}"))
        .communicator
    {
        Communicator::Ssh(settings) => *settings,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_machine_needs_a_host_a_user_and_one_way_in() {
    let cases = [
        (
            json!({"ssh_host": null}),
            "a Host must be specified, please reference your communicator documentation",
        ),
        (
            json!({"ssh_username": null}),
            "a Username must be specified",
        ),
        (
            json!({"ssh_username": null}),
            "An ssh_username must be specified",
        ),
        (
            json!({"ssh_password": null}),
            "one authentication method must be specified",
        ),
        (
            json!({"ssh_agent_auth": true}),
            "only one of ssh_agent_auth, ssh_password, and ssh_private_key_file must be specified",
        ),
        (
            json!({"communicator": "winrm"}),
            "winrm_username must be specified.",
        ),
        (json!({"communicator": "winrm"}), "a Host must be specified"),
        (
            json!({"communicator": "bogus"}),
            "Communicator type bogus is invalid",
        ),
        (
            json!({"ssh_interface": "public_ip"}),
            "unknown configuration key: '\"ssh_interface\"'",
        ),
    ];
    for (changes, text) in cases {
        let (settings, errors, _) = plan(&changes);
        assert!(settings.is_none(), "{changes}");
        assert!(
            errors.iter().any(|problem| problem.message.contains(text)),
            "{changes}: {errors:#?}"
        );
    }
}

#[test]
fn no_communicator_needs_nothing() {
    let (settings, errors, _) = plan(
        &json!({"communicator": "none", "ssh_host": null, "ssh_username": null, "ssh_private_key_file": "nope.pem"}),
    );
    assert!(errors.is_empty(), "{errors:?}");
    assert!(matches!(settings.unwrap().communicator, Communicator::None));
}

#[test]
fn ssh_s_own_rules_are_packers() {
    let cases = [
        (
            json!({"ssh_private_key_file": "nope.pem"}),
            "ssh_private_key_file is invalid: stat nope.pem: no such file or directory",
        ),
        (
            json!({"ssh_private_key_file": "."}),
            "ssh_private_key_file is invalid: read .: is a directory",
        ),
        (
            json!({"ssh_private_key_file": "text"}),
            "ssh_private_key_file is invalid: `text`: no key found",
        ),
        (
            json!({"ssh_certificate_file": "x"}),
            "ssh_private_key_file must be specified if ssh_certificate_file is specified",
        ),
        (
            json!({"ssh_private_key_file": "key.pem", "ssh_certificate_file": "text"}),
            "`text` is not an OpenSSH certificate",
        ),
        (
            json!({"ssh_bastion_host": "b"}),
            "ssh_bastion_password, ssh_bastion_private_key_file or ssh_bastion_agent_auth",
        ),
        (
            json!({"ssh_bastion_host": "b", "ssh_bastion_private_key_file": "nope.pem"}),
            "ssh_bastion_private_key_file is invalid: stat nope.pem",
        ),
        (
            json!({"ssh_bastion_certificate_file": "x"}),
            "ssh_bastion_private_key_file must be specified if ssh_bastion_certificate_file",
        ),
        (
            json!({"ssh_bastion_host": "b", "ssh_bastion_agent_auth": true, "ssh_proxy_host": "x"}),
            "ssh_bastion_host or ssh_proxy_host, not both",
        ),
        (
            json!({"ssh_file_transfer_method": "x"}),
            "ssh_file_transfer_method ('x') is invalid, valid methods: sftp, scp",
        ),
        (
            json!({"ssh_remote_tunnels": ["a"]}),
            "ssh_remote_tunnels ('a') is invalid",
        ),
        (json!({"ssh_port": "abc"}), "cannot parse 'ssh_port' as int"),
        (json!({"ssh_timeout": "5 minutes"}), "ssh_timeout"),
    ];
    for (changes, text) in cases {
        let (_, errors, _) = plan(&changes);
        assert!(
            errors.iter().any(|problem| problem.message.contains(text)),
            "{changes}: {errors:#?}"
        );
    }
}

#[test]
fn a_file_that_is_not_gathered_yet_is_asked_for_and_taken_as_fine() {
    let (settings, errors, _) =
        plan(&json!({"ssh_password": null, "ssh_private_key_file": "later.pem"}));
    assert!(errors.is_empty(), "{errors:?}");
    assert!(settings.is_some());
}

#[test]
fn a_bastion_takes_the_target_s_key_where_it_has_none() {
    let settings = ssh(
        &json!({"ssh_password": null, "ssh_private_key_file": "key.pem", "ssh_bastion_host": "b", "ssh_bastion_username": "j"}),
    );
    let bastion = settings.bastion.unwrap();
    assert_eq!(
        (
            bastion.host.as_str(),
            bastion.port,
            bastion.username.as_str()
        ),
        ("b", 22, "j")
    );
    assert_eq!(bastion.private_key.unwrap().expose(), KEY);
    assert!(matches!(settings.login, Login::Key { password: None, .. }));
}

#[test]
fn a_negative_keep_alive_interval_switches_it_off() {
    assert_eq!(
        ssh(&json!({"ssh_keep_alive_interval": "-1s"})).keep_alive,
        None
    );
    assert_eq!(
        ssh(&json!({})).keep_alive,
        Some(std::time::Duration::from_secs(5))
    );
}

#[test]
fn winrm_and_ports_that_cannot_exist_pass_with_a_warning_and_are_noted() {
    let winrm = json!({"communicator": "winrm", "winrm_host": "h", "winrm_username": "u", "ssh_agent_auth": true, "ssh_password": null});
    for (changes, key) in [
        (winrm, "communicator"),
        (
            json!({"ssh_local_tunnels": ["70000:h:2"]}),
            "ssh_local_tunnels",
        ),
    ] {
        let (settings, errors, warnings) = plan(&changes);
        assert!(errors.is_empty(), "{errors:?}");
        assert_eq!(settings.unwrap().unsupported, [key]);
        assert!(warnings[0].message.contains(key), "{warnings:?}");
    }
}
