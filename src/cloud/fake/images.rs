//! Images and snapshots of the model.

use super::filter::Filtered;
use super::lifecycle_calls::ImageFacts;
use super::place::{Made, Moving, Outcome, Place, Refused};
use super::snapshots;
use super::world::{ACCOUNT, World};
use crate::cloud::image::{
    BlockDevice, CopyImage, CreateImage, EbsSettings, Image, ImageQuery, ImageState, ImageTraits,
};
use crate::cloud::instance::InstanceState;
use crate::cloud::{AllocationToken, ImageId, Region, SnapshotId, Tags};

/// An image, with what EC2 shows of it only when asked otherwise.
#[derive(Clone, Debug)]
pub(crate) struct FakeImage {
    pub(super) image: Image,
    /// Shown once the image is available, as EC2 does.
    devices: Vec<BlockDevice>,
    /// Its description.
    pub(super) description: String,
    /// Accounts and groups that may launch it.
    pub(super) launchers: Vec<String>,
    /// What else it was told.
    pub(super) facts: ImageFacts,
    token: Option<AllocationToken>,
}

impl FakeImage {
    /// An image whose devices are hidden as long as it is pending.
    pub(super) fn new(mut image: Image) -> Self {
        let devices = std::mem::take(&mut image.block_devices);
        Self {
            image,
            devices,
            description: String::new(),
            launchers: Vec::new(),
            facts: ImageFacts::default(),
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

    fn belongs_to(&self, owner: &str) -> bool {
        (owner == "self" && self.is_own())
            || owner == self.image.owner_id
            || self.image.owner_alias.as_deref() == Some(owner)
    }
}

impl Moving for FakeImage {
    fn advance(&mut self) {
        if self.image.state == ImageState::Pending {
            self.image.state = ImageState::Available;
            self.image.block_devices.clone_from(&self.devices);
        }
    }
}

impl Filtered for FakeImage {
    fn tags(&self) -> &Tags {
        &self.image.tags
    }

    fn attribute(&self, filter: &str) -> Option<Vec<String>> {
        let image = &self.image;
        Some(vec![match filter {
            "image-id" => image.id.to_string(),
            "name" => image.name.clone(),
            "description" => self.description.clone(),
            "owner-id" => image.owner_id.clone(),
            "owner-alias" => image.owner_alias.clone()?,
            "architecture" => image.architecture.clone(),
            "root-device-type" => image.root_device_type.clone(),
            "virtualization-type" => image.virtualization_type.clone(),
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
    free_name(place, &request.name)?;
    let id = request.instance.as_str();
    let machine = place
        .instances
        .get(id)
        .ok_or_else(|| Refused::not_found("InvalidInstanceID.NotFound", id))?
        .thing
        .clone();
    if !matches!(
        machine.instance.state,
        InstanceState::Running | InstanceState::Stopped
    ) {
        return Err(Refused::new(
            "IncorrectInstanceState",
            "Instance is not in state 'running' or 'stopped'",
        ));
    }
    let mut source = place
        .images
        .get(machine.image.as_str())
        .map(|made| made.thing.image.clone())
        .unwrap_or_else(nameless);
    let image = ImageId::new(world.id("ami"));
    let mut devices = Vec::new();
    for (device, volume) in &machine.instance.volumes {
        let size = world
            .place(region)
            .volumes
            .get(volume.as_str())
            .map_or(8, |made| made.thing.size);
        let description = format!("Created by CreateImage({id}) for {image}");
        devices.push((
            device.clone(),
            snapshots::add(world, region, size, description, &tags.1),
        ));
    }
    source.id = image.clone();
    let source = named(source, &request.name, tags.0);
    let image = enter(world, region, source, devices, None);
    if let Some(made) = world.place(region).images.get_mut(image.as_str()) {
        made.thing.facts.network_support = machine.network_support;
    }
    Ok(image)
}

/// `CopyImage`, which the same token never does twice.
pub(super) fn copy(
    world: &mut World,
    region: &Region,
    token: &AllocationToken,
    request: &CopyImage,
    tags: (Tags, Tags),
) -> Outcome<ImageId> {
    let place = world.place(region);
    if let Some(made) = place
        .images
        .values()
        .find(|made| made.thing.token.as_ref() == Some(token))
    {
        return Ok(made.thing.image.id.clone());
    }
    free_name(place, &request.name)?;
    let id = request.source.as_str();
    let source = world
        .place(&request.source_region)
        .images
        .get(id)
        .map(|made| made.thing.clone());
    let source = source.ok_or_else(|| Refused::not_found("InvalidAMIID.NotFound", id))?;
    if source.image.state != ImageState::Available {
        return Err(Refused::new(
            "InvalidAMIID.Unavailable",
            format!("`{id}` is not available"),
        ));
    }
    let image = ImageId::new(world.id("ami"));
    let mut devices = Vec::new();
    for device in &source.devices {
        let Some(ebs) = &device.ebs else { continue };
        let from = ebs
            .snapshot_id
            .as_ref()
            .map(SnapshotId::to_string)
            .unwrap_or_default();
        let description = format!(
            "Copied for DestinationAmi {image} from SourceAmi {id} for SourceSnapshot {from}."
        );
        devices.push((
            device.device_name.clone(),
            snapshots::add(
                world,
                region,
                ebs.volume_size.unwrap_or(8),
                description,
                &tags.1,
            ),
        ));
    }
    let mut all = source.image.tags.clone();
    all.extend(tags.0);
    let copied = Image {
        id: image,
        ..named(source.image, &request.name, all)
    };
    Ok(enter(world, region, copied, devices, Some(token.clone())))
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

fn enter(
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
    let mut image = FakeImage::new(Image {
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
