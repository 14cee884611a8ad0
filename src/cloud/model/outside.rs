//! What happens in the account without the build: by its owner, and by scripts on the machine.

use super::ModelCloud;
use super::calls::tags_in;
use super::images::ModelImage;
use super::network;
use super::pace::Pace;
use super::place::{Made, Moving};
use super::snapshots;
use super::volumes;
use crate::cloud::image::{BlockDevice, EbsSettings, Image, ImageState, ImageTraits};
use crate::cloud::{ImageId, InstanceId, Region, SnapshotId, Tags};

/// An image of somebody else's, in every region.
pub(crate) const SOURCE_IMAGE: &str = "ami-00000000000000001";
/// Its owner.
const PUBLISHER: &str = "099720109477";

/// Of a volume, against that of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Age {
    New,
    Old,
}

/// A device of the owner's or of a script's.
fn device(name: &str, ebs: EbsSettings) -> BlockDevice {
    BlockDevice {
        device_name: name.to_owned(),
        ebs: Some(ebs),
        ..BlockDevice::default()
    }
}

impl ModelCloud {
    /// The owner has an image of this name; its id, and that of its snapshot.
    pub(crate) fn own_image(&self, region: &Region, name: &str) -> (ImageId, String) {
        let mut world = self.world();
        world.pace = Pace::default().into();
        let source = world.place(region).images[SOURCE_IMAGE].thing.image.clone();
        let snapshot = snapshots::add(
            &mut world,
            region,
            snapshots::New {
                size: 8,
                description: String::new(),
                tags: &Tags::new(),
                key: None,
            },
        );
        let id = ImageId::new(world.id("ami"));
        let image = Image {
            id: id.clone(),
            name: name.to_owned(),
            owner_id: super::world::ACCOUNT.to_owned(),
            owner_alias: None,
            state: ImageState::Pending,
            block_devices: vec![device(
                "/dev/xvda",
                EbsSettings {
                    snapshot_id: Some(snapshot.clone()),
                    ..EbsSettings::default()
                },
            )],
            ..source
        };
        let mut made = Made::new(ModelImage::new(image), Pace::default());
        made.thing.advance();
        world.place(region).images.insert(id.to_string(), made);
        (id, snapshot.to_string())
    }

    /// The owner has a key pair of this name.
    pub(crate) fn own_key_pair(&self, region: &Region, name: &str) {
        let mut world = self.world();
        let added = network::add_key_pair(&mut world, region, name, Tags::new());
        assert!(added.is_ok(), "there is one already");
    }

    /// A script on the machine attaches a volume: one that it has just made, or one of the owner's that is older than the
    /// machine. Its id.
    pub(crate) fn attach_by_script(
        &self,
        region: &Region,
        (machine, name): (&InstanceId, &str),
        age: Age,
    ) -> String {
        let mut world = self.world();
        let device = device(name, EbsSettings::default());
        let id = volumes::add(&mut world, region, machine, &device, &Tags::new());
        let place = world.place(region);
        if let Some(made) = place.volumes.get_mut(id.as_str()) {
            made.thing.made_at += match age {
                Age::New => time::Duration::minutes(1),
                Age::Old => time::Duration::days(-1),
            };
        }
        let made = place.instances.get_mut(machine.as_str());
        let instance = &mut made.expect("a script runs on a machine").thing.instance;
        instance.volumes.push((name.to_owned(), id.clone()));
        id.to_string()
    }

    /// The source image has a second device whose volume outlives every machine.
    pub(crate) fn let_source_leave(&self, region: &Region, name: &str) {
        let mut world = self.world();
        let ebs = EbsSettings {
            volume_size: Some(1),
            delete_on_termination: Some(false),
            ..EbsSettings::default()
        };
        let images = &mut world.place(region).images;
        let source = images.get_mut(SOURCE_IMAGE).expect("it is in every region");
        source.thing.image.block_devices.push(device(name, ebs));
    }

    /// The account's own images, wherever they are.
    pub(crate) fn own_images(&self) -> Vec<(Region, Image)> {
        let world = self.world();
        let all = world.places.iter().flat_map(|(region, place)| {
            let images = place.images.values().map(|made| &made.thing);
            let own = images.filter(|image| image.is_own());
            own.map(|image| (region.clone(), image.image.clone()))
        });
        all.collect()
    }

    /// The value of a tag of `region/id`.
    pub(crate) fn tag_of(&self, place: &str, name: &str) -> Option<String> {
        let (region, id) = place.split_once('/')?;
        let mut world = self.world();
        tags_in(world.place(&Region::new(region)), id)?
            .get(name)
            .cloned()
    }
}

/// What the tests start from.
pub(super) fn source_image() -> ModelImage {
    let root = EbsSettings {
        snapshot_id: Some(SnapshotId::new("snap-00000000000000001")),
        volume_size: Some(8),
        volume_type: Some("gp3".to_owned()),
        delete_on_termination: Some(true),
        ..EbsSettings::default()
    };
    let mut source = ModelImage::new(Image {
        id: ImageId::new(SOURCE_IMAGE),
        name: "base-image-1".to_owned(),
        creation_date: "2026-01-01T00:00:00.000Z".to_owned(),
        owner_id: PUBLISHER.to_owned(),
        owner_alias: Some("amazon".to_owned()),
        state: ImageState::Pending,
        state_reason: None,
        root_device_type: "ebs".to_owned(),
        root_device_name: Some("/dev/xvda".to_owned()),
        virtualization_type: "hvm".to_owned(),
        architecture: "x86_64".to_owned(),
        block_devices: vec![BlockDevice {
            device_name: "/dev/xvda".to_owned(),
            ebs: Some(root),
            ..BlockDevice::default()
        }],
        is_protected: false,
        traits: ImageTraits {
            ena_support: true,
            boot_mode: Some("uefi-preferred".to_owned()),
            imds_support: Some("v2.0".to_owned()),
            platform_details: Some("Linux/UNIX".to_owned()),
            usage_operation: Some("RunInstances".to_owned()),
            ..ImageTraits::default()
        },
        tags: Tags::new(),
    });
    source.advance();
    source
}
