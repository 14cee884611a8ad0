//! What Packer 1.6.6 says of mistakes in the settings of Puppet, Chef and Salt, and the plugin in those of goss.

use super::*;

#[track_caller]
fn says(kind: &str, json: &str, messages: &[&str]) {
    assert_eq!(errors(kind, json), messages, "{json}");
}

#[test]
fn puppet_needs_a_manifest_and_paths_that_lead_somewhere() {
    let kind = "puppet-masterless";
    says(kind, "{}", &["A manifest_file must be specified."]);
    let json = r#"{"manifest_file": "missing", "module_paths": ["directory", "there", "missing"],
                   "hiera_config_path": "directory", "manifest_dir": "there"}"#;
    says(
        kind,
        json,
        &[
            "hiera_config_path must point to a file",
            "manifest_dir must point to a directory",
            "manifest_file is invalid: stat missing: no such file or directory",
            "module_path[1] must point to a directory",
            "module_path[2] is invalid: stat missing: no such file or directory",
        ],
    );
    let json = r#"{"manifest_file": "there", "guest_os_type": "BeOS"}"#;
    says(kind, json, &["Invalid guest_os_type: \"beos\""]);
    let json = r#"{"manifest_file": "there", "elevated_password": "x", "extra_arguments": ["{{.ModulePath}}"]}"#;
    says(kind, json, &[]);
}

#[test]
fn chef_needs_paths_of_the_right_kind() {
    let json = r#"{"config_template": "directory", "cookbook_paths": ["missing"], "roles_path": "there",
                   "encrypted_data_bag_secret_path": "missing", "data_bags_path": "directory"}"#;
    says(
        "chef-solo",
        json,
        &[
            "Config template path must be a file: directory",
            "Bad encrypted data bag secret 'missing': stat missing: no such file or directory",
            "Bad roles path 'there': not a directory",
            "Bad cookbook path 'missing': stat missing: no such file or directory",
        ],
    );
    let json = r#"{"json": {"a": "{{`{{user \"v\"}}`}}"}}"#;
    let found = errors("chef-solo", json);
    assert!(
        found[0].starts_with("Error processing user variables in JSON: template: root:1: unexpected \"\\\\\" in operand"),
        "{found:?}"
    );
}

#[test]
fn salt_needs_a_state_tree_and_formulas_of_its_shape() {
    let kind = "salt-masterless";
    says(kind, "{}", &["local_state_tree cannot be empty"]);
    let json = r#"{"local_state_tree": "there", "local_pillar_roots": "missing", "minion_config": "directory",
                   "remote_state_tree": "/x"}"#;
    says(
        kind,
        json,
        &[
            "local_state_tree: path 'there' must point to a directory",
            "local_pillar_roots: path 'missing' is invalid: stat missing: no such file or directory",
            "minion_config: path 'directory' must point to a file",
            "remote_state_tree and remote_pillar_roots only apply when minion_config is not used",
        ],
    );
    let json = r#"{"local_state_tree": "directory", "formulas": ["https://example.com/a.git"]}"#;
    says(
        kind,
        json,
        &["Invalid formula URL. Please verify the git URLs also contain a '//' subdir"],
    );
}

#[test]
fn goss_needs_tests_and_one_way_to_the_binary() {
    says("goss", "{}", &["tests must be specified"]);
    let json =
        r#"{"tests": ["missing"], "format": "xml", "format_options": "loud", "target_os": "BeOS"}"#;
    says(
        "goss",
        json,
        &[
            "Os must be Linux or Windows",
            "Invalid format choice xml. Valid options: [documentation json json_oneline junit nagios nagios_verbose rspecish silent tap]",
            "Invalid format options choice loud. Valid options: [perfdata verbose pretty]",
            "Bad test 'missing': stat missing: no such file or directory",
        ],
    );
    let json = r#"{"tests": ["there"], "local_binary": "there", "skip_install": true}"#;
    says(
        "goss",
        json,
        &["only one of local_binary, url and skip_install can be specified"],
    );
}

#[test]
fn a_provisioner_that_is_refused_names_commands_made_of_its_own_settings() {
    for (kind, json, parts) in [
        (
            "chef-client",
            r#"{"server_url": "https://c", "skip_install": true}"#,
            vec![
                "`sudo chef-client --no-color -c /tmp/packer-chef-client/client.rb -j",
                "https://c",
            ],
        ),
        (
            "puppet-server",
            r#"{"puppet_server": "p", "client_cert_path": "directory", "extra_arguments": ["--noop"]}"#,
            vec![
                "`sudo -E puppet agent --onetime --no-daemonize --detailed-exitcodes --server='p' --certdir='/tmp/packer-puppet-server/certs' --noop`",
                "[0, 2]",
            ],
        ),
        (
            "inspec",
            r#"{"profile": "tests/linux"}"#,
            vec!["-P inspec`", "`sudo inspec exec /tmp/linux`"],
        ),
        (
            "converge",
            r#"{"module": "m.hcl", "bootstrap": true, "prevent_sudo": true}"#,
            vec![
                "`curl -s https://get.converge.sh | sudo sh`",
                "`cd /tmp && converge apply --local --log-level=WARNING m.hcl`",
            ],
        ),
        (
            "dsc",
            r#"{"manifest_file": "dsc/Web.ps1"}"#,
            vec![
                ". C:/Windows/Temp/Web.ps1; Web -OutputPath",
                "Start-DscConfiguration",
            ],
        ),
    ] {
        let (settings, found, warnings) = decode(kind, json, None);
        assert!(found.is_empty() && warnings.len() == 1, "{kind}: {found:?}");
        let Some(ProvisionerSettings::Unsupported { instead, .. }) = settings else {
            panic!("{kind} is not refused");
        };
        for part in parts {
            assert!(instead.contains(part), "no {part} in {instead}");
        }
    }
}
