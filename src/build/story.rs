//! The build from its first call to its last, on one screen.

use std::collections::BTreeMap;

use tokio::time::Instant;

use super::access::{self, Access};
use super::built::{Built, BuiltVolumes, GeneratedData};
use super::cx::{Cx, Hook};
use super::error::BuildError;
use super::late::{self, SourceData, Texts};
use super::launch::Machine;
use super::reuse::Look;
use super::{
    built, clear_keys, connect, decode, early, fast_volume, freeze, interruption, inventory,
    launch, machine_timer, modify_machine, network, preflight, recipe, reuse, reused, source,
    spread, stop_machine, usage, volumes,
};
use crate::cloud::image::Image;
use crate::cloud::{Cloud, Region};
use crate::inventory::Inventories;
use crate::plan::amazon::recipe::{EbsVolume, Recipe};
use crate::remote::{Dial, Remote};

/// Builds the image. `None` where `skip_create_ami` asks for none.
///
/// # Errors
/// Whatever stood in the way. What was made until then is in the ledger, which the caller settles in any case.
pub(crate) async fn build<C: Cloud, D: Dial>(
    cx: &Cx<'_, C, D>,
    hook: &mut impl Hook,
) -> Result<Option<Built>, BuildError> {
    unless_stopped(cx, Box::pin(images(cx, hook))).await
}

/// Builds the volumes of `amazon-ebsvolume`.
///
/// # Errors
/// As [`build`].
pub(crate) async fn build_volumes<C: Cloud, D: Dial>(
    cx: &Cx<'_, C, D>,
    hook: &mut impl Hook,
    volumes: &[EbsVolume],
) -> Result<BuiltVolumes, BuildError> {
    let built = async {
        let Provisioned {
            machine,
            texts,
            data,
            ..
        } = provisioned(cx, hook).await?;
        volumes::finish(cx, machine, volumes, (&texts, data)).await
    };
    unless_stopped(cx, Box::pin(built)).await
}

async fn unless_stopped<T, C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    built: impl Future<Output = Result<T, BuildError>>,
) -> Result<T, BuildError> {
    let explained = async {
        match built.await {
            Ok(built) => Ok(built),
            Err(error) => Err(decode::explain(cx, error).await),
        }
    };
    tokio::select! {
        biased;
        request = cx.stop.wait() => Err(BuildError::Stopped(request)),
        built = explained => match (built, cx.stop.requested()) {
            // A step may hear the signal between our look at it and its own, and then fails because of it.
            (Err(_), Some(request)) => Err(BuildError::Stopped(request)),
            (built, _) => built,
        },
    }
}

async fn images<C: Cloud, D: Dial>(
    cx: &Cx<'_, C, D>,
    hook: &mut impl Hook,
) -> Result<Option<Built>, BuildError> {
    let reuse = match Box::pin(reuse::look(cx)).await? {
        Look::Found(held) => return Box::pin(reused::instead(cx, *held)).await.map(Some),
        Look::Missed(story) => Some(story),
        Look::NotAsked => None,
    };
    let Provisioned {
        machine,
        texts,
        data,
        inventories,
    } = provisioned(cx, hook).await?;

    cx.ui.step("Create the image");
    at_rest(cx, &machine).await?;
    if cx.settings.image.skip_create {
        freeze::say_skipped(cx.ui);
        before_cleanup(cx, "StepRunSourceInstance").await;
        cx.ledger.let_go(cx.cloud, &machine.id).await;
        return Ok(None);
    }
    let frozen = Box::pin(recipe::image(cx, &machine, &texts));
    let image = interruption::told(cx, &machine.id, frozen).await?;
    let fast_volume = fast_volume::told(cx, &machine, image.snapshots_took);
    pause(cx, "stepCreateAMI").await;
    before_cleanup(cx, "StepRunSourceInstance").await;
    cx.ledger.let_go(cx.cloud, &machine.id).await;
    let usage = usage::of(cx, &machine);
    let images = Box::pin(spread::everywhere(cx, image, &texts)).await?;
    // Copies, attributes and tags are made side by side: one pause for them all.
    pause(cx, "StepCreateTags").await;

    // From here on there is no waiting: a stop comes either before the images are kept or after they are returned.
    cx.ledger
        .keep(&things(&images))
        .map_err(BuildError::Journal)?;
    let gib = images.get(cx.region).map(usage::size);
    let built = Built {
        name: cx.settings.image.name.clone(),
        region: cx.region.clone(),
        snapshots: images
            .iter()
            .map(|(region, image)| (region.clone(), image.snapshots()))
            .collect(),
        images: images
            .into_iter()
            .map(|(region, image)| (region, image.id))
            .collect(),
        source: machine.source,
        instance_type: built::instance_type(&cx.settings.launch),
        instance: Some(machine.id),
        gib: gib.flatten(),
        inventories,
        usage: Some(usage),
        reuse,
        fast_volume,
        data,
    };
    cx.observer.image_ready(&built);
    Ok(Some(built))
}

/// Stops the machine, and changes what can be changed of it then.
pub(super) async fn at_rest<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    machine: &Machine,
) -> Result<(), BuildError> {
    stop_machine::stop(cx, &machine.id).await?;
    pause(cx, "StepStopEBSBackedInstance").await;
    modify_machine::modify(cx, &machine.id).await?;
    pause(cx, "StepModifyEBSBackedInstance").await;
    Ok(())
}

/// Everything that stays: the images, and the snapshots that some of them were registered of.
pub(super) fn things(images: &BTreeMap<Region, Image>) -> Vec<(Region, String)> {
    let parts = images.iter().flat_map(|(region, image)| {
        let snapshots = image.snapshots().into_iter().map(|id| id.to_string());
        let ids = std::iter::once(image.id.to_string()).chain(snapshots);
        ids.map(|id| (region.clone(), id))
    });
    parts.collect()
}

/// A machine with all provisioners behind it.
struct Provisioned {
    machine: Machine,
    texts: Texts,
    data: GeneratedData,
    inventories: Option<Inventories>,
}

/// Launches the machine and provisions it.
async fn provisioned<C: Cloud, D: Dial>(
    cx: &Cx<'_, C, D>,
    hook: &mut impl Hook,
) -> Result<Provisioned, BuildError> {
    cx.ui.step("Preflight");
    preflight::announce(cx)?;
    // None of the three needs another one's answer; the first that fails is the cause.
    let looked_up =
        async { tokio::try_join!(preflight::check(cx), source::find(cx), network::choose(cx)) };
    let ((), source, network) = Box::pin(looked_up).await?;
    pause(cx, "StepPreValidate").await;
    pause(cx, "StepSourceAMIInfo").await;
    let texts = late::render(cx, &SourceData::new(cx.region, &source))?;
    pause(cx, "StepNetworkInfo").await;
    preflight::try_launch(cx, &source, &network, &texts).await?;

    cx.ui.step("Launch");
    let access = access::prepare(cx, &network, &texts).await?;
    if let Some(pair) = access.key.temporary() {
        cx.observer.key_made(cx.ui, pair);
    }
    pause(cx, "StepKeyPair").await;
    pause(cx, "StepSecurityGroup").await;
    let launched = Instant::now();
    let id = launch::start(cx, (&source, &network), &access, &texts).await?;
    let starting = early::Starting::default();
    let running = launch::running(cx, &id, &starting, &texts);
    let (instance, early) = early::beside(running, early::dial(cx, &access, &starting)).await?;
    let machine = Machine {
        id,
        instance,
        source,
        launched,
    };
    cx.observer.instance_running(cx.ui, &machine.instance);
    fast_volume::begin(cx, &machine).await?;
    pause(cx, "StepRunSourceInstance").await;
    if let Recipe::Volumes(volumes) = &cx.settings.recipe {
        volumes::prepare(cx, &machine, volumes, &texts).await?;
        pause(cx, "stepTagEBSVolumes").await;
    }

    let provisioned = Box::pin(provision(cx, hook, &machine, (&access, early)));
    let (data, inventories) = interruption::told(cx, &machine.id, provisioned).await?;
    Ok(Provisioned {
        machine,
        texts,
        data,
        inventories,
    })
}

async fn provision<C: Cloud, D: Dial>(
    cx: &Cx<'_, C, D>,
    hook: &mut impl Hook,
    machine: &Machine,
    (access, early): (&Access, Option<D::Remote>),
) -> Result<(GeneratedData, Option<Inventories>), BuildError> {
    cx.ui.step("Connect");
    let mut session = connect::log_in(cx, machine, access, early).await?;
    pause(cx, "StepConnect").await;
    machine_timer::start(cx, session.remote.as_ref());
    let before = inventory::ask(cx, machine, session.remote.as_mut()).await;
    let provisioned = hook.provision(session.remote.as_mut(), &session.data).await;
    provisioned.map_err(|error| BuildError::Provision(Box::new(error)))?;
    let after = inventory::ask(cx, machine, session.remote.as_mut()).await;
    pause(cx, "StepProvision").await;
    // Before the key is taken out of the machine: nobody could log in any more.
    machine_timer::release(cx, machine).await;
    if let Some(mut remote) = session.remote {
        clear_keys::clear(cx, &mut remote, access).await;
        remote.hang_up().await;
    }
    Ok((session.data, inventory::both(before, after)))
}

/// `-debug`: somebody may look around after a step.
pub(super) async fn pause<C, D>(cx: &Cx<'_, C, D>, step: &str) {
    cx.observer.after_step(cx.ui, step).await;
}

pub(super) async fn before_cleanup<C, D>(cx: &Cx<'_, C, D>, step: &str) {
    cx.observer.before_cleanup(cx.ui, step).await;
}
