//! The `null` builder: a machine that exists already, or none.

use crate::facts::Facts;
use crate::plan::communicator::{Communicator, Interface};
use crate::plan::communicator_keys::{CommunicatorKeys, Kind};
use crate::plan::unsupported::Unsupported;
use crate::template::document::Node;
use crate::template::fields::Fields;
use crate::template::problem::Problems;
use crate::template::render::render_config;
use crate::template::scope::Scope;

/// What the `null` builder is to do.
#[derive(Clone, Debug)]
pub(crate) struct NullSettings {
    /// How to reach the machine.
    pub(crate) communicator: Communicator,
    /// Keys that pass `validate` with a warning and that `build` refuses by name.
    pub(crate) unsupported: Vec<String>,
}

/// Decodes and checks a `null` builder.
pub(crate) fn null(
    node: &Node,
    scope: &Scope,
    facts: &Facts,
    problems: &Problems,
) -> Option<NullSettings> {
    let before = problems.count();
    let rendered = render_config(node, scope, &[], problems);
    let mut fields = Fields::new(&rendered, problems, "");
    let mut unsupported = Unsupported::default();
    let keys = CommunicatorKeys::read(&mut fields, facts, &mut unsupported);
    if keys.kind != Kind::None {
        check_reachable(&fields, &keys);
    }
    fields.finish();
    (problems.count() == before).then(|| NullSettings {
        communicator: keys.into_communicator(Interface::Automatic, facts),
        unsupported: unsupported.into_keys(),
    })
}

/// Packer's rules: a host, a user and one way to log in.
fn check_reachable(fields: &Fields<'_>, keys: &CommunicatorKeys) {
    let prefix = if keys.kind == Kind::WinRm {
        "winrm"
    } else {
        "ssh"
    };
    if keys.host().is_empty() {
        fields.problem_with_hint(
            &format!("{prefix}_host"),
            "a Host must be specified, please reference your communicator documentation",
            "set `ssh_host`, or `\"communicator\": \"none\"` where no machine is needed",
        );
    }
    if keys.username().is_empty() {
        fields.problem(
            &format!("{prefix}_username"),
            "a Username must be specified, please reference your communicator documentation",
        );
    }
    let login = &keys.ssh.login;
    let ways = [
        keys.has_password(),
        login.agent_auth,
        !login.private_key_file.is_empty(),
    ];
    match ways.into_iter().filter(|given| *given).count() {
        0 => fields.problem_with_hint(
            "ssh_password",
            "one authentication method must be specified, please reference your communicator documentation",
            "set `ssh_private_key_file`, `ssh_agent_auth` or `ssh_password`",
        ),
        1 => {}
        _ => fields.problem(
            "ssh_private_key_file",
            "only one of ssh_agent_auth, ssh_password, and ssh_private_key_file must be specified",
        ),
    }
}

#[cfg(test)]
mod tests;
