//! `fast_launch`: EC2 keeps snapshots ready from which machines of a Windows image start sooner.

use std::time::Duration;

use futures_util::future::try_join_all;

use super::cx::Cx;
use super::error::BuildError;
use super::preflight;
use crate::cloud::error::Refusal;
use crate::cloud::image::Image;
use crate::cloud::lifecycle::{EnableFastLaunch, FastLaunchState};
use crate::cloud::{Cloud, CloudError, ImageId, Region};
use crate::ledger::{Kind, Order};
use crate::plan::amazon::fast_launch_settings::{InRegion, TemplateChoice};
use crate::wait::{self, Pace, Patience, Polled};

/// How long the call is repeated while EC2 does not know the new image everywhere: Packer's minute, and then some.
const CALL: Duration = Duration::from_secs(120);
/// How long EC2 may take: Packer's 500 looks, 15 s apart. It starts machines and makes snapshots of them meanwhile.
const READY: Duration = Duration::from_secs(7500);

/// Looks whether the launch templates exist, so that a mistake in one costs no machine.
pub(super) async fn check<C: Cloud, D: Sync>(cx: &Cx<'_, C, D>) -> Result<(), BuildError> {
    if cx.settings.image.skip_create {
        return Ok(());
    }
    let regions = preflight::regions_of_the_name(cx);
    let check = |region: &Region| {
        let (region, wish) = (region.clone(), wish(cx, region));
        async move {
            match wish {
                InRegion::On(Some(choice)) => template(cx, &region, &choice).await.map(drop),
                InRegion::On(None) | InRegion::Off => Ok(()),
            }
        }
    };
    try_join_all(regions.into_iter().map(check)).await.map(drop)
}

/// Switches it on for an image that is available, and waits until it works.
pub(super) async fn enable<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    region: &Region,
    image: &Image,
) -> Result<(), BuildError> {
    let (InRegion::On(choice), Some(settings)) =
        (wish(cx, region), &cx.settings.image.lifecycle.fast_launch)
    else {
        return Ok(());
    };
    let template = match choice {
        Some(choice) => Some(template(cx, region, &choice).await?),
        None => None,
    };
    cx.ui.say(&format!(
        "Enabling fast boot for AMI {} in region {region}",
        image.id
    ));
    let request = EnableFastLaunch {
        image: image.id.clone(),
        template,
        max_parallel_launches: settings.max_parallel_launches,
        target_resource_count: settings.target_resource_count,
    };
    switch_on(cx, region, request).await?;
    cx.ui.say(&format!(
        "Waiting for fast launch to become ready on AMI \"{}\" in region {region}...",
        image.id
    ));
    ready(cx, region, &image.id).await
}

/// What the template asks for in the region.
fn wish<C, D>(cx: &Cx<'_, C, D>, region: &Region) -> InRegion {
    match &cx.settings.image.lifecycle.fast_launch {
        Some(settings) => settings.in_region(region, cx.region),
        None => InRegion::Off,
    }
}

/// The launch template's id, and the version that is meant.
async fn template<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    region: &Region,
    choice: &TemplateChoice,
) -> Result<(String, i64), BuildError> {
    let found = cx.cloud.named_launch_templates(region, &choice.name).await;
    let found = found.map_err(BuildError::call(format!(
        "find the launch template of `fast_launch` in `{region}`"
    )))?;
    let [template] = &found[..] else {
        return Err(BuildError::FastLaunch(format!(
            "failed to get the launch template of `fast_launch` in `{region}`; received {} responses, expected only one",
            found.len()
        )));
    };
    let version = choice.version.unwrap_or(template.latest_version);
    if version > template.latest_version {
        return Err(BuildError::FastLaunch(format!(
            "specified version ({version}) is higher than the latest launch template version ({}) for region \"{region}\"",
            template.latest_version
        )));
    }
    Ok((template.id.clone(), version))
}

/// Repeats the call while EC2 does not know the image yet or holds it to be in the wrong state: such a refusal made nothing.
async fn switch_on<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    region: &Region,
    request: EnableFastLaunch,
) -> Result<(), BuildError> {
    let what = format!("EC2 to accept fast launch of AMI {}", request.image);
    let progress = cx.progress(&what);
    let wait = cx.wait(&what, Pace::BRISK, Patience::Total(CALL), &progress);
    let called = wait::until(&wait, || async {
        match switch_on_once(cx, region, &request).await {
            Err(error) if error.is(Refusal::NotFound) || error.is(Refusal::WrongState) => {
                Ok(Polled::PENDING)
            }
            answer => Ok::<_, CloudError>(Polled::Ready(answer)),
        }
    });
    called
        .await
        .map_err(BuildError::wait("Error enabling fast boot for AMI"))?
        .map_err(BuildError::call(format!(
            "enable fast boot for the AMI in region `{region}`"
        )))
}

async fn switch_on_once<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    region: &Region,
    request: &EnableFastLaunch,
) -> Result<(), CloudError> {
    let order = Order::new(Kind::FastLaunch, region, request.image.as_str());
    let (cloud, region, request) = (cx.cloud.clone(), region.clone(), request.clone());
    let called = cx.ledger.create(order, |claim| async move {
        cloud.enable_fast_launch(&region, &claim, &request).await
    });
    called.await
}

async fn ready<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    region: &Region,
    image: &ImageId,
) -> Result<(), BuildError> {
    let patience = cx.settings.launch.polling.budget().unwrap_or(READY);
    let what = format!("fast launch of AMI {image} in {region}");
    let progress = cx.progress(&what);
    let wait = cx.wait(&what, Pace::STEADY, Patience::Total(patience), &progress);
    let ready = wait::until(&wait, || async {
        Ok(match cx.cloud.fast_launch(region, image).await? {
            Some(FastLaunchState::Enabled) => Polled::Ready(()),
            Some(FastLaunchState::Failed(reason)) => Polled::Failed(reason),
            Some(FastLaunchState::Disabling) => {
                Polled::Failed("it was switched off meanwhile".to_owned())
            }
            Some(FastLaunchState::Enabling) | None => Polled::PENDING,
        })
    });
    ready
        .await
        .map_err(BuildError::wait("Failed to enable fast launch of the AMI"))
}
