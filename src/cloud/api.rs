//! The trait: the EC2 calls that we need.
//!
//! Every call takes the region it goes to. Every call that creates something takes a [`Claim`], which only the ledger makes:
//! it carries the client token and the tags by which the thing is found again.

use std::future::Future;

use super::image::{
    CopyImage, CreateImage, Image, ImageAttribute, ImageQuery, SecurityGroup, Snapshot,
    SnapshotAttribute,
};
use super::instance::{Instance, RunInstance};
use super::lifecycle_calls::LifecycleCalls;
use super::network::{Filters, Ingress, Subnet, Vpc};
use super::profile::ProfileCalls;
use super::spot::SpotCalls;
use super::tagged::TaggedCalls;
use super::volume_calls::VolumeCalls;
use super::{
    CloudError, GroupId, ImageId, InstanceId, KeyName, Region, SnapshotId, SubnetId, Tags,
    VolumeId, VpcId,
};
use crate::ledger::Claim;
use crate::secret::Secret;

/// What a Cloud call gives.
pub(crate) type CloudResult<T> = Result<T, CloudError>;

/// Who the credentials belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    /// The account id.
    pub(crate) account: String,
    /// The ARN of the user or role.
    pub(crate) arn: String,
}

/// EC2, as a handle: clones are cheap and share the connection.
pub(crate) trait Cloud:
    AccountCalls
    + ImageCalls
    + InstanceCalls
    + LifecycleCalls
    + NetworkCalls
    + ProfileCalls
    + SpotCalls
    + TaggedCalls
    + VolumeCalls
    + Clone
    + Send
    + Sync
    + 'static
{
}

impl<T> Cloud for T where
    T: AccountCalls
        + ImageCalls
        + InstanceCalls
        + LifecycleCalls
        + NetworkCalls
        + ProfileCalls
        + SpotCalls
        + TaggedCalls
        + VolumeCalls
        + Clone
        + Send
        + Sync
        + 'static
{
}

/// Calls about the account as a whole.
pub(crate) trait AccountCalls {
    /// `sts:GetCallerIdentity`.
    fn caller(&self, region: &Region) -> impl Future<Output = CloudResult<Caller>> + Send;
    /// `sts:DecodeAuthorizationMessage`: why a call was not allowed, as JSON.
    fn decode_authorization_message(
        &self,
        region: &Region,
        encoded: &str,
    ) -> impl Future<Output = CloudResult<String>> + Send;
    /// Names of all regions of the account.
    fn regions(&self, region: &Region) -> impl Future<Output = CloudResult<Vec<Region>>> + Send;
    /// `CreateTags`.
    fn create_tags(
        &self,
        region: &Region,
        resources: &[String],
        tags: &Tags,
    ) -> impl Future<Output = CloudResult<()>> + Send;
}

/// Calls about images and snapshots.
pub(crate) trait ImageCalls {
    /// `DescribeImages`, all pages.
    fn images(
        &self,
        region: &Region,
        query: &ImageQuery,
    ) -> impl Future<Output = CloudResult<Vec<Image>>> + Send;
    /// `CreateImage`.
    fn create_image(
        &self,
        region: &Region,
        claim: &Claim,
        request: &CreateImage,
    ) -> impl Future<Output = CloudResult<ImageId>> + Send;
    /// `CopyImage`, sent to `region`, the target.
    fn copy_image(
        &self,
        region: &Region,
        claim: &Claim,
        request: &CopyImage,
    ) -> impl Future<Output = CloudResult<ImageId>> + Send;
    /// `DeregisterImage`.
    fn deregister_image(
        &self,
        region: &Region,
        image: &ImageId,
    ) -> impl Future<Output = CloudResult<()>> + Send;
    /// `ModifyImageAttribute`.
    fn modify_image(
        &self,
        region: &Region,
        image: &ImageId,
        attribute: &ImageAttribute,
    ) -> impl Future<Output = CloudResult<()>> + Send;
    /// `DescribeSnapshots`, of this account, by id or by filter.
    fn snapshots(
        &self,
        region: &Region,
        ids: &[SnapshotId],
        filters: &Filters,
    ) -> impl Future<Output = CloudResult<Vec<Snapshot>>> + Send;
    /// `ModifySnapshotAttribute`.
    fn modify_snapshot(
        &self,
        region: &Region,
        snapshot: &SnapshotId,
        attribute: &SnapshotAttribute,
    ) -> impl Future<Output = CloudResult<()>> + Send;
    /// `DeleteSnapshot`.
    fn delete_snapshot(
        &self,
        region: &Region,
        snapshot: &SnapshotId,
    ) -> impl Future<Output = CloudResult<()>> + Send;
}

/// Calls about instances and volumes.
pub(crate) trait InstanceCalls {
    /// `RunInstances`, exactly one, with the claim's client token.
    fn run_instance(
        &self,
        region: &Region,
        claim: &Claim,
        request: &RunInstance,
    ) -> impl Future<Output = CloudResult<Instance>> + Send;
    /// `RunInstances` with `DryRun`: `Ok` when it would go through.
    fn try_run_instance(
        &self,
        region: &Region,
        request: &RunInstance,
    ) -> impl Future<Output = CloudResult<()>> + Send;
    /// `DescribeInstances`, by id or by filter, all pages.
    fn instances(
        &self,
        region: &Region,
        ids: &[InstanceId],
        filters: &Filters,
    ) -> impl Future<Output = CloudResult<Vec<Instance>>> + Send;
    /// `StopInstances`.
    fn stop_instance(
        &self,
        region: &Region,
        instance: &InstanceId,
    ) -> impl Future<Output = CloudResult<()>> + Send;
    /// `TerminateInstances`.
    fn terminate_instance(
        &self,
        region: &Region,
        instance: &InstanceId,
    ) -> impl Future<Output = CloudResult<()>> + Send;
    /// `GetConsoleOutput`, decoded; `None` where EC2 has none yet.
    fn console_output(
        &self,
        region: &Region,
        instance: &InstanceId,
    ) -> impl Future<Output = CloudResult<Option<String>>> + Send;
    /// `DeleteVolume`.
    fn delete_volume(
        &self,
        region: &Region,
        volume: &VolumeId,
    ) -> impl Future<Output = CloudResult<()>> + Send;
}

/// Calls about key pairs, networks and security groups.
pub(crate) trait NetworkCalls {
    /// `ImportKeyPair` with a public key in OpenSSH form.
    fn import_key_pair(
        &self,
        region: &Region,
        claim: &Claim,
        name: &KeyName,
        public_key: &str,
    ) -> impl Future<Output = CloudResult<()>> + Send;
    /// `CreateKeyPair`: EC2 makes the key (`rsa` or `ed25519`) and answers with the private half in PEM.
    fn create_key_pair(
        &self,
        region: &Region,
        claim: &Claim,
        name: &KeyName,
        key_type: &str,
    ) -> impl Future<Output = CloudResult<Secret>> + Send;
    /// `DescribeKeyPairs` by filter: the names.
    fn key_pairs(
        &self,
        region: &Region,
        filters: &Filters,
    ) -> impl Future<Output = CloudResult<Vec<KeyName>>> + Send;
    /// `DeleteKeyPair`; a key pair that is not there is no error.
    fn delete_key_pair(
        &self,
        region: &Region,
        name: &KeyName,
    ) -> impl Future<Output = CloudResult<()>> + Send;
    /// `DescribeVpcs`.
    fn vpcs(
        &self,
        region: &Region,
        ids: &[VpcId],
        filters: &Filters,
    ) -> impl Future<Output = CloudResult<Vec<Vpc>>> + Send;
    /// `DescribeSubnets`.
    fn subnets(
        &self,
        region: &Region,
        ids: &[SubnetId],
        filters: &Filters,
    ) -> impl Future<Output = CloudResult<Vec<Subnet>>> + Send;
    /// `DescribeInstanceTypeOfferings` by zone: the zones that offer `instance_type`.
    fn zones_offering(
        &self,
        region: &Region,
        instance_type: &str,
    ) -> impl Future<Output = CloudResult<Vec<String>>> + Send;
    /// `DescribeSecurityGroups`.
    fn groups(
        &self,
        region: &Region,
        ids: &[GroupId],
        filters: &Filters,
    ) -> impl Future<Output = CloudResult<Vec<SecurityGroup>>> + Send;
    /// `CreateSecurityGroup`.
    fn create_group(
        &self,
        region: &Region,
        claim: &Claim,
        name: &str,
        vpc: Option<&VpcId>,
    ) -> impl Future<Output = CloudResult<GroupId>> + Send;
    /// `AuthorizeSecurityGroupIngress`.
    fn authorize_ingress(
        &self,
        region: &Region,
        group: &GroupId,
        rule: &Ingress,
    ) -> impl Future<Output = CloudResult<()>> + Send;
    /// `DeleteSecurityGroup`.
    fn delete_group(
        &self,
        region: &Region,
        group: &GroupId,
    ) -> impl Future<Output = CloudResult<()>> + Send;
}
