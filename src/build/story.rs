//! The build from its first call to its last, on one screen.

use std::collections::BTreeMap;

use super::access::{self, Access};
use super::built::{Built, BuiltVolumes, GeneratedData};
use super::cx::{Cx, Hook};
use super::error::BuildError;
use super::late::{self, SourceData, Texts};
use super::launch::Machine;
use super::{
    clear_keys, connect, freeze, launch, network, preflight, recipe, source, spread, stop_machine,
    volumes,
};
use crate::cloud::image::Image;
use crate::cloud::{Cloud, Region};
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
        let (machine, texts, data) = provisioned(cx, hook).await?;
        volumes::finish(cx, machine, volumes, (&texts, data)).await
    };
    unless_stopped(cx, Box::pin(built)).await
}

async fn unless_stopped<T, C, D>(
    cx: &Cx<'_, C, D>,
    built: impl Future<Output = Result<T, BuildError>>,
) -> Result<T, BuildError> {
    tokio::select! {
        biased;
        request = cx.stop.wait() => Err(BuildError::Stopped(request)),
        built = built => match (built, cx.stop.requested()) {
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
    let (machine, texts, data) = provisioned(cx, hook).await?;

    cx.ui.step("Create the image");
    stop_machine::stop(cx, &machine.id).await?;
    if cx.settings.image.skip_create {
        freeze::say_skipped(cx.ui);
        cx.ledger.let_go(cx.cloud, &machine.id).await;
        return Ok(None);
    }
    let image = recipe::image(cx, &machine, &texts).await?;
    cx.ledger.let_go(cx.cloud, &machine.id).await;
    let images = Box::pin(spread::everywhere(cx, image, &texts)).await?;

    // From here on there is no waiting: a stop comes either before the images are kept or after they are returned.
    cx.ledger
        .keep(&things(&images))
        .map_err(BuildError::Journal)?;
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
        instance: machine.id,
        data,
    };
    cx.observer.image_ready(&built);
    Ok(Some(built))
}

/// Everything that stays: the images, and the snapshots that some of them were registered of.
fn things(images: &BTreeMap<Region, Image>) -> Vec<(Region, String)> {
    let parts = images.iter().flat_map(|(region, image)| {
        let snapshots = image.snapshots().into_iter().map(|id| id.to_string());
        let ids = std::iter::once(image.id.to_string()).chain(snapshots);
        ids.map(|id| (region.clone(), id))
    });
    parts.collect()
}

/// A machine with all provisioners behind it.
async fn provisioned<C: Cloud, D: Dial>(
    cx: &Cx<'_, C, D>,
    hook: &mut impl Hook,
) -> Result<(Machine, Texts, GeneratedData), BuildError> {
    cx.ui.step("Preflight");
    preflight::check(cx).await?;
    let source = source::find(cx).await?;
    let texts = late::render(cx, &SourceData::new(cx.region, &source))?;
    let network = network::choose(cx).await?;
    preflight::try_launch(cx, &source, &network, &texts).await?;

    cx.ui.step("Launch");
    let access = access::prepare(cx, &network, &texts).await?;
    let machine = launch::machine(cx, &source, &network, &access, &texts).await?;
    if let Recipe::Volumes(volumes) = &cx.settings.recipe {
        volumes::prepare(cx, &machine, volumes, &texts).await?;
    }

    let data = Box::pin(provision(cx, hook, &machine, &access)).await?;
    Ok((machine, texts, data))
}

async fn provision<C: Cloud, D: Dial>(
    cx: &Cx<'_, C, D>,
    hook: &mut impl Hook,
    machine: &Machine,
    access: &Access,
) -> Result<GeneratedData, BuildError> {
    cx.ui.step("Connect");
    let mut session = connect::log_in(cx, machine, access).await?;
    let provisioned = hook.provision(session.remote.as_mut(), &session.data).await;
    provisioned.map_err(|error| BuildError::Provision(Box::new(error)))?;
    if let Some(mut remote) = session.remote {
        clear_keys::clear(cx, &mut remote, access).await;
        remote.hang_up().await;
    }
    Ok(session.data)
}
