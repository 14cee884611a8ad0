//! `inspec`: checked, not run.

use crate::facts::Facts;
use crate::template::fields::Fields;

use super::checks;
use super::shape::Keys;

pub(super) const KEYS: Keys = Keys {
    texts: &[
        "command",
        "profile",
        "attributes_directory",
        "backend",
        "user",
        "ssh_host_key_file",
        "ssh_authorized_key_file",
    ],
    lists: &[
        "extra_arguments",
        "inspec_env_vars",
        "attributes",
        "valid_exit_codes",
    ],
    integers: &["local_port"],
    ..Keys::NONE
};

pub(super) fn check(fields: &mut Fields<'_>, facts: &Facts) {
    if fields.text("profile").is_empty() {
        fields.problem("profile", "profile must be specified.");
    }
    for key in ["ssh_host_key_file", "ssh_authorized_key_file"] {
        checks::existing(fields, key, facts);
    }
    checks::all_existing(fields, "attributes", facts);
    if let Some(port) = fields
        .integer("local_port")
        .filter(|port| !(0..=65535).contains(port))
    {
        fields.problem(
            "local_port",
            format!("local_port: {port} must be a valid port"),
        );
    }
}
