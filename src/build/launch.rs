//! The build machine: launched, and waited for until it runs.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::Instant;

use super::access::Access;
use super::china;
use super::cx::Cx;
use super::early::Starting;
use super::error::BuildError;
use super::late::Texts;
use super::network::Network;
use super::{fast_volume, interruption, launch_attempts, profile, spot};
use crate::cloud::image::{BlockDevice, Image};
use crate::cloud::instance::{Instance, InstanceState, RunInstance, ShutdownBehavior};
use crate::cloud::{Cloud, CloudError, InstanceId, Region};
use crate::ledger::{Kind, Order};
use crate::plan::amazon::recipe::Recipe;
use crate::plan::amazon::settings::{EbsSettings, Launch};
use crate::wait::{self, Pace, Patience, Polled};

/// How long a machine may take to run, and to stop: Packer's ten minutes.
pub(super) const MACHINE_PATIENCE: Duration = Duration::from_secs(600);

/// A machine that runs.
#[derive(Clone, Debug)]
pub(super) struct Machine {
    /// Its id.
    pub(super) id: InstanceId,
    /// As EC2 showed it when it ran.
    pub(super) instance: Instance,
    /// What it was launched from.
    pub(super) source: Image,
    /// When EC2 was asked for it.
    pub(super) launched: Instant,
}

/// Launches the machine.
pub(super) async fn start<C: Cloud, D: Sync>(
    cx: &Cx<'_, C, D>,
    (source, network): (&Image, &Network),
    access: &Access,
    texts: &Texts,
) -> Result<InstanceId, BuildError> {
    let request = request(cx, source, network, access, texts);
    profile::propagated(cx, access, &request).await?;
    let spot = cx.settings.launch.spot.as_ref();
    cx.ui.say(match spot {
        Some(_) => "Launching a spot AWS instance...",
        None => "Launching a source AWS instance...",
    });
    for (name, value) in &texts.run_tags {
        cx.ui
            .message(&format!("Adding tag: \"{name}\": \"{value}\""));
    }
    let order = Order::new(Kind::Instance, cx.region, "the build machine")
        .leaving(leaving(&source.block_devices, cx.settings))
        .with_devices(devices(source, cx.settings));
    let id = match spot {
        Some(spot) => spot::launch(cx, spot, (request, order), access, texts).await?,
        None => on_demand(cx, (request, order), access).await?,
    };
    cx.ui.message(&format!("Instance ID: {id}"));
    cx.observer.instance_launched(cx.region, &id);
    Ok(id)
}

/// Waits until it runs; `starting` learns how EC2 shows it meanwhile.
pub(super) async fn running<C: Cloud, D: Sync>(
    cx: &Cx<'_, C, D>,
    id: &InstanceId,
    starting: &Starting,
    texts: &Texts,
) -> Result<Instance, BuildError> {
    cx.ui
        .say(&format!("Waiting for instance ({id}) to become ready..."));
    let instance = interruption::told(cx, id, until_running(cx, id, starting)).await?;
    cx.ledger.drop_launch_template(cx.cloud).await;
    china::tag(cx, &instance, texts).await?;
    Ok(instance)
}

async fn on_demand<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    (request, order): (RunInstance, Order),
    access: &Access,
) -> Result<InstanceId, BuildError> {
    launch_attempts::until_launched(cx, access, || {
        let (cloud, region, request) = (cx.cloud.clone(), cx.region.clone(), request.clone());
        let launched = cx.ledger.create(order.clone(), |claim| async move {
            cloud.run_instance(&region, &claim, &request).await
        });
        async { launched.await.map(|instance| instance.id) }
    })
    .await
}

/// What EC2 is asked for. It is the same for the dry run and for the launch.
pub(super) fn request<C, D>(
    cx: &Cx<'_, C, D>,
    source: &Image,
    network: &Network,
    access: &Access,
    texts: &Texts,
) -> RunInstance {
    let launch = &cx.settings.launch;
    RunInstance {
        image: source.id.clone(),
        instance_type: launch.likely_type().to_owned(),
        key_name: access.key.name().cloned(),
        subnet: network.subnet.clone(),
        groups: access.groups.clone(),
        associate_public_ip_address: network.subnet.as_ref().and(network.public_ip),
        iam_instance_profile: launch
            .iam_instance_profile
            .clone()
            .or_else(|| access.profile.as_ref().map(ToString::to_string)),
        user_data: launch.user_data.clone(),
        block_devices: fast_volume::launched(cx.settings, source),
        availability_zone: network.availability_zone.clone(),
        ebs_optimized: launch.ebs_optimized,
        metadata: launch.metadata.clone(),
        shutdown_behavior: shutdown_behavior(launch),
        credit_specification: launch.credit_specification,
        terms: launch.terms.clone(),
        instance_tags: texts.run_tags.clone(),
        volume_tags: texts.volume_tags.clone(),
    }
}

/// A machine whose client is gone powers itself off, and then it has to go. Where the template stops the machine itself, or
/// a script of its powers it off, a shutdown from within means "stopped", or there would be nothing to make an image of. The
/// machine of a spot request goes in any case.
fn shutdown_behavior(launch: &Launch) -> ShutdownBehavior {
    let default = if launch.disable_stop || launch.powers_off {
        ShutdownBehavior::Stop
    } else {
        ShutdownBehavior::Terminate
    };
    launch.shutdown_behavior.unwrap_or(default)
}

/// Every device that the machine is launched with or is given by the build.
fn devices(source: &Image, settings: &EbsSettings) -> Vec<String> {
    let own = source.block_devices.iter();
    let names = own
        .chain(&settings.launch.block_devices)
        .map(|device| device.device_name.clone());
    let swapped = match &settings.recipe {
        Recipe::Surrogate(surrogate) => Some(surrogate.root.name.clone()),
        Recipe::Machine | Recipe::FastVolume | Recipe::Volumes(_) => None,
    };
    names
        .chain(source.root_device_name.clone())
        .chain(swapped)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect()
}

/// Devices whose volumes have to be removed after the machine: those that the source image leaves behind, and what
/// `amazon-ebsvolume` is to keep, for as long as the build has not come to its end.
fn leaving(devices: &[BlockDevice], settings: &EbsSettings) -> Vec<String> {
    let mut names = orphan_devices(devices, &settings.launch);
    if let Recipe::Volumes(volumes) = &settings.recipe {
        let stay = volumes.iter().filter(|volume| volume.stays());
        names.extend(stay.map(|volume| volume.device.device_name.clone()));
    }
    names
}

/// Devices of the source image whose volumes outlive the machine, but for those that the template maps itself: these are
/// the user's, as with Packer.
fn orphan_devices(devices: &[BlockDevice], launch: &Launch) -> Vec<String> {
    let stays = |device: &&BlockDevice| {
        device
            .ebs
            .as_ref()
            .is_some_and(|ebs| ebs.delete_on_termination == Some(false))
    };
    let mapped = |name: &str| {
        launch
            .block_devices
            .iter()
            .any(|device| device.device_name == name)
    };
    let devices = devices
        .iter()
        .filter(stays)
        .map(|device| device.device_name.clone());
    devices.filter(|name| !mapped(name)).collect()
}

async fn until_running<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    id: &InstanceId,
    starting: &Starting,
) -> Result<Instance, BuildError> {
    let patience = Patience::Total(
        cx.settings
            .launch
            .polling
            .budget()
            .unwrap_or(MACHINE_PATIENCE),
    );
    let what = format!("instance {id} to become ready");
    let progress = cx.progress(&what);
    let wait = cx.wait(&what, Pace::START, patience, &progress);
    let running = wait::until(&wait, || async {
        let Some(instance) = describe(cx.cloud, cx.region, id).await? else {
            return Ok(Polled::PENDING);
        };
        Ok(match instance.state {
            InstanceState::Running => Polled::Ready(instance),
            InstanceState::Pending => {
                starting.show(instance);
                Polled::PENDING
            }
            state => Polled::Failed(
                instance
                    .state_reason
                    .unwrap_or_else(|| format!("it is {state:?}")),
            ),
        })
    });
    running.await.map_err(BuildError::wait(
        "Error waiting for the instance to become ready",
    ))
}

/// The instance as EC2 shows it; `None` where it shows nothing yet.
pub(super) async fn describe<C: Cloud>(
    cloud: &C,
    region: &Region,
    id: &InstanceId,
) -> Result<Option<Instance>, CloudError> {
    Ok(cloud
        .instances(region, std::slice::from_ref(id), &Vec::new())
        .await?
        .into_iter()
        .next())
}

#[cfg(test)]
mod unit {
    use super::*;
    use crate::build::tests::fixture;
    use crate::cloud::image::EbsSettings as Ebs;

    fn device(name: &str, delete_on_termination: bool) -> BlockDevice {
        BlockDevice {
            device_name: name.to_owned(),
            ebs: Some(Ebs {
                delete_on_termination: Some(delete_on_termination),
                ..Ebs::default()
            }),
            ..BlockDevice::default()
        }
    }

    #[test]
    fn only_devices_that_the_template_does_not_map_are_orphans() {
        let devices = [
            device("/dev/xvda", true),
            device("/dev/sdf", false),
            device("/dev/sdg", false),
        ];
        let mut launch = fixture::settings().launch;
        launch.block_devices = vec![device("/dev/sdg", false)];
        assert_eq!(orphan_devices(&devices, &launch), ["/dev/sdf"]);
    }

    #[test]
    fn a_machine_that_shuts_down_goes_unless_the_template_stops_it_or_powers_it_off() {
        let mut launch = fixture::settings().launch;
        assert_eq!(shutdown_behavior(&launch), ShutdownBehavior::Terminate);
        launch.powers_off = true;
        assert_eq!(shutdown_behavior(&launch), ShutdownBehavior::Stop);
        (launch.powers_off, launch.disable_stop) = (false, true);
        assert_eq!(shutdown_behavior(&launch), ShutdownBehavior::Stop);
        launch.shutdown_behavior = Some(ShutdownBehavior::Terminate);
        assert_eq!(shutdown_behavior(&launch), ShutdownBehavior::Terminate);
    }
}
