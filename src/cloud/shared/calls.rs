//! Every call of the trait, with the bucket that it draws from.

use std::future::Future;
use std::sync::Arc;

use time::OffsetDateTime;

use super::bucket::Bucket;
use super::describe::{Regions, images_by_filter, own_images};
use super::pacer::Pacer;
use crate::cloud::api::{
    AccountCalls, Caller, Cloud, CloudResult, ImageCalls, InstanceCalls, NetworkCalls,
};
use crate::cloud::attempts;
use crate::cloud::error::Refusal;
use crate::cloud::image::{
    CopyImage, CreateImage, Image, ImageAttribute, ImageQuery, SecurityGroup, Snapshot,
    SnapshotAttribute,
};
use crate::cloud::instance::{Instance, RunInstance};
use crate::cloud::lifecycle::{
    Cooldown, EnableFastLaunch, FastLaunchState, LaunchTemplate as FoundTemplate, NetworkSupport,
    TemplateName,
};
use crate::cloud::lifecycle_calls::LifecycleCalls;
use crate::cloud::network::{Filters, Ingress, Subnet, Vpc};
use crate::cloud::profile::ProfileCalls;
use crate::cloud::spot::{Fleet, LaunchTemplate, SpotCalls};
use crate::cloud::tagged::{Selection, Tagged, TaggedCalls};
use crate::cloud::volume::{CreateSnapshot, OnTermination, RegisterImage, Volume};
use crate::cloud::volume_calls::VolumeCalls;
use crate::cloud::{
    CloudError, GroupId, ImageId, InstanceId, KeyName, LaunchTemplateId, ProfileName, Region,
    SnapshotId, SubnetId, Tags, VolumeId, VpcId,
};
use crate::ledger::{Claim, Kind};
use crate::secret::Secret;

/// A cloud whose calls wait for their turn and whose questions are joined.
#[derive(Clone, Debug)]
pub(crate) struct Shared<C> {
    cloud: C,
    pacer: Arc<Pacer>,
    regions: Arc<Regions>,
}

/// Other calls are made first.
#[derive(Debug, thiserror::Error)]
#[error("other builds launch machines now, and EC2 counts dry runs as launches")]
struct LeftOut;

impl<C> Shared<C> {
    pub(super) fn new(cloud: C, pacer: Arc<Pacer>, regions: Arc<Regions>) -> Self {
        Self {
            cloud,
            pacer,
            regions,
        }
    }

    /// Makes a call in its turn, and hears whether EC2 throttled any attempt of it.
    async fn paced<T>(
        &self,
        bucket: Bucket,
        region: &Region,
        call: impl Future<Output = CloudResult<T>>,
    ) -> CloudResult<T> {
        self.pacer.turn(bucket, region).await;
        self.heard(bucket, region, call).await
    }

    async fn heard<T>(
        &self,
        bucket: Bucket,
        region: &Region,
        call: impl Future<Output = CloudResult<T>>,
    ) -> CloudResult<T> {
        let (result, throttled) = attempts::throttled(call).await;
        let refused = result
            .as_ref()
            .is_err_and(|error| error.is(Refusal::Throttled));
        if refused || throttled > 0 {
            self.pacer.throttled(bucket, region);
        }
        result
    }
}

/// Calls that go on as they are, each with its bucket.
macro_rules! paced {
    ($($bucket:ident $name:ident($($argument:ident: $kind:ty),*) -> $result:ty;)*) => {
        $(async fn $name(&self, region: &Region, $($argument: $kind),*) -> CloudResult<$result> {
            let call = self.cloud.$name(region, $($argument),*);
            self.paced(Bucket::$bucket, region, call).await
        })*
    };
}

/// Calls to services that have no part in EC2's buckets.
macro_rules! passed {
    ($($name:ident($($argument:ident: $kind:ty),*) -> $result:ty;)*) => {
        $(async fn $name(&self, region: &Region, $($argument: $kind),*) -> CloudResult<$result> {
            self.cloud.$name(region, $($argument),*).await
        })*
    };
}

impl<C: Cloud> AccountCalls for Shared<C> {
    passed! {
        caller() -> Caller;
        decode_authorization_message(encoded: &str) -> String;
    }
    paced! {
        Describe regions() -> Vec<Region>;
        Tags create_tags(resources: &[String], tags: &Tags) -> ();
    }
}

impl<C: Cloud> ImageCalls for Shared<C> {
    async fn images(&self, region: &Region, query: &ImageQuery) -> CloudResult<Vec<Image>> {
        let Some(ids) = own_images(query) else {
            let call = self.cloud.images(region, query);
            return self.paced(Bucket::Describe, region, call).await;
        };
        let (shared, place) = (self.clone(), region.clone());
        let fetch = move |ids| {
            let (shared, place) = (shared.clone(), place.clone());
            async move {
                let query = images_by_filter(ids);
                let call = shared.cloud.images(&place, &query);
                shared.paced(Bucket::Describe, &place, call).await
            }
        };
        self.regions
            .desks(region)
            .images
            .ask(region, ids, fetch)
            .await
    }

    async fn snapshots(
        &self,
        region: &Region,
        ids: &[SnapshotId],
        filters: &Filters,
    ) -> CloudResult<Vec<Snapshot>> {
        if ids.is_empty() || !filters.is_empty() {
            let call = self.cloud.snapshots(region, ids, filters);
            return self.paced(Bucket::Describe, region, call).await;
        }
        let (shared, place) = (self.clone(), region.clone());
        let fetch = move |ids| {
            let (shared, place) = (shared.clone(), place.clone());
            async move {
                let filters = vec![("snapshot-id".to_owned(), ids)];
                let call = shared.cloud.snapshots(&place, &[], &filters);
                shared.paced(Bucket::Describe, &place, call).await
            }
        };
        let ids = ids.iter().map(ToString::to_string).collect();
        let desk = self.regions.desks(region).snapshots;
        desk.ask(region, ids, fetch).await
    }

    paced! {
        Mutating create_image(claim: &Claim, request: &CreateImage) -> ImageId;
        CopyImage copy_image(claim: &Claim, request: &CopyImage) -> ImageId;
        DeregisterImage deregister_image(image: &ImageId) -> ();
        ModifyImage modify_image(image: &ImageId, attribute: &ImageAttribute) -> ();
        ModifySnapshot modify_snapshot(snapshot: &SnapshotId, attribute: &SnapshotAttribute) -> ();
        DeleteSnapshot delete_snapshot(snapshot: &SnapshotId) -> ();
    }
}

impl<C: Cloud> InstanceCalls for Shared<C> {
    /// EC2 counts dry runs as launches, and has few tokens for these: the launches come first.
    async fn try_run_instance(&self, region: &Region, request: &RunInstance) -> CloudResult<()> {
        if !self.pacer.has_spare(Bucket::Launch, region) {
            return Err(CloudError::NotSent {
                call: "RunInstances",
                region: region.clone(),
                source: Box::new(LeftOut),
            });
        }
        let call = self.cloud.try_run_instance(region, request);
        self.heard(Bucket::Launch, region, call).await
    }

    async fn instances(
        &self,
        region: &Region,
        ids: &[InstanceId],
        filters: &Filters,
    ) -> CloudResult<Vec<Instance>> {
        if ids.is_empty() || !filters.is_empty() {
            let call = self.cloud.instances(region, ids, filters);
            return self.paced(Bucket::Describe, region, call).await;
        }
        let (shared, place) = (self.clone(), region.clone());
        let fetch = move |ids| {
            let (shared, place) = (shared.clone(), place.clone());
            async move {
                let filters = vec![("instance-id".to_owned(), ids)];
                let call = shared.cloud.instances(&place, &[], &filters);
                shared.paced(Bucket::Describe, &place, call).await
            }
        };
        let ids = ids.iter().map(ToString::to_string).collect();
        let desk = self.regions.desks(region).instances;
        desk.ask(region, ids, fetch).await
    }

    paced! {
        Launch run_instance(claim: &Claim, request: &RunInstance) -> Instance;
        Mutating stop_instance(instance: &InstanceId) -> ();
        Terminate terminate_instance(instance: &InstanceId) -> ();
        Describe console_output(instance: &InstanceId) -> Option<String>;
        Mutating delete_volume(volume: &VolumeId) -> ();
    }
}

impl<C: Cloud> NetworkCalls for Shared<C> {
    paced! {
        Mutating import_key_pair(claim: &Claim, name: &KeyName, public_key: &str) -> ();
        Intensive create_key_pair(claim: &Claim, name: &KeyName, key_type: &str) -> Secret;
        Describe key_pairs(filters: &Filters) -> Vec<KeyName>;
        Mutating delete_key_pair(name: &KeyName) -> ();
        Describe vpcs(ids: &[VpcId], filters: &Filters) -> Vec<Vpc>;
        Describe subnets(ids: &[SubnetId], filters: &Filters) -> Vec<Subnet>;
        Describe zones_offering(instance_type: &str) -> Vec<String>;
        Describe groups(ids: &[GroupId], filters: &Filters) -> Vec<SecurityGroup>;
        Mutating create_group(claim: &Claim, name: &str, vpc: Option<&VpcId>) -> GroupId;
        Intensive authorize_ingress(group: &GroupId, rule: &Ingress) -> ();
        Mutating delete_group(group: &GroupId) -> ();
    }
}

impl<C: Cloud> LifecycleCalls for Shared<C> {
    paced! {
        Mutating modify_network_support(instance: &InstanceId, support: NetworkSupport) -> ();
        Mutating deprecate_image(image: &ImageId, at: OffsetDateTime) -> ();
        Mutating protect_image(image: &ImageId, cooldown: Cooldown) -> ();
        Mutating unprotect_image(image: &ImageId) -> ();
        Describe named_launch_templates(name: &TemplateName) -> Vec<FoundTemplate>;
        FastLaunch enable_fast_launch(claim: &Claim, request: &EnableFastLaunch) -> ();
        Describe fast_launch(image: &ImageId) -> Option<FastLaunchState>;
        FastLaunch disable_fast_launch(image: &ImageId) -> ();
    }
}

impl<C: Cloud> ProfileCalls for Shared<C> {
    passed! {
        create_role(claim: &Claim, name: &ProfileName) -> ();
        create_instance_profile(claim: &Claim, name: &ProfileName) -> ();
        put_role_policy(name: &ProfileName, document: &str) -> ();
        add_role(name: &ProfileName) -> ();
        remove_role(name: &ProfileName) -> ();
        delete_role_policy(name: &ProfileName) -> ();
        delete_role(name: &ProfileName) -> ();
        delete_instance_profile(name: &ProfileName) -> ();
    }
}

impl<C: Cloud> SpotCalls for Shared<C> {
    paced! {
        Mutating create_launch_template(claim: &Claim, request: &LaunchTemplate) -> LaunchTemplateId;
        Mutating delete_launch_template(name: &str) -> ();
        Mutating create_fleet(claim: &Claim, request: &Fleet) -> InstanceId;
    }
}

impl<C: Cloud> TaggedCalls for Shared<C> {
    passed! {
        tag_role(name: &ProfileName, tags: &Tags) -> ();
        tag_instance_profile(name: &ProfileName, tags: &Tags) -> ();
    }
    paced! {
        Describe tagged(kind: Kind, which: &Selection) -> Vec<Tagged>;
    }
}

impl<C: Cloud> VolumeCalls for Shared<C> {
    paced! {
        Describe volumes(ids: &[VolumeId]) -> Vec<Volume>;
        Mutating detach_volume(volume: &VolumeId) -> ();
        Mutating attach_volume(volume: &VolumeId, instance: &InstanceId, device: &str) -> ();
        Mutating set_on_termination(instance: &InstanceId, device: &str, fate: OnTermination) -> ();
        CreateSnapshot create_snapshot(claim: &Claim, request: &CreateSnapshot) -> SnapshotId;
        Mutating register_image(claim: &Claim, request: &RegisterImage) -> ImageId;
        Describe uefi_data(instance: &InstanceId) -> Option<String>;
        Tags delete_tags(resources: &[String], tags: &Tags) -> ();
    }
}
