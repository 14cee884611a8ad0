//! Runs the scripts of `shell-local`, for the provisioner and for the post-processor.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use crate::plan::provision::{LocalScript, ShellLocalSettings};

use super::child::{self, ChildExit};
use super::environment::{flatten, variables};
use super::{Attempt, ProvisionContext, ProvisionError};

/// Only the user may read or run a temporary script: it may hold secrets.
const SCRIPT_MODE: u32 = 0o700;

/// Runs every script; the first that fails ends it.
pub(crate) async fn run(
    settings: &ShellLocalSettings,
    cx: &ProvisionContext,
    attempt: &Attempt,
) -> Result<(), ProvisionError> {
    if !settings.only_on.is_empty()
        && !settings
            .only_on
            .iter()
            .any(|system| system == system_name())
    {
        cx.ui.say("Skipping shell-local due to runtime OS");
        return Ok(());
    }
    match &settings.script {
        LocalScript::Inline(lines) => {
            let file = TemporaryScript::write(settings, lines, cx)?;
            let name = file.0.display().to_string();
            run_one(settings, &name, &file.0, (cx, attempt)).await
        }
        LocalScript::Files(names) => {
            for name in names {
                run_one(settings, name, &cx.local_path(name), (cx, attempt)).await?;
            }
            Ok(())
        }
    }
}

async fn run_one(
    settings: &ShellLocalSettings,
    name: &str,
    path: &Path,
    (cx, attempt): (&ProvisionContext, &Attempt),
) -> Result<(), ProvisionError> {
    let command = command(settings, path, cx)?;
    cx.ui.say(&format!("Running local shell script: {name}"));
    let exit = child::run(&command, cx, attempt).await;
    let script = || name.to_owned();
    match exit {
        Ok(ChildExit::Status(status)) if settings.valid_exit_codes.contains(&i64::from(status)) => {
            Ok(())
        }
        Ok(ChildExit::Status(status)) => Err(ProvisionError::Status {
            status: i64::from(status),
            allowed: settings.valid_exit_codes.clone(),
            line: None,
        }),
        Ok(ChildExit::Cancelled) => Err(ProvisionError::Script {
            script: script(),
            source: None,
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(ProvisionError::NoProgram {
            script: script(),
            program: command.first().cloned().unwrap_or_default(),
        }),
        Err(error) => Err(ProvisionError::Script {
            script: script(),
            source: Some(error),
        }),
    }
}

fn command(
    settings: &ShellLocalSettings,
    path: &Path,
    cx: &ProvisionContext,
) -> Result<Vec<String>, ProvisionError> {
    let failed = |what| move |cause| ProvisionError::Render { what, cause };
    let mut pairs = Vec::new();
    for (key, value) in &settings.environment_vars {
        let rendered = cx
            .render(&format!("{key}={value}"))
            .map_err(failed("environment_vars"))?;
        let (key, value) = rendered.split_once('=').unwrap_or((&rendered, ""));
        pairs.push((key.to_owned(), value.to_owned()));
    }
    let vars = flatten(
        cx,
        &variables(cx, &pairs, &settings.env),
        &settings.env_var_format,
    )
    .map_err(failed("env_var_format"))?;
    let path = path.display().to_string();
    let data = [
        ("Vars", vars.as_str()),
        ("Script", path.as_str()),
        ("Command", path.as_str()),
    ];
    settings
        .execute_command
        .iter()
        .map(|part| cx.render_with(part, &data).map_err(failed("command")))
        .collect()
}

/// Go's name of the system that this program runs on.
fn system_name() -> &'static str {
    match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    }
}

/// A script that goes with its value.
struct TemporaryScript(PathBuf);

impl TemporaryScript {
    fn write(
        settings: &ShellLocalSettings,
        lines: &[String],
        cx: &ProvisionContext,
    ) -> Result<Self, ProvisionError> {
        let mut text = format!("#!{}\n", settings.inline_shebang);
        for line in lines {
            text += &cx.render(line).map_err(|cause| ProvisionError::Render {
                what: "inline",
                cause,
            })?;
            text.push('\n');
        }
        let number = getrandom::u32().unwrap_or_default();
        let path = cx.temporary_directory().join(format!(
            "packer-shell{number}{}",
            settings.tempfile_extension
        ));
        let opened = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(SCRIPT_MODE)
            .open(&path);
        let written = opened.and_then(|mut file| file.write_all(text.as_bytes()));
        written.map_err(|cause| ProvisionError::Local {
            path: path.clone(),
            cause,
        })?;
        Ok(Self(path))
    }
}

impl Drop for TemporaryScript {
    fn drop(&mut self) {
        let _already_gone = fs::remove_file(&self.0);
    }
}
