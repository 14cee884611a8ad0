//! `windows-shell`: uploads each batch file and runs it by `cmd`. Packer leaves it there, at a path of its own.

use tokio::time::Instant;

use crate::plan::provision::WindowsShellSettings;
use crate::remote::Remote;

use super::environment::{flatten, variables_rendered};
use super::on_machine::{self, RETRY_EVERY, again, put};
use super::windows_scripts::{self, Script};
use super::{Machine, ProvisionContext, ProvisionError};

/// Runs all scripts.
pub(super) async fn run<R: Remote>(
    settings: &WindowsShellSettings,
    machine: &mut Machine<'_, R>,
    cx: &ProvisionContext,
) -> Result<(), ProvisionError> {
    cx.ui.say("Provisioning with windows-shell...");
    let rendered = |what| move |cause| ProvisionError::Render { what, cause };
    let given = (&settings.environment_vars[..], &settings.env);
    let all = variables_rendered(cx, given, str::to_owned)?;
    let vars = flatten(cx, &all, &settings.env_var_format).map_err(rendered("env_var_format"))?;
    let data = [("Vars", vars.as_str()), ("Path", &settings.remote_path)];
    for script in windows_scripts::read(&settings.source, cx)? {
        cx.ui
            .say(&format!("Provisioning with shell script: {}", script.name));
        let command = cx
            .render_with(&settings.execute_command, &data)
            .map_err(rendered("command"))?;
        run_script(settings, &script, &command, (machine, cx)).await?;
    }
    Ok(())
}

/// Upload and start are repeated as one; how the script ends is final.
async fn run_script<R: Remote>(
    settings: &WindowsShellSettings,
    script: &Script,
    command: &str,
    (machine, cx): (&mut Machine<'_, R>, &ProvisionContext),
) -> Result<(), ProvisionError> {
    let deadline = Instant::now() + settings.start_retry_timeout.to_std();
    let exit = loop {
        let bytes = (script.bytes.as_slice(), 0o644);
        let started = match put(
            machine,
            bytes,
            &settings.remote_path,
            "Error uploading script",
        )
        .await
        {
            Ok(()) => on_machine::show(machine, &format!("{command}\n"), cx)
                .await
                .map_err(|cause| ProvisionError::Remote {
                    doing: "Error starting script",
                    cause,
                }),
            Err(error) => Err(error),
        };
        match started {
            Ok(exit) => break exit,
            Err(error) => again(error, (RETRY_EVERY, deadline), cx).await?,
        }
    };
    on_machine::check_status(exit, &settings.valid_exit_codes)
}
