//! `powershell`: uploads each script, runs it by PowerShell, perhaps as another user, and removes it.

use std::time::Duration;

use tokio::time::Instant;

use crate::build::time_ordered_uuid;
use crate::plan::provision::{PowerShellSettings, ScriptSource};
use crate::remote::{Exit, Remote};

use super::elevated::{self, ElevatedNames, ElevatedUser};
use super::environment::{flatten, variables_rendered};
use super::on_machine::{self, RETRY_EVERY, again, put};
use super::powershell_text::{self as text, Form};
use super::windows_scripts::{self, Script};
use super::{Machine, ProvisionContext, ProvisionError};

/// For so long Packer tries to remove what it uploaded, and so often.
const REMOVAL: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(10));

/// Where things go on the machine.
#[derive(Clone, Debug)]
pub(super) struct PowerShellNames {
    script: String,
    variables: String,
    removal: String,
    elevated: ElevatedNames,
}

impl PowerShellNames {
    /// The template's paths, else random names in Packer's places.
    pub(super) fn choose(settings: &PowerShellSettings) -> Self {
        let or = |path: &Option<String>, stem: &str| {
            path.clone()
                .unwrap_or_else(|| format!("c:/Windows/Temp/{stem}-{}.ps1", time_ordered_uuid()))
        };
        Self {
            script: or(&settings.remote_path, "script"),
            variables: or(&settings.remote_env_var_path, "packer-ps-env-vars"),
            removal: or(&None, "packer-cleanup"),
            elevated: ElevatedNames::choose(),
        }
    }
}

/// Runs all scripts.
pub(super) async fn run<R: Remote>(
    settings: &PowerShellSettings,
    names: &PowerShellNames,
    machine: &mut Machine<'_, R>,
    cx: &ProvisionContext,
) -> Result<(), ProvisionError> {
    cx.ui.say("Provisioning with Powershell...");
    let format = match &settings.elevated {
        Some(elevated) => &elevated.env_var_format,
        None => &settings.env_var_format,
    };
    let all = variables_rendered(
        cx,
        (&settings.environment_vars[..], &settings.env),
        text::escape,
    )?;
    let variables = flatten(cx, &all, format).map_err(|cause| ProvisionError::Render {
        what: "env_var_format",
        cause,
    })?;
    let mut scripts = windows_scripts::read(&settings.source, cx)?;
    let form = Form::of(settings);
    if form == Form::Wrapped {
        for script in &mut scripts {
            let lines = String::from_utf8_lossy(&script.bytes);
            script.bytes = text::wrap(&lines, &variables, settings.debug_mode).into_bytes();
        }
    }
    let mut shell = PowerShell {
        settings,
        names,
        form,
        cx,
        machine,
    };
    let mut uploaded = vec![names.variables.clone()];
    for script in &scripts {
        cx.ui.say(&format!(
            "Provisioning with powershell script: {}",
            script.name
        ));
        shell.upload_variables(&variables).await?;
        let path = shell.path_of(script);
        let exit = shell.run_script(script, &path).await?;
        on_machine::check_status(exit, &settings.valid_exit_codes)?;
        uploaded.push(path);
    }
    if !settings.skip_clean {
        uploaded.dedup();
        shell.remove(uploaded).await?;
    }
    on_machine::pause_after(settings.pause_after, cx).await
}

/// What the steps of a script share.
struct PowerShell<'a, 'm, R> {
    settings: &'a PowerShellSettings,
    names: &'a PowerShellNames,
    form: Form,
    cx: &'a ProvisionContext,
    machine: &'a mut Machine<'m, R>,
}

impl<R: Remote> PowerShell<'_, '_, R> {
    /// A path that ends with a slash is a directory.
    fn path_of(&self, script: &Script) -> String {
        let path = &self.names.script;
        if !path.ends_with(['/', '\\']) {
            return path.clone();
        }
        let own = script.name.rsplit('/').next().unwrap_or_default();
        match &self.settings.source {
            ScriptSource::Files(_) => format!("{path}{own}"),
            ScriptSource::Inline(_) => format!("{path}script-{}.ps1", time_ordered_uuid()),
        }
    }

    async fn upload_variables(&mut self, variables: &str) -> Result<(), ProvisionError> {
        let until = (RETRY_EVERY, self.deadline());
        let doing = "Error uploading ps script containing env vars";
        loop {
            let bytes = (variables.as_bytes(), 0o644);
            match put(self.machine, bytes, &self.names.variables, doing).await {
                Ok(()) => return Ok(()),
                Err(error) => again(error, until, self.cx).await?,
            }
        }
    }

    /// Upload and start are repeated as one; how the script ends is final.
    async fn run_script(&mut self, script: &Script, path: &str) -> Result<Exit, ProvisionError> {
        let command = self.command(path)?;
        let until = (RETRY_EVERY, self.deadline());
        loop {
            match self.start(script, path, &command).await {
                Ok(exit) => return Ok(exit),
                Err(error) => again(error, until, self.cx).await?,
            }
        }
    }

    async fn start(
        &mut self,
        script: &Script,
        path: &str,
        command: &str,
    ) -> Result<Exit, ProvisionError> {
        let bytes = (script.bytes.as_slice(), script.mode);
        put(self.machine, bytes, path, "Error uploading script").await?;
        let command = match &self.settings.elevated {
            None => command.to_owned(),
            Some(user) => {
                let rendered = self.cx.render(user.password.expose());
                let password = rendered.map_err(|cause| ProvisionError::Render {
                    what: "elevated_password",
                    cause,
                })?;
                let user = ElevatedUser {
                    name: &user.user,
                    password: &password,
                };
                elevated::prepare(self.machine, command, user, &self.names.elevated).await?
            }
        };
        self.run(&command).await
    }

    async fn run(&mut self, command: &str) -> Result<Exit, ProvisionError> {
        let exit = on_machine::show(self.machine, &format!("{command}\n"), self.cx).await;
        exit.map_err(|cause| ProvisionError::Remote {
            doing: "Error starting script",
            cause,
        })
    }

    fn command(&self, path: &str) -> Result<String, ProvisionError> {
        let own = match &self.settings.elevated {
            Some(elevated) => elevated.execute_command.as_ref(),
            None => self.settings.execute_command.as_ref(),
        };
        let template = own
            .cloned()
            .unwrap_or_else(|| text::default_command(self.settings, self.form));
        self.render(&template, path)
    }

    fn render(&self, template: &str, path: &str) -> Result<String, ProvisionError> {
        let data = [("Path", path), ("Vars", self.names.variables.as_str())];
        self.cx
            .render_with(template, &data)
            .map_err(|cause| ProvisionError::Render {
                what: "command",
                cause,
            })
    }

    /// Removes all that was uploaded, by a script that removes itself. What cannot be removed is no reason to fail: Packer
    /// tells only its log.
    async fn remove(&mut self, mut paths: Vec<String>) -> Result<(), ProvisionError> {
        paths.push(self.names.removal.clone());
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let script = text::removal(&paths);
        let own = self.settings.execute_command.clone();
        let template = own.unwrap_or_else(|| text::default_command(self.settings, Form::Sourced));
        let command = self.render(&template, &self.names.removal)?;
        let until = (REMOVAL.1, Instant::now() + REMOVAL.0);
        loop {
            let bytes = (script.as_bytes(), 0o644);
            let doing = "Error uploading the cleanup script";
            let uploaded = put(self.machine, bytes, &self.names.removal, doing).await;
            let removed = match uploaded {
                Ok(()) => self.run(&command).await.map(|_| ()),
                Err(error) => Err(error),
            };
            let Err(error) = removed else { return Ok(()) };
            match again(error, until, self.cx).await {
                Ok(()) => {}
                Err(ProvisionError::Cancelled) => return Err(ProvisionError::Cancelled),
                Err(error) => {
                    log::warn!(
                        "scripts stay on the machine ({}): {error}",
                        paths.join(", ")
                    );
                    return Ok(());
                }
            }
        }
    }

    fn deadline(&self) -> Instant {
        Instant::now() + self.settings.start_retry_timeout.to_std()
    }
}
