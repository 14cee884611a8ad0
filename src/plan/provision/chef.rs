//! `chef-client` and `chef-solo`: checked, not run.

use crate::facts::Facts;
use crate::template::fields::Fields;

use super::checks;
use super::shape::Keys;

pub(super) const LATE: &[&str] = &["execute_command", "install_command", "knife_command"];

pub(super) const CLIENT_KEYS: Keys = Keys {
    texts: &[
        "staging_directory",
        "chef_environment",
        "chef_license",
        "client_key",
        "config_template",
        "encrypted_data_bag_secret_path",
        "execute_command",
        "guest_os_type",
        "install_command",
        "knife_command",
        "node_name",
        "policy_group",
        "policy_name",
        "server_url",
        "ssl_verify_mode",
        "trusted_certs_dir",
        "validation_client_name",
        "validation_key_path",
        "elevated_user",
        "elevated_password",
        "version",
    ],
    lists: &["run_list"],
    flags: &[
        "prevent_sudo",
        "skip_clean_client",
        "skip_clean_node",
        "skip_clean_staging_directory",
        "skip_install",
    ],
    raw: &["json"],
    ..Keys::NONE
};

pub(super) const SOLO_KEYS: Keys = Keys {
    texts: &[
        "roles_path",
        "staging_directory",
        "chef_environment",
        "chef_license",
        "config_template",
        "encrypted_data_bag_secret_path",
        "execute_command",
        "guest_os_type",
        "install_command",
        "data_bags_path",
        "environments_path",
        "version",
    ],
    lists: &["run_list", "cookbook_paths", "remote_cookbook_paths"],
    flags: &["prevent_sudo", "skip_install"],
    raw: &["json"],
    ..Keys::NONE
};

pub(super) fn check_client(fields: &mut Fields<'_>, facts: &Facts) {
    common(fields, facts);
    checks::elevation(fields);
    if fields.text("server_url").is_empty() {
        fields.problem("server_url", "server_url must be set");
    }
    if fields.text("policy_name").is_empty() != fields.text("policy_group").is_empty() {
        fields.problem(
            "policy_name",
            "If either policy_name or policy_group are set, they must both be set.",
        );
    }
}

pub(super) fn check_solo(fields: &mut Fields<'_>, facts: &Facts) {
    common(fields, facts);
    for (key, what) in [
        ("roles_path", "roles"),
        ("data_bags_path", "data bags"),
        ("environments_path", "environments"),
    ] {
        let path = fields.text(key);
        if let Some(fault) = (!path.is_empty())
            .then(|| checks::path_fault(&path, facts))
            .flatten()
        {
            fields.problem(key, format!("Bad {what} path '{path}': {fault}"));
        }
    }
    for path in fields.strings("cookbook_paths") {
        if let Some(fault) = checks::path_fault(&path, facts) {
            fields.problem(
                "cookbook_paths",
                format!("Bad cookbook path '{path}': {fault}"),
            );
        }
    }
}

fn common(fields: &mut Fields<'_>, facts: &Facts) {
    checks::guest_os(fields);
    for (key, what) in [
        ("config_template", "config template path"),
        (
            "encrypted_data_bag_secret_path",
            "encrypted data bag secret",
        ),
    ] {
        let path = fields.text(key);
        if let Some(fault) = (!path.is_empty())
            .then(|| checks::path_fault(&path, facts))
            .flatten()
        {
            fields.problem(key, format!("Bad {what} '{path}': {fault}"));
        }
    }
}
