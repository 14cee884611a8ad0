//! `puppet-masterless` and `puppet-server`: checked, not run.

use crate::facts::Facts;
use crate::template::fields::Fields;

use super::checks;
use super::shape::Keys;

pub(super) const LATE: &[&str] = &["execute_command"];

pub(super) const MASTERLESS_KEYS: Keys = Keys {
    texts: &[
        "staging_directory",
        "execute_command",
        "guest_os_type",
        "elevated_user",
        "elevated_password",
        "working_directory",
        "puppet_bin_dir",
        "manifest_file",
        "manifest_dir",
        "hiera_config_path",
    ],
    lists: &["extra_arguments", "module_paths"],
    maps: &["facter"],
    flags: &[
        "clean_staging_directory",
        "prevent_sudo",
        "ignore_exit_codes",
    ],
    ..Keys::NONE
};

pub(super) const SERVER_KEYS: Keys = Keys {
    texts: &[
        "staging_dir",
        "execute_command",
        "guest_os_type",
        "elevated_user",
        "elevated_password",
        "working_directory",
        "puppet_bin_dir",
        "client_cert_path",
        "client_private_key_path",
        "puppet_node",
        "puppet_server",
    ],
    lists: &["extra_arguments"],
    maps: &["facter"],
    flags: &[
        "clean_staging_directory",
        "prevent_sudo",
        "ignore_exit_codes",
    ],
    ..Keys::NONE
};

pub(super) fn check_masterless(fields: &mut Fields<'_>, facts: &Facts) {
    checks::guest_os(fields);
    checks::elevation(fields);
    if fields.text("manifest_file").is_empty() {
        fields.problem("manifest_file", "A manifest_file must be specified.");
    }
    for key in ["manifest_file", "hiera_config_path"] {
        checks::existing(fields, key, facts);
    }
    checks::existing_directory(fields, "manifest_dir", facts);
    checks::all_existing(fields, "module_paths", facts);
}

pub(super) fn check_server(fields: &mut Fields<'_>, facts: &Facts) {
    checks::guest_os(fields);
    checks::elevation(fields);
    for key in ["client_cert_path", "client_private_key_path"] {
        checks::existing_directory(fields, key, facts);
    }
}
