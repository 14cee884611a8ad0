//! Calls about images and snapshots.

use super::calls::texts;
use super::limits::{self, Key};
use super::place::{Outcome, Refused, look};
use super::{ModelCloud, copies, images, snapshots};
use crate::cloud::api::{CloudResult, ImageCalls};
use crate::cloud::image::{
    CopyImage, CreateImage, Image, ImageAttribute, ImageQuery, Snapshot, SnapshotAttribute,
    SnapshotState,
};
use crate::cloud::network::Filters;
use crate::cloud::request::{merged, takes_image_tags};
use crate::cloud::{ImageId, Region, SnapshotId, Tags};
use crate::ledger::Claim;

impl ImageCalls for ModelCloud {
    async fn images(&self, region: &Region, query: &ImageQuery) -> CloudResult<Vec<Image>> {
        self.call("DescribeImages", region, |world| {
            let place = world.place(region);
            let found = look(
                &mut place.images,
                &texts(&query.ids),
                &query.filters,
                "InvalidAMIID.NotFound",
            )?;
            Ok(images::owned(place, &found, query))
        })
        .await
    }

    async fn create_image(
        &self,
        region: &Region,
        claim: &Claim,
        request: &CreateImage,
    ) -> CloudResult<ImageId> {
        let tags = tags(region, claim, &request.image_tags, &request.snapshot_tags);
        self.call("CreateImage", region, |world| {
            images::create(world, region, request, tags)
        })
        .await
    }

    async fn copy_image(
        &self,
        region: &Region,
        claim: &Claim,
        request: &CopyImage,
    ) -> CloudResult<ImageId> {
        let tags = tags(region, claim, &request.image_tags, &request.snapshot_tags);
        self.call("CopyImage", region, |world| {
            copies::copy(world, region, claim.token(), request, tags)
        })
        .await
    }

    async fn deregister_image(&self, region: &Region, image: &ImageId) -> CloudResult<()> {
        self.call("DeregisterImage", region, |world| {
            let images = &mut world.place(region).images;
            let found = images.get(image.as_str()).map(|made| &made.thing.image);
            if found.is_some_and(|image| image.is_protected) {
                let why = format!("`{image}` is protected");
                return Err(Refused::new("OperationNotPermitted", why));
            }
            match images.remove(image.as_str()) {
                Some(_) => Ok(()),
                None => Err(Refused::not_found(
                    "InvalidAMIID.Unavailable",
                    image.as_str(),
                )),
            }
        })
        .await
    }

    async fn modify_image(
        &self,
        region: &Region,
        image: &ImageId,
        attribute: &ImageAttribute,
    ) -> CloudResult<()> {
        self.call("ModifyImageAttribute", region, |world| {
            let place = world.place(region);
            let id = image.as_str();
            let made = place.images.get(id);
            let made = made.ok_or_else(|| Refused::not_found("InvalidAMIID.NotFound", id))?;
            may_be_told(&images::keys(place, &made.thing), attribute)?;
            let made = place.images.get_mut(id);
            let image = &mut made.expect("it was there a moment ago").thing;
            match attribute {
                ImageAttribute::Description(text) => image.description.clone_from(text),
                ImageAttribute::LaunchUsers(who)
                | ImageAttribute::LaunchGroups(who)
                | ImageAttribute::LaunchOrganizations(who)
                | ImageAttribute::LaunchOrganizationalUnits(who) => {
                    image.launchers.extend(who.iter().cloned())
                }
                ImageAttribute::ProductCodes(codes) => {
                    image.facts.product_codes.extend(codes.iter().cloned())
                }
                ImageAttribute::ImdsSupport(version) => {
                    image.facts.imds_support = Some(version.clone())
                }
            }
            Ok(())
        })
        .await
    }

    async fn snapshots(
        &self,
        region: &Region,
        ids: &[SnapshotId],
        filters: &Filters,
    ) -> CloudResult<Vec<Snapshot>> {
        self.call("DescribeSnapshots", region, |world| {
            let pace = world.pace;
            let place = world.place(region);
            let found = look(
                &mut place.snapshots,
                &texts(ids),
                filters,
                "InvalidSnapshot.NotFound",
            )?;
            let shown =
                found
                    .iter()
                    .filter_map(|id| place.snapshots.get(id))
                    .map(|made| match made.thing.snapshot.state {
                        SnapshotState::Pending => Snapshot {
                            progress: made.percent(pace),
                            ..made.thing.snapshot.clone()
                        },
                        _ => made.thing.snapshot.clone(),
                    });
            Ok(shown.collect())
        })
        .await
    }

    async fn modify_snapshot(
        &self,
        region: &Region,
        snapshot: &SnapshotId,
        attribute: &SnapshotAttribute,
    ) -> CloudResult<()> {
        self.call("ModifySnapshotAttribute", region, |world| {
            let made = world.place(region).snapshots.get_mut(snapshot.as_str());
            let made = made
                .ok_or_else(|| Refused::not_found("InvalidSnapshot.NotFound", snapshot.as_str()))?;
            let (SnapshotAttribute::VolumeUsers(who) | SnapshotAttribute::VolumeGroups(who)) =
                attribute;
            limits::check_snapshot_shares(made.thing.key.as_ref(), who)?;
            made.thing.users.extend(who.iter().cloned());
            Ok(())
        })
        .await
    }

    async fn delete_snapshot(&self, region: &Region, snapshot: &SnapshotId) -> CloudResult<()> {
        self.call("DeleteSnapshot", region, |world| {
            snapshots::delete(world.place(region), snapshot.as_str())
        })
        .await
    }
}

fn may_be_told(keys: &[Key], attribute: &ImageAttribute) -> Outcome<()> {
    match attribute {
        ImageAttribute::Description(text) => limits::check_description(text),
        ImageAttribute::LaunchUsers(who)
        | ImageAttribute::LaunchGroups(who)
        | ImageAttribute::LaunchOrganizations(who)
        | ImageAttribute::LaunchOrganizationalUnits(who) => limits::check_image_shares(keys, who),
        ImageAttribute::ProductCodes(_) | ImageAttribute::ImdsSupport(_) => Ok(()),
    }
}

/// Some regions take no tags with these calls.
fn tags(region: &Region, claim: &Claim, image: &Tags, snapshot: &Tags) -> (Tags, Tags) {
    if takes_image_tags(region) {
        (merged(claim, image), merged(claim, snapshot))
    } else {
        (Tags::new(), Tags::new())
    }
}
