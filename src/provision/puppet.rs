//! `puppet-masterless`: uploads manifests and modules, and applies them. Commands and lines are Packer's to the letter.

use crate::plan::provision::{GuestOs, PuppetSettings};
use crate::remote::Remote;
use crate::template::gotmpl::{Record, Value};

use super::elevated::{self, ElevatedNames, ElevatedUser};
use super::guest::Guest;
use super::guest_commands::GuestCommands;
use super::{Machine, ProvisionContext, ProvisionError};

const NON_ZERO: &str = "Non-zero exit status.";

/// Puppet changed something: with `--detailed-exitcodes` that is no failure.
const CHANGED: i64 = 2;

/// Where on the machine everything lies.
#[derive(Default)]
struct Uploaded {
    hiera_config: String,
    manifest_dir: String,
    manifest_file: String,
    modules: Vec<String>,
}

/// Uploads and runs.
pub(super) async fn run<R: Remote>(
    settings: &PuppetSettings,
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
    cx.ui.say("Provisioning with Puppet...");
    on.message("Creating Puppet staging directory...");
    on.create_open_directory(&settings.staging_directory, NON_ZERO)
        .await
        .map_err(|error| error.step("Error creating staging directory"))?;
    let uploaded = upload(settings, &mut on).await?;
    let command = command(settings, &uploaded, cx)?;
    let command = elevated_command(settings, command, &mut on).await?;
    on.message(&format!("Running Puppet: {command}"));
    let status = on
        .run(&command)
        .await
        .map_err(|error| error.step("Got an error starting command"))?;
    if status != 0 && status != CHANGED && !settings.ignore_exit_codes {
        return Err(ProvisionError::exit(format!(
            "Puppet exited with a non-zero exit status: {status}"
        )));
    }
    if settings.clean_staging_directory {
        let command = commands.remove_directory(&settings.staging_directory);
        on.must(&command, NON_ZERO)
            .await
            .map_err(|error| error.step("Error removing staging directory"))?;
    }
    Ok(())
}

async fn upload<R: Remote>(
    settings: &PuppetSettings,
    on: &mut Guest<'_, '_, R>,
) -> Result<Uploaded, ProvisionError> {
    let staging = &settings.staging_directory;
    let mut uploaded = Uploaded::default();
    if let Some(local) = &settings.hiera_config_path {
        on.message("Uploading hiera configuration...");
        uploaded.hiera_config = format!("{staging}/hiera.yaml");
        on.upload_file(local, &uploaded.hiera_config)
            .await
            .map_err(|error| error.step("Error uploading hiera config"))?;
    }
    if let Some(local) = &settings.manifest_dir {
        on.message(&format!("Uploading manifest directory from: {local}"));
        uploaded.manifest_dir = format!("{staging}/manifests");
        on.upload_contents(local, &uploaded.manifest_dir, NON_ZERO)
            .await
            .map_err(|error| error.step("Error uploading manifest dir"))?;
    }
    for (index, local) in settings.module_paths.iter().enumerate() {
        on.message(&format!("Uploading local modules from: {local}"));
        let path = format!("{staging}/module-{index}");
        on.upload_contents(local, &path, NON_ZERO)
            .await
            .map_err(|error| error.step("Error uploading modules"))?;
        uploaded.modules.push(path);
    }
    uploaded.manifest_file = upload_manifests(settings, on)
        .await
        .map_err(|error| error.step("Error uploading manifests"))?;
    Ok(uploaded)
}

/// The main manifest is a file, or a directory of manifests.
async fn upload_manifests<R: Remote>(
    settings: &PuppetSettings,
    on: &mut Guest<'_, '_, R>,
) -> Result<String, ProvisionError> {
    on.message("Uploading manifests...");
    let folder = format!("{}/manifests", settings.staging_directory);
    let local = &settings.manifest_file;
    on.create_open_directory(&folder, NON_ZERO)
        .await
        .map_err(|error| error.step("Error creating manifests directory"))?;
    if on.cx.local_path(local).is_dir() {
        on.message(&format!("Uploading manifest directory from: {local}"));
        on.upload_contents(local, &folder, NON_ZERO)
            .await
            .map_err(|error| error.step("Error uploading manifest dir"))?;
        return Ok(folder);
    }
    on.message(&format!("Uploading manifest file from: {local}"));
    let name = local.rsplit('/').next().unwrap_or(local);
    let path = format!("{folder}/{name}");
    on.upload_file(local, &path).await?;
    Ok(path)
}

/// `execute_command` with `extra_arguments`; these are rendered first, with the same data.
fn command(
    settings: &PuppetSettings,
    uploaded: &Uploaded,
    cx: &ProvisionContext,
) -> Result<String, ProvisionError> {
    let extra = cx.render_own(
        &settings.extra_arguments.join(" "),
        &data(settings, uploaded, String::new(), cx),
    )?;
    cx.render_own(
        &settings.execute_command,
        &data(settings, uploaded, extra, cx),
    )
}

/// The command that runs `command` as another user of Windows, where one is given.
async fn elevated_command<R: Remote>(
    settings: &PuppetSettings,
    command: String,
    on: &mut Guest<'_, '_, R>,
) -> Result<String, ProvisionError> {
    let Some(elevation) = &settings.elevation else {
        return Ok(command);
    };
    let password = on.cx.render(elevation.password.expose());
    let user = ElevatedUser {
        name: &elevation.user,
        // Packer leaves a password empty that cannot be rendered.
        password: &password.unwrap_or_default(),
    };
    elevated::prepare(on.machine, &command, user, &ElevatedNames::choose()).await
}

/// Packer's data for the command. `.Debug` is never set there either.
fn data(
    settings: &PuppetSettings,
    uploaded: &Uploaded,
    extra_arguments: String,
    cx: &ProvisionContext,
) -> Value {
    let joiner = match settings.guest {
        GuestOs::Unix => ":",
        GuestOs::Windows => ";",
    };
    Value::Record(Record {
        type_name: "*puppetmasterless.ExecuteTemplate",
        fields: vec![
            ("Debug", Value::Bool(false)),
            ("ExtraArguments", extra_arguments.into()),
            ("FacterVars", facter_vars(settings, cx).into()),
            ("HieraConfigPath", uploaded.hiera_config.clone().into()),
            ("ModulePath", uploaded.modules.join(joiner).into()),
            ("ModulePathJoiner", joiner.into()),
            ("ManifestFile", uploaded.manifest_file.clone().into()),
            ("ManifestDir", uploaded.manifest_dir.clone().into()),
            ("PuppetBinDir", settings.puppet_bin_dir.clone().into()),
            ("Sudo", Value::Bool(settings.sudo.is_used())),
            ("WorkingDir", settings.working_directory.clone().into()),
        ],
    })
}

/// Sorted by name; in Packer the order differs from run to run.
fn facter_vars(settings: &PuppetSettings, cx: &ProvisionContext) -> String {
    let mut facts = settings.facter.clone();
    facts.insert("packer_build_name".to_owned(), cx.build_name.clone());
    facts.insert("packer_builder_type".to_owned(), cx.builder_kind.clone());
    let (facts, joiner): (Vec<_>, _) = match settings.guest {
        GuestOs::Unix => (
            facts
                .iter()
                .map(|(name, value)| format!("FACTER_{name}='{value}'"))
                .collect(),
            " ",
        ),
        GuestOs::Windows => (
            facts
                .iter()
                .map(|(name, value)| format!("SET \"FACTER_{name}={value}\""))
                .collect(),
            " & ",
        ),
    };
    facts.join(joiner)
}
