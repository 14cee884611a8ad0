//! `salt-masterless`: installs Salt, uploads states and pillar, and runs. Commands and lines are Packer's to the letter, `sudo`
//! before `sudo` included.

use crate::plan::provision::{GuestOs, SaltSettings};
use crate::remote::{DirectoryPart, Remote};

use super::guest::Guest;
use super::guest_commands::{GuestCommands, join};
use super::salt_formulas::Formulas;
use super::{Machine, ProvisionContext, ProvisionError};

const NON_ZERO: &str = "Non-zero exit status.";

/// The shell's status of a command that is not there.
const NOT_FOUND: i64 = 127;

const NO_SALT: &str = "there is no `salt-call`: see above what the installer from bootstrap.saltstack.com said; a `shell` provisioner can install Salt before, with `\"skip_bootstrap\": true` here";

/// Installs, uploads and runs.
pub(super) async fn run<R: Remote>(
    settings: &SaltSettings,
    formulas: Formulas,
    machine: &mut Machine<'_, R>,
    cx: &ProvisionContext,
) -> Result<(), ProvisionError> {
    let commands = GuestCommands {
        guest: settings.guest,
        sudo: settings.sudo,
    };
    let mut on = Guest {
        machine,
        cx,
        commands,
    };
    cx.ui.say("Provisioning with Salt...");
    if let Some(arguments) = &settings.bootstrap {
        bootstrap(settings, arguments, &mut on).await?;
    }
    let temporary = &settings.temp_config_dir;
    on.message(&format!("Creating remote temporary directory: {temporary}"));
    on.create_directory(temporary, NON_ZERO)
        .await
        .map_err(|error| error.step("Error creating remote temporary directory"))?;
    if let Some(local) = &settings.minion_config {
        configure(("minion config", "minion"), local, settings, &mut on).await?;
    }
    if let Some(local) = &settings.grains_file {
        configure(("grains file", "grains"), local, settings, &mut on).await?;
    }
    upload_states(settings, &mut on).await?;
    formulas.remove(cx);
    if let Some(local) = &settings.local_pillar_roots {
        upload_pillar(local, settings, &mut on).await?;
    }
    if settings.guest == GuestOs::Windows {
        prepare_windows(settings, &mut on).await?;
    }
    call(settings, &mut on).await
}

/// How the installer ends is not looked at: Salt may be there already.
async fn bootstrap<R: Remote>(
    settings: &SaltSettings,
    arguments: &str,
    on: &mut Guest<'_, '_, R>,
) -> Result<(), ProvisionError> {
    let (fetch, run) = match settings.guest {
        GuestOs::Unix => (
            "curl -L https://bootstrap.saltstack.com -o /tmp/install_salt.sh || wget -O /tmp/install_salt.sh https://bootstrap.saltstack.com",
            "sh /tmp/install_salt.sh",
        ),
        GuestOs::Windows => (
            "powershell Invoke-WebRequest -Uri 'https://raw.githubusercontent.com/saltstack/salt-bootstrap/stable/bootstrap-salt.ps1' -OutFile 'C:/Windows/Temp/bootstrap-salt.ps1'",
            "Powershell C:/Windows/Temp/bootstrap-salt.ps1",
        ),
    };
    on.message("Downloading saltstack bootstrap to /tmp/install_salt.sh");
    on.run(fetch)
        .await
        .map_err(|error| error.step("Unable to download Salt"))?;
    let command = format!("{} {arguments}", on.commands.by_sudo(run.to_owned()));
    on.message(&format!("Installing Salt with command {command}"));
    on.run(&command)
        .await
        .map_err(|error| error.step("Unable to install Salt"))?;
    Ok(())
}

/// Puts a file of Salt's own settings where Salt looks for it.
async fn configure<R: Remote>(
    (what, name): (&str, &str),
    local: &str,
    settings: &SaltSettings,
    on: &mut Guest<'_, '_, R>,
) -> Result<(), ProvisionError> {
    let folder = match settings.guest {
        GuestOs::Unix => "/etc/salt",
        GuestOs::Windows => "C:/salt/conf",
    };
    let file = match name {
        "minion" => "minion config file",
        _ => "grains file",
    };
    on.message(&format!("Uploading {what}: {local}"));
    let staged = join(&settings.temp_config_dir, name);
    let uploaded = match on.upload_file(local, name).await {
        Ok(()) => rename(name, &staged, on)
            .await
            .map_err(|error| error.step("Error moving file to destination")),
        Err(error) => Err(error.step(format!("Error uploading {local}"))),
    };
    uploaded.map_err(|error| error.step(format!("Error uploading local {file} to remote")))?;
    on.message(&format!("Make sure directory {folder} exists"));
    on.create_directory(folder, NON_ZERO)
        .await
        .map_err(|error| error.step("Error creating remote salt configuration directory"))?;
    rename(&staged, &join(folder, name), on)
        .await
        .map_err(|error| {
            let from = &settings.temp_config_dir;
            error.step(format!("Unable to move {from}/{name} to {folder}/{name}"))
        })
}

async fn upload_states<R: Remote>(
    settings: &SaltSettings,
    on: &mut Guest<'_, '_, R>,
) -> Result<(), ProvisionError> {
    let local = &settings.local_state_tree;
    on.message(&format!("Uploading local state tree: {local}"));
    let staged = join(&settings.temp_config_dir, "states");
    stage(local, "states", &staged, on)
        .await
        .map_err(|error| error.step("Error uploading local state tree to remote"))?;
    clear(&settings.state_tree, on)
        .await
        .map_err(|error| error.step("Unable to clear salt tree"))?;
    let (from, to) = (&settings.temp_config_dir, &settings.state_tree);
    rename(&staged, to, on)
        .await
        .map_err(|error| error.step(format!("Unable to move {from}/states to {to}")))
}

async fn upload_pillar<R: Remote>(
    local: &str,
    settings: &SaltSettings,
    on: &mut Guest<'_, '_, R>,
) -> Result<(), ProvisionError> {
    on.message(&format!("Uploading local pillar roots: {local}"));
    let staged = join(&settings.temp_config_dir, "pillar");
    stage(local, "pillar", &staged, on)
        .await
        .map_err(|error| error.step("Error uploading local pillar roots to remote"))?;
    clear(&settings.pillar_roots, on)
        .await
        .map_err(|error| error.step("Unable to clear pillar root"))?;
    let (from, to) = (&settings.temp_config_dir, &settings.pillar_roots);
    rename(&staged, to, on)
        .await
        .map_err(|error| error.step(format!("Unable to move {from}/pillar to {to}")))
}

/// Uploads a directory into the user's home under `name`, which becomes its name there, and moves it to `path`: only root may
/// write there. A slash at the end would upload the contents, with nothing to hold them; Packer fails then.
async fn stage<R: Remote>(
    local: &str,
    name: &str,
    path: &str,
    on: &mut Guest<'_, '_, R>,
) -> Result<(), ProvisionError> {
    let local = match local.trim_end_matches('/') {
        "" => "/",
        trimmed => trimmed,
    };
    on.upload_directory(local, name, DirectoryPart::Itself)
        .await?;
    rename(name, path, on).await
}

/// Packer removes a directory that `stat` does not find; one that is there stays, and what is moved lands in it.
async fn clear<R: Remote>(path: &str, on: &mut Guest<'_, '_, R>) -> Result<(), ProvisionError> {
    on.message(&format!("Verifying Path: {path}"));
    let command = on.commands.stat(path);
    if on.must(&command, NON_ZERO).await.is_ok() {
        return Ok(());
    }
    on.message(&format!("Removing directory: {path}"));
    let command = on.commands.remove_directory(path);
    on.must(&command, NON_ZERO).await
}

async fn rename<R: Remote>(
    from: &str,
    to: &str,
    on: &mut Guest<'_, '_, R>,
) -> Result<(), ProvisionError> {
    on.message(&format!("Moving {from} to {to}"));
    // Twice by sudo, as in Packer.
    let command = on.commands.by_sudo(on.commands.rename(from, to));
    ended(on.run(&command).await, None)
        .map_err(|error| error.step(format!("Unable to move {from} to {to}")))
}

/// What Salt needs on Windows: Git, and the lists of packages.
async fn prepare_windows<R: Remote>(
    settings: &SaltSettings,
    on: &mut Guest<'_, '_, R>,
) -> Result<(), ProvisionError> {
    let call = join(&settings.salt_bin_dir, "salt-call");
    let salt = |function: &str| format!("{call} --local {function}");
    let steps = [
        (
            "Downloading Git for Windows",
            "powershell [Net.ServicePointManager]::SecurityProtocol = [Net.SecurityProtocolType]::Tls12; Invoke-WebRequest -Uri https://github.com/git-for-windows/git/releases/download/v2.28.0.windows.1/Git-2.28.0-64-bit.exe -OutFile $env:TEMP/Git.exe".to_owned(),
            "Unable to Download Git for Windows",
        ),
        (
            "Installing Git for Windows",
            "powershell Start-Process -FilePath $env:TEMP/Git.exe /SILENT -Wait".to_owned(),
            "Unable to Install Git for Windows",
        ),
        (
            "Cleaning Up After Git for Windows",
            "powershell Remove-Item $env:TEMP/Git.exe".to_owned(),
            "Unable to Clean-up After Git for Windows",
        ),
        (
            "Running salt-call --local winrepo.update_git_repos",
            salt("winrepo.update_git_repos"),
            "Error executing salt-call --local winrepo.update_git_repos",
        ),
        (
            "Running salt-call --local pkg.refresh_db",
            salt("pkg.refresh_db"),
            "Error executing salt-call --local pkg.refresh_db",
        ),
    ];
    for (title, command, failed) in steps {
        on.message(title);
        let result = ended(on.run(&command).await, None);
        if !settings.no_exit_on_failure {
            result.map_err(|error| error.step(failed))?;
        }
    }
    Ok(())
}

async fn call<R: Remote>(
    settings: &SaltSettings,
    on: &mut Guest<'_, '_, R>,
) -> Result<(), ProvisionError> {
    let arguments = &settings.arguments;
    on.message(&format!("Running: salt-call --local {arguments}"));
    let program = join(&settings.salt_bin_dir, "salt-call");
    let command = on
        .commands
        .by_sudo(format!("{program} --local {arguments}"));
    let result = ended(on.run(&command).await, Some(NO_SALT));
    if settings.no_exit_on_failure {
        return Ok(());
    }
    result.map_err(|error| error.step("Error executing salt-call"))
}

/// A status other than 0 as an error; `hint` is for a command that is not there.
fn ended(
    status: Result<i64, ProvisionError>,
    hint: Option<&'static str>,
) -> Result<(), ProvisionError> {
    match status? {
        0 => Ok(()),
        status => Err(ProvisionError::Exit {
            words: format!("Bad exit status: {status}"),
            hint: hint.filter(|_| status == NOT_FOUND),
        }),
    }
}
