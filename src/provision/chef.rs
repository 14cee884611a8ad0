//! `chef-solo`: installs Chef, uploads cookbooks and attributes, and runs. Commands and lines are Packer's to the letter.

use std::fs;

use crate::plan::provision::ChefSettings;
use crate::remote::Remote;
use crate::template::gotmpl::{Record, Value};

use super::guest::Guest;
use super::guest_commands::{GuestCommands, join};
use super::{Machine, ProvisionContext, ProvisionError};

const NON_ZERO: &str = "Non-zero exit status. See output above for more info.";

/// Packer's `solo.rb`, white space and all.
const SOLO_RB: &str = r#"
chef_license 		"{{.ChefLicense}}"
cookbook_path 	[{{.CookbookPaths}}]
{{if .HasRolesPath}}
role_path		"{{.RolesPath}}"
{{end}}
{{if .HasDataBagsPath}}
data_bag_path	"{{.DataBagsPath}}"
{{end}}
{{if .HasEncryptedDataBagSecretPath}}
encrypted_data_bag_secret "{{.EncryptedDataBagSecretPath}}"
{{end}}
{{if .HasEnvironmentsPath}}
environment_path "{{.EnvironmentsPath}}"
environment "{{.ChefEnvironment}}"
{{end}}
"#;

/// Where on the machine everything lies; empty where it is not given.
#[derive(Default)]
struct Uploaded {
    cookbooks: Vec<String>,
    roles: String,
    data_bags: String,
    secret: String,
    environments: String,
}

/// Installs, uploads and runs.
pub(super) async fn run<R: Remote>(
    settings: &ChefSettings,
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
    cx.ui.say("Provisioning with chef-solo");
    if let Some(command) = &settings.install_command {
        install(command, settings, &mut on)
            .await
            .map_err(|error| error.step("Error installing Chef"))?;
    }
    on.create_open_directory(&settings.staging_directory, NON_ZERO)
        .await
        .map_err(|error| error.step("Error creating staging directory"))?;
    let uploaded = upload(settings, &mut on).await?;
    let solo_rb = join(&settings.staging_directory, "solo.rb");
    on.message("Creating configuration file 'solo.rb'");
    let configuration = match configuration(settings, &uploaded, cx) {
        Ok(text) => on.upload_bytes(text.into_bytes(), &solo_rb).await,
        Err(error) => Err(error),
    };
    configuration.map_err(|error| error.step("Error creating Chef config file"))?;
    let node_json = join(&settings.staging_directory, "node.json");
    on.message("Creating JSON attribute file");
    on.upload_bytes(settings.node_json.clone().into_bytes(), &node_json)
        .await
        .map_err(|error| error.step("Error creating JSON attributes"))?;
    execute(settings, (solo_rb, node_json), &mut on)
        .await
        .map_err(|error| error.step("Error executing Chef"))
}

async fn install<R: Remote>(
    command: &str,
    settings: &ChefSettings,
    on: &mut Guest<'_, '_, R>,
) -> Result<(), ProvisionError> {
    on.message("Installing Chef...");
    let data = Value::Record(Record {
        type_name: "*chefsolo.InstallChefTemplate",
        fields: vec![
            ("Sudo", Value::Bool(settings.sudo.is_used())),
            ("Version", settings.version.clone().into()),
        ],
    });
    let command = on.cx.render_own(command, &data)?;
    match on.run(&command).await? {
        0 => Ok(()),
        status => Err(ProvisionError::exit(format!(
            "Install script exited with non-zero exit status {status}"
        ))),
    }
}

async fn upload<R: Remote>(
    settings: &ChefSettings,
    on: &mut Guest<'_, '_, R>,
) -> Result<Uploaded, ProvisionError> {
    let staging = &settings.staging_directory;
    let mut uploaded = Uploaded::default();
    for (index, local) in settings.cookbook_paths.iter().enumerate() {
        let path = format!("{staging}/cookbooks-{index}");
        on.upload_contents(local, &path, NON_ZERO)
            .await
            .map_err(|error| error.step("Error uploading cookbooks"))?;
        uploaded.cookbooks.push(path);
    }
    uploaded.roles = directory(&settings.roles_path, format!("{staging}/roles"), on)
        .await
        .map_err(|error| error.step("Error uploading roles"))?;
    uploaded.data_bags = directory(&settings.data_bags_path, format!("{staging}/data_bags"), on)
        .await
        .map_err(|error| error.step("Error uploading data bags"))?;
    if let Some(local) = &settings.encrypted_data_bag_secret_path {
        uploaded.secret = format!("{staging}/encrypted_data_bag_secret");
        on.upload_file(local, &uploaded.secret)
            .await
            .map_err(|error| error.step("Error uploading encrypted data bag secret"))?;
    }
    let path = format!("{staging}/environments");
    uploaded.environments = directory(&settings.environments_path, path, on)
        .await
        .map_err(|error| error.step("Error uploading environments"))?;
    Ok(uploaded)
}

/// The path, where there is a local directory for it.
async fn directory<R: Remote>(
    local: &Option<String>,
    path: String,
    on: &mut Guest<'_, '_, R>,
) -> Result<String, ProvisionError> {
    let Some(local) = local else {
        return Ok(String::new());
    };
    on.upload_contents(local, &path, NON_ZERO).await?;
    Ok(path)
}

fn configuration(
    settings: &ChefSettings,
    uploaded: &Uploaded,
    cx: &ProvisionContext,
) -> Result<String, ProvisionError> {
    let template = match &settings.config_template {
        None => SOLO_RB.to_owned(),
        Some(local) => {
            let path = cx.local_path(local);
            let bytes = fs::read(&path).map_err(|cause| ProvisionError::Local { path, cause })?;
            String::from_utf8_lossy(&bytes).into_owned()
        }
    };
    let cookbooks = settings.remote_cookbook_paths.iter();
    let cookbooks = cookbooks
        .chain(&uploaded.cookbooks)
        .map(|path| format!("\"{path}\""));
    let cookbooks = cookbooks.collect::<Vec<_>>().join(",");
    let has = |path: &String| Value::Bool(!path.is_empty());
    let data = Value::Record(Record {
        type_name: "*chefsolo.ConfigTemplate",
        fields: vec![
            ("CookbookPaths", cookbooks.into()),
            ("DataBagsPath", uploaded.data_bags.clone().into()),
            ("EncryptedDataBagSecretPath", uploaded.secret.clone().into()),
            ("RolesPath", uploaded.roles.clone().into()),
            ("EnvironmentsPath", uploaded.environments.clone().into()),
            ("ChefEnvironment", settings.environment.clone().into()),
            ("ChefLicense", settings.license.clone().into()),
            ("HasDataBagsPath", has(&uploaded.data_bags)),
            ("HasEncryptedDataBagSecretPath", has(&uploaded.secret)),
            ("HasRolesPath", has(&uploaded.roles)),
            ("HasEnvironmentsPath", has(&uploaded.environments)),
        ],
    });
    cx.render_own(&template, &data)
}

async fn execute<R: Remote>(
    settings: &ChefSettings,
    (solo_rb, node_json): (String, String),
    on: &mut Guest<'_, '_, R>,
) -> Result<(), ProvisionError> {
    let data = Value::Record(Record {
        type_name: "*chefsolo.ExecuteTemplate",
        fields: vec![
            ("ConfigPath", solo_rb.into()),
            ("JsonPath", node_json.into()),
            ("Sudo", Value::Bool(settings.sudo.is_used())),
        ],
    });
    let command = on.cx.render_own(&settings.execute_command, &data)?;
    on.message(&format!("Executing Chef: {command}"));
    match on.run(&command).await? {
        0 => Ok(()),
        status => Err(ProvisionError::exit(format!(
            "Non-zero exit status: {status}"
        ))),
    }
}
