//! Images and snapshots of the model.

use super::expected::Answers;
use super::filter::{Filtered, matches};
use super::filter_names::IMAGES;
use super::lifecycle_calls::ImageFacts;
use super::limits::{self, Key};
use super::machines::ModelInstance;
use super::place::{Made, Moving, Outcome, Place, Refused};
use super::snapshots::{self, New};
use super::world::{ACCOUNT, World};
use crate::cloud::image::{
    BlockDevice, CreateImage, EbsSettings, Image, ImageQuery, ImageState, ImageTraits,
};
use crate::cloud::instance::InstanceState;
use crate::cloud::{AllocationToken, ImageId, Region, SnapshotId, Tags};
use crate::plan::amazon::settings::SourceImage;

/// An image, with what EC2 shows of it only when asked otherwise.
#[derive(Clone, Debug)]
pub(crate) struct ModelImage {
    pub(super) image: Image,
    /// Shown once the image is available, as EC2 does.
    pub(super) devices: Vec<BlockDevice>,
    /// Its description.
    pub(super) description: String,
    /// Accounts and groups that may launch it.
    pub(super) launchers: Vec<String>,
    /// What else it was told.
    pub(super) facts: ImageFacts,
    /// What a template expects of it.
    pub(super) answers: Answers,
    pub(super) token: Option<AllocationToken>,
}

impl ModelImage {
    /// An image whose devices are hidden as long as it is pending.
    pub(super) fn new(mut image: Image) -> Self {
        let devices = std::mem::take(&mut image.block_devices);
        Self {
            image,
            devices,
            description: String::new(),
            launchers: Vec::new(),
            facts: ImageFacts::default(),
            answers: Answers::new(),
            token: None,
        }
    }

    pub(super) fn is_own(&self) -> bool {
        self.image.owner_id == ACCOUNT
    }

    /// The ids of its snapshots, shown or not.
    pub(super) fn snapshots(&self) -> Vec<&str> {
        self.devices
            .iter()
            .filter_map(|device| Some(device.ebs.as_ref()?.snapshot_id.as_ref()?.as_str()))
            .collect()
    }

    /// Whether a template's search finds it.
    pub(super) fn answers_to(&self, source: &SourceImage) -> bool {
        let owners = &source.owners;
        let is_theirs = owners.is_empty() || owners.iter().any(|owner| self.belongs_to(owner));
        is_theirs && matches(self, &source.filters).unwrap_or(false)
    }

    fn belongs_to(&self, owner: &str) -> bool {
        (owner == "self" && self.is_own())
            || owner == self.image.owner_id
            || self.image.owner_alias.as_deref() == Some(owner)
    }
}

impl Moving for ModelImage {
    fn advance(&mut self) {
        if self.image.state == ImageState::Pending {
            self.image.state = ImageState::Available;
            self.image.block_devices.clone_from(&self.devices);
        }
    }
}

impl Filtered for ModelImage {
    const NAMES: &'static [&'static str] = &IMAGES;

    fn tags(&self) -> &Tags {
        &self.image.tags
    }

    fn attribute(&self, filter: &str) -> Option<Vec<String>> {
        let image = &self.image;
        if let Some(answer) = self.answers.get(filter) {
            return Some(vec![answer.clone()]);
        }
        Some(vec![match filter {
            "image-id" => image.id.to_string(),
            "name" => image.name.clone(),
            "description" => self.description.clone(),
            "owner-id" => image.owner_id.clone(),
            "owner-alias" => image.owner_alias.clone()?,
            "architecture" => image.architecture.clone(),
            "root-device-type" => image.root_device_type.clone(),
            "virtualization-type" => image.virtualization_type.clone(),
            "block-device-mapping.snapshot-id" => {
                return Some(self.snapshots().into_iter().map(str::to_owned).collect());
            }
            "state" if image.state == ImageState::Available => "available".to_owned(),
            "state" => "pending".to_owned(),
            _ => return None,
        }])
    }
}

/// A query by owner; ids and filters are looked at elsewhere.
pub(super) fn owned(place: &Place, found: &[String], query: &ImageQuery) -> Vec<Image> {
    let images = found
        .iter()
        .filter_map(|id| place.images.get(id))
        .map(|made| &made.thing);
    let owned = images.filter(|image| {
        query.owners.is_empty() || query.owners.iter().any(|owner| image.belongs_to(owner))
    });
    owned.map(|image| image.image.clone()).collect()
}

/// `CreateImage`: of a machine that runs or is stopped, under a name that is free.
pub(super) fn create(
    world: &mut World,
    region: &Region,
    request: &CreateImage,
    tags: (Tags, Tags),
) -> Outcome<ImageId> {
    let place = world.place(region);
    may_be_made(place, &request.name, [&tags.0, &tags.1])?;
    let machine = at_rest(place, request.instance.as_str())?;
    let mut source = place
        .images
        .get(machine.image.as_str())
        .map(|made| made.thing.image.clone())
        .unwrap_or_else(nameless);
    let volumes = volumes(place, &machine);
    let own: Vec<BlockDevice> = volumes.iter().map(|(device, ..)| device.clone()).collect();
    let root = source.root_device_name.as_deref();
    limits::check_devices(&request.block_devices, &own, root, |id| {
        snapshots::size(place, id)
    })?;
    let image = ImageId::new(world.id("ami"));
    let mut devices = Vec::new();
    for (device, size, key) in volumes {
        let id = &request.instance;
        let new = New {
            size,
            description: format!("Created by CreateImage({id}) for {image}"),
            tags: &tags.1,
            key,
        };
        devices.push((device.device_name, snapshots::add(world, region, new)));
    }
    source.id = image.clone();
    let source = named(source, &request.name, tags.0);
    let image = enter(world, region, source, devices, None);
    if let Some(made) = world.place(region).images.get_mut(image.as_str()) {
        made.thing.facts.network_support = machine.network_support;
    }
    Ok(image)
}

/// What no image can be made without.
pub(super) fn may_be_made<const N: usize>(
    place: &Place,
    name: &str,
    tags: [&Tags; N],
) -> Outcome<()> {
    limits::check_name(name)?;
    tags.into_iter().try_for_each(limits::check_tags)?;
    free_name(place, name)
}

fn at_rest(place: &Place, id: &str) -> Outcome<ModelInstance> {
    let machine = place
        .instances
        .get(id)
        .ok_or_else(|| Refused::not_found("InvalidInstanceID.NotFound", id))?
        .thing
        .clone();
    match machine.instance.state {
        InstanceState::Running | InstanceState::Stopped => Ok(machine),
        _ => Err(Refused::new(
            "IncorrectInstanceState",
            "Instance is not in state 'running' or 'stopped'",
        )),
    }
}

/// The machine's volumes: where they are, how large, and what they are encrypted with.
fn volumes(place: &Place, machine: &ModelInstance) -> Vec<(BlockDevice, i32, Option<Key>)> {
    let shown = machine.instance.volumes.iter().map(|(device, volume)| {
        let made = place.volumes.get(volume.as_str());
        let size = made.map_or(8, |made| made.thing.size);
        let key = made.and_then(|made| made.thing.key.clone());
        let ebs = EbsSettings {
            volume_size: Some(size),
            ..EbsSettings::default()
        };
        let device = BlockDevice {
            device_name: device.clone(),
            ebs: Some(ebs),
            ..BlockDevice::default()
        };
        (device, size, key)
    });
    shown.collect()
}

/// What the image's snapshots are encrypted with.
pub(super) fn keys(place: &Place, image: &ModelImage) -> Vec<Key> {
    let snapshots = image.snapshots();
    let keys = snapshots.iter().filter_map(|id| snapshots::key(place, id));
    keys.collect()
}

pub(super) fn free_name(place: &Place, name: &str) -> Outcome<()> {
    let taken = place
        .images
        .values()
        .find(|made| made.thing.is_own() && made.thing.image.name == name);
    match taken {
        Some(made) => Err(Refused::new(
            "InvalidAMIName.Duplicate",
            format!("`{name}` is the name of `{}`", made.thing.image.id),
        )),
        None => Ok(()),
    }
}

pub(super) fn named(image: Image, name: &str, tags: Tags) -> Image {
    let name = name.to_owned();
    // A moment that no clock is needed for; images of a name that is free again are told apart by their ids.
    let creation_date = "2999-01-01T00:00:00.000Z".to_owned();
    Image {
        name,
        tags,
        creation_date,
        owner_id: ACCOUNT.to_owned(),
        owner_alias: None,
        state: ImageState::Pending,
        ..image
    }
}

pub(super) fn enter(
    world: &mut World,
    region: &Region,
    image: Image,
    devices: Vec<(String, SnapshotId)>,
    token: Option<AllocationToken>,
) -> ImageId {
    let device = |(device_name, snapshot): (String, SnapshotId)| BlockDevice {
        device_name,
        ebs: Some(EbsSettings {
            snapshot_id: Some(snapshot),
            delete_on_termination: Some(true),
            ..EbsSettings::default()
        }),
        ..BlockDevice::default()
    };
    let id = image.id.clone();
    let mut image = ModelImage::new(Image {
        block_devices: devices.into_iter().map(device).collect(),
        ..image
    });
    image.token = token;
    let made = Made::new(image, world.pace);
    world.place(region).images.insert(id.to_string(), made);
    id
}

/// What an image looks like whose machine's own image is gone.
pub(super) fn nameless() -> Image {
    Image {
        id: ImageId::new(""),
        name: String::new(),
        creation_date: String::new(),
        owner_id: String::new(),
        owner_alias: None,
        state: ImageState::Pending,
        state_reason: None,
        root_device_type: "ebs".to_owned(),
        root_device_name: Some("/dev/xvda".to_owned()),
        virtualization_type: "hvm".to_owned(),
        architecture: "x86_64".to_owned(),
        block_devices: Vec::new(),
        is_protected: false,
        traits: ImageTraits::default(),
        tags: Tags::new(),
    }
}
