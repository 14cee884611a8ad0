//! Who uses an image of the model, and who else may. Only tests have accounts in which somebody does.

use super::ModelCloud;
use super::calls::tags_in;
use super::images::ModelImage;
use super::pace::Pace;
use super::place::{Made, Moving, Place, Refused};
use super::snapshots::{self, ModelSnapshot};
use super::world::World;
use crate::cloud::api::CloudResult;
use crate::cloud::image::{BlockDevice, EbsSettings, Image, ImageState};
use crate::cloud::usage_calls::{Depth, ImageParameterCalls, ImageReference, UsageCalls};
use crate::cloud::{ImageId, Region, SnapshotId};

/// What may refer to an image besides a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Referrer {
    /// A launch template.
    LaunchTemplate,
    /// A parameter of Systems Manager.
    Parameter,
    /// A recipe of Image Builder.
    Recipe,
}

/// Something that refers to an image.
#[derive(Clone, Debug)]
pub(super) struct ModelReference {
    region: Region,
    image: ImageId,
    by: Referrer,
}

/// An image to be there, as `DescribeImages` shows it, and who may launch it.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    /// The image; its snapshots are made for it.
    pub(crate) image: Image,
    /// Accounts and groups that may launch it.
    pub(crate) launchers: Vec<String>,
    /// Accounts and groups that may make a volume of its snapshots.
    pub(crate) snapshot_users: Vec<String>,
}

impl UsageCalls for ModelCloud {
    async fn image_references(
        &self,
        region: &Region,
        images: &[ImageId],
    ) -> CloudResult<Vec<ImageReference>> {
        self.call("DescribeImageReferences", region, |world| {
            for image in images {
                find(world.place(region), image)?;
            }
            let mut found = Vec::new();
            for image in images {
                found.extend(machines(world.place(region), image));
            }
            let others = referred(world, region, None);
            found.extend(others.filter(|one| images.contains(&one.image)));
            Ok(found)
        })
        .await
    }

    async fn launched_images(
        &self,
        region: &Region,
        _depth: Depth,
    ) -> CloudResult<Vec<ImageReference>> {
        self.call("DescribeLaunchTemplateVersions", region, |world| {
            Ok(referred(world, region, Some(Referrer::LaunchTemplate)).collect())
        })
        .await
    }

    async fn image_shares(&self, region: &Region, image: &ImageId) -> CloudResult<Vec<String>> {
        self.call("DescribeImageAttribute", region, |world| {
            Ok(find(world.place(region), image)?.launchers.clone())
        })
        .await
    }

    async fn snapshot_shares(
        &self,
        region: &Region,
        snapshot: &SnapshotId,
    ) -> CloudResult<Vec<String>> {
        self.call("DescribeSnapshotAttribute", region, |world| {
            let id = snapshot.as_str();
            let made = world.place(region).snapshots.get(id);
            let made = made.ok_or_else(|| Refused::not_found("InvalidSnapshot.NotFound", id))?;
            Ok(made.thing.users.clone())
        })
        .await
    }
}

impl ImageParameterCalls for ModelCloud {
    async fn image_parameters(&self, region: &Region) -> CloudResult<Vec<ImageReference>> {
        self.call("DescribeParameters", region, |world| {
            Ok(referred(world, region, Some(Referrer::Parameter)).collect())
        })
        .await
    }
}

impl ModelCloud {
    /// From now on something refers to the image.
    pub(crate) fn refer(&self, region: &Region, image: &ImageId, by: Referrer) {
        let reference = ModelReference {
            region: region.clone(),
            image: image.clone(),
            by,
        };
        self.world().stage.references.push(reference);
    }

    /// The image is there, available, with a snapshot of the same tags for each of its devices.
    pub(crate) fn put_image(&self, region: &Region, given: Given) {
        let mut world = self.world();
        let Given {
            mut image,
            launchers,
            snapshot_users,
        } = given;
        let devices = image.block_devices.len();
        image.block_devices = (0..devices)
            .map(|number| device(&mut world, region, (&image, number), &snapshot_users))
            .collect();
        let (id, state) = (image.id.to_string(), image.state);
        image.state = ImageState::Pending;
        let mut made = Made::new(ModelImage::new(image), Pace::default());
        made.thing.advance();
        made.thing.image.state = state;
        made.thing.launchers = launchers;
        world.place(region).images.insert(id, made);
    }

    /// Somebody changes a tag.
    pub(crate) fn set_tag(&self, region: &Region, id: &str, name: &str, value: &str) {
        let mut world = self.world();
        if let Some(tags) = tags_in(world.place(region), id) {
            tags.insert(name.to_owned(), value.to_owned());
        }
    }

    /// Somebody shares the image.
    pub(crate) fn set_launchers(&self, region: &Region, image: &ImageId, who: &[&str]) {
        let mut world = self.world();
        if let Some(made) = world.place(region).images.get_mut(image.as_str()) {
            made.thing.launchers = who.iter().map(|who| (*who).to_owned()).collect();
        }
    }

    /// The image is made of this snapshot too.
    pub(crate) fn lend_snapshot(&self, region: &Region, image: &ImageId, snapshot: &SnapshotId) {
        let mut world = self.world();
        if let Some(made) = world.place(region).images.get_mut(image.as_str()) {
            let device = made_of(snapshot.clone(), 9);
            made.thing.devices.push(device.clone());
            made.thing.image.block_devices.push(device);
        }
    }

    /// From now on nothing of the region may be asked.
    pub(crate) fn close_region(&self, region: &str) {
        self.world().stage.closed.insert(Region::new(region));
    }

    /// The ids of a region's snapshots.
    pub(crate) fn snapshot_ids(&self, region: &Region) -> Vec<SnapshotId> {
        let mut world = self.world();
        let ids = world.place(region).snapshots.keys();
        ids.map(SnapshotId::new).collect()
    }
}

fn device(
    world: &mut World,
    region: &Region,
    (image, number): (&Image, usize),
    users: &[String],
) -> BlockDevice {
    let new = snapshots::New {
        size: 8,
        description: format!("Created by CreateImage(i-1) for {}", image.id),
        tags: &image.tags,
        key: None,
    };
    let snapshot = snapshots::add(world, region, new);
    if let Some(made) = world.place(region).snapshots.get_mut(snapshot.as_str()) {
        let thing: &mut ModelSnapshot = &mut made.thing;
        thing.advance();
        thing.users = users.to_vec();
    }
    made_of(snapshot, number)
}

fn made_of(snapshot: SnapshotId, number: usize) -> BlockDevice {
    BlockDevice {
        device_name: format!("/dev/sda{number}"),
        ebs: Some(EbsSettings {
            snapshot_id: Some(snapshot),
            ..EbsSettings::default()
        }),
        ..BlockDevice::default()
    }
}

fn find<'a>(place: &'a Place, image: &ImageId) -> Result<&'a ModelImage, Refused> {
    let made = place.images.get(image.as_str());
    let made = made.ok_or_else(|| Refused::not_found("InvalidAMIID.NotFound", image.as_str()))?;
    Ok(&made.thing)
}

fn machines(place: &Place, image: &ImageId) -> Vec<ImageReference> {
    let machines = place.instances.values().map(|made| &made.thing);
    let launched = machines.filter(|machine| machine.image == *image && !machine.is_gone());
    let named = launched.map(|machine| ImageReference {
        image: image.clone(),
        by: format!("ec2:Instance {}", machine.instance.id),
    });
    named.collect()
}

fn referred<'a>(
    world: &'a World,
    region: &'a Region,
    by: Option<Referrer>,
) -> impl Iterator<Item = ImageReference> + 'a {
    let references = world.stage.references.iter();
    let here = references
        .filter(move |one| one.region == *region && by.is_none_or(|wanted| wanted == one.by));
    here.map(|one| ImageReference {
        image: one.image.clone(),
        by: format!("{:?} of a test", one.by),
    })
}
