//! One run: the way to the machine, the inventory, what galaxy fetches, the playbook.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::AnsibleError;
use super::arguments::{self, Playbook};
use super::inventory::{self, Inventory};
use super::route::{self, Route};
use crate::plan::provision::{AnsibleSettings, GalaxySettings};
use crate::provision::tool::{self, Tool, ToolError};
use crate::provision::{Attempt, Machine, ProvisionContext, ProvisionError};
use crate::remote::{PipeEnd, Piped, Pipes, Remote, RemoteError};

/// Runs the playbook.
pub(in crate::provision) async fn run<R: Remote>(
    settings: &AnsibleSettings,
    machine: &mut Machine<'_, R>,
    cx: &ProvisionContext,
    attempt: &Attempt,
) -> Result<(), ProvisionError> {
    let pipes: Arc<dyn Pipes> = match machine {
        Machine::Reached(remote) => remote.pipes(),
        Machine::None => Arc::new(NoMachine),
    };
    match play(settings, pipes, cx, attempt).await {
        Err(
            AnsibleError::Playbook(ToolError::Cancelled)
            | AnsibleError::Galaxy(ToolError::Cancelled),
        ) => Err(ProvisionError::Cancelled),
        other => other.map_err(ProvisionError::Ansible),
    }
}

async fn play(
    settings: &AnsibleSettings,
    pipes: Arc<dyn Pipes>,
    cx: &ProvisionContext,
    attempt: &Attempt,
) -> Result<(), AnsibleError> {
    cx.ui.say("Provisioning with Ansible...");
    let rendered = Rendered::of(settings, cx)?;
    let route = route::open(settings, pipes, cx).await?;
    let inventory = inventory::prepare(&settings.inventory, &route, cx)?;
    if let Some(galaxy) = &settings.galaxy {
        fetch(galaxy, &rendered, cx, attempt).await?;
    }
    let arguments = rendered.arguments(settings, &route, &inventory, cx);
    let shown = arguments::shown(&settings.command, &arguments, &rendered.extra, &cx.data);
    cx.ui.say(&format!("Executing Ansible: {shown}"));
    let tool = Tool {
        program: &settings.command,
        arguments: &arguments,
        environment: &rendered.environment,
    };
    tool::run(&tool, cx, attempt)
        .await
        .map_err(AnsibleError::Playbook)
}

/// What the build's data may be in.
struct Rendered {
    environment: Vec<String>,
    extra: Vec<String>,
}

impl Rendered {
    fn of(settings: &AnsibleSettings, cx: &ProvisionContext) -> Result<Self, AnsibleError> {
        let render = |texts: &[String]| -> Result<Vec<String>, AnsibleError> {
            let rendered = texts.iter().map(|text| cx.render(text));
            rendered
                .collect::<Result<_, _>>()
                .map_err(AnsibleError::Interpolate)
        };
        Ok(Self {
            environment: render(&settings.environment)?,
            extra: render(&settings.extra_arguments)?,
        })
    }

    fn arguments(
        &self,
        settings: &AnsibleSettings,
        route: &Route,
        inventory: &Inventory,
        cx: &ProvisionContext,
    ) -> Vec<String> {
        let key_file = route.key_file();
        let playbook = Playbook {
            build_name: &cx.build_name,
            builder_kind: &cx.builder_kind,
            data: &cx.data,
            extra_arguments: &self.extra,
            ssh_extra_arguments: &settings.ssh_extra_arguments,
            environment: &self.environment,
            key_file: key_file.as_deref(),
            inventory: &inventory.path().display().to_string(),
            playbook: &absolute(&cx.local_path(&settings.playbook_file)),
        };
        playbook.arguments()
    }
}

/// Without `.` and `..`, as Go's `filepath.Abs` gives it: by the text alone.
fn absolute(path: &Path) -> String {
    let mut clean = std::path::PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                clean.pop();
            }
            part => clean.push(part),
        }
    }
    clean.display().to_string()
}

async fn fetch(
    galaxy: &GalaxySettings,
    rendered: &Rendered,
    cx: &ProvisionContext,
    attempt: &Attempt,
) -> Result<(), AnsibleError> {
    let bytes = fs::read(cx.local_path(&galaxy.file)).map_err(AnsibleError::GalaxyFile)?;
    for arguments in arguments::galaxy(galaxy, &String::from_utf8_lossy(&bytes)) {
        cx.ui.message("Executing Ansible Galaxy");
        let tool = Tool {
            program: &galaxy.command,
            arguments: &arguments,
            environment: &rendered.environment,
        };
        tool::run(&tool, cx, attempt)
            .await
            .map_err(AnsibleError::Galaxy)?;
    }
    Ok(())
}

/// What the proxy leads to where the communicator is `none`: a playbook for this side alone needs no machine.
struct NoMachine;

impl Pipes for NoMachine {
    fn run(self: Arc<Self>, _piped: Piped) -> PipeEnd {
        let why = "there is no machine: communicator is 'none'".to_owned();
        Box::pin(std::future::ready(Err(RemoteError::Refused(why))))
    }
}
