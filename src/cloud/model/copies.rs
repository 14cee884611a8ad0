//! Images of the model that are copied.

use super::images::{enter, may_be_made, named};
use super::limits::Key;
use super::place::{Outcome, Refused};
use super::snapshots::{self, New};
use super::world::World;
use crate::cloud::image::{CopyImage, Image, ImageState};
use crate::cloud::{AllocationToken, ImageId, Region, SnapshotId, Tags};

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
    may_be_made(place, &request.name, [&tags.0, &tags.1])?;
    let id = request.source.as_str();
    let there = world.place(&request.source_region);
    let source = there.images.get(id).map(|made| made.thing.clone());
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
        let there = world.place(&request.source_region);
        let new = New {
            size: ebs.volume_size.unwrap_or(8),
            description: format!(
                "Copied for DestinationAmi {image} from SourceAmi {id} for SourceSnapshot {from}."
            ),
            tags: &tags.1,
            key: copied_key(request, (&from, snapshots::key(there, &from)))?,
        };
        let copied = snapshots::add(world, region, new);
        devices.push((device.device_name.clone(), copied));
    }
    let mut all = source.image.tags.clone();
    all.extend(tags.0);
    let copied = Image {
        id: image,
        ..named(source.image, &request.name, all)
    };
    Ok(enter(world, region, copied, devices, Some(token.clone())))
}

/// A copy has the key that it is asked for, else the region's default one where there is anything to encrypt. Nothing is
/// decrypted by copying it.
fn copied_key(request: &CopyImage, (id, source): (&str, Option<Key>)) -> Outcome<Option<Key>> {
    if request.encrypted == Some(false) && source.is_some() {
        return Err(Refused::new(
            "InvalidRequest",
            format!(
                "Snapshot {id} is encrypted. Creating an unencrypted copy from an encrypted snapshot is not supported."
            ),
        ));
    }
    let own = request.kms_key_id.clone().filter(|key| !key.is_empty());
    let is_encrypted = request.encrypted == Some(true) || source.is_some();
    Ok(is_encrypted.then(|| own.map_or(Key::Default, Key::Own)))
}
