//! The sandbox from its opening to its end.

#[cfg(test)]
use std::path::Path;
use std::path::PathBuf;

use crate::sandbox::{Changes, Order, PackageList, SandboxError};
use crate::stop::Stop;

use super::address::EngineHints;
use super::changes::{self, Places};
use super::connected::connected;
use super::look::Prepared;
use super::machine::{Life, Machine};
use super::made::Made;
use super::opening::{self, Plan};
use super::pull::{self, Tell};
use super::remote::DockerRemote;
use super::{installed, leftovers};

/// This program, whatever it is called and even where it was replaced meanwhile.
const THIS_PROGRAM: &str = "/proc/self/exe";

/// What a docker sandbox needs to know beside the [`Order`].
#[derive(Clone, Debug)]
pub(crate) struct DockerTerms {
    /// The image that the user named.
    pub(crate) image: Option<String>,
    /// Where engines may be.
    pub(crate) hints: EngineHints,
    /// The program that the containers get a copy of.
    pub(super) program: PathBuf,
}

/// A container, and the one that keeps its network.
pub(crate) struct DockerSandbox {
    pub(super) machine: Machine,
    pub(super) life: Life,
    /// The container that keeps the network.
    pub(super) keeper: String,
    pub(super) user: String,
    pub(super) memory: u64,
    pub(super) prepared: Prepared,
    pub(super) packages: PackageList,
    pub(super) description: String,
    pub(super) differences: Vec<String>,
    pub(super) architecture: Option<String>,
}

impl DockerTerms {
    /// For this program.
    pub(crate) fn new(image: Option<String>, hints: EngineHints) -> Self {
        Self {
            image,
            hints,
            program: PathBuf::from(THIS_PROGRAM),
        }
    }

    /// With another program in the containers.
    #[cfg(test)]
    pub(super) fn with_program(mut self, program: &Path) -> Self {
        program.clone_into(&mut self.program);
        self
    }
}

impl DockerSandbox {
    /// Makes it.
    pub(crate) async fn open(
        order: &Order,
        terms: &DockerTerms,
        tell: Tell<'_>,
        stop: &Stop,
    ) -> Result<Self, SandboxError> {
        let choice = pull::choose(order, terms.image.as_deref())?;
        let finding = async {
            let engine = connected(&terms.hints).await?;
            leftovers::remove(&engine).await;
            let image = pull::get(&engine, choice, tell).await?;
            Ok::<_, SandboxError>((engine, image))
        };
        let (engine, image) = tokio::select! {
            biased;
            _ = stop.wait() => return Err(SandboxError::Stopped),
            found = finding => found?,
        };
        let mut made = Made {
            engine: &engine,
            containers: Vec::new(),
            creating: None,
        };
        let plan = Plan {
            order,
            terms,
            image: &image,
        };
        let opening = opening::open(&mut made, &plan);
        let opened = tokio::select! {
            biased;
            _ = stop.wait() => Err(SandboxError::Stopped),
            opened = opening => opened,
        };
        if opened.is_err() {
            made.remove().await;
        }
        opened
    }

    /// Waits until it runs, which a restart delays, and connects as the user.
    pub(crate) async fn connect(&self) -> Result<DockerRemote, SandboxError> {
        self.machine.runs().await.map_err(SandboxError::Ended)?;
        Ok(DockerRemote::new(
            self.machine.clone(),
            &self.user,
            self.memory,
        ))
    }

    /// What is different from when it was opened.
    pub(crate) async fn changes(&self) -> Result<Changes, SandboxError> {
        let engine = &self.machine.engine;
        let places = Places {
            engine,
            sandbox: &self.machine.container,
            keeper: &self.keeper,
        };
        let files = changes::files(&places, &self.prepared)
            .await
            .map_err(|error| error.while_it("list what was changed in it"))?;
        let now = installed::packages(engine, &self.machine.container)
            .await
            .map_err(|error| error.while_it("list the packages in it"))?;
        Ok(Changes {
            files,
            packages: self.packages.changes_until(&now),
        })
    }

    /// In words, such as `docker: a container of ubuntu:22.04 with Docker 28.1`.
    pub(crate) fn description(&self) -> String {
        self.description.clone()
    }

    /// What is not in it as on a real machine, in a sentence each.
    pub(crate) fn differences(&self) -> &[String] {
        &self.differences
    }

    /// For which processor the image is, in Go's words.
    pub(crate) fn architecture(&self) -> Option<&str> {
        self.architecture.as_deref()
    }

    /// The container.
    #[cfg(test)]
    pub(super) fn machine(&self) -> &Machine {
        &self.machine
    }

    /// The container of its network.
    #[cfg(test)]
    pub(super) fn keeper(&self) -> &str {
        &self.keeper
    }

    /// Ends and removes it.
    pub(crate) async fn close(self) {
        let Self {
            machine,
            life,
            keeper,
            ..
        } = self;
        drop(life);
        let made = Made {
            engine: &machine.engine,
            containers: vec![keeper, machine.container.to_string()],
            creating: None,
        };
        made.remove().await;
    }
}
