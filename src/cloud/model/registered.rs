//! Images of the model that are registered of snapshots.

use super::images::{ModelImage, may_be_made, named, nameless};
use super::limits;
use super::place::{Made, Outcome, Refused};
use super::snapshots;
use super::world::World;
use crate::cloud::image::{Image, ImageTraits, SnapshotState};
use crate::cloud::lifecycle::{NetworkSupport, Toggle};
use crate::cloud::volume::RegisterImage;
use crate::cloud::{ImageId, Region, Tags};

/// `RegisterImage`: of snapshots that are complete, under a name that is free.
pub(super) fn register(
    world: &mut World,
    region: &Region,
    request: &RegisterImage,
    tags: Tags,
) -> Outcome<ImageId> {
    let place = world.place(region);
    may_be_made(place, &request.name, [&tags])?;
    let root = Some(request.root_device_name.as_str());
    limits::check_devices(&request.block_devices, &[], root, |id| {
        snapshots::size(place, id)
    })?;
    let snapshots = request
        .block_devices
        .iter()
        .filter_map(|device| device.ebs.as_ref());
    for id in snapshots.filter_map(|ebs| ebs.snapshot_id.as_ref()) {
        let there = place.snapshots.get(id.as_str());
        let snapshot =
            there.ok_or_else(|| Refused::not_found("InvalidSnapshot.NotFound", id.as_str()))?;
        if snapshot.thing.snapshot.state != SnapshotState::Completed {
            return Err(Refused::new(
                "InvalidParameterValue",
                format!("`{id}` is not complete"),
            ));
        }
    }
    let root = request
        .block_devices
        .iter()
        .any(|device| device.device_name == request.root_device_name);
    if !root {
        return Err(Refused::new(
            "InvalidBlockDeviceMapping",
            "there is no root",
        ));
    }
    let id = ImageId::new(world.id("ami"));
    let image = Image {
        id: id.clone(),
        root_device_name: Some(request.root_device_name.clone()),
        virtualization_type: request.virtualization_type.clone(),
        architecture: request.architecture.clone(),
        block_devices: request.block_devices.clone(),
        traits: traits(request),
        ..named(nameless(), &request.name, tags)
    };
    let made = Made::new(ModelImage::new(image), world.pace);
    world.place(region).images.insert(id.to_string(), made);
    Ok(id)
}

fn traits(request: &RegisterImage) -> ImageTraits {
    let has = |one| request.network_support.contains(&one);
    ImageTraits {
        ena_support: has(NetworkSupport::Ena(Toggle::On)),
        sriov_support: has(NetworkSupport::Sriov),
        boot_mode: request.boot_mode.clone(),
        tpm_support: request.tpm_support.clone(),
        imds_support: request.imds_support.clone(),
        platform_details: Some("Linux/UNIX".to_owned()),
        usage_operation: Some("RunInstances".to_owned()),
        product_codes: Vec::new(),
    }
}
