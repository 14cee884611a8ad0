//! A sandbox of either kind, and the choice between them.

use super::docker::{DockerSandbox, DockerTerms, Engines};
use super::host::HostSandbox;
use super::remote::EnteredRemote;
use super::{Changes, Order, SandboxChoice, SandboxError, users};
use crate::stop::Stop;

/// A sandbox that is open.
pub(crate) enum Sandbox {
    /// A copy of this machine.
    Host(Box<HostSandbox>),
    /// A container.
    Docker(Box<DockerSandbox>),
}

/// What came of a choice.
pub(crate) enum Opened {
    /// A sandbox. Where one was to be found, what the others lack.
    Open(Box<Sandbox>, Vec<SandboxError>),
    /// None was wanted.
    NotWanted,
    /// None works here, for these reasons.
    NoneWorks(Vec<SandboxError>),
}

/// Opens what was chosen. An error means that what was asked for by its name cannot be had, or that making it failed.
pub(crate) async fn open(
    choice: &SandboxChoice,
    order: &Order,
    engines: Engines<'_>,
    stop: &Stop,
) -> Result<Opened, SandboxError> {
    if *choice != SandboxChoice::None && !users::is_name(&order.user) {
        return Err(SandboxError::User(order.user.clone()));
    }
    let opened = |sandbox| Ok(Opened::Open(Box::new(sandbox), Vec::new()));
    match choice {
        SandboxChoice::None => Ok(Opened::NotWanted),
        SandboxChoice::Host => opened(host_sandbox(order, stop).await?),
        SandboxChoice::Docker { image } => {
            opened(docker(order, (image.as_deref(), engines), stop).await?)
        }
        SandboxChoice::Auto => any(order, engines, stop).await,
    }
}

async fn any(order: &Order, engines: Engines<'_>, stop: &Stop) -> Result<Opened, SandboxError> {
    let mut lacking = Vec::new();
    match host_sandbox(order, stop).await {
        Ok(sandbox) => return Ok(Opened::Open(Box::new(sandbox), lacking)),
        Err(error) => lacking.push(unless_stopped(error)?),
    }
    match docker(order, (None, engines), stop).await {
        Ok(sandbox) => Ok(Opened::Open(Box::new(sandbox), lacking)),
        Err(error) => {
            lacking.push(unless_stopped(error)?);
            Ok(Opened::NoneWorks(lacking))
        }
    }
}

/// What does not work here is no reason to give up while there is another; a stop is.
fn unless_stopped(error: SandboxError) -> Result<SandboxError, SandboxError> {
    match error {
        SandboxError::Stopped => Err(error),
        _ => Ok(error),
    }
}

async fn host_sandbox(order: &Order, stop: &Stop) -> Result<Sandbox, SandboxError> {
    let sandbox = HostSandbox::open(order, stop).await?;
    Ok(Sandbox::Host(Box::new(sandbox)))
}

async fn docker(
    order: &Order,
    (image, engines): (Option<&str>, Engines<'_>),
    stop: &Stop,
) -> Result<Sandbox, SandboxError> {
    let terms = DockerTerms::new(image.map(str::to_owned), engines.hints.clone());
    DockerSandbox::open(order, &terms, engines.tell, stop)
        .await
        .map(|sandbox| Sandbox::Docker(Box::new(sandbox)))
}

impl Sandbox {
    /// Logs in.
    pub(crate) async fn connect(&self) -> Result<EnteredRemote, SandboxError> {
        match self {
            Self::Host(sandbox) => sandbox.connect().await.map(EnteredRemote::Host),
            Self::Docker(sandbox) => sandbox.connect().await.map(EnteredRemote::Docker),
        }
    }

    /// What is different now from when it was opened.
    pub(crate) async fn changes(&self) -> Result<Changes, SandboxError> {
        match self {
            Self::Host(sandbox) => sandbox.changes().await,
            Self::Docker(sandbox) => sandbox.changes().await,
        }
    }

    /// What it is, for a person.
    pub(crate) fn description(&self) -> String {
        match self {
            Self::Host(sandbox) => sandbox.description(),
            Self::Docker(sandbox) => sandbox.description(),
        }
    }

    /// For which processor its programs are, in EC2's words.
    pub(crate) fn architecture(&self) -> &str {
        let name = match self {
            Self::Host(_) => None,
            Self::Docker(sandbox) => sandbox.architecture(),
        };
        match name.unwrap_or(std::env::consts::ARCH) {
            "amd64" => "x86_64",
            "aarch64" => "arm64",
            other => other,
        }
    }

    /// What is not in it as on a real machine, in a sentence each.
    pub(crate) fn differences(&self) -> &[String] {
        match self {
            Self::Host(sandbox) => sandbox.limits(),
            Self::Docker(sandbox) => sandbox.differences(),
        }
    }

    /// Ends everything in it, and it.
    pub(crate) async fn close(self) {
        match self {
            Self::Host(sandbox) => sandbox.close().await,
            Self::Docker(sandbox) => (*sandbox).close().await,
        }
    }
}
