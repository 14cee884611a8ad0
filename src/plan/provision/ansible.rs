//! `ansible`: checked, not run.

use crate::facts::Facts;
use crate::template::fields::Fields;

use super::checks;
use super::shape::Keys;

pub(super) const KEYS: Keys = Keys {
    texts: &[
        "command",
        "playbook_file",
        "host_alias",
        "user",
        "ssh_host_key_file",
        "ssh_authorized_key_file",
        "ansible_proxy_key_type",
        "ansible_proxy_host",
        "adapter_key_type",
        "sftp_command",
        "inventory_directory",
        "inventory_file_template",
        "inventory_file",
        "galaxy_file",
        "galaxy_command",
        "roles_path",
        "collections_path",
        "ansible_winrm_use_http",
    ],
    lists: &[
        "extra_arguments",
        "ansible_env_vars",
        "groups",
        "empty_groups",
        "ansible_ssh_extra_args",
    ],
    flags: &[
        "skip_version_check",
        "use_sftp",
        "keep_inventory_file",
        "galaxy_force_install",
        "galaxy_force_with_deps",
        "use_proxy",
    ],
    integers: &["local_port"],
    ..Keys::NONE
};

pub(super) fn check(fields: &mut Fields<'_>, facts: &Facts) {
    if fields.text("playbook_file").is_empty() {
        fields.problem("playbook_file", "playbook_file must be specified.");
    }
    for key in [
        "playbook_file",
        "galaxy_file",
        "ssh_host_key_file",
        "ssh_authorized_key_file",
    ] {
        checks::existing(fields, key, facts);
    }
    checks::existing_directory(fields, "inventory_directory", facts);
    if let Some(port) = fields
        .integer("local_port")
        .filter(|port| !(0..=65535).contains(port))
    {
        fields.problem(
            "local_port",
            format!("local_port: {port} must be a valid port"),
        );
    }
    if fields.bool("skip_version_check") {
        return;
    }
    let command = fields
        .string("command")
        .filter(|text| !text.is_empty())
        .unwrap_or_else(|| "ansible-playbook".to_owned());
    if facts.tool_version(&command) == Some(None) {
        let message = format!(
            "Error running \"{command} --version\": exec: \"{command}\": executable file not found in $PATH"
        );
        fields.problem_with_hint(
            "command",
            message,
            "`skip_version_check` leaves this check out",
        );
    }
}
