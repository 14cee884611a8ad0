//! Asks EC2 and IAM for everything that carries an owner's tag. What may not be asked for costs nothing else.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::stream::{self, StreamExt};
use time::OffsetDateTime;

use super::thing::Thing;
use crate::cloud::image::ImageQuery;
use crate::cloud::tagged::Selection;
use crate::cloud::{Cloud, CloudError, ImageId, Region};
use crate::ledger::deadline::Deadline;
use crate::ledger::{Kind, OWNER_TAG};

/// What a region can have.
const IN_A_REGION: [Kind; 7] = [
    Kind::Instance,
    Kind::KeyPair,
    Kind::SecurityGroup,
    Kind::Volume,
    Kind::Image,
    Kind::Snapshot,
    Kind::LaunchTemplate,
];
/// What IAM has, which knows no regions.
const IN_IAM: [Kind; 2] = [Kind::Role, Kind::InstanceProfile];
/// Calls at a time: twenty regions ask for seven kinds each.
const AT_ONCE: usize = 16;

/// What there is.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Everything of the owners', finished or not.
    pub(crate) things: Vec<Thing>,
    /// What could not be looked for.
    pub(crate) unsearched: Vec<Unsearched>,
    /// Which images are made of a snapshot, whoever made them, by region and snapshot.
    pub(crate) users: BTreeMap<(Region, String), Vec<ImageId>>,
}

/// A kind that nobody could be asked for.
#[derive(Debug)]
pub(crate) struct Unsearched {
    /// What.
    pub(crate) kind: Kind,
    /// Where.
    pub(crate) region: Region,
    /// Why.
    pub(crate) error: CloudError,
}

/// Looks for things of these owners. The first region's partition is the one whose IAM is asked.
pub(crate) async fn search<C: Cloud>(cloud: &C, regions: &[Region], owners: &[String]) -> Found {
    let in_regions = regions
        .iter()
        .flat_map(|region| IN_A_REGION.map(|kind| (region, kind)));
    let in_iam = regions
        .first()
        .into_iter()
        .flat_map(|region| IN_IAM.map(|kind| (region, kind)));
    let asked = in_regions
        .chain(in_iam)
        .map(|(region, kind)| look(cloud, region, kind, owners));
    let answers: Vec<_> = stream::iter(asked).buffered(AT_ONCE).collect().await;
    let mut found = Found::default();
    for answer in answers {
        match answer {
            Ok(things) => found.things.extend(things),
            Err(unsearched) => found.unsearched.push(unsearched),
        }
    }
    find_users(cloud, &mut found).await;
    found
}

async fn look<C: Cloud>(
    cloud: &C,
    region: &Region,
    kind: Kind,
    owners: &[String],
) -> Result<Vec<Thing>, Unsearched> {
    let which = Selection::ByTag {
        key: OWNER_TAG,
        values: owners.to_vec(),
    };
    match cloud.tagged(region, kind, &which).await {
        // The filter knows wildcards, and IAM has none.
        Ok(found) => Ok(found
            .into_iter()
            .map(|tagged| Thing {
                kind,
                region: region.clone(),
                tagged,
            })
            .filter(|thing| thing.belongs_to(owners))
            .collect()),
        Err(error) => Err(Unsearched {
            kind,
            region: region.clone(),
            error,
        }),
    }
}

/// Somebody may have registered an image of a snapshot that a build left. All images have to be looked through for that, so it
/// is done only where such a snapshot may go.
async fn find_users<C: Cloud>(cloud: &C, found: &mut Found) {
    let now = OffsetDateTime::now_utc();
    let may_go = |thing: &&Thing| {
        let is_over = matches!(thing.deadline(), Deadline::At(at) if at < now);
        thing.kind == Kind::Snapshot && is_over
    };
    let may_go = found.things.iter().filter(may_go);
    let regions: BTreeSet<Region> = may_go.map(|thing| thing.region.clone()).collect();
    for region in regions {
        let query = ImageQuery {
            owners: vec!["self".to_owned()],
            include_deprecated: true,
            ..ImageQuery::default()
        };
        // Without an answer EC2 itself refuses to delete what an image is made of; and the look for images failed as well.
        let images = cloud.images(&region, &query).await.unwrap_or_default();
        for image in images {
            for snapshot in image.snapshots() {
                let users = found.users.entry((region.clone(), snapshot.to_string()));
                users.or_default().push(image.id.clone());
            }
        }
    }
}
