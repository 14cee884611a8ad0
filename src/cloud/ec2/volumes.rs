//! Calls about volumes and what is made of them.

use aws_sdk_ec2::operation::describe_volumes::builders::DescribeVolumesInputBuilder;

use super::{Ec2, pages, texts};
use crate::cloud::api::CloudResult;
use crate::cloud::call::Call;
use crate::cloud::volume::{CreateSnapshot, OnTermination, RegisterImage, Volume};
use crate::cloud::volume_calls::VolumeCalls;
use crate::cloud::{
    ImageId, InstanceId, Region, SnapshotId, Tags, VolumeId, request, request_volume, response,
};
use crate::ledger::Claim;

impl VolumeCalls for Ec2 {
    async fn volumes(&self, region: &Region, ids: &[VolumeId]) -> CloudResult<Vec<Volume>> {
        let client = self.client(region);
        let request = DescribeVolumesInputBuilder::default().set_volume_ids(texts(ids));
        let pages = pages!("DescribeVolumes", region, client, request);
        Ok(pages
            .iter()
            .flat_map(|page| page.volumes())
            .map(response::volume)
            .collect())
    }

    async fn detach_volume(&self, region: &Region, volume: &VolumeId) -> CloudResult<()> {
        let call = Call {
            name: "DetachVolume",
            region,
        };
        let request = self.client(region).detach_volume();
        call.answer(request.volume_id(volume.as_str()).send())
            .await
            .map(drop)
    }

    async fn attach_volume(
        &self,
        region: &Region,
        volume: &VolumeId,
        instance: &InstanceId,
        device: &str,
    ) -> CloudResult<()> {
        let call = Call {
            name: "AttachVolume",
            region,
        };
        let request = self
            .client(region)
            .attach_volume()
            .volume_id(volume.as_str())
            .instance_id(instance.as_str())
            .device(device);
        call.answer(request.send()).await.map(drop)
    }

    async fn set_on_termination(
        &self,
        region: &Region,
        instance: &InstanceId,
        device: &str,
        fate: OnTermination,
    ) -> CloudResult<()> {
        let call = Call {
            name: "ModifyInstanceAttribute",
            region,
        };
        let request = request_volume::on_termination(instance, device, fate);
        call.answer(request.send_with(&self.client(region)))
            .await
            .map(drop)
    }

    async fn create_snapshot(
        &self,
        region: &Region,
        claim: &Claim,
        request: &CreateSnapshot,
    ) -> CloudResult<SnapshotId> {
        let call = Call {
            name: "CreateSnapshot",
            region,
        };
        let request = request_volume::create_snapshot(claim, request);
        let output = call
            .answer(request.send_with(&self.careful_client(region)))
            .await?;
        output
            .snapshot_id()
            .map(SnapshotId::new)
            .ok_or_else(|| call.without("SnapshotId"))
    }

    async fn register_image(
        &self,
        region: &Region,
        claim: &Claim,
        request: &RegisterImage,
    ) -> CloudResult<ImageId> {
        let call = Call {
            name: "RegisterImage",
            region,
        };
        let request = request_volume::register_image(region, claim, request);
        let output = call
            .answer(request.send_with(&self.careful_client(region)))
            .await?;
        output
            .image_id()
            .map(ImageId::new)
            .ok_or_else(|| call.without("ImageId"))
    }

    async fn uefi_data(
        &self,
        region: &Region,
        instance: &InstanceId,
    ) -> CloudResult<Option<String>> {
        let call = Call {
            name: "GetInstanceUefiData",
            region,
        };
        let request = self.client(region).get_instance_uefi_data();
        let output = call
            .answer(request.instance_id(instance.as_str()).send())
            .await?;
        let data = output.uefi_data().filter(|data| !data.is_empty());
        Ok(data.map(str::to_owned))
    }

    async fn delete_tags(
        &self,
        region: &Region,
        resources: &[String],
        tags: &Tags,
    ) -> CloudResult<()> {
        let call = Call {
            name: "DeleteTags",
            region,
        };
        let request = self
            .client(region)
            .delete_tags()
            .set_resources(Some(resources.to_vec()))
            .set_tags(Some(request::tags(tags)));
        call.answer(request.send()).await.map(drop)
    }
}
