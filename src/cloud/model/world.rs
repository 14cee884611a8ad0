//! All regions of the model, its clock of numbers, and what is left in it.

use std::collections::{BTreeMap, BTreeSet};

use super::clock::Clock;
use super::expected::Known;
use super::images::ModelImage;
use super::pace::{Pace, Timing};
use super::place::{Made, Place};
use super::profiles::Iam;
use crate::cloud::network::{Subnet, Vpc};
use crate::cloud::{Region, SubnetId, VpcId};

/// The account of the model's caller.
pub(crate) const ACCOUNT: &str = "123456789012";

/// The default VPC of every region.
pub(super) const DEFAULT_VPC: &str = "vpc-rehearsal00000000";

/// The whole model.
#[derive(Clone, Debug, Default)]
pub(super) struct World {
    pub(super) places: BTreeMap<Region, Place>,
    pub(super) iam: Iam,
    pub(super) pace: Timing,
    /// What somebody else has in every region.
    pub(super) published: Vec<ModelImage>,
    /// Regions that the list of them does not have.
    pub(super) more_regions: BTreeSet<Region>,
    pub(super) console: Option<String>,
    pub(super) fast_launch_fails: Option<String>,
    pub(super) clock: Clock,
    made: u64,
    /// What tests let happen.
    #[cfg(test)]
    pub(super) stage: super::stage::Stage,
}

impl World {
    /// The region, with its default network and what is published there.
    pub(super) fn place(&mut self, region: &Region) -> &mut Place {
        let published = &self.published;
        self.places
            .entry(region.clone())
            .or_insert_with(|| furnished(region, published))
    }

    /// Lets the things be as old as the clock says.
    pub(super) fn grow_old(&mut self) {
        let now = self.clock.look();
        self.iam.grow_old(now);
        self.places
            .values_mut()
            .for_each(|place| place.grow_old(now));
    }

    /// The next id of a kind. Ids are as long as EC2's, whose letters are those of hexadecimal numbers: nobody takes the one
    /// for the other.
    pub(super) fn id(&mut self, prefix: &str) -> String {
        self.made += 1;
        format!("{prefix}-rehearsal{:08}", self.made)
    }
}

fn furnished(region: &Region, published: &[ModelImage]) -> Place {
    let vpc = VpcId::new(DEFAULT_VPC);
    let subnet = |number: u8, zone: &str| Subnet {
        id: SubnetId::new(format!("subnet-rehearsal{number:08}")),
        vpc: vpc.clone(),
        availability_zone: format!("{region}{zone}"),
        free_addresses: 4000 + i32::from(number),
    };
    let mut place = Place {
        subnets: vec![subnet(1, "a").into(), subnet(2, "b").into()],
        vpcs: vec![Known::from(Vpc {
            id: vpc.clone(),
            is_default: true,
        })],
        ..Place::default()
    };
    for image in published {
        let made = Made::new(image.clone(), Pace::default());
        place.images.insert(image.image.id.to_string(), made);
    }
    place
}
