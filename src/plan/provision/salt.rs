//! `salt-masterless`: checked, not run.

use crate::facts::Facts;
use crate::template::fields::Fields;

use super::checks;
use super::shape::Keys;

pub(super) const KEYS: Keys = Keys {
    texts: &[
        "bootstrap_args",
        "remote_state_tree",
        "remote_pillar_roots",
        "temp_config_dir",
        "log_level",
        "salt_call_args",
        "salt_bin_dir",
        "custom_state",
        "minion_config",
        "grains_file",
        "local_state_tree",
        "local_pillar_roots",
        "guest_os_type",
    ],
    lists: &["formulas"],
    flags: &["skip_bootstrap", "disable_sudo", "no_exit_on_failure"],
    ..Keys::NONE
};

pub(super) fn check(fields: &mut Fields<'_>, facts: &Facts) {
    checks::guest_os(fields);
    if fields.text("local_state_tree").is_empty() {
        fields.problem("local_state_tree", "local_state_tree cannot be empty");
    }
    for key in ["local_state_tree", "local_pillar_roots"] {
        checks::existing_directory(fields, key, facts);
    }
    for key in ["minion_config", "grains_file"] {
        checks::existing(fields, key, facts);
    }
    if fields.text("minion_config").is_empty() {
        return;
    }
    for key in ["remote_state_tree", "remote_pillar_roots"] {
        if !fields.text(key).is_empty() {
            fields.problem(
                key,
                format!("{key} only used when minion_config is not used"),
            );
        }
    }
}
