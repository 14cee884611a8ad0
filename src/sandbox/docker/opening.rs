//! The making of a sandbox, from its two containers to the first command in it.

use std::time::{Duration, SystemTime};

use crate::sandbox::{Order, PackageList, SandboxError};

use super::carry::streamed;
use super::engine::Engine;
use super::engine_error::EngineError;
use super::engine_types::{About, Attached};
use super::layer::Layer;
use super::look::Prepared;
use super::machine::{Bounds, Held, Machine, start};
use super::made::Made;
use super::prepare::{Blank, Unprepared, program};
use super::pull::Image;
use super::sandbox::{DockerSandbox, DockerTerms};
use super::spec::Common;
use super::{first_command, installed, told, unavailable};

/// What a sandbox is made by.
pub(super) struct Plan<'a> {
    pub(super) order: &'a Order,
    pub(super) terms: &'a DockerTerms,
    pub(super) image: &'a Image,
}

/// The containers.
struct Pair {
    /// The one that owns the network.
    keeper: String,
    sandbox: String,
}

/// Makes it.
pub(super) async fn open(
    made: &mut Made<'_>,
    plan: &Plan<'_>,
) -> Result<DockerSandbox, SandboxError> {
    let Plan { order, image, .. } = plan;
    let engine = made.engine;
    let pair = created(made, plan).await?;
    let time = seconds();
    let kept = kept(engine, &pair.keeper, plan, time);
    let prepared = prepared(engine, &pair.sandbox, plan, time);
    let (kept, prepared) = tokio::try_join!(kept, prepared)?;
    let first = start(engine, &pair.sandbox).await;
    let first = first.map_err(|error| no_start(error, "start its container"))?;
    let about = engine.about().await.ok();
    let packages = tried(engine, &pair.sandbox, plan, about.as_ref()).await?;
    let held = Held {
        keeper: kept,
        sandbox: first,
    };
    let bounds = Bounds {
        time: order.limits.time,
        memory: order.limits.memory,
    };
    let (machine, life) = Machine::new(engine, &pair.sandbox, held, bounds);
    Ok(DockerSandbox {
        machine,
        life,
        keeper: pair.keeper,
        user: order.user.clone(),
        memory: order.limits.memory,
        prepared,
        packages,
        description: told::description(image, about.as_ref(), order.network),
        differences: told::differences(image, about.as_ref()),
        architecture: image.architecture.clone(),
    })
}

async fn created(made: &mut Made<'_>, plan: &Plan<'_>) -> Result<Pair, SandboxError> {
    let id = identity();
    let common = Common {
        image: &plan.image.name,
        variables: &plan.image.variables,
        id: &id,
        order: plan.order,
    };
    let keeper = made
        .create(common.keeper(), "create the container of its network")
        .await?;
    let sandbox = made
        .create(common.sandbox(&keeper), "create its container")
        .await?;
    Ok(Pair { keeper, sandbox })
}

/// Starts the container that owns the network.
async fn kept(
    engine: &Engine,
    keeper: &str,
    plan: &Plan<'_>,
    time: u64,
) -> Result<Attached, SandboxError> {
    let layer = program(&plan.terms.program).map_err(|error| failed(Unprepared::Program(error)))?;
    put(engine, keeper, layer, time).await?;
    let started = start(engine, keeper).await;
    started.map_err(|error| no_start(error, "start its network"))
}

/// Puts into the sandbox what a machine has and its image has not.
async fn prepared(
    engine: &Engine,
    container: &str,
    plan: &Plan<'_>,
    time: u64,
) -> Result<Prepared, SandboxError> {
    let blank = Blank { engine, container };
    let layer = blank.layer(&plan.order.user, &plan.terms.program).await;
    let layer = layer.map_err(failed)?;
    let attributes = layer.attributes(time);
    put(engine, container, layer, time).await?;
    Ok(attributes)
}

/// Runs a first command, and lists the packages meanwhile.
async fn tried(
    engine: &Engine,
    container: &str,
    plan: &Plan<'_>,
    about: Option<&About>,
) -> Result<PackageList, SandboxError> {
    let user = &plan.order.user;
    let listed = async {
        let listed = installed::packages(engine, container).await;
        listed.map_err(|error| error.while_it("list the packages in it"))
    };
    let tried = async {
        let refusal = first_command::refusal(engine, container, user).await;
        match refusal.map_err(|error| error.while_it("run a first command"))? {
            Some(words) => Err(told::runs_nothing(plan.image, about, user, &words)),
            None => Ok(()),
        }
    };
    let (packages, ()) = tokio::try_join!(listed, tried)?;
    Ok(packages)
}

async fn put(engine: &Engine, id: &str, layer: Layer, time: u64) -> Result<(), SandboxError> {
    let archive = streamed(move |feed| layer.write(feed, time));
    let put = engine.unpack(id, "/", archive).await;
    put.map_err(|error| error.while_it("put its user and stand-ins there"))
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
