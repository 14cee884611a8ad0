//! The sandbox from its opening to its end.

use std::collections::BTreeMap;
#[cfg(test)]
use std::path::Path;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use futures_util::StreamExt as _;
use tokio::time::timeout;

use crate::sandbox::{Changes, DPKG_STATUS, Order, PackageList, RPM_FORMAT, SandboxError};
use crate::stop::Stop;

use super::address::EngineHints;
use super::carry::streamed;
use super::changes::{self, Places};
use super::connected::connected;
use super::engine::Engine;
use super::engine_error::EngineError;
use super::engine_types::{Input, Kind, Printed};
use super::layer::Layer;
use super::look::Attributes;
use super::machine::{Bounds, Held, Life, Machine, start};
use super::made::Made;
use super::prepare::{Blank, Unprepared, program};
use super::pull::{self, Image, Tell};
use super::remote::DockerRemote;
use super::spec::Common;
use super::{files, first_command, leftovers, told, unavailable};

/// For rpm, whose list takes longer than any other step.
const RPM_PATIENCE: Duration = Duration::from_secs(60);

/// The longest list of rpm that is read.
const RPM_MOST: usize = 16 << 20;

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
    program: PathBuf,
}

/// A container, and the one that keeps its network.
pub(crate) struct DockerSandbox {
    machine: Machine,
    life: Life,
    /// The container that keeps the network.
    keeper: String,
    user: String,
    memory: u64,
    prepared: BTreeMap<String, Attributes>,
    packages: PackageList,
    description: String,
    differences: Vec<String>,
    architecture: Option<String>,
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
        let opening = open(&mut made, order, terms, &image);
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
        let now = packages(engine, &self.machine.container)
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

async fn open(
    made: &mut Made<'_>,
    order: &Order,
    terms: &DockerTerms,
    image: &Image,
) -> Result<DockerSandbox, SandboxError> {
    let engine = made.engine;
    let id = identity();
    let common = Common {
        image: &image.name,
        variables: &image.variables,
        id: &id,
        order,
    };
    let time = seconds();
    let keeper = made
        .create(common.keeper(), "create the container of its network")
        .await?;
    let container = made
        .create(common.sandbox(&keeper), "create its container")
        .await?;
    let kept = async {
        let layer = program(&terms.program).map_err(|error| failed(Unprepared::Program(error)))?;
        put(engine, &keeper, layer, time).await?;
        start(engine, &keeper)
            .await
            .map_err(|error| no_start(error, "start its network"))
    };
    let prepared = async {
        let blank = Blank {
            engine,
            container: &container,
        };
        let layer = blank
            .layer(&order.user, &terms.program)
            .await
            .map_err(failed)?;
        let attributes = layer.attributes(time);
        put(engine, &container, layer, time).await?;
        Ok::<_, SandboxError>(attributes)
    };
    let (kept, prepared) = tokio::try_join!(kept, prepared)?;
    let first = start(engine, &container).await;
    let first = first.map_err(|error| no_start(error, "start its container"))?;
    let about = engine.about().await.ok();
    let listed = async {
        let listed = packages(engine, &container).await;
        listed.map_err(|error| error.while_it("list the packages in it"))
    };
    let tried = async {
        let refusal = first_command::refusal(engine, &container, &order.user).await;
        match refusal.map_err(|error| error.while_it("run a first command"))? {
            Some(words) => Err(told::runs_nothing(
                image,
                about.as_ref(),
                &order.user,
                &words,
            )),
            None => Ok(()),
        }
    };
    let (packages, ()) = tokio::try_join!(listed, tried)?;
    let held = Held {
        keeper: kept,
        sandbox: first,
    };
    let bounds = Bounds {
        time: order.limits.time,
        memory: order.limits.memory,
    };
    let (machine, life) = Machine::new(engine, &container, held, bounds);
    Ok(DockerSandbox {
        machine,
        life,
        keeper,
        user: order.user.clone(),
        memory: order.limits.memory,
        prepared,
        packages,
        description: told::description(image, about.as_ref(), order.network),
        differences: told::differences(image, about.as_ref()),
        architecture: image.architecture.clone(),
    })
}

async fn put(engine: &Engine, id: &str, layer: Layer, time: u64) -> Result<(), SandboxError> {
    let archive = streamed(move |feed| layer.write(feed, time));
    let put = engine.unpack(id, "/", archive).await;
    put.map_err(|error| error.while_it("put its user and stand-ins there"))
}

/// What dpkg and rpm list.
async fn packages(engine: &Engine, container: &str) -> Result<PackageList, EngineError> {
    let status = files::text(engine, container, DPKG_STATUS).await?;
    let list = PackageList::of_dpkg(&status);
    if engine.kind(container, "/usr/bin/rpm").await? == Kind::Nothing {
        return Ok(list);
    }
    let words = ["rpm", "--query", "--all", "--queryformat", RPM_FORMAT];
    let mut command = engine.run(container, &words, Input::Empty).await?;
    let mut printed = Vec::new();
    let reading = async {
        while let Some(Ok(piece)) = command.attached.output.next().await {
            if let Printed::Stdout(bytes) = piece
                && printed.len() < RPM_MOST
            {
                printed.extend(bytes);
            }
        }
    };
    if timeout(RPM_PATIENCE, reading).await.is_err() {
        log::warn!("rpm did not list its packages within a minute");
    }
    Ok(list.and(PackageList::of_rpm(&String::from_utf8_lossy(&printed))))
}

fn failed(why: Unprepared) -> SandboxError {
    match why {
        Unprepared::Engine(error) => error.while_it("read the files of its image"),
        Unprepared::Program(source) => SandboxError::Io {
            doing: "read this program".to_owned(),
            source,
        },
        Unprepared::Name(name) => unavailable(format!(
            "nobody can be called `{name}`, as the template's `ssh_username` wants: a name has no `:`, `/` or control character"
        )),
    }
}

/// A first process that cannot even begin is most often a build of this program that needs libraries of its own.
fn no_start(error: EngineError, doing: &str) -> SandboxError {
    match &error {
        EngineError::Failed(words) if words.contains("GLIBC") || words.contains("no such file") => {
            unavailable(format!(
                "this build of ami-build cannot run in the image ({words}); a released binary runs in every image"
            ))
        }
        _ => error.while_it(doing),
    }
}

fn identity() -> String {
    let mut bytes = [0; 8];
    // Two runs of one id do no harm: owners tell them apart.
    let _zeros = getrandom::fill(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn seconds() -> u64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    now.as_ref().map_or(0, Duration::as_secs)
}
