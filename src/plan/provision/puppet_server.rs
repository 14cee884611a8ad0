//! `puppet-server`: checked, not run.

use crate::facts::Facts;
use crate::template::fields::Fields;

use super::checks::{self, PathKind};
use super::shape::Keys;

pub(super) const LATE: &[&str] = &["execute_command", "extra_arguments"];

pub(super) const KEYS: Keys = Keys {
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

pub(super) fn check(fields: &mut Fields<'_>, facts: &Facts) {
    checks::guest_os(fields);
    checks::elevation(fields);
    for key in ["client_cert_path", "client_private_key_path"] {
        let path = fields.text(key);
        if let Some(fault) = (!path.is_empty())
            .then(|| checks::wrong_path(&path, PathKind::Directory, facts))
            .flatten()
        {
            // Packer's message ends the key in `dir`.
            fields.problem(key, format!("{} {fault}", key.replace("_path", "_dir")));
        }
    }
}
