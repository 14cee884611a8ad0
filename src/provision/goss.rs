//! `goss`: brings goss and the tests to the machine, runs them, and fetches what it reports.
//!
//! Commands and lines are the plugin's (<https://github.com/YaleUniversity/packer-plugin-goss>), but for what it overlooks: a
//! download that fails, failing tests behind `tee`, and a report that is wanted most when tests fail.

use crate::plan::provision::{GossInstall, GossSettings, GuestOs};
use crate::remote::{DirectoryPart, Remote};

use super::goss_commands::{self as commands, SPEC_FILES};
use super::guest::Guest;
use super::guest_commands::{GuestCommands, join};
use super::{Machine, ProvisionContext, ProvisionError};

const NON_ZERO: &str = "non-zero exit status";

/// Installs, uploads, runs and fetches.
pub(super) async fn run<R: Remote>(
    settings: &GossSettings,
    machine: &mut Machine<'_, R>,
    cx: &ProvisionContext,
) -> Result<(), ProvisionError> {
    let mut on = Guest {
        machine,
        cx,
        commands: GuestCommands {
            guest: settings.guest,
            sudo: settings.sudo,
        },
    };
    cx.ui.say("Provisioning with Goss");
    let system = match settings.guest {
        GuestOs::Unix => "Linux",
        GuestOs::Windows => "Windows",
    };
    cx.ui.say(&format!("Configured to run on {system}"));
    create_directory(settings, &settings.remote_path, &mut on)
        .await
        .map_err(|error| error.step("Error creating remote directory"))?;
    install(settings, &mut on)
        .await
        .map_err(|error| error.step("Error installing Goss"))?;
    cx.ui.say("Uploading goss tests...");
    upload(settings, &mut on).await?;
    cx.ui.say("\n\n\nRunning goss tests...");
    let result = validate(settings, &mut on).await;
    let fetched = fetch(settings, &mut on).await;
    result.map_err(|error| error.step("Error running Goss"))?;
    fetched
}

async fn create_directory<R: Remote>(
    settings: &GossSettings,
    path: &str,
    on: &mut Guest<'_, '_, R>,
) -> Result<(), ProvisionError> {
    on.message(&format!("Creating directory: {path}"));
    on.must(&commands::create_directory(settings, path), NON_ZERO)
        .await
}

async fn install<R: Remote>(
    settings: &GossSettings,
    on: &mut Guest<'_, '_, R>,
) -> Result<(), ProvisionError> {
    let binary = &settings.binary;
    match &settings.install {
        GossInstall::Skip => {
            on.message("Skipping Goss installation");
            return Ok(());
        }
        GossInstall::Download { url, .. } => {
            on.message(&format!("Installing Goss from, {url}"));
            on.message(&format!("Downloading Goss to {binary}"));
            let command = commands::download(settings);
            on.must(&command, NON_ZERO)
                .await
                .map_err(|error| error.step("Unable to download Goss"))?;
        }
        GossInstall::Upload(local) => {
            on.message(&format!("Installing Goss from, {local}"));
            on.message(&format!("Uploading Goss to {binary}"));
            on.upload_file(local, binary).await?;
        }
    }
    on.must(&commands::installed(settings), NON_ZERO)
        .await
        .map_err(|error| error.step("Unable to install Goss"))
}

async fn upload<R: Remote>(
    settings: &GossSettings,
    on: &mut Guest<'_, '_, R>,
) -> Result<(), ProvisionError> {
    let target = |local: &str| join(&settings.remote_path, commands::base(local));
    if let Some(local) = &settings.vars_file {
        on.message(&format!("Uploading vars file {local}"));
        on.upload_file(local, &target(local))
            .await
            .map_err(|error| error.step("Error uploading vars file"))?;
    }
    if !settings.vars_inline.is_empty() {
        let vars = commands::vars_inline(settings);
        on.message(&format!("Inline variables are {vars}"));
    }
    if !settings.vars_env.is_empty() {
        let vars = commands::vars_env(settings);
        on.message(&format!("Env variables are {vars}"));
    }
    for local in &settings.tests {
        let path = target(local);
        let sent = if on.cx.local_path(local).is_dir() {
            on.message(&format!("Uploading Dir {local}"));
            match create_directory(settings, &path, on).await {
                Ok(()) => {
                    on.upload_directory(local, &path, DirectoryPart::Contents)
                        .await
                }
                Err(error) => Err(error),
            }
        } else {
            on.message(&format!("Uploading {local}"));
            on.upload_file(local, &path).await
        };
        sent.map_err(|error| error.step("Error uploading goss test"))?;
    }
    Ok(())
}

/// The tests as goss read them, then the tests themselves; the plugin's order differs from run to run.
async fn validate<R: Remote>(
    settings: &GossSettings,
    on: &mut Guest<'_, '_, R>,
) -> Result<(), ProvisionError> {
    for (name, command) in commands::all(settings) {
        on.cx
            .ui
            .say(&format!("Running GOSS {name} command: {command}"));
        match on.run(&command).await? {
            0 => on.cx.ui.say(&format!("Goss {name} ran successfully")),
            _ if settings.inspect => {
                on.cx.ui.say(&format!("Goss {name} failed"));
                on.cx
                    .ui
                    .say("Inspect mode on : proceeding without failing Packer");
            }
            _ => return Err(ProvisionError::exit("goss non-zero exit status")),
        }
    }
    Ok(())
}

async fn fetch<R: Remote>(
    settings: &GossSettings,
    on: &mut Guest<'_, '_, R>,
) -> Result<(), ProvisionError> {
    if let Some(path) = &settings.output_file {
        on.cx.ui.say("\n\n\nDownloading Goss test result file");
        on.message(&format!(
            "Downloading Goss test results from {path} to current dir"
        ));
        download(path, on).await?;
    }
    if settings.skip_download {
        on.message("Skipping Goss spec file and debug info download");
        return Ok(());
    }
    let [spec, debug] = SPEC_FILES;
    on.cx.ui.say("\n\n\nDownloading spec file and debug info");
    on.message(&format!(
        "Downloading Goss specs from, {spec} and {debug} to current dir"
    ));
    for path in SPEC_FILES {
        download(path, on).await?;
    }
    Ok(())
}

async fn download<R: Remote>(path: &str, on: &mut Guest<'_, '_, R>) -> Result<(), ProvisionError> {
    on.download(path)
        .await
        .map_err(|error| error.step(format!("Error downloading {path}")))
}
