//! `chef-solo`: cookbooks and attributes, applied on the machine without a server.

use crate::facts::Facts;
use crate::template::document::{Json, Member, Node};
use crate::template::fields::Fields;
use crate::template::go_json;
use crate::template::problem::Problems;
use crate::template::scope::Scope;

use super::checks::{self, PathKind};
use super::{GuestOs, Sudo, chef_json};

/// Keys that are rendered at run time.
pub(super) const LATE: &[&str] = &["execute_command", "install_command"];

/// Packer says yes to Chef's licence where it installs Chef itself.
const LICENSE: &str = "accept-silent";

/// The settings, defaults applied.
#[derive(Clone, Debug)]
pub(crate) struct ChefSettings {
    /// Whose commands are used.
    pub(crate) guest: GuestOs,
    /// Whether with `sudo`.
    pub(crate) sudo: Sudo,
    /// Where everything is uploaded to.
    pub(crate) staging_directory: String,
    /// Rendered with `.Sudo` and `.Version`; `None` where Chef is there already.
    pub(crate) install_command: Option<String>,
    /// For `.Version`.
    pub(crate) version: String,
    /// Rendered with `.ConfigPath`, `.JsonPath` and `.Sudo`.
    pub(crate) execute_command: String,
    /// A local file that takes the place of Packer's `solo.rb`.
    pub(crate) config_template: Option<String>,
    /// For `.ChefEnvironment` in `solo.rb`.
    pub(crate) environment: String,
    /// For `.ChefLicense` in it.
    pub(crate) license: String,
    /// Local directories of cookbooks.
    pub(crate) cookbook_paths: Vec<String>,
    /// Directories that are on the machine already.
    pub(crate) remote_cookbook_paths: Vec<String>,
    /// A local directory.
    pub(crate) roles_path: Option<String>,
    /// A local directory.
    pub(crate) data_bags_path: Option<String>,
    /// A local directory.
    pub(crate) environments_path: Option<String>,
    /// A local file.
    pub(crate) encrypted_data_bag_secret_path: Option<String>,
    /// `node.json`: `json` with `run_list`, as Go writes it.
    pub(crate) node_json: String,
}

/// Decodes the rendered settings. `scope` renders the attributes once more, as Packer does.
pub(super) fn decode(
    node: &Node,
    scope: &Scope,
    facts: &Facts,
    problems: &Problems,
) -> ChefSettings {
    let mut fields = Fields::new(node, problems, "");
    let guest = checks::guest_os(&mut fields);
    let default = Defaults::of(guest);
    let skip_install = fields.bool("skip_install");
    let install = checks::non_empty(&mut fields, "install_command");
    let mut license = fields.text("chef_license");
    if license.is_empty()
        && !skip_install
        && install.as_ref().is_none_or(|own| own == default.install)
    {
        license = LICENSE.to_owned();
    }
    check(&mut fields, facts);
    let settings = ChefSettings {
        guest,
        sudo: Sudo::unless(fields.bool("prevent_sudo")),
        staging_directory: or(
            checks::non_empty(&mut fields, "staging_directory"),
            default.staging,
        ),
        install_command: (!skip_install).then(|| or(install, default.install)),
        version: fields.text("version"),
        execute_command: or(
            checks::non_empty(&mut fields, "execute_command"),
            default.execute,
        ),
        config_template: checks::non_empty(&mut fields, "config_template"),
        environment: fields.text("chef_environment"),
        license,
        cookbook_paths: fields.strings("cookbook_paths"),
        remote_cookbook_paths: fields.strings("remote_cookbook_paths"),
        roles_path: checks::non_empty(&mut fields, "roles_path"),
        data_bags_path: checks::non_empty(&mut fields, "data_bags_path"),
        environments_path: checks::non_empty(&mut fields, "environments_path"),
        encrypted_data_bag_secret_path: checks::non_empty(
            &mut fields,
            "encrypted_data_bag_secret_path",
        ),
        node_json: node_json(&mut fields, scope),
    };
    fields.finish();
    settings
}

fn check(fields: &mut Fields<'_>, facts: &Facts) {
    checks::chef_files(fields, facts);
    for (key, what) in [
        ("roles_path", "roles"),
        ("data_bags_path", "data bags"),
        ("environments_path", "environments"),
    ] {
        let path = fields.text(key);
        if let Some(fault) = (!path.is_empty())
            .then(|| checks::bad_path(&path, PathKind::Directory, facts))
            .flatten()
        {
            fields.problem(key, format!("Bad {what} path '{path}': {fault}"));
        }
    }
    for path in fields.strings("cookbook_paths") {
        if let Some(fault) = checks::bad_path(&path, PathKind::Directory, facts) {
            let message = format!("Bad cookbook path '{path}': {fault}");
            fields.problem("cookbook_paths", message);
        }
    }
}

/// `run_list` takes the place of one that stands among the attributes.
fn node_json(fields: &mut Fields<'_>, scope: &Scope) -> String {
    let mut attributes = chef_json::attributes(fields, scope);
    let run_list = fields.strings("run_list");
    if !run_list.is_empty() {
        let span = attributes.span;
        let recipes = run_list
            .into_iter()
            .map(|recipe| Node::new(Json::String(recipe), span));
        let value = Node::new(Json::Array(recipes.collect()), span);
        if let Json::Object(members) = &mut attributes.value {
            members.push(Member {
                key: "run_list".to_owned(),
                key_span: span,
                value,
            });
        }
    }
    go_json::indented(&attributes)
}

/// What Packer does on each system.
struct Defaults {
    execute: &'static str,
    install: &'static str,
    staging: &'static str,
}

impl Defaults {
    fn of(guest: GuestOs) -> Self {
        match guest {
            GuestOs::Unix => Self {
                execute: "{{if .Sudo}}sudo {{end}}chef-solo --no-color -c {{.ConfigPath}} -j {{.JsonPath}}",
                install: "curl -L https://omnitruck.chef.io/install.sh | {{if .Sudo}}sudo {{end}}bash -s --{{if .Version}} -v {{.Version}}{{end}}",
                staging: "/tmp/packer-chef-solo",
            },
            GuestOs::Windows => Self {
                execute: "c:/opscode/chef/bin/chef-solo.bat --no-color -c {{.ConfigPath}} -j {{.JsonPath}}",
                install: "powershell.exe -Command \". { iwr -useb https://omnitruck.chef.io/install.ps1 } | iex; Install-Project{{if .Version}} -version {{.Version}}{{end}}\"",
                staging: "C:/Windows/Temp/packer-chef-solo",
            },
        }
    }
}

fn or(given: Option<String>, default: &str) -> String {
    given.unwrap_or_else(|| default.to_owned())
}
