//! Volumes of the model.

use time::OffsetDateTime;

use super::filter::Filtered;
use super::limits::Key;
use super::pace::Timing;
use super::place::{Made, Moving, Outcome, Place, Refused};
use super::world::World;
use crate::cloud::image::{BlockDevice, EbsSettings};
use crate::cloud::instance::InstanceState;
use crate::cloud::volume::{Attachment, AttachmentState, OnTermination, Volume, VolumeState};
use crate::cloud::{InstanceId, Region, Tags, VolumeId};

/// A volume.
#[derive(Clone, Debug)]
pub(crate) struct ModelVolume {
    id: VolumeId,
    state: State,
    pub(super) tags: Tags,
    /// GiB.
    pub(super) size: i32,
    machine: InstanceId,
    device: String,
    pub(super) key: Option<Key>,
    delete_on_termination: bool,
    pub(super) made_at: OffsetDateTime,
}

/// The states of a volume and of its attachment in one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Available,
    Attaching,
    Attached,
    Detaching,
}

impl State {
    /// The volume's state as EC2 spells it.
    fn name(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::Attaching | Self::Attached | Self::Detaching => "in-use",
        }
    }
}

impl Moving for ModelVolume {
    fn advance(&mut self) {
        self.state = match self.state {
            State::Attaching => State::Attached,
            State::Detaching => State::Available,
            state @ (State::Available | State::Attached) => state,
        };
    }
}

impl Filtered for ModelVolume {
    fn tags(&self) -> &Tags {
        &self.tags
    }

    fn attribute(&self, filter: &str) -> Option<Vec<String>> {
        Some(vec![match filter {
            "volume-id" => self.id.to_string(),
            "status" => self.state.name().to_owned(),
            "attachment.instance-id" => self.machine.to_string(),
            _ => return None,
        }])
    }
}

impl Place {
    /// Whether the volume vanishes with a machine that is gone or on its way.
    #[cfg(test)]
    pub(super) fn goes_with_its_machine(&self, volume: &ModelVolume) -> bool {
        let machine = self.instances.get(volume.machine.as_str());
        let attached = volume.state != State::Available;
        attached
            && volume.delete_on_termination
            && machine.is_some_and(|made| made.thing.is_going())
    }

    /// After the machines' states moved: volumes of terminated machines vanish or become free.
    pub(super) fn settle_volumes(&mut self) {
        let instances = &self.instances;
        let terminated = |volume: &ModelVolume| {
            let machine = instances.get(volume.machine.as_str());
            volume.state != State::Available
                && machine
                    .is_some_and(|made| made.thing.instance.state == InstanceState::Terminated)
        };
        self.volumes
            .retain(|_, made| !(made.thing.delete_on_termination && terminated(&made.thing)));
        for made in self
            .volumes
            .values_mut()
            .filter(|made| terminated(&made.thing))
        {
            made.thing.state = State::Available;
        }
    }
}

impl ModelVolume {
    /// As `DescribeVolumes` shows it.
    pub(super) fn shown(&self) -> Volume {
        let attachment = Attachment {
            instance: self.machine.clone(),
            device: self.device.clone(),
            state: match self.state {
                State::Attached => AttachmentState::Attached,
                State::Available | State::Attaching | State::Detaching => AttachmentState::Moving,
            },
        };
        let (state, attachment) = match self.state {
            State::Available => (VolumeState::Available, None),
            _ => (VolumeState::InUse, Some(attachment)),
        };
        Volume {
            id: self.id.clone(),
            state,
            encrypted: self.key.is_some(),
            attachment,
            made_at: Some(self.made_at),
        }
    }
}

/// `DetachVolume`.
pub(super) fn detach(place: &mut Place, pace: Timing, id: &str) -> Outcome<()> {
    let made = find(place, id)?;
    if made.thing.state != State::Attached {
        let what = format!("`{id}` is {}", made.thing.state.name());
        return Err(Refused::new("IncorrectState", what));
    }
    made.thing.state = State::Detaching;
    made.restart(pace);
    let machine = made.thing.machine.clone();
    if let Some(made) = place.instances.get_mut(machine.as_str()) {
        let volumes = &mut made.thing.instance.volumes;
        volumes.retain(|(_, volume)| volume.as_str() != id);
    }
    Ok(())
}

/// `AttachVolume`: of a volume that is free, at a device that is.
pub(super) fn attach(
    place: &mut Place,
    pace: Timing,
    id: &VolumeId,
    (machine, device): (&InstanceId, &str),
) -> Outcome<()> {
    if find(place, id.as_str())?.thing.state != State::Available {
        return Err(Refused::new("VolumeInUse", format!("`{id}` is attached")));
    }
    let instance = place.instances.get_mut(machine.as_str());
    let instance = instance
        .ok_or_else(|| Refused::not_found("InvalidInstanceID.NotFound", machine.as_str()))?;
    let volumes = &mut instance.thing.instance.volumes;
    if volumes.iter().any(|(name, _)| name == device) {
        let what = format!("`{device}` is taken");
        return Err(Refused::new("InvalidParameterValue", what));
    }
    volumes.push((device.to_owned(), id.clone()));
    let made = find(place, id.as_str())?;
    made.thing.machine = machine.clone();
    device.clone_into(&mut made.thing.device);
    made.thing.delete_on_termination = false;
    made.thing.state = State::Attaching;
    made.restart(pace);
    Ok(())
}

/// `ModifyInstanceAttribute` of one device.
pub(super) fn set_on_termination(
    place: &mut Place,
    (machine, device): (&InstanceId, &str),
    fate: OnTermination,
) -> Outcome<()> {
    let there = place.volumes.values_mut().find(|made| {
        made.thing.machine == *machine
            && made.thing.device == device
            && made.thing.state != State::Available
    });
    let made = there.ok_or_else(|| {
        Refused::new(
            "InvalidInstanceAttributeValue",
            format!("`{machine}` has no `{device}`"),
        )
    })?;
    made.thing.delete_on_termination = fate == OnTermination::Delete;
    Ok(())
}

fn find<'p>(place: &'p mut Place, id: &str) -> Outcome<&'p mut Made<ModelVolume>> {
    place
        .volumes
        .get_mut(id)
        .ok_or_else(|| Refused::not_found("InvalidVolume.NotFound", id))
}

/// `DeleteVolume`: not while a machine has it.
pub(super) fn delete(place: &mut Place, id: &str) -> Outcome<()> {
    match place.volumes.get(id).map(|made| made.thing.state) {
        None => return Err(Refused::not_found("InvalidVolume.NotFound", id)),
        Some(state) if state != State::Available => {
            return Err(Refused::new("VolumeInUse", format!("`{id}` is attached")));
        }
        Some(_) => place.volumes.remove(id),
    };
    Ok(())
}

/// A device of a launch over that of the image: size, type and encryption come from there where the launch leaves them open.
pub(super) fn over(base: Option<&BlockDevice>, device: &BlockDevice) -> BlockDevice {
    let base = base.and_then(|base| base.ebs.clone()).unwrap_or_default();
    let over = |ebs: &EbsSettings| EbsSettings {
        volume_size: ebs.volume_size.or(base.volume_size),
        volume_type: ebs.volume_type.clone().or(base.volume_type.clone()),
        encrypted: ebs.encrypted.or(base.encrypted),
        ..ebs.clone()
    };
    BlockDevice {
        ebs: device.ebs.as_ref().map(over),
        ..device.clone()
    }
}

fn key_of(settings: &EbsSettings) -> Option<Key> {
    let own = settings.kms_key_id.clone().map(Key::Own);
    (settings.encrypted == Some(true)).then(|| own.unwrap_or(Key::Default))
}

/// A volume of a new machine.
pub(super) fn add(
    world: &mut World,
    region: &Region,
    machine: &InstanceId,
    device: &BlockDevice,
    tags: &Tags,
) -> VolumeId {
    let id = VolumeId::new(world.id("vol"));
    let settings = device.ebs.clone().unwrap_or_default();
    let made = ModelVolume {
        id: id.clone(),
        state: State::Attached,
        tags: tags.clone(),
        size: settings.volume_size.unwrap_or(8),
        machine: machine.clone(),
        device: device.device_name.clone(),
        key: key_of(&settings),
        // EC2's default for a device that the launch adds; images set it for their root.
        delete_on_termination: settings.delete_on_termination.unwrap_or(false),
        made_at: OffsetDateTime::UNIX_EPOCH,
    };
    let made = Made::new(made, world.pace);
    world.place(region).volumes.insert(id.to_string(), made);
    id
}
