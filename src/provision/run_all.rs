//! The provisioners of a build, one after the other.

use std::convert::Infallible;
use std::ops::ControlFlow;

use crate::plan::PlannedProvisioner;
use crate::plan::provision::ProvisionerSettings;
use crate::remote::Remote;
use crate::report::prompt;

use super::attempt::Cancelled;
use super::powershell::PowerShellNames;
use super::shell_names::RemoteNames;
use super::staging::Staging;
use super::wrap::Attempts;
use super::{
    Attempt, Machine, Pauses, ProvisionContext, ProvisionError, ansible, ansible_local, breakpoint,
    chef, file, goss, powershell, puppet, salt, salt_formulas, shell, shell_local, sleep,
    windows_restart, windows_shell,
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
        if cx.pauses == Pauses::BeforeEach {
            // The space is Packer's: a name would stand before it.
            prompt::pause(&cx.ui, "before the next provisioner ", &cx.stop).await;
        }
        let result = run(provisioner, machine, cx).await;
        cx.ui.end_step();
        result.map_err(|error| error.of(provisioner))?;
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
    let names = Names::choose(&provisioner.settings);
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

/// Names on the machine that several attempts share.
struct Names {
    shell: RemoteNames,
    powershell: Option<PowerShellNames>,
    staging: Staging,
}

impl Names {
    fn choose(settings: &ProvisionerSettings) -> Self {
        Self {
            shell: match settings {
                ProvisionerSettings::Shell(settings) => RemoteNames::choose(settings),
                _ => RemoteNames::default(),
            },
            powershell: match settings {
                ProvisionerSettings::PowerShell(settings) => {
                    Some(PowerShellNames::choose(settings))
                }
                _ => None,
            },
            staging: Staging::choose(),
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
    names: &Names,
    machine: &mut Machine<'_, R>,
    (cx, attempt): (&ProvisionContext, &Attempt),
) -> Result<(), ProvisionError> {
    match settings {
        ProvisionerSettings::Shell(settings) => {
            let names = &names.shell;
            let result = attempt
                .cut(Box::pin(shell::run(settings, names, machine, cx)))
                .await;
            if matches!(result, Err(ProvisionError::Cancelled)) {
                shell::end(settings, names, machine, cx).await;
            }
            result
        }
        ProvisionerSettings::PowerShell(settings) => {
            let names = names.powershell.as_ref().expect("chosen for this kind");
            let run = Box::pin(powershell::run(settings, names, machine, cx));
            attempt.cut(run).await
        }
        ProvisionerSettings::WindowsShell(settings) => {
            attempt.cut(windows_shell::run(settings, machine, cx)).await
        }
        ProvisionerSettings::WindowsRestart(settings) => {
            let run = Box::pin(windows_restart::run(settings, machine, cx));
            attempt.cut(run).await
        }
        ProvisionerSettings::File(settings) => attempt.cut(file::run(settings, machine, cx)).await,
        ProvisionerSettings::ShellLocal(settings) => shell_local::run(settings, cx, attempt).await,
        ProvisionerSettings::Sleep(settings) => attempt.cut(sleep::run(settings)).await,
        ProvisionerSettings::Breakpoint(settings) => {
            attempt.cut(breakpoint::run(settings, cx)).await
        }
        ProvisionerSettings::Ansible(settings) => {
            ansible::run(settings, machine, cx, attempt).await
        }
        ProvisionerSettings::AnsibleLocal(settings) => {
            attempt
                .cut(ansible_local::run(settings, &names.staging, machine, cx))
                .await
        }
        ProvisionerSettings::Puppet(settings) => {
            attempt.cut(puppet::run(settings, machine, cx)).await
        }
        ProvisionerSettings::Chef(settings) => attempt.cut(chef::run(settings, machine, cx)).await,
        ProvisionerSettings::Salt(settings) => {
            let formulas = salt_formulas::fetch(settings, cx, attempt).await?;
            attempt
                .cut(salt::run(settings, formulas, machine, cx))
                .await
        }
        ProvisionerSettings::Goss(settings) => attempt.cut(goss::run(settings, machine, cx)).await,
        ProvisionerSettings::Unsupported { kind, .. } => {
            Err(ProvisionError::Unsupported(kind.clone()))
        }
    }
}
