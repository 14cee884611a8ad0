//! Calls about volumes and what is made of them.

use super::calls::{tags_in, texts};
use super::place::{Refused, look};
use super::snapshots::{self, New};
use super::{ModelCloud, limits, registered, volumes};
use crate::cloud::api::CloudResult;
use crate::cloud::request::merged;
use crate::cloud::volume::{CreateSnapshot, OnTermination, RegisterImage, Volume};
use crate::cloud::volume_calls::VolumeCalls;
use crate::cloud::{ImageId, InstanceId, Region, SnapshotId, Tags, VolumeId};
use crate::ledger::Claim;

/// The variable store of every machine that has one.
pub(crate) const UEFI_DATA: &str = "dmFyaWFibGVz";

impl VolumeCalls for ModelCloud {
    async fn volumes(&self, region: &Region, ids: &[VolumeId]) -> CloudResult<Vec<Volume>> {
        self.call("DescribeVolumes", region, |world| {
            let place = world.place(region);
            place.settle_volumes();
            let found = look(
                &mut place.volumes,
                &texts(ids),
                &Vec::new(),
                "InvalidVolume.NotFound",
            )?;
            let shown = found.iter().filter_map(|id| place.volumes.get(id));
            Ok(shown.map(|made| made.thing.shown()).collect())
        })
        .await
    }

    async fn detach_volume(&self, region: &Region, volume: &VolumeId) -> CloudResult<()> {
        self.call("DetachVolume", region, |world| {
            let pace = world.pace;
            volumes::detach(world.place(region), pace, volume.as_str())
        })
        .await
    }

    async fn attach_volume(
        &self,
        region: &Region,
        volume: &VolumeId,
        instance: &InstanceId,
        device: &str,
    ) -> CloudResult<()> {
        self.call("AttachVolume", region, |world| {
            let pace = world.pace;
            volumes::attach(world.place(region), pace, volume, (instance, device))
        })
        .await
    }

    async fn set_on_termination(
        &self,
        region: &Region,
        instance: &InstanceId,
        device: &str,
        fate: OnTermination,
    ) -> CloudResult<()> {
        self.call("ModifyInstanceAttribute", region, |world| {
            volumes::set_on_termination(world.place(region), (instance, device), fate)
        })
        .await
    }

    async fn create_snapshot(
        &self,
        region: &Region,
        claim: &Claim,
        request: &CreateSnapshot,
    ) -> CloudResult<SnapshotId> {
        let tags = merged(claim, &request.tags);
        self.call("CreateSnapshot", region, |world| {
            let volume = request.volume.as_str();
            limits::check_tags(&tags)?;
            let there = world.place(region).volumes.get(volume);
            let there =
                there.ok_or_else(|| Refused::not_found("InvalidVolume.NotFound", volume))?;
            let new = New {
                size: there.thing.size,
                description: request.description.clone(),
                tags: &tags,
                key: there.thing.key.clone(),
            };
            Ok(snapshots::add(world, region, new))
        })
        .await
    }

    async fn register_image(
        &self,
        region: &Region,
        claim: &Claim,
        request: &RegisterImage,
    ) -> CloudResult<ImageId> {
        let tags = merged(claim, &request.image_tags);
        self.call("RegisterImage", region, |world| {
            registered::register(world, region, request, tags)
        })
        .await
    }

    async fn uefi_data(
        &self,
        region: &Region,
        instance: &InstanceId,
    ) -> CloudResult<Option<String>> {
        let id = instance.as_str();
        self.call("GetInstanceUefiData", region, |world| {
            let there = world.place(region).instances.get(id);
            let made = there.ok_or_else(|| Refused::not_found("InvalidInstanceID.NotFound", id))?;
            if !made.thing.instance.boots_by_uefi {
                return Err(Refused::new("UnsupportedOperation", "it has no UEFI"));
            }
            Ok(Some(UEFI_DATA.to_owned()))
        })
        .await
    }

    async fn delete_tags(
        &self,
        region: &Region,
        resources: &[String],
        tags: &Tags,
    ) -> CloudResult<()> {
        self.call("DeleteTags", region, |world| {
            let place = world.place(region);
            for id in resources {
                if let Some(all) = tags_in(place, id) {
                    all.retain(|name, value| tags.get(name) != Some(value));
                }
            }
            Ok(())
        })
        .await
    }
}
