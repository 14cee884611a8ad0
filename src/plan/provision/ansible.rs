//! `ansible`: the host's `ansible-playbook` against the machine, through a proxy of ours or directly.

use crate::facts::Facts;
use crate::template::document::Node;
use crate::template::fields::Fields;
use crate::template::problem::Problems;

use super::ansible_version::major_version;
use super::checks;

/// Rendered at run time, once the machine's address is known.
pub(super) const LATE: &[&str] = &["inventory_file_template"];

/// The plugin's command for SFTP on the machine (packer-plugin-sdk, `adapter.go`).
const SFTP_COMMAND: &str = "/usr/lib/sftp-server -e";

/// Why the program is not there, and what to do about it.
const NO_ANSIBLE: &str = "`ansible` runs the `ansible-playbook` of the machine that ami-build runs on. The container action has \
none: use the provisioner `ansible-local`, or run the binary on the runner itself (`setup/action.yml`). `skip_version_check` \
only leaves this check out";

/// How ansible reaches the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AnsibleRoute {
    /// Through an SSH server of ours on this side.
    Proxy,
    /// At its own address, with the build's key.
    Direct,
}

/// The kind of the proxy's keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProxyKeyType {
    /// On the curve P-384.
    Ecdsa,
    /// Of 2048 bits.
    Rsa,
}

/// The proxy.
#[derive(Clone, Debug)]
pub(crate) struct AnsibleProxySettings {
    /// The first of ten ports that are tried; 0 leaves the choice to the system.
    pub(crate) local_port: u16,
    /// The name or address that ansible is told.
    pub(crate) host: String,
    /// Of keys that are made for the run.
    pub(crate) key_type: ProxyKeyType,
    /// The server's own key; one is made where there is none.
    pub(crate) host_key_file: Option<String>,
    /// The public key that may log in; a pair is made where there is none.
    pub(crate) authorized_key_file: Option<String>,
    /// What runs on the machine for SFTP.
    pub(crate) sftp_command: String,
}

/// The inventory.
#[derive(Clone, Debug)]
pub(crate) struct InventorySettings {
    /// The user's own, used as it is.
    pub(crate) file: Option<String>,
    /// Where the generated one goes; the directory of temporary files where unset.
    pub(crate) directory: Option<String>,
    /// One line for the host, rendered at run time; ansible's usual one where unset.
    pub(crate) template: Option<String>,
    /// The host's name.
    pub(crate) host_alias: String,
    /// Groups that the host is in.
    pub(crate) groups: Vec<String>,
    /// Groups without hosts.
    pub(crate) empty_groups: Vec<String>,
    /// The generated one stays.
    pub(crate) keep: bool,
    /// `ansible_ssh_host` and the like, as ansible 1 had them. Packer writes them too where it did not ask for the version.
    pub(crate) old_variables: bool,
}

/// Roles and collections that are fetched first.
#[derive(Clone, Debug)]
pub(crate) struct GalaxySettings {
    /// What to fetch.
    pub(crate) file: String,
    /// The program.
    pub(crate) command: String,
    /// `-f`.
    pub(crate) force: bool,
    /// `--force-with-deps`.
    pub(crate) force_with_dependencies: bool,
    /// Where roles go.
    pub(crate) roles_path: Option<String>,
    /// Where collections go.
    pub(crate) collections_path: Option<String>,
}

/// The settings, defaults applied.
#[derive(Clone, Debug)]
pub(crate) struct AnsibleSettings {
    /// The program.
    pub(crate) command: String,
    /// What it plays.
    pub(crate) playbook_file: String,
    /// Who ansible logs in as; chosen at run time where unset.
    pub(crate) user: Option<String>,
    /// Rendered again at run time.
    pub(crate) extra_arguments: Vec<String>,
    /// `NAME=value`, rendered again at run time; ours stand last and win.
    pub(crate) environment: Vec<String>,
    /// `--ssh-extra-args`.
    pub(crate) ssh_extra_arguments: Vec<String>,
    /// The way to the machine.
    pub(crate) route: AnsibleRoute,
    /// The proxy, which a direct way may fall back to.
    pub(crate) proxy: AnsibleProxySettings,
    /// The inventory.
    pub(crate) inventory: InventorySettings,
    /// `galaxy_file` and its keys.
    pub(crate) galaxy: Option<GalaxySettings>,
}

/// Decodes the rendered settings.
pub(super) fn decode(node: &Node, facts: &Facts, problems: &Problems) -> AnsibleSettings {
    let mut fields = Fields::new(node, problems, "");
    let command = text(&mut fields, "command").unwrap_or_else(|| "ansible-playbook".to_owned());
    let playbook_file = fields.text("playbook_file");
    if playbook_file.is_empty() {
        fields.problem("playbook_file", "playbook_file must be specified.");
    }
    checks::existing_file(&mut fields, "playbook_file", facts);
    let galaxy = galaxy(&mut fields, facts);
    let proxy = proxy(&mut fields, facts);
    let old_variables = version(&mut fields, &command, facts).is_none_or(|major| major < 2);
    let settings = AnsibleSettings {
        command,
        playbook_file,
        user: text(&mut fields, "user"),
        extra_arguments: extra_arguments(&mut fields),
        environment: environment(&mut fields, &proxy),
        ssh_extra_arguments: fields.strings("ansible_ssh_extra_args"),
        route: if fields.tristate("use_proxy") == Some(false) {
            AnsibleRoute::Direct
        } else {
            AnsibleRoute::Proxy
        },
        proxy,
        inventory: inventory(&mut fields, old_variables, facts),
        galaxy,
    };
    fields.finish();
    settings
}

fn galaxy(fields: &mut Fields<'_>, facts: &Facts) -> Option<GalaxySettings> {
    checks::existing_file(fields, "galaxy_file", facts);
    let settings = GalaxySettings {
        file: fields.text("galaxy_file"),
        command: text(fields, "galaxy_command").unwrap_or_else(|| "ansible-galaxy".to_owned()),
        force: fields.bool("galaxy_force_install"),
        force_with_dependencies: fields.bool("galaxy_force_with_deps"),
        roles_path: text(fields, "roles_path"),
        collections_path: text(fields, "collections_path"),
    };
    (!settings.file.is_empty()).then_some(settings)
}

fn proxy(fields: &mut Fields<'_>, facts: &Facts) -> AnsibleProxySettings {
    for key in ["ssh_authorized_key_file", "ssh_host_key_file"] {
        checks::existing_file(fields, key, facts);
    }
    AnsibleProxySettings {
        local_port: local_port(fields),
        host: text(fields, "ansible_proxy_host").unwrap_or_else(|| "127.0.0.1".to_owned()),
        key_type: key_type(fields),
        host_key_file: text(fields, "ssh_host_key_file"),
        authorized_key_file: text(fields, "ssh_authorized_key_file"),
        sftp_command: text(fields, "sftp_command").unwrap_or_else(|| SFTP_COMMAND.to_owned()),
    }
}

fn local_port(fields: &mut Fields<'_>) -> u16 {
    let port = fields.integer("local_port").unwrap_or(0);
    u16::try_from(port).unwrap_or_else(|_| {
        let message = format!("local_port: {port} must be a valid port");
        fields.problem("local_port", message);
        0
    })
}

fn key_type(fields: &mut Fields<'_>) -> ProxyKeyType {
    let given = fields.text("ansible_proxy_key_type").to_uppercase();
    match given.as_str() {
        "" | "ECDSA" => ProxyKeyType::Ecdsa,
        "RSA" => ProxyKeyType::Rsa,
        _ => {
            let message = format!(
                "Invalid value for ansible_proxy_key_type: {given:?}. Supported values are ECDSA or RSA."
            );
            fields.problem("ansible_proxy_key_type", message);
            ProxyKeyType::Ecdsa
        }
    }
}

/// The major version of ansible; `None` where nobody asked or nothing could be told.
fn version(fields: &mut Fields<'_>, command: &str, facts: &Facts) -> Option<u64> {
    if fields.bool("skip_version_check") {
        return None;
    }
    let Some(printed) = facts.tool_version(command)? else {
        let message = format!(
            "Error running \"{command} --version\": exec: \"{command}\": executable file not found in $PATH"
        );
        fields.problem_with_hint("command", message, NO_ANSIBLE);
        return None;
    };
    let major = major_version(printed);
    if major.is_none() {
        let message = format!("Could not find {command} version in output:\n{printed}");
        fields.problem("command", message);
    }
    major
}

fn extra_arguments(fields: &mut Fields<'_>) -> Vec<String> {
    let mut arguments = fields.strings("extra_arguments");
    let chosen = |argument: &String| argument.starts_with("ansible_winrm_scheme");
    if fields.bool("ansible_winrm_use_http") && !arguments.iter().any(chosen) {
        arguments.extend(["-e".to_owned(), "ansible_winrm_scheme=http".to_owned()]);
    }
    arguments
}

/// The user's variables, then the plugin's, which win over the user's.
fn environment(fields: &mut Fields<'_>, proxy: &AnsibleProxySettings) -> Vec<String> {
    let mut variables = fields.strings("ansible_env_vars");
    if proxy.host_key_file.is_none() {
        variables.push("ANSIBLE_HOST_KEY_CHECKING=False".to_owned());
    }
    if !fields.bool("use_sftp") {
        variables.push("ANSIBLE_SCP_IF_SSH=True".to_owned());
    }
    variables
}

fn inventory(fields: &mut Fields<'_>, old_variables: bool, facts: &Facts) -> InventorySettings {
    checks::existing_directory(fields, "inventory_directory", facts);
    InventorySettings {
        file: text(fields, "inventory_file"),
        directory: text(fields, "inventory_directory"),
        template: text(fields, "inventory_file_template"),
        host_alias: text(fields, "host_alias").unwrap_or_else(|| "default".to_owned()),
        groups: fields.strings("groups"),
        empty_groups: fields.strings("empty_groups"),
        keep: fields.bool("keep_inventory_file"),
        old_variables,
    }
}

fn text(fields: &mut Fields<'_>, key: &str) -> Option<String> {
    fields.string(key).filter(|text| !text.is_empty())
}
