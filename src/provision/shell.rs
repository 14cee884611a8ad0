//! `shell`: uploads each script, runs it and removes it. What the machine is told is Packer's to the letter, unless the script
//! shall outlive a lost connection.

use tokio::time::Instant;

use crate::cli::options::Survival;
use crate::plan::provision::ShellSettings;
use crate::remote::{Exit, Remote, RemoteError};

use super::detached::{self, Ending, Keeper};
use super::environment::{flatten, variables};
use super::on_machine::{self, RETRY_EVERY, show};
use super::shell_names::RemoteNames;
use super::shell_script::{ANNOUNCED, Script, as_sent, scripts};
use super::{Machine, ProvisionContext, ProvisionError};

/// Packer's mode of an uploaded script, before `chmod`.
const UPLOAD_MODE: u32 = 0o644;

/// Runs all scripts.
pub(super) async fn run<R: Remote>(
    settings: &ShellSettings,
    names: &RemoteNames,
    machine: &mut Machine<'_, R>,
    cx: &ProvisionContext,
) -> Result<(), ProvisionError> {
    let scripts = scripts(settings, cx)?;
    let all = variables(cx, &settings.environment_vars, &settings.env);
    let rendered = |what| move |cause| ProvisionError::Render { what, cause };
    let vars = flatten(cx, &all, &settings.env_var_format).map_err(rendered("env_var_format"))?;
    let environment = if settings.use_env_var_file {
        names.environment.as_str()
    } else {
        ""
    };
    let mut shell = Shell {
        settings,
        names,
        cx,
        machine,
    };
    if settings.use_env_var_file {
        let text = as_sent(settings, vars.clone().into_bytes());
        shell.upload_environment(&text).await?;
    }
    for script in scripts {
        cx.ui.say(&format!("{ANNOUNCED}: {}", script.name));
        let data = [
            ("Vars", vars.as_str()),
            ("EnvVarFile", environment),
            ("Path", names.script.as_str()),
        ];
        let command = cx
            .render_with(&settings.execute_command, &data)
            .map_err(rendered("command"))?;
        shell.run_script(&script, &command).await?;
    }
    if !settings.skip_clean {
        shell.remove(environment).await?;
    }
    on_machine::pause_after(settings.pause_after, cx).await
}

/// Ends what still runs apart from the connection when the provisioner has to end.
pub(super) async fn end<R: Remote>(
    settings: &ShellSettings,
    names: &RemoteNames,
    machine: &mut Machine<'_, R>,
    cx: &ProvisionContext,
) {
    if survives(settings, cx) {
        detached::end(&names.keeper, machine, cx).await;
    }
}

/// Whether scripts outlive a lost connection: the template's word counts before that of the command line.
fn survives(settings: &ShellSettings, cx: &ProvisionContext) -> bool {
    settings
        .survive_disconnect
        .unwrap_or(cx.survival == Survival::Everywhere)
}

/// What the steps of a script share.
struct Shell<'a, 'm, R> {
    settings: &'a ShellSettings,
    names: &'a RemoteNames,
    cx: &'a ProvisionContext,
    machine: &'a mut Machine<'m, R>,
}

impl<R: Remote> Shell<'_, '_, R> {
    async fn upload_environment(&mut self, text: &[u8]) -> Result<(), ProvisionError> {
        let path = &self.names.environment;
        let deadline = self.deadline();
        loop {
            let uploaded = upload(
                self.machine,
                text,
                path,
                "Error uploading environment variables",
            )
            .await;
            match uploaded {
                Ok(()) => {}
                Err(error) => {
                    self.again(error, deadline).await?;
                    continue;
                }
            }
            match show(self.machine, &format!("chmod 0600 {path}\n"), self.cx).await {
                Ok(_) => return Ok(()),
                Err(cause) => {
                    let doing =
                        "Error chmodding environment variables file to 0600 in remote machine";
                    self.again(ProvisionError::Remote { doing, cause }, deadline)
                        .await?;
                }
            }
        }
    }

    async fn run_script(&mut self, script: &Script, execute: &str) -> Result<(), ProvisionError> {
        let ended = if survives(self.settings, self.cx) {
            self.run_apart(&script.bytes, execute).await
        } else {
            self.run_connected(&script.bytes, execute).await
        };
        ended.map_err(|error| {
            let (path, output) = (&self.names.script, self.cx.ui.last_lines());
            script.with_line(error, (path, execute), &output)
        })?;
        if !self.settings.skip_clean {
            self.remove(&self.names.script.clone()).await?;
        }
        Ok(())
    }

    /// Upload, `chmod` and start are repeated as one; how the script ends is final.
    async fn run_connected(&mut self, bytes: &[u8], execute: &str) -> Result<(), ProvisionError> {
        let deadline = self.deadline();
        let exit = loop {
            match self.start(bytes, execute).await {
                Ok(exit) => break exit,
                Err(error) => self.again(error, deadline).await?,
            }
        };
        match exit {
            // Packer looks at this before the allowed statuses.
            Exit::Disconnected => self.unless_expected(ProvisionError::Disconnected),
            Exit::Status(status) => self.check(status),
        }
    }

    /// The same for a script that outlives connections. What may be repeated is over before it starts.
    async fn run_apart(&mut self, bytes: &[u8], execute: &str) -> Result<(), ProvisionError> {
        let keeper = Keeper::new(&self.names.keeper, execute);
        let deadline = self.deadline();
        let boot = loop {
            let prepared = match self.put_script(bytes).await {
                Ok(()) => detached::prepare(&keeper, self.machine).await,
                Err(error) => Err(error),
            };
            match prepared {
                Ok(boot) => break boot,
                Err(error) => self.again(error, deadline).await?,
            }
        };
        let patience = self.settings.start_retry_timeout;
        let ending = detached::launch((&keeper, &boot), patience, self.machine, self.cx).await?;
        let outcome = match ending {
            Ending::Status(status) => self.check(status),
            Ending::Rebooted => self.unless_expected(ProvisionError::Rebooted),
            Ending::Lost => self.unless_expected(ProvisionError::Lost),
        };
        let removed = self.repeat_until_done(&keeper.remove()).await;
        outcome.and(removed)
    }

    fn unless_expected(&self, error: ProvisionError) -> Result<(), ProvisionError> {
        if self.settings.expect_disconnect {
            Ok(())
        } else {
            Err(error)
        }
    }

    fn check(&self, status: i32) -> Result<(), ProvisionError> {
        on_machine::check_status(Exit::Status(status), &self.settings.valid_exit_codes)
    }

    async fn start(&mut self, bytes: &[u8], execute: &str) -> Result<Exit, ProvisionError> {
        self.put_script(bytes).await?;
        show(self.machine, &format!("{execute}\n"), self.cx)
            .await
            .map_err(|cause| ProvisionError::Remote {
                doing: "Error starting script",
                cause,
            })
    }

    async fn put_script(&mut self, bytes: &[u8]) -> Result<(), ProvisionError> {
        let path = &self.names.script;
        upload(self.machine, bytes, path, "Error uploading script").await?;
        let chmod = show(self.machine, &format!("chmod 0755 {path}\n"), self.cx).await;
        let cause = match chmod {
            Ok(Exit::Status(_)) => return Ok(()),
            Ok(Exit::Disconnected) => RemoteError::Disconnected {
                doing: "`chmod`".to_owned(),
                source: None,
            },
            Err(cause) => cause,
        };
        Err(ProvisionError::Remote {
            doing: "Error chmodding script file to 0755 in remote machine",
            cause,
        })
    }

    /// After a script that rebooted the machine this is what waits for it.
    async fn remove(&mut self, path: &str) -> Result<(), ProvisionError> {
        self.repeat_until_done(&format!("rm -f {path}\n")).await
    }

    async fn repeat_until_done(&mut self, command: &str) -> Result<(), ProvisionError> {
        let deadline = self.deadline();
        let doing = "Error removing temporary script";
        loop {
            let cause = match show(self.machine, command, self.cx).await {
                Ok(Exit::Status(0)) => return Ok(()),
                Ok(Exit::Status(status)) => {
                    let command = command.trim_end();
                    RemoteError::Refused(format!("`{command}` ended with status {status}"))
                }
                Ok(Exit::Disconnected) => RemoteError::Disconnected {
                    doing: "removing a script".to_owned(),
                    source: None,
                },
                Err(cause) => cause,
            };
            self.again(ProvisionError::Remote { doing, cause }, deadline)
                .await?;
        }
    }

    fn deadline(&self) -> Instant {
        Instant::now() + self.settings.start_retry_timeout.to_std()
    }

    async fn again(&self, error: ProvisionError, deadline: Instant) -> Result<(), ProvisionError> {
        let is_refused = matches!(
            &error,
            ProvisionError::Remote {
                cause: RemoteError::Refused(_),
                ..
            }
        );
        if is_refused
            && matches!(&*self.machine, Machine::Reached(remote) if remote.refuses_for_good())
        {
            return Err(error);
        }
        on_machine::again(error, (RETRY_EVERY, deadline), self.cx).await
    }
}

async fn upload<R: Remote>(
    machine: &mut Machine<'_, R>,
    bytes: &[u8],
    path: &str,
    doing: &'static str,
) -> Result<(), ProvisionError> {
    on_machine::put(machine, (bytes, UPLOAD_MODE), path, doing).await
}
