//! What a rehearsed build tells beside what a build tells.

use super::machine::Machine;
use super::system;
use super::terms::Rehearsal;
use crate::cloud::model::{counted, likely_architecture};
use crate::error::on_one_line;
use crate::least_policy::{self, Needs};
use crate::plan::amazon::settings::EbsSettings;
use crate::plan::communicator::Communicator;
use crate::plan::provision::{ProvisionerSettings, ScriptSource};
use crate::plan::{Builder, PlannedBuild};
use crate::report::rehearsed::{CallLine, Rehearsed};
use crate::run::in_model::InModel;
use crate::stop::Stop;

/// The beginning: what was taken out of the build, and which values were pretended.
pub(super) fn begun(machine: &Machine, rehearsal: &Rehearsal, mut notes: Vec<String>) -> Rehearsed {
    let secrets = rehearsal.lookups.asked();
    notes.extend(secrets.iter().map(|what| {
        format!("{what}, which nobody was asked for: a placeholder stood in its place")
    }));
    Rehearsed {
        machine: machine.description.clone(),
        changes: None,
        calls: Vec::new(),
        policy: None,
        unchecked: notes,
    }
}

/// What the provisioners changed. A run that was stopped has no time for it.
pub(super) async fn look_at(machine: &Machine, stop: &Stop, rehearsed: &mut Rehearsed) {
    let looked = tokio::select! {
        biased;
        _ = stop.wait() => return,
        looked = machine.changes() => looked,
    };
    match looked {
        Some(Ok(changes)) => rehearsed.changes = Some(changes),
        Some(Err(error)) => rehearsed.unchecked.push(format!(
            "what the provisioners changed: {}",
            on_one_line(&error)
        )),
        None => {}
    }
}

/// What the build called, and which rights it needs for that.
pub(super) fn account(
    settings: &EbsSettings,
    in_model: &InModel,
    rehearsal: &Rehearsal,
    rehearsed: &mut Rehearsed,
) {
    let calls = in_model.cloud.log();
    let lines = counted(&calls).into_iter().map(|line| CallLine {
        action: line.action,
        region: line.region,
        count: line.count,
    });
    rehearsed.calls = lines.collect();
    let needs = Needs {
        settings,
        region: &in_model.region,
        calls: &calls,
    };
    let policy = least_policy::policy(&[needs], &rehearsal.lookups.aws_secrets());
    rehearsed.policy = serde_json::to_string_pretty(&policy).ok();
    rehearsed.unchecked.extend(in_model.cloud.unchecked());
}

/// Whether the machine is not what the template starts from.
pub(super) fn note_the_difference(
    build: &PlannedBuild,
    machine: &Machine,
    notes: &mut Vec<String>,
) {
    notes.extend(machine.differences());
    notes.extend(missing(build).filter(|_| machine.is_open()));
    let Builder::AmazonEbs(settings) = &build.builder else {
        return;
    };
    if machine.is_open()
        && let Some(source) = system::source(settings)
    {
        notes.push(format!(
            "what is different on a machine made from `{source}`: provisioners ran in {}",
            machine.description
        ));
    }
    let (wanted, there) = (likely_architecture(settings), machine.architecture());
    if let Some(there) = there.filter(|there| *there != wanted) {
        notes.push(format!(
            "what depends on the processor: the image is for {wanted}, and provisioners ran on {there}"
        ));
    }
}

/// Where EC2 tells a machine about itself.
const METADATA: &str = "169.254.169.254";

/// What the build uses and no sandbox has.
fn missing(build: &PlannedBuild) -> impl Iterator<Item = String> {
    let asking = build.provisioners.iter().filter(|one| asks(&one.settings));
    let asking = asking.map(|provisioner| {
        let number = provisioner.number;
        format!("instance metadata, which provisioner {number} asks for: a sandbox has none")
    });
    let tunnels = has_tunnels(build).then(|| {
        "`ssh_local_tunnels` and `ssh_remote_tunnels`: nobody logs in to a sandbox by SSH"
            .to_owned()
    });
    asking.chain(tunnels)
}

fn asks(settings: &ProvisionerSettings) -> bool {
    let ProvisionerSettings::Shell(shell) = settings else {
        return false;
    };
    let ScriptSource::Inline(lines) = &shell.source else {
        return false;
    };
    lines.iter().any(|line| line.contains(METADATA))
}

fn has_tunnels(build: &PlannedBuild) -> bool {
    let communicator = match &build.builder {
        Builder::AmazonEbs(settings) => &settings.communicator,
        Builder::Null(settings) => &settings.communicator,
        Builder::File(_) | Builder::Foreign(_) => return false,
    };
    matches!(communicator, Communicator::Ssh(ssh) if !ssh.tunnels.is_empty())
}
