//! `chef-client`: checked, not run.

use crate::facts::Facts;
use crate::template::fields::Fields;

use super::checks;
use super::shape::Keys;

pub(super) const LATE: &[&str] = &["execute_command", "install_command", "knife_command"];

pub(super) const KEYS: Keys = Keys {
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

pub(super) fn check(fields: &mut Fields<'_>, facts: &Facts) {
    checks::guest_os(fields);
    checks::chef_files(fields, facts);
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
