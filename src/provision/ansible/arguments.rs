//! What ansible's programs are told on their command lines, and how that is shown.

use crate::plan::provision::GalaxySettings;
use crate::provision::GeneratedData;

/// Packer's text where a builder has no HTTP server, as none of ours has.
const NO_HTTP_SERVER: &str = "ERR_HTTP_ADDR_NOT_IMPLEMENTED_BY_BUILDER";

/// What Packer shows in place of a secret.
const HIDDEN: &str = "*****";

/// What `ansible-playbook` is told.
pub(super) struct Playbook<'a> {
    pub(super) build_name: &'a str,
    pub(super) builder_kind: &'a str,
    pub(super) data: &'a GeneratedData,
    /// Rendered.
    pub(super) extra_arguments: &'a [String],
    pub(super) ssh_extra_arguments: &'a [String],
    /// Rendered.
    pub(super) environment: &'a [String],
    pub(super) key_file: Option<&'a str>,
    pub(super) inventory: &'a str,
    /// Absolute.
    pub(super) playbook: &'a str,
}

impl Playbook<'_> {
    /// The arguments, in the plugin's order: the playbook last.
    pub(super) fn arguments(&self) -> Vec<String> {
        let mut arguments = vec![
            "-e".to_owned(),
            format!("packer_build_name={:?}", self.build_name),
            "-e".to_owned(),
            format!("packer_builder_type={}", self.builder_kind),
        ];
        let http = self.data.get("PackerHTTPAddr").map(String::as_str);
        if let Some(address) = http.filter(|address| *address != NO_HTTP_SERVER) {
            arguments.extend(["-e".to_owned(), format!("packer_http_addr={address}")]);
        }
        let by_ssh = self
            .data
            .get("ConnType")
            .is_some_and(|connection| connection == "ssh");
        if by_ssh && self.key_file.is_some() {
            arguments.extend(["--ssh-extra-args".to_owned(), self.ssh_arguments()]);
        }
        arguments.extend_from_slice(self.extra_arguments);
        let password = names("ansible_password", &arguments);
        if let Some(key) = self.key_file.filter(|_| !password) {
            // A variable outranks `--private-key` and whatever the inventory says.
            arguments.extend([
                "-e".to_owned(),
                format!("ansible_ssh_private_key_file={key}"),
            ]);
        }
        if password
            && by_ssh
            && !names("ansible_host_key_checking", &arguments)
            && !names("ANSIBLE_HOST_KEY_CHECKING", self.environment)
        {
            arguments.extend([
                "-e".to_owned(),
                "ansible_host_key_checking=False".to_owned(),
            ]);
        }
        arguments.extend([
            "-i".to_owned(),
            self.inventory.to_owned(),
            self.playbook.to_owned(),
        ]);
        arguments
    }

    fn ssh_arguments(&self) -> String {
        if self.ssh_extra_arguments.is_empty() {
            "'-o IdentitiesOnly=yes'".to_owned()
        } else {
            format!("'{}'", self.ssh_extra_arguments.join("' '"))
        }
    }
}

/// Whether one of `arguments` names a variable: alone, or before or after an equals sign.
fn names(variable: &str, arguments: &[String]) -> bool {
    arguments
        .iter()
        .any(|argument| argument.split('=').any(|part| part == variable))
}

/// The command line as it is shown: without the values of `extra_arguments` whose names speak of passwords or secrets, and
/// without the build's passwords.
pub(super) fn shown(
    command: &str,
    arguments: &[String],
    extra: &[String],
    data: &GeneratedData,
) -> String {
    let mut text = command.to_owned();
    for argument in arguments {
        text.push(' ');
        text.push_str(argument);
    }
    let named = extra
        .iter()
        .filter_map(|argument| argument.split_once('='))
        .filter(|(name, _)| {
            let name = name.to_lowercase();
            name.contains("password") || name.contains("secret")
        })
        .map(|(_, value)| value);
    let known = ["WinRMPassword", "Password"]
        .into_iter()
        .filter_map(|key| data.get(key).map(String::as_str));
    for secret in named.chain(known).filter(|secret| !secret.is_empty()) {
        text = text.replace(secret, HIDDEN);
    }
    text
}

/// What `ansible-galaxy` is told: once for roles, once for collections, as far as the file names them. A file that names
/// neither is an old one, a list of roles.
pub(super) fn galaxy(settings: &GalaxySettings, text: &str) -> Vec<Vec<String>> {
    let has = |section: &str| text.lines().any(|line| line.starts_with(section));
    let (roles, collections) = (has("roles:"), has("collections:"));
    let mut runs = Vec::new();
    if roles || !collections {
        let begin = ["install", "-r", &settings.file];
        runs.push(install(&begin, settings.roles_path.as_deref(), settings));
    }
    if collections {
        let begin = ["collection", "install", "-r", &settings.file];
        let path = settings.collections_path.as_deref();
        runs.push(install(&begin, path, settings));
    }
    runs
}

fn install(begin: &[&str], path: Option<&str>, settings: &GalaxySettings) -> Vec<String> {
    let mut arguments = begin.to_vec();
    if settings.force {
        arguments.push("-f");
    }
    if settings.force_with_dependencies {
        arguments.push("--force-with-deps");
    }
    if let Some(path) = path {
        arguments.extend(["-p", path]);
    }
    arguments.into_iter().map(str::to_owned).collect()
}
