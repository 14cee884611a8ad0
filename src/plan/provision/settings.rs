//! Which provisioner is which.

use crate::facts::Facts;
use crate::template::document::Node;
use crate::template::fields::Fields;
use crate::template::overlay::overlay;
use crate::template::problem::Problems;
use crate::template::render::render_config;
use crate::template::scope::Scope;

use super::shape::Keys;
use super::{
    AnsibleLocalSettings, AnsibleSettings, BreakpointSettings, ChefSettings,
    FileProvisionerSettings, GossSettings, PowerShellSettings, PuppetSettings, SaltSettings,
    ShellLocalSettings, ShellSettings, SleepSettings, WindowsRestartSettings, WindowsShellSettings,
    ansible, ansible_local, breakpoint, chef, chef_client, converge, file, goss, inspec, instead,
    powershell, puppet, puppet_server, salt, shell, shell_local, sleep, windows_restart,
    windows_shell,
};

/// The settings of one provisioner.
#[derive(Clone, Debug)]
pub(crate) enum ProvisionerSettings {
    /// `shell`.
    Shell(Box<ShellSettings>),
    /// `file`.
    File(FileProvisionerSettings),
    /// `shell-local`.
    ShellLocal(ShellLocalSettings),
    /// `sleep`.
    Sleep(SleepSettings),
    /// `breakpoint`.
    Breakpoint(BreakpointSettings),
    /// `puppet-masterless`.
    Puppet(Box<PuppetSettings>),
    /// `chef-solo`.
    Chef(Box<ChefSettings>),
    /// `salt-masterless`.
    Salt(Box<SaltSettings>),
    /// `goss`.
    Goss(Box<GossSettings>),
    /// `powershell`.
    PowerShell(Box<PowerShellSettings>),
    /// `windows-shell`.
    WindowsShell(Box<WindowsShellSettings>),
    /// `windows-restart`.
    WindowsRestart(WindowsRestartSettings),
    /// `ansible`.
    Ansible(Box<AnsibleSettings>),
    /// `ansible-local`.
    AnsibleLocal(Box<AnsibleLocalSettings>),
    /// One that Packer has, or its plugins, and we have not: `build` refuses it.
    Unsupported {
        /// Its type.
        kind: String,
        /// What does the same, as the end of a sentence.
        instead: String,
    },
}

/// A provisioner that is checked but cannot run.
struct Foreign {
    kind: &'static str,
    /// Keys that are rendered at run time, and so only checked for their syntax.
    late: &'static [&'static str],
    keys: Keys,
    check: fn(&mut Fields<'_>, &Facts),
}

/// Packer's other provisioners.
const FOREIGN: &[Foreign] = &[
    Foreign {
        kind: "chef-client",
        late: chef_client::LATE,
        keys: chef_client::KEYS,
        check: chef_client::check,
    },
    Foreign {
        kind: "converge",
        late: &["execute_command", "bootstrap_command"],
        keys: converge::KEYS,
        check: converge::check,
    },
    Foreign {
        kind: "inspec",
        late: &[],
        keys: inspec::KEYS,
        check: inspec::check,
    },
    Foreign {
        kind: "puppet-server",
        late: puppet_server::LATE,
        keys: puppet_server::KEYS,
        check: puppet_server::check,
    },
];

/// The settings as the template gives them.
#[derive(Clone, Copy)]
pub(crate) struct Layers<'a> {
    /// The provisioner's own.
    pub(crate) base: &'a Node,
    /// `override` for the build, which is laid over them.
    pub(crate) over: Option<&'a Node>,
}

/// Decodes and checks one provisioner. `None` where there were problems.
pub(crate) fn settings(
    kind: &str,
    layers: Layers<'_>,
    scope: &Scope,
    facts: &Facts,
    problems: &Problems,
) -> Option<ProvisionerSettings> {
    let before = problems.count();
    let node = match layers.over {
        Some(over) => overlay(layers.base, over),
        None => layers.base.clone(),
    };
    let decoded = decode(kind, &node, scope, facts, problems);
    (problems.count() == before).then_some(decoded)
}

fn decode(
    kind: &str,
    node: &Node,
    scope: &Scope,
    facts: &Facts,
    problems: &Problems,
) -> ProvisionerSettings {
    let render = |late: &[&str]| render_config(node, scope, late, problems);
    match kind {
        "shell" => ProvisionerSettings::Shell(Box::new(shell::decode(
            &render(shell::LATE),
            facts,
            problems,
        ))),
        "file" => ProvisionerSettings::File(file::decode(&render(&[]), facts, problems)),
        "shell-local" => ProvisionerSettings::ShellLocal(shell_local::decode(
            &render(shell_local::LATE),
            shell_local::ExecuteCommandForm::List,
            facts,
            problems,
        )),
        // Packer renders nothing here.
        "sleep" => ProvisionerSettings::Sleep(sleep::decode(node, problems)),
        "breakpoint" => ProvisionerSettings::Breakpoint(breakpoint::decode(&render(&[]), problems)),
        "puppet-masterless" => ProvisionerSettings::Puppet(Box::new(puppet::decode(
            &render(puppet::LATE),
            facts,
            problems,
        ))),
        "chef-solo" => ProvisionerSettings::Chef(Box::new(chef::decode(
            &render(chef::LATE),
            scope,
            facts,
            problems,
        ))),
        "salt-masterless" => {
            ProvisionerSettings::Salt(Box::new(salt::decode(&render(&[]), facts, problems)))
        }
        "ansible" => ProvisionerSettings::Ansible(Box::new(ansible::decode(
            &render(ansible::LATE),
            facts,
            problems,
        ))),
        "ansible-local" => ProvisionerSettings::AnsibleLocal(Box::new(ansible_local::decode(
            &render(&[]),
            facts,
            problems,
        ))),
        "goss" => ProvisionerSettings::Goss(Box::new(goss::decode(&render(&[]), facts, problems))),
        "powershell" => ProvisionerSettings::PowerShell(Box::new(powershell::decode(
            &render(powershell::LATE),
            facts,
            problems,
        ))),
        "windows-shell" => ProvisionerSettings::WindowsShell(Box::new(windows_shell::decode(
            &render(windows_shell::LATE),
            facts,
            problems,
        ))),
        "windows-restart" => {
            ProvisionerSettings::WindowsRestart(windows_restart::decode(&render(&[]), problems))
        }
        _ => foreign(kind, node, (scope, facts), problems),
    }
}

fn foreign(
    kind: &str,
    node: &Node,
    (scope, facts): (&Scope, &Facts),
    problems: &Problems,
) -> ProvisionerSettings {
    let mut rendered = None;
    if let Some(foreign) = FOREIGN.iter().find(|foreign| foreign.kind == kind) {
        let rendered = rendered.insert(render_config(node, scope, foreign.late, problems));
        let mut fields = Fields::new(rendered, problems, "");
        foreign.keys.read(&mut fields);
        (foreign.check)(&mut fields, facts);
        fields.finish();
    }
    let message =
        format!("the provisioner `{kind}` is checked, but `ami-build build` cannot run it yet");
    problems.warn(node.span, message);
    ProvisionerSettings::Unsupported {
        kind: kind.to_owned(),
        instead: instead::instead(kind, rendered.as_ref().unwrap_or(node)),
    }
}
