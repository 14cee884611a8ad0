//! The provisioners of a build, one after the other.

use std::convert::Infallible;
use std::ops::ControlFlow;

use crate::plan::PlannedProvisioner;
use crate::plan::provision::ProvisionerSettings;
use crate::remote::Remote;

use super::attempt::Cancelled;
use super::shell::RemoteNames;
use super::wrap::Attempts;
use super::{
    Attempt, Machine, ProvisionContext, ProvisionError, breakpoint, file, shell, shell_local, sleep,
};

/// Runs them in order; the first that fails ends it.
pub(crate) async fn run_all<R: Remote>(
    provisioners: &[PlannedProvisioner],
    machine: &mut Machine<'_, R>,
    cx: &ProvisionContext,
) -> Result<(), ProvisionError> {
    for provisioner in provisioners {
        cx.ui.step(&format!(
            "Provisioner {}: {}",
            provisioner.number, provisioner.kind
        ));
        let result = run(provisioner, machine, cx).await;
        cx.ui.end_step();
        result?;
    }
    Ok(())
}

/// After `error`: says so, runs the cleanup provisioner where there is one, and returns the error of the build.
/// A stop is no error: nothing runs then.
pub(crate) async fn clean_up_after<R: Remote>(
    error: ProvisionError,
    cleanup: Option<&PlannedProvisioner>,
    machine: &mut Machine<'_, R>,
    cx: &ProvisionContext,
) -> ProvisionError {
    if cx.stop.requested().is_some() {
        return error;
    }
    cx.ui
        .say("Provisioning step had errors: Running the cleanup provisioner, if present...");
    let Some(cleanup) = cleanup else { return error };
    match run(cleanup, machine, cx).await {
        Ok(()) => error,
        Err(failed) => ProvisionError::Cleanup {
            cleanup: Box::new(failed),
            original: Box::new(error),
        },
    }
}

async fn run<R: Remote>(
    provisioner: &PlannedProvisioner,
    machine: &mut Machine<'_, R>,
    cx: &ProvisionContext,
) -> Result<(), ProvisionError> {
    // The path on the machine is chosen once: a retry writes to the same one, as in Packer.
    let names = match &provisioner.settings {
        ProvisionerSettings::Shell(settings) => RemoteNames::choose(settings),
        _ => RemoteNames::default(),
    };
    let mut attempts = Attempts::new(provisioner.wrap);
    loop {
        let attempt = attempts.begin(cx).await?;
        let result = tokio::select! {
            biased;
            never = notice_timeout(&attempt, cx) => match never {},
            result = run_once(&provisioner.settings, &names, machine, (cx, &attempt)) => result,
        };
        if let ControlFlow::Break(result) = attempts.end(result, &attempt, cx) {
            return result;
        }
    }
}

/// Says that the time is over, at that moment; the attempt ends itself.
async fn notice_timeout(attempt: &Attempt, cx: &ProvisionContext) -> Infallible {
    if attempt.cancelled().await == Cancelled::Timeout {
        cx.ui.error("Cancelling provisioner after a timeout...");
    }
    std::future::pending().await
}

async fn run_once<R: Remote>(
    settings: &ProvisionerSettings,
    names: &RemoteNames,
    machine: &mut Machine<'_, R>,
    (cx, attempt): (&ProvisionContext, &Attempt),
) -> Result<(), ProvisionError> {
    match settings {
        ProvisionerSettings::Shell(settings) => {
            attempt.cut(shell::run(settings, names, machine, cx)).await
        }
        ProvisionerSettings::File(settings) => attempt.cut(file::run(settings, machine, cx)).await,
        ProvisionerSettings::ShellLocal(settings) => shell_local::run(settings, cx, attempt).await,
        ProvisionerSettings::Sleep(settings) => attempt.cut(sleep::run(settings)).await,
        ProvisionerSettings::Breakpoint(settings) => {
            attempt.cut(breakpoint::run(settings, cx)).await
        }
        ProvisionerSettings::Unsupported { kind } => Err(ProvisionError::Unsupported(kind.clone())),
    }
}
