//! EC2 itself. The only file that names the SDK's client.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_ec2::operation::describe_images::builders::DescribeImagesInputBuilder;
use aws_sdk_ec2::operation::describe_instances::builders::DescribeInstancesInputBuilder;
use aws_sdk_ec2::operation::describe_security_groups::builders::DescribeSecurityGroupsInputBuilder;
use aws_sdk_ec2::operation::describe_snapshots::builders::DescribeSnapshotsInputBuilder;
use aws_sdk_ec2::operation::describe_subnets::builders::DescribeSubnetsInputBuilder;
use aws_sdk_ec2::operation::describe_volumes::builders::DescribeVolumesInputBuilder;
use aws_sdk_ec2::operation::describe_vpcs::builders::DescribeVpcsInputBuilder;
use aws_sdk_ec2::types::ResourceType;
use aws_sdk_ec2::{Client, primitives::Blob};

use super::api::{Caller, Cloud, CloudResult};
use super::attempts::{CountAttempts, OnlyWithoutEffect};
use super::call::{Call, done_or};
use super::connection::Connection;
use super::error::Refusal;
use super::image::{CopyImage, CreateImage, Image, ImageAttribute, ImageQuery, SecurityGroup, Snapshot, SnapshotAttribute, Volume};
use super::instance::{Instance, RunInstance};
use super::network::{Filters, Ingress, Subnet, Vpc};
use super::request::{filters, ingress, merged, tagged, unless_empty};
use super::{GroupId, ImageId, InstanceId, KeyName, Region, SnapshotId, SubnetId, Tags, VolumeId, VpcId};
use super::{request, request_instance, response};
use crate::ledger::Claim;
use crate::secret::Secret;

/// All pages of a Describe call. A macro, since the SDK's requests share no trait.
macro_rules! pages {
    ($name:literal, $region:ident, $client:ident, $request:ident) => {
        Call { name: $name, region: $region }
            .every_page(|token| $request.clone().set_next_token(token).send_with(&$client), |page| page.next_token())
            .await?
    };
}

/// Whether the SDK may repeat a call whose first attempt may have worked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Repeat {
    /// The call changes nothing, or it can be repeated: deletions, and creations with a client token.
    Freely,
    /// A creation that knows no client token: the caller has to look first.
    OnlyWithoutEffect,
}

/// EC2 in every region, with one account's credentials. Clones share clients, connections and credentials.
#[derive(Clone, Debug)]
pub(crate) struct Ec2 {
    ec2: aws_sdk_ec2::Config,
    sts: aws_sdk_sts::Config,
    clients: Arc<Mutex<HashMap<(Region, Repeat), Client>>>,
}

impl Ec2 {
    /// EC2 by way of `connection`. Opens nothing yet.
    pub(crate) fn new(connection: &Connection) -> Self {
        let mut ec2 = aws_sdk_ec2::config::Builder::from(&connection.config).interceptor(CountAttempts);
        let mut sts = aws_sdk_sts::config::Builder::from(&connection.config).interceptor(CountAttempts);
        ec2.set_endpoint_url(connection.ec2_endpoint.clone());
        sts.set_endpoint_url(connection.sts_endpoint.clone());
        Self { ec2: ec2.build(), sts: sts.build(), clients: Arc::default() }
    }

    fn client(&self, region: &Region) -> Client {
        self.client_for(region, Repeat::Freely)
    }

    fn careful_client(&self, region: &Region) -> Client {
        self.client_for(region, Repeat::OnlyWithoutEffect)
    }

    /// All clients come from one configuration, so that they share the cache of credentials.
    fn client_for(&self, region: &Region, repeat: Repeat) -> Client {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let make = || {
            let config = self.ec2.to_builder().region(aws_sdk_ec2::config::Region::new(region.to_string()));
            Client::from_conf(match repeat {
                Repeat::Freely => config.build(),
                Repeat::OnlyWithoutEffect => config.retry_classifier(OnlyWithoutEffect).build(),
            })
        };
        clients.entry((region.clone(), repeat)).or_insert_with(make).clone()
    }

    /// China's regions take no tags in these create calls, so they come in a call of their own.
    /// Where that fails the thing exists all the same: its id must not be lost for want of a tag.
    async fn tag_in_china(&self, region: &Region, id: &str, tags: &Tags) {
        if !region.is_china() || tags.is_empty() {
            return;
        }
        if let Err(error) = self.create_tags(region, &[id.to_owned()], tags).await {
            log::warn!("`{id}` stays without tags: {error}");
        }
    }
}

impl Cloud for Ec2 {
    async fn caller(&self, region: &Region) -> CloudResult<Caller> {
        let call = Call { name: "GetCallerIdentity", region };
        let config = self.sts.to_builder().region(aws_sdk_sts::config::Region::new(region.to_string())).build();
        let output = call.answer(aws_sdk_sts::Client::from_conf(config).get_caller_identity().send()).await?;
        let account = output.account().ok_or_else(|| call.without("Account"))?.to_owned();
        Ok(Caller { account, arn: output.arn().ok_or_else(|| call.without("Arn"))?.to_owned() })
    }

    async fn regions(&self, region: &Region) -> CloudResult<Vec<Region>> {
        let call = Call { name: "DescribeRegions", region };
        let output = call.answer(self.client(region).describe_regions().send()).await?;
        Ok(output.regions().iter().filter_map(|region| region.region_name()).map(Region::new).collect())
    }

    async fn images(&self, region: &Region, query: &ImageQuery) -> CloudResult<Vec<Image>> {
        let client = self.client(region);
        let request = DescribeImagesInputBuilder::default()
            .set_image_ids(texts(&query.ids))
            .set_owners(unless_empty(query.owners.clone()))
            .set_filters(filters(&query.filters))
            .set_include_deprecated(query.include_deprecated.then_some(true));
        let pages = pages!("DescribeImages", region, client, request);
        Ok(pages.iter().flat_map(|page| page.images()).map(response::image).collect())
    }

    async fn create_image(&self, region: &Region, claim: &Claim, request: &CreateImage) -> CloudResult<ImageId> {
        let call = Call { name: "CreateImage", region };
        let request = request::create_image(region, claim, request);
        let output = call.answer(request.send_with(&self.careful_client(region))).await?;
        output.image_id().map(ImageId::new).ok_or_else(|| call.without("ImageId"))
    }

    async fn copy_image(&self, region: &Region, claim: &Claim, request: &CopyImage) -> CloudResult<ImageId> {
        let call = Call { name: "CopyImage", region };
        let output = call.answer(request::copy_image(region, claim, request).send_with(&self.client(region))).await?;
        output.image_id().map(ImageId::new).ok_or_else(|| call.without("ImageId"))
    }

    async fn deregister_image(&self, region: &Region, image: &ImageId) -> CloudResult<()> {
        let call = Call { name: "DeregisterImage", region };
        call.answer(self.client(region).deregister_image().image_id(image.as_str()).send()).await.map(drop)
    }

    async fn modify_image(&self, region: &Region, image: &ImageId, attribute: &ImageAttribute) -> CloudResult<()> {
        let call = Call { name: "ModifyImageAttribute", region };
        call.answer(request::modify_image(image, attribute).send_with(&self.client(region))).await.map(drop)
    }

    async fn snapshots(&self, region: &Region, ids: &[SnapshotId], by: &Filters) -> CloudResult<Vec<Snapshot>> {
        let client = self.client(region);
        let request =
            DescribeSnapshotsInputBuilder::default().owner_ids("self").set_snapshot_ids(texts(ids)).set_filters(filters(by));
        let pages = pages!("DescribeSnapshots", region, client, request);
        Ok(pages.iter().flat_map(|page| page.snapshots()).map(response::snapshot).collect())
    }

    async fn modify_snapshot(&self, region: &Region, snapshot: &SnapshotId, attribute: &SnapshotAttribute) -> CloudResult<()> {
        let call = Call { name: "ModifySnapshotAttribute", region };
        call.answer(request::modify_snapshot(snapshot, attribute).send_with(&self.client(region))).await.map(drop)
    }

    async fn delete_snapshot(&self, region: &Region, snapshot: &SnapshotId) -> CloudResult<()> {
        let call = Call { name: "DeleteSnapshot", region };
        call.answer(self.client(region).delete_snapshot().snapshot_id(snapshot.as_str()).send()).await.map(drop)
    }

    async fn import_key_pair(&self, region: &Region, claim: &Claim, name: &KeyName, public_key: &str) -> CloudResult<()> {
        let call = Call { name: "ImportKeyPair", region };
        let request = self
            .careful_client(region)
            .import_key_pair()
            .key_name(name.as_str())
            .public_key_material(Blob::new(public_key))
            .set_tag_specifications(tagged(region, ResourceType::KeyPair, claim.tags().clone()));
        let output = call.answer(request.send()).await?;
        self.tag_in_china(region, output.key_pair_id().unwrap_or_default(), claim.tags()).await;
        Ok(())
    }

    async fn create_key_pair(&self, region: &Region, claim: &Claim, name: &KeyName, key_type: &str) -> CloudResult<Secret> {
        let call = Call { name: "CreateKeyPair", region };
        let request = self
            .careful_client(region)
            .create_key_pair()
            .key_name(name.as_str())
            .key_type(key_type.into())
            .set_tag_specifications(tagged(region, ResourceType::KeyPair, claim.tags().clone()));
        let output = call.answer(request.send()).await?;
        self.tag_in_china(region, output.key_pair_id().unwrap_or_default(), claim.tags()).await;
        output.key_material().map(Secret::new).ok_or_else(|| call.without("KeyMaterial"))
    }

    async fn key_pairs(&self, region: &Region, by: &Filters) -> CloudResult<Vec<KeyName>> {
        let call = Call { name: "DescribeKeyPairs", region };
        let output = call.answer(self.client(region).describe_key_pairs().set_filters(filters(by)).send()).await?;
        Ok(output.key_pairs().iter().filter_map(|pair| pair.key_name()).map(KeyName::new).collect())
    }

    async fn delete_key_pair(&self, region: &Region, name: &KeyName) -> CloudResult<()> {
        let call = Call { name: "DeleteKeyPair", region };
        done_or(Refusal::NotFound, call.answer(self.client(region).delete_key_pair().key_name(name.as_str()).send()).await)
    }

    async fn vpcs(&self, region: &Region, ids: &[VpcId], by: &Filters) -> CloudResult<Vec<Vpc>> {
        let client = self.client(region);
        let request = DescribeVpcsInputBuilder::default().set_vpc_ids(texts(ids)).set_filters(filters(by));
        let pages = pages!("DescribeVpcs", region, client, request);
        Ok(pages.iter().flat_map(|page| page.vpcs()).map(response::vpc).collect())
    }

    async fn subnets(&self, region: &Region, ids: &[SubnetId], by: &Filters) -> CloudResult<Vec<Subnet>> {
        let client = self.client(region);
        let request = DescribeSubnetsInputBuilder::default().set_subnet_ids(texts(ids)).set_filters(filters(by));
        let pages = pages!("DescribeSubnets", region, client, request);
        Ok(pages.iter().flat_map(|page| page.subnets()).map(response::subnet).collect())
    }

    async fn zones_offering(&self, region: &Region, instance_type: &str) -> CloudResult<Vec<String>> {
        let client = self.client(region);
        let request = request::offerings(instance_type);
        let pages = pages!("DescribeInstanceTypeOfferings", region, client, request);
        let offerings = pages.iter().flat_map(|page| page.instance_type_offerings());
        Ok(offerings.filter_map(|offering| offering.location()).map(str::to_owned).collect())
    }

    async fn groups(&self, region: &Region, ids: &[GroupId], by: &Filters) -> CloudResult<Vec<SecurityGroup>> {
        let client = self.client(region);
        let request = DescribeSecurityGroupsInputBuilder::default().set_group_ids(texts(ids)).set_filters(filters(by));
        let pages = pages!("DescribeSecurityGroups", region, client, request);
        Ok(pages.iter().flat_map(|page| page.security_groups()).map(response::group).collect())
    }

    async fn create_group(&self, region: &Region, claim: &Claim, name: &str, vpc: Option<&VpcId>) -> CloudResult<GroupId> {
        let call = Call { name: "CreateSecurityGroup", region };
        let request = self
            .careful_client(region)
            .create_security_group()
            .group_name(name)
            .description("Temporary group of ami-build")
            .set_vpc_id(vpc.map(ToString::to_string))
            .set_tag_specifications(tagged(region, ResourceType::SecurityGroup, claim.tags().clone()));
        let output = call.answer(request.send()).await?;
        let id = output.group_id().ok_or_else(|| call.without("GroupId"))?;
        self.tag_in_china(region, id, claim.tags()).await;
        Ok(GroupId::new(id))
    }

    async fn authorize_ingress(&self, region: &Region, group: &GroupId, rule: &Ingress) -> CloudResult<()> {
        let call = Call { name: "AuthorizeSecurityGroupIngress", region };
        let request = self.client(region).authorize_security_group_ingress().group_id(group.as_str()).ip_permissions(ingress(rule));
        // A repeated call finds its own rule.
        done_or(Refusal::Duplicate, call.answer(request.send()).await)
    }

    async fn delete_group(&self, region: &Region, group: &GroupId) -> CloudResult<()> {
        let call = Call { name: "DeleteSecurityGroup", region };
        call.answer(self.client(region).delete_security_group().group_id(group.as_str()).send()).await.map(drop)
    }

    async fn run_instance(&self, region: &Region, claim: &Claim, request: &RunInstance) -> CloudResult<Instance> {
        let call = Call { name: "RunInstances", region };
        let client = self.client(region);
        let output = call.answer(request_instance::run_instance(region, claim, request).send_with(&client)).await?;
        let instance = output.instances().first().and_then(response::instance).ok_or_else(|| call.without("InstancesSet"))?;
        self.tag_in_china(region, instance.id.as_str(), &merged(claim, &request.instance_tags)).await;
        Ok(instance)
    }

    async fn try_run_instance(&self, region: &Region, request: &RunInstance) -> CloudResult<()> {
        let call = Call { name: "RunInstances", region };
        done_or(Refusal::WouldSucceed, call.answer(request_instance::try_run_instance(region, request).send_with(&self.client(region))).await)
    }

    async fn instances(&self, region: &Region, ids: &[InstanceId], by: &Filters) -> CloudResult<Vec<Instance>> {
        let client = self.client(region);
        let request = DescribeInstancesInputBuilder::default().set_instance_ids(texts(ids)).set_filters(filters(by));
        let pages = pages!("DescribeInstances", region, client, request);
        let instances = pages.iter().flat_map(|page| page.reservations()).flat_map(|reservation| reservation.instances());
        Ok(instances.filter_map(response::instance).collect())
    }

    async fn stop_instance(&self, region: &Region, instance: &InstanceId) -> CloudResult<()> {
        let call = Call { name: "StopInstances", region };
        call.answer(self.client(region).stop_instances().instance_ids(instance.as_str()).send()).await.map(drop)
    }

    async fn terminate_instance(&self, region: &Region, instance: &InstanceId) -> CloudResult<()> {
        let call = Call { name: "TerminateInstances", region };
        call.answer(self.client(region).terminate_instances().instance_ids(instance.as_str()).send()).await.map(drop)
    }

    async fn console_output(&self, region: &Region, instance: &InstanceId) -> CloudResult<Option<String>> {
        let call = Call { name: "GetConsoleOutput", region };
        let request = self.client(region).get_console_output().instance_id(instance.as_str());
        // Only Nitro types have the latest output at any time; the others answer `UnsupportedOperation`.
        let output = match call.answer(request.clone().latest(true).send()).await {
            Err(error) if error.code() == Some("UnsupportedOperation") => call.answer(request.send()).await?,
            result => result?,
        };
        Ok(output.output().and_then(response::console_text))
    }

    async fn volumes(&self, region: &Region, ids: &[VolumeId], by: &Filters) -> CloudResult<Vec<Volume>> {
        let client = self.client(region);
        let request = DescribeVolumesInputBuilder::default().set_volume_ids(texts(ids)).set_filters(filters(by));
        let pages = pages!("DescribeVolumes", region, client, request);
        Ok(pages.iter().flat_map(|page| page.volumes()).map(response::volume).collect())
    }

    async fn delete_volume(&self, region: &Region, volume: &VolumeId) -> CloudResult<()> {
        let call = Call { name: "DeleteVolume", region };
        call.answer(self.client(region).delete_volume().volume_id(volume.as_str()).send()).await.map(drop)
    }

    async fn create_tags(&self, region: &Region, resources: &[String], tags: &Tags) -> CloudResult<()> {
        let call = Call { name: "CreateTags", region };
        let request = self.client(region).create_tags().set_resources(Some(resources.to_vec())).set_tags(Some(request::tags(tags)));
        call.answer(request.send()).await.map(drop)
    }
}

/// Identifiers as the SDK takes them; `None` where there are none.
fn texts<T: ToString>(ids: &[T]) -> Option<Vec<String>> {
    unless_empty(ids.iter().map(ToString::to_string).collect())
}
