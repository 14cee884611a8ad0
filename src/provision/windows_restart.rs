//! `windows-restart`: restarts a Windows machine, and goes on once PowerShell answers on it again.

use std::time::Duration;

use tokio::time::Instant;

use crate::plan::provision::WindowsRestartSettings;
use crate::remote::{Exit, Remote};

use super::on_machine::{self, RETRY_EVERY, again};
use super::powershell_text::encoded;
use super::{Machine, ProvisionContext, ProvisionError};

/// A restart under a minute's notice: refused while another one is under way, and so Packer's question for that.
const TRY_RESTART: &str = r#"shutdown /r /f /t 60 /c "packer restart test""#;
const TAKE_IT_BACK: &str = "shutdown /a";
/// What shows that PowerShell has loaded its modules: its answer ends with [`RESTARTED`].
const CHECK: &str = r#"echo ("{0} restarted." -f [System.Net.Dns]::GetHostName())"#;
const RESTARTED: &str = "restarted.";
/// Windows says by these that a restart is under way or scheduled already
/// (<https://learn.microsoft.com/en-us/windows/win32/debug/system-error-codes--1000-1299->).
const SHUTDOWN_IN_PROGRESS: i64 = 1115;
const SHUTDOWN_IS_SCHEDULED: i64 = 1190;
/// The interface is unknown: Windows is about to go.
const UNKNOWN_INTERFACE: i64 = 1717;
/// Between two questions whether a scheduled restart has begun.
const ASK_EVERY: Duration = Duration::from_secs(10);
/// Between two looks whether the machine is there again.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Restarts the machine and waits for it.
pub(super) async fn run<R: Remote>(
    settings: &WindowsRestartSettings,
    machine: &mut Machine<'_, R>,
    cx: &ProvisionContext,
) -> Result<(), ProvisionError> {
    cx.ui.say("Restarting Machine");
    if matches!(machine, Machine::None) {
        return Err(ProvisionError::NoMachine {
            doing: "Error restarting the machine",
            call: "Start",
        });
    }
    begin(settings, machine, cx).await?;
    cx.ui.say("Waiting for machine to restart...");
    let patience = settings.restart_timeout.to_std();
    let waited = async {
        until_it_goes(machine, cx).await?;
        until_it_is_back(settings, machine, cx).await
    };
    match tokio::time::timeout(patience, waited).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => return Err(error),
        Err(_) => {
            let error = ProvisionError::RestartTimeout;
            cx.ui.error(&error.to_string());
            return Err(error);
        }
    }
    cx.ui.say("Machine successfully restarted, moving on");
    Ok(())
}

/// Tells it to restart. A connection that goes at that is what was asked for.
async fn begin<R: Remote>(
    settings: &WindowsRestartSettings,
    machine: &mut Machine<'_, R>,
    cx: &ProvisionContext,
) -> Result<(), ProvisionError> {
    let deadline = Instant::now() + settings.restart_timeout.to_std();
    let exit = loop {
        match on_machine::show(machine, &line(&settings.restart_command), cx).await {
            Ok(exit) => break exit,
            Err(cause) => {
                let doing = "Error restarting the machine";
                let error = ProvisionError::Remote { doing, cause };
                again(error, (RETRY_EVERY, deadline), cx).await?;
            }
        }
    };
    match exit {
        Exit::Disconnected => Ok(()),
        Exit::Status(status) => match i64::from(status) {
            0 | SHUTDOWN_IN_PROGRESS | SHUTDOWN_IS_SCHEDULED => Ok(()),
            status => Err(ProvisionError::RestartStatus(status)),
        },
    }
}

/// Waits until a restart that was only scheduled begins.
async fn until_it_goes<R: Remote>(
    machine: &mut Machine<'_, R>,
    cx: &ProvisionContext,
) -> Result<(), ProvisionError> {
    loop {
        let Ok(Exit::Status(status)) = on_machine::show(machine, &line(TRY_RESTART), cx).await
        else {
            return Ok(());
        };
        match i64::from(status) {
            0 => {
                if let Err(error) = on_machine::show(machine, &line(TAKE_IT_BACK), cx).await {
                    log::debug!("the restart that was only tried cannot be taken back: {error}");
                }
                return Ok(());
            }
            SHUTDOWN_IN_PROGRESS | SHUTDOWN_IS_SCHEDULED | UNKNOWN_INTERFACE => {
                sleep(ASK_EVERY, cx).await?;
            }
            // Over SSH a machine that is going down answers 1.
            1 => return Ok(()),
            status => {
                log::debug!("`shutdown` ended with {status}");
                sleep(RETRY_EVERY, cx).await?;
            }
        }
    }
}

/// Waits until it answers again, has loaded its modules and has no restart pending.
async fn until_it_is_back<R: Remote>(
    settings: &WindowsRestartSettings,
    machine: &mut Machine<'_, R>,
    cx: &ProvisionContext,
) -> Result<(), ProvisionError> {
    let mut check = settings.restart_check_command.as_deref();
    loop {
        sleep(LOOK_EVERY, cx).await?;
        if let Some(command) = check {
            match on_machine::show(machine, &line(command), cx).await {
                Ok(Exit::Status(_)) => check = None,
                Ok(Exit::Disconnected) | Err(_) => continue,
            }
        }
        if !says(machine, CHECK, RESTARTED, cx).await {
            continue;
        }
        if !is_pending(settings, machine, cx).await {
            return Ok(());
        }
    }
}

async fn is_pending<R: Remote>(
    settings: &WindowsRestartSettings,
    machine: &mut Machine<'_, R>,
    cx: &ProvisionContext,
) -> bool {
    for key in &settings.registry_keys {
        let command = encoded(&format!(r#"Test-Path "{key}""#));
        match on_machine::show_and_keep(machine, &line(&command), cx).await {
            Ok((Exit::Status(_), answer)) if !contains(&answer, "True") => {}
            _ => return true,
        }
    }
    false
}

async fn says<R: Remote>(
    machine: &mut Machine<'_, R>,
    script: &str,
    text: &str,
    cx: &ProvisionContext,
) -> bool {
    let answer = on_machine::show_and_keep(machine, &line(&encoded(script)), cx).await;
    answer.is_ok_and(|(_, answer)| contains(&answer, text))
}

fn contains(answer: &[u8], text: &str) -> bool {
    String::from_utf8_lossy(answer).contains(text)
}

/// Packer ends every command with a line end.
fn line(command: &str) -> String {
    format!("{command}\n")
}

async fn sleep(pause: Duration, cx: &ProvisionContext) -> Result<(), ProvisionError> {
    cx.stop
        .sleep(pause)
        .await
        .map_err(|_| ProvisionError::Cancelled)
}
