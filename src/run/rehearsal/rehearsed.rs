//! What a rehearsed build tells beside what a build tells.

use super::machine::Machine;
use super::terms::Rehearsal;
use crate::cloud::model::{counted, likely_architecture};
use crate::error::on_one_line;
use crate::least_policy::{self, Needs};
use crate::plan::amazon::settings::EbsSettings;
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
    if let (Builder::AmazonEbs(settings), true) = (&build.builder, machine.is_open()) {
        let name = settings
            .source
            .filters
            .iter()
            .find(|(key, _)| key == "name");
        let source = name.and_then(|(_, values)| values.first());
        let id = settings.source.id.as_ref().map(|id| id.as_str());
        if let Some(source) = source.map(String::as_str).or(id) {
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
}
