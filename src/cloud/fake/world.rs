//! All regions of the model, its clock of numbers, and what is left in it.

use std::collections::BTreeMap;

use super::clock::Clock;
use super::images::FakeImage;
use super::life::Life;
use super::place::{Made, Moving, Place};
use super::profiles::Iam;
use super::script::{Pace, Script, Timing};
use super::throttle::Throttle;
use crate::cloud::image::{BlockDevice, EbsSettings, Image, ImageState, ImageTraits};
use crate::cloud::network::{Subnet, Vpc};
use crate::cloud::{ImageId, Region, SnapshotId, SubnetId, Tags, VpcId};

/// The account of the model's caller.
pub(crate) const ACCOUNT: &str = "123456789012";
/// An image of somebody else's, in every region.
pub(crate) const SOURCE_IMAGE: &str = "ami-00000000000000001";
/// Its owner.
const PUBLISHER: &str = "099720109477";
/// The regions that the model's account has.
pub(super) const REGIONS: [&str; 4] = ["eu-central-1", "eu-west-1", "us-east-1", "us-west-2"];

/// The whole model.
#[derive(Clone, Debug, Default)]
pub(super) struct World {
    pub(super) places: BTreeMap<Region, Place>,
    pub(super) iam: Iam,
    pub(super) pace: Timing,
    /// Where EC2's buckets count.
    pub(super) throttle: Option<Throttle>,
    pub(super) script: Script,
    pub(super) calls: Vec<String>,
    pub(super) console: Option<String>,
    pub(super) fast_launch_fails: Option<String>,
    pub(super) clock: Clock,
    /// Who is told every call.
    pub(super) listener: Option<fn(&str)>,
    /// The process that calls.
    pub(super) life: Life,
    made: u64,
}

impl World {
    /// The region, with its default network and the source image.
    pub(super) fn place(&mut self, region: &Region) -> &mut Place {
        self.places
            .entry(region.clone())
            .or_insert_with(|| furnished(region))
    }

    /// Lets the things be as old as the clock says.
    pub(super) fn grow_old(&mut self) {
        let now = self.clock.look();
        self.iam.grow_old(now);
        self.places
            .values_mut()
            .for_each(|place| place.grow_old(now));
    }

    /// The next id of a kind. Ids are as long as EC2's.
    pub(super) fn id(&mut self, prefix: &str) -> String {
        self.made += 1;
        format!("{prefix}-{:017x}", 0x1000 + self.made)
    }

    /// Writes the call down and gives its number, from 1 on.
    pub(super) fn count(&mut self, call: &str, region: &Region) -> usize {
        self.calls.push(format!("{call} {region}"));
        self.calls.len()
    }

    /// `region/id` of all that is there, but for `finished` images and their snapshots. A machine that goes counts as gone.
    pub(super) fn left_behind(&self, finished: &[ImageId]) -> Vec<String> {
        let mut left: Vec<String> = self.iam.names().map(|name| format!("iam/{name}")).collect();
        for (region, place) in &self.places {
            let is_finished = |id: &str| finished.iter().any(|image| image.as_str() == id);
            let kept = place
                .images
                .iter()
                .filter(|(id, _)| is_finished(id))
                .flat_map(|(_, made)| made.thing.snapshots());
            let kept = kept.collect::<Vec<_>>();
            let own_images = place
                .images
                .iter()
                .filter(|(id, made)| made.thing.is_own() && !is_finished(id))
                .map(|(id, _)| id);
            let machines = place
                .instances
                .iter()
                .filter(|(_, made)| !made.thing.is_going())
                .map(|(id, _)| id);
            let volumes = place
                .volumes
                .iter()
                .filter(|(_, made)| !place.goes_with_its_machine(&made.thing))
                .map(|(id, _)| id);
            let snapshots = place
                .snapshots
                .keys()
                .filter(|id| !kept.contains(&id.as_str()));
            let ids = own_images
                .chain(machines)
                .chain(volumes)
                .chain(snapshots)
                .chain(place.groups.keys())
                .chain(place.key_pairs.keys())
                .chain(place.templates.keys());
            left.extend(ids.map(|id| format!("{region}/{id}")));
            let launches = place.fast_launches.keys().filter(|id| !is_finished(id));
            left.extend(launches.map(|id| format!("{region}/fast launch of {id}")));
        }
        left
    }
}

fn furnished(region: &Region) -> Place {
    let vpc = VpcId::new("vpc-00000000000000001");
    let subnet = |number: u8, zone: &str| Subnet {
        id: SubnetId::new(format!("subnet-{number:017x}")),
        vpc: vpc.clone(),
        availability_zone: format!("{region}{zone}"),
        free_addresses: 4000 + i32::from(number),
    };
    let mut place = Place {
        subnets: vec![subnet(1, "a"), subnet(2, "b")],
        vpcs: vec![Vpc {
            id: vpc.clone(),
            is_default: true,
        }],
        ..Place::default()
    };
    let mut source = Made::new(source_image(), Pace::default());
    source.thing.advance();
    place.images.insert(SOURCE_IMAGE.to_owned(), source);
    place
}

fn source_image() -> FakeImage {
    let root = EbsSettings {
        snapshot_id: Some(SnapshotId::new("snap-00000000000000001")),
        volume_size: Some(8),
        volume_type: Some("gp3".to_owned()),
        delete_on_termination: Some(true),
        ..EbsSettings::default()
    };
    FakeImage::new(Image {
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
    })
}
