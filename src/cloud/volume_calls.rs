//! The calls by which volumes become images: attached, detached, copied into snapshots, registered.

use std::future::Future;

use super::api::CloudResult;
use super::volume::{CreateSnapshot, OnTermination, RegisterImage, Volume};
use super::{ImageId, InstanceId, Region, SnapshotId, Tags, VolumeId};
use crate::ledger::Claim;

/// Calls about volumes and what is made of them.
pub(crate) trait VolumeCalls {
    /// `DescribeVolumes` by id.
    fn volumes(
        &self,
        region: &Region,
        ids: &[VolumeId],
    ) -> impl Future<Output = CloudResult<Vec<Volume>>> + Send;
    /// `DetachVolume`.
    fn detach_volume(
        &self,
        region: &Region,
        volume: &VolumeId,
    ) -> impl Future<Output = CloudResult<()>> + Send;
    /// `AttachVolume`.
    fn attach_volume(
        &self,
        region: &Region,
        volume: &VolumeId,
        instance: &InstanceId,
        device: &str,
    ) -> impl Future<Output = CloudResult<()>> + Send;
    /// `ModifyInstanceAttribute` of one device.
    fn set_on_termination(
        &self,
        region: &Region,
        instance: &InstanceId,
        device: &str,
        fate: OnTermination,
    ) -> impl Future<Output = CloudResult<()>> + Send;
    /// `CreateSnapshot`.
    fn create_snapshot(
        &self,
        region: &Region,
        claim: &Claim,
        request: &CreateSnapshot,
    ) -> impl Future<Output = CloudResult<SnapshotId>> + Send;
    /// `RegisterImage`.
    fn register_image(
        &self,
        region: &Region,
        claim: &Claim,
        request: &RegisterImage,
    ) -> impl Future<Output = CloudResult<ImageId>> + Send;
    /// `GetInstanceUefiData`: the variable store of a machine that boots by UEFI, base64, as `RegisterImage` takes it.
    fn uefi_data(
        &self,
        region: &Region,
        instance: &InstanceId,
    ) -> impl Future<Output = CloudResult<Option<String>>> + Send;
    /// `DeleteTags`: these tags, where they have these values.
    fn delete_tags(
        &self,
        region: &Region,
        resources: &[String],
        tags: &Tags,
    ) -> impl Future<Output = CloudResult<()>> + Send;
}
