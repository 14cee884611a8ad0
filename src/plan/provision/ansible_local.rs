//! `ansible-local`: checked, not run.

use crate::facts::Facts;
use crate::template::fields::Fields;

use super::checks;
use super::shape::Keys;

pub(super) const KEYS: Keys = Keys {
    texts: &[
        "command",
        "group_vars",
        "host_vars",
        "playbook_dir",
        "playbook_file",
        "staging_directory",
        "inventory_file",
        "galaxy_file",
        "galaxy_command",
        "galaxy_roles_path",
        "galaxy_collections_path",
    ],
    lists: &[
        "extra_arguments",
        "playbook_files",
        "playbook_paths",
        "role_paths",
        "collection_paths",
        "inventory_groups",
    ],
    flags: &["clean_staging_directory"],
    ..Keys::NONE
};

pub(super) fn check(fields: &mut Fields<'_>, facts: &Facts) {
    match (
        fields.text("playbook_file").is_empty(),
        fields.strings("playbook_files").is_empty(),
    ) {
        (true, true) => fields.problem(
            "playbook_file",
            "Either playbook_file or playbook_files must be specified",
        ),
        (false, false) => fields.problem(
            "playbook_files",
            "Either playbook_file or playbook_files can be specified, not both",
        ),
        _ => {}
    }
    for key in ["playbook_file", "inventory_file", "galaxy_file"] {
        checks::existing(fields, key, facts);
    }
    for key in ["playbook_dir", "group_vars", "host_vars"] {
        checks::existing_directory(fields, key, facts);
    }
    for key in [
        "playbook_files",
        "playbook_paths",
        "role_paths",
        "collection_paths",
    ] {
        checks::all_existing(fields, key, facts);
    }
}
