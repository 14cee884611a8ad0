//! `shell-local`: scripts on this side, which usually read the manifest. The artifact passes through.

use super::context::PostContext;
use crate::cli::options::Survival;
use crate::plan::provision::ShellLocalSettings;
use crate::provision::{Attempt, Pauses, ProvisionContext, ProvisionError, run_local_scripts};

/// Runs the scripts as the provisioner of the same name does.
pub(super) async fn run(
    settings: &ShellLocalSettings,
    cx: &PostContext<'_>,
) -> Result<(), ProvisionError> {
    let like_a_provisioner = ProvisionContext {
        scope: cx.scope.clone(),
        data: cx.data.clone(),
        ui: cx.ui.clone(),
        stop: cx.stop.clone(),
        build_name: cx.build_name.to_owned(),
        builder_kind: cx.build_kind.to_owned(),
        run_uuid: cx.run_uuid.to_owned(),
        working_directory: cx.working_directory.to_owned(),
        bounds: cx.bounds.clone(),
        child_environment: cx.child_environment.clone(),
        owner: cx.owner,
        child_ending: cx.child_ending,
        pauses: Pauses::None,
        survival: Survival::default(),
    };
    let attempt = Attempt::unlimited(cx.stop);
    run_local_scripts(settings, &like_a_provisioner, &attempt).await
}
