//! Instances of the model.

use time::OffsetDateTime;

use super::filter::Filtered;
use super::limits;
use super::pace::Timing;
use super::place::{Made, Moving, Outcome, Place, Refused};
use super::snapshots;
use super::volumes;
use super::world::World;
use crate::cloud::image::{BlockDevice, ImageState};
use crate::cloud::instance::{Instance, InstanceState, RunInstance, ShutdownBehavior};
use crate::cloud::lifecycle::NetworkSupport;
use crate::cloud::{AllocationToken, GroupId, ImageId, InstanceId, KeyName, Region, Tags};

/// An instance, with what it was launched with.
#[derive(Clone, Debug)]
pub(crate) struct ModelInstance {
    pub(super) instance: Instance,
    pub(super) image: ImageId,
    pub(super) groups: Vec<GroupId>,
    key_name: Option<KeyName>,
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "only in tests a machine powers itself off")
    )]
    shutdown: ShutdownBehavior,
    /// Of its network interfaces.
    pub(super) interface_tags: Tags,
    /// How its enhanced networking was switched.
    pub(super) network_support: Vec<NetworkSupport>,
    token: AllocationToken,
}

impl ModelInstance {
    /// Whether the group cannot go because of it.
    pub(super) fn holds(&self, group: &str) -> bool {
        self.instance.state != InstanceState::Terminated
            && self.groups.iter().any(|id| id.as_str() == group)
    }

    /// Whether it is gone for good.
    #[cfg(test)]
    pub(super) fn is_gone(&self) -> bool {
        self.instance.state == InstanceState::Terminated
    }

    /// Whether it is gone or on its way.
    pub(super) fn is_going(&self) -> bool {
        matches!(
            self.instance.state,
            InstanceState::ShuttingDown | InstanceState::Terminated
        )
    }
}

impl Moving for ModelInstance {
    fn advance(&mut self) {
        self.instance.state = match self.instance.state {
            InstanceState::Pending => InstanceState::Running,
            InstanceState::Stopping => InstanceState::Stopped,
            InstanceState::ShuttingDown => InstanceState::Terminated,
            state @ (InstanceState::Running
            | InstanceState::Stopped
            | InstanceState::Terminated) => state,
        };
    }
}

impl Filtered for ModelInstance {
    fn tags(&self) -> &Tags {
        &self.instance.tags
    }

    fn attribute(&self, filter: &str) -> Option<Vec<String>> {
        Some(match filter {
            "instance-id" => vec![self.instance.id.to_string()],
            "client-token" => vec![self.token.to_string()],
            "image-id" => vec![self.image.to_string()],
            "key-name" => self.key_name.iter().map(ToString::to_string).collect(),
            "instance.group-id" => self.groups.iter().map(ToString::to_string).collect(),
            "instance-state-name" => vec![state_name(self.instance.state).to_owned()],
            _ => return None,
        })
    }
}

/// The state as EC2 spells it.
fn state_name(state: InstanceState) -> &'static str {
    match state {
        InstanceState::Pending => "pending",
        InstanceState::Running => "running",
        InstanceState::Stopping => "stopping",
        InstanceState::Stopped => "stopped",
        InstanceState::ShuttingDown => "shutting-down",
        InstanceState::Terminated => "terminated",
    }
}

/// `RunInstances`, which the same token never does twice.
pub(super) fn run(
    world: &mut World,
    region: &Region,
    token: &AllocationToken,
    request: &RunInstance,
    tags: (Tags, Tags),
) -> Outcome<Instance> {
    let place = world.place(region);
    if let Some(made) = place
        .instances
        .values()
        .find(|made| made.thing.token == *token)
    {
        return Ok(made.thing.instance.clone());
    }
    check(place, region, request)?;
    limits::check_tags(&tags.0)?;
    limits::check_tags(&tags.1)?;
    world.iam.check(request.iam_instance_profile.as_deref())?;
    let place = world.place(region);
    let vpc = place.vpcs.first().map(|vpc| vpc.thing.id.clone());
    let devices = devices(place, request);
    let boot_mode = place
        .images
        .get(request.image.as_str())
        .and_then(|made| made.thing.image.traits.boot_mode.clone());
    let id = InstanceId::new(world.id("i"));
    let mut volumes = Vec::new();
    for device in devices {
        volumes.push((
            device.device_name.clone(),
            volumes::add(world, region, &id, &device, &tags.1),
        ));
    }
    let instance = Instance {
        id: id.clone(),
        state: InstanceState::Pending,
        state_reason: None,
        public_ip: Some("203.0.113.10".to_owned()),
        private_ip: Some("10.0.0.10".to_owned()),
        public_dns: Some("ec2-203-0-113-10.rehearsal.invalid".to_owned()),
        private_dns: Some("ip-10-0-0-10.rehearsal.invalid".to_owned()),
        ipv6: Some("2001:db8::10".to_owned()),
        vpc,
        volumes,
        launched_at: Some(OffsetDateTime::UNIX_EPOCH),
        network_interfaces: vec![id.as_str().replace("i-", "eni-")],
        boots_by_uefi: boot_mode.is_some_and(|mode| mode != "legacy-bios"),
        tags: tags.0,
    };
    let made = ModelInstance {
        instance: instance.clone(),
        image: request.image.clone(),
        groups: request.groups.clone(),
        key_name: request.key_name.clone(),
        shutdown: request.shutdown_behavior,
        interface_tags: Tags::new(),
        network_support: Vec::new(),
        token: token.clone(),
    };
    let made = Made::new(made, world.pace);
    world.place(region).instances.insert(id.to_string(), made);
    Ok(instance)
}

/// What the launch names has to be there.
pub(super) fn check(place: &Place, region: &Region, request: &RunInstance) -> Outcome<()> {
    let id = request.image.as_str();
    let image = place.images.get(id).map(|made| &made.thing.image);
    let image = image.filter(|image| image.state == ImageState::Available);
    let image = image.ok_or_else(|| Refused::not_found("InvalidAMIID.NotFound", id))?;
    limits::check_launch(region, image, request)?;
    let (own, root) = (&image.block_devices, image.root_device_name.as_deref());
    limits::check_devices(&request.block_devices, own, root, |snapshot| {
        snapshots::size(place, snapshot)
    })?;
    there(place, request)
}

fn there(place: &Place, request: &RunInstance) -> Outcome<()> {
    if let Some(name) = request
        .key_name
        .as_ref()
        .filter(|name| !place.key_pairs.contains_key(name.as_str()))
    {
        return Err(Refused::not_found("InvalidKeyPair.NotFound", name.as_str()));
    }
    if let Some(group) = request
        .groups
        .iter()
        .find(|group| !place.groups.contains_key(group.as_str()))
    {
        return Err(Refused::not_found("InvalidGroup.NotFound", group.as_str()));
    }
    match request
        .subnet
        .as_ref()
        .filter(|subnet| !place.subnets.iter().any(|known| known.thing.id == **subnet))
    {
        Some(subnet) => Err(Refused::not_found(
            "InvalidSubnetID.NotFound",
            subnet.as_str(),
        )),
        None => Ok(()),
    }
}

/// `StopInstances` and `TerminateInstances`, and a shutdown from within.
pub(super) fn take_down(
    place: &mut Place,
    pace: Timing,
    id: &str,
    how: ShutdownBehavior,
) -> Outcome<()> {
    let made = place
        .instances
        .get_mut(id)
        .ok_or_else(|| Refused::not_found("InvalidInstanceID.NotFound", id))?;
    let next = match (how, made.thing.instance.state) {
        (_, InstanceState::Terminated | InstanceState::ShuttingDown)
            if how == ShutdownBehavior::Terminate =>
        {
            return Ok(());
        }
        (ShutdownBehavior::Terminate, _) => InstanceState::ShuttingDown,
        (ShutdownBehavior::Stop, InstanceState::Running | InstanceState::Pending) => {
            InstanceState::Stopping
        }
        (ShutdownBehavior::Stop, InstanceState::Stopping | InstanceState::Stopped) => return Ok(()),
        (ShutdownBehavior::Stop, state) => {
            return Err(Refused::new(
                "IncorrectInstanceState",
                format!("`{id}` is {}", state_name(state)),
            ));
        }
    };
    made.thing.instance.state = next;
    made.restart(pace);
    Ok(())
}

/// EC2 takes a spot machine back.
#[cfg(test)]
pub(super) fn take_back(place: &mut Place, pace: Timing, id: &str) -> Outcome<()> {
    take_down(place, pace, id, ShutdownBehavior::Terminate)?;
    if let Some(made) = place.instances.get_mut(id) {
        made.thing.instance.state_reason =
            Some("Server.SpotInstanceTermination: Spot instance termination".to_owned());
    }
    Ok(())
}

/// The machine shuts itself down, which stops or terminates it as it was launched to.
#[cfg(test)]
pub(super) fn power_off(place: &mut Place, pace: Timing, id: &str) -> Outcome<()> {
    let how = place.instances.get(id).map(|made| made.thing.shutdown);
    take_down(
        place,
        pace,
        id,
        how.ok_or_else(|| Refused::not_found("InvalidInstanceID.NotFound", id))?,
    )
}

/// The image's devices, with the launch's over them: what these leave open of a device of the image is as the image has it.
fn devices(place: &Place, request: &RunInstance) -> Vec<BlockDevice> {
    let own = place
        .images
        .get(request.image.as_str())
        .map(|made| made.thing.image.block_devices.clone())
        .unwrap_or_default();
    let overridden = |device: &BlockDevice| {
        request
            .block_devices
            .iter()
            .any(|other| other.device_name == device.device_name)
    };
    let over = request.block_devices.iter().map(|device| {
        let base = own.iter().find(|own| own.device_name == device.device_name);
        volumes::over(base, device)
    });
    let kept = own.iter().filter(|device| !overridden(device));
    kept.cloned()
        .chain(over)
        .filter(|device| !device.no_device && device.ebs.is_some())
        .collect()
}
