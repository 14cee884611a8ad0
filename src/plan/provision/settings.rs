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
    AnsibleLocalSettings, AnsibleSettings, BreakpointSettings, FileProvisionerSettings,
    ShellLocalSettings, ShellSettings, SleepSettings, ansible, ansible_local, breakpoint, chef,
    converge, file, inspec, powershell, puppet, salt, shell, shell_local, sleep, windows_restart,
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
    /// `ansible`.
    Ansible(Box<AnsibleSettings>),
    /// `ansible-local`.
    AnsibleLocal(Box<AnsibleLocalSettings>),
    /// One that Packer has, or its plugins, and we have not: `build` refuses it.
    Unsupported {
        /// Its type.
        kind: String,
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
const FOREIGN: [Foreign; 10] = [
    Foreign {
        kind: "chef-client",
        late: chef::LATE,
        keys: chef::CLIENT_KEYS,
        check: chef::check_client,
    },
    Foreign {
        kind: "chef-solo",
        late: chef::LATE,
        keys: chef::SOLO_KEYS,
        check: chef::check_solo,
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
        kind: "powershell",
        late: powershell::LATE,
        keys: powershell::KEYS,
        check: powershell::check,
    },
    Foreign {
        kind: "puppet-masterless",
        late: puppet::LATE,
        keys: puppet::MASTERLESS_KEYS,
        check: puppet::check_masterless,
    },
    Foreign {
        kind: "puppet-server",
        late: puppet::LATE,
        keys: puppet::SERVER_KEYS,
        check: puppet::check_server,
    },
    Foreign {
        kind: "salt-masterless",
        late: &[],
        keys: salt::KEYS,
        check: salt::check,
    },
    Foreign {
        kind: "windows-restart",
        late: &[],
        keys: windows_restart::KEYS,
        check: windows_restart::check,
    },
    Foreign {
        kind: "windows-shell",
        late: &["execute_command"],
        keys: windows_shell::KEYS,
        check: windows_shell::check,
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
        "sleep" => ProvisionerSettings::Sleep(sleep::decode(&render(&[]), problems)),
        "breakpoint" => ProvisionerSettings::Breakpoint(breakpoint::decode(&render(&[]), problems)),
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
        _ => {
            if let Some(foreign) = FOREIGN.iter().find(|foreign| foreign.kind == kind) {
                let rendered = render(foreign.late);
                let mut fields = Fields::new(&rendered, problems, "");
                foreign.keys.read(&mut fields);
                (foreign.check)(&mut fields, facts);
                fields.finish();
            }
            problems.warn(
                node.span,
                format!(
                    "the provisioner `{kind}` is checked, but `ami-build build` cannot run it yet"
                ),
            );
            ProvisionerSettings::Unsupported {
                kind: kind.to_owned(),
            }
        }
    }
}
