//! The model's handle: every call is counted, may be struck by a fault, and has its effect on the world.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::place::{Outcome, Place, Refused, look};
use super::script::{Callback, Fault, Pace};
use super::world::{ACCOUNT, REGIONS, World};
use super::{filter, images, machines, network};
use crate::cloud::api::{Caller, Cloud, CloudResult};
use crate::cloud::classify::refusal;
use crate::cloud::image::{CopyImage, CreateImage, Image, ImageAttribute, ImageQuery, SecurityGroup, Snapshot, SnapshotAttribute, Volume};
use crate::cloud::instance::{Instance, RunInstance, ShutdownBehavior};
use crate::cloud::network::{Filters, Ingress, Subnet, Vpc};
use crate::cloud::request::merged;
use crate::cloud::{CloudError, GroupId, ImageId, InstanceId, KeyName, Region, SnapshotId, SubnetId, Tags, VolumeId, VpcId};
use crate::ledger::Claim;
use crate::secret::Secret;

/// The model. Clones share one world.
#[derive(Clone, Debug, Default)]
pub(crate) struct FakeCloud {
    world: Arc<Mutex<World>>,
}

impl FakeCloud {
    /// A model whose states move as `pace` says.
    pub(crate) fn new(pace: Pace) -> Self {
        let cloud = Self::default();
        cloud.world().pace = pace;
        cloud
    }

    /// From now on new things and new states move as `pace` says.
    pub(crate) fn set_pace(&self, pace: Pace) {
        self.world().pace = pace;
    }

    /// The calls so far, each as `Name region`.
    pub(crate) fn calls(&self) -> Vec<String> {
        self.world().calls.clone()
    }

    /// Lets a fault strike the call of this number, which counts from 1.
    pub(crate) fn fail_at(&self, number: usize, fault: Fault) {
        self.world().script.fail_at(number, fault);
    }

    /// Lets a fault strike every call of this name.
    pub(crate) fn fail_always(&self, call: &'static str, fault: Fault) {
        self.world().script.fail_always(call, fault);
    }

    /// Runs `callback` when the call of this number arrives, before its effect.
    pub(crate) fn run_at(&self, number: usize, callback: impl Fn(usize) + Send + Sync + 'static) {
        self.world().script.run_at(number, Arc::new(callback));
    }

    /// `region/id` of all that is there but for these images and their snapshots.
    pub(crate) fn left_behind(&self, finished: &[ImageId]) -> Vec<String> {
        self.world().left_behind(finished)
    }

    /// What `GetConsoleOutput` answers from now on.
    pub(crate) fn set_console(&self, text: &str) {
        self.world().console = Some(text.to_owned());
    }

    /// The machine shuts itself down from within.
    pub(crate) fn power_off(&self, region: &Region, instance: &InstanceId) {
        let mut world = self.world();
        let pace = world.pace;
        if let Err(refused) = machines::power_off(world.place(region), pace, instance.as_str()) {
            log::warn!("the model cannot power off `{instance}`: {}", refused.message);
        }
    }

    /// Who may launch the image, as `ModifyImageAttribute` said.
    pub(crate) fn launchers(&self, region: &Region, image: &ImageId) -> Vec<String> {
        let mut world = self.world();
        world.place(region).images.get(image.as_str()).map(|made| made.thing.launchers.clone()).unwrap_or_default()
    }

    /// The tags of anything that has an id.
    pub(crate) fn tags_of(&self, region: &Region, id: &str) -> Option<Tags> {
        tags_in(self.world().place(region), id).cloned()
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One call: counted, then struck by a fault or done.
    async fn call<T>(&self, call: &'static str, region: &Region, effect: impl FnOnce(&mut World) -> Outcome<T> + Send) -> CloudResult<T> {
        // Calls that are made side by side take turns, as they would on a network.
        tokio::task::yield_now().await;
        let (number, callback): (usize, Option<Callback>) = {
            let mut world = self.world();
            let number = world.count(call, region);
            (number, world.script.callback(number))
        };
        if let Some(callback) = callback {
            callback(number);
        }
        let mut world = self.world();
        let lost = || CloudError::NoAnswer { call, region: region.clone(), source: "the connection was reset".into() };
        let refused = |refused: Refused| CloudError::Refused {
            call,
            region: region.clone(),
            refusal: refusal(&refused.code, 400),
            code: refused.code,
            message: refused.message,
            request_id: format!("model-{number}"),
        };
        match world.script.fault(number, call) {
            None => effect(&mut world).map_err(refused),
            Some(Fault::Refused(code)) => Err(refused(Refused::new(code, "the script says so"))),
            Some(Fault::LostRequest) => Err(lost()),
            Some(Fault::LostAnswer) => effect(&mut world).map_err(refused).and_then(|_| Err(lost())),
        }
    }
}

/// The tags of a thing, wherever it stands.
fn tags_in<'a>(place: &'a mut Place, id: &str) -> Option<&'a mut Tags> {
    let images = place.images.get_mut(id).map(|made| &mut made.thing.image.tags);
    images
        .or_else(|| place.snapshots.get_mut(id).map(|made| &mut made.thing.snapshot.tags))
        .or_else(|| place.instances.get_mut(id).map(|made| &mut made.thing.instance.tags))
        .or_else(|| place.volumes.get_mut(id).map(|made| &mut made.thing.volume.tags))
        .or_else(|| place.groups.get_mut(id).map(|made| &mut made.thing.group.tags))
        .or_else(|| place.key_pairs.get_mut(id).map(|made| &mut made.thing.tags))
}

fn texts<T: ToString>(ids: &[T]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

impl Cloud for FakeCloud {
    async fn caller(&self, region: &Region) -> CloudResult<Caller> {
        let caller = Caller { account: ACCOUNT.to_owned(), arn: format!("arn:aws:iam::{ACCOUNT}:user/model") };
        self.call("GetCallerIdentity", region, |_| Ok(caller)).await
    }

    async fn regions(&self, region: &Region) -> CloudResult<Vec<Region>> {
        self.call("DescribeRegions", region, |_| Ok(REGIONS.into_iter().map(Region::new).collect())).await
    }

    async fn images(&self, region: &Region, query: &ImageQuery) -> CloudResult<Vec<Image>> {
        self.call("DescribeImages", region, |world| {
            let place = world.place(region);
            let found = look(&mut place.images, &texts(&query.ids), &query.filters, "InvalidAMIID.NotFound")?;
            Ok(images::owned(place, &found, query))
        })
        .await
    }

    async fn create_image(&self, region: &Region, claim: &Claim, request: &CreateImage) -> CloudResult<ImageId> {
        let tags = (merged(claim, &request.image_tags), merged(claim, &request.snapshot_tags));
        self.call("CreateImage", region, |world| images::create(world, region, request, tags)).await
    }

    async fn copy_image(&self, region: &Region, claim: &Claim, request: &CopyImage) -> CloudResult<ImageId> {
        let tags = (merged(claim, &request.image_tags), merged(claim, &request.snapshot_tags));
        self.call("CopyImage", region, |world| images::copy(world, region, claim.token(), request, tags)).await
    }

    async fn deregister_image(&self, region: &Region, image: &ImageId) -> CloudResult<()> {
        self.call("DeregisterImage", region, |world| match world.place(region).images.remove(image.as_str()) {
            Some(_) => Ok(()),
            None => Err(Refused::not_found("InvalidAMIID.Unavailable", image.as_str())),
        })
        .await
    }

    async fn modify_image(&self, region: &Region, image: &ImageId, attribute: &ImageAttribute) -> CloudResult<()> {
        self.call("ModifyImageAttribute", region, |world| {
            let made = world.place(region).images.get_mut(image.as_str());
            let image = &mut made.ok_or_else(|| Refused::not_found("InvalidAMIID.NotFound", image.as_str()))?.thing;
            match attribute {
                ImageAttribute::Description(text) => image.description.clone_from(text),
                ImageAttribute::LaunchUsers(who) | ImageAttribute::LaunchGroups(who) => image.launchers.extend(who.iter().cloned()),
            }
            Ok(())
        })
        .await
    }

    async fn snapshots(&self, region: &Region, ids: &[SnapshotId], filters: &Filters) -> CloudResult<Vec<Snapshot>> {
        self.call("DescribeSnapshots", region, |world| {
            let pace = world.pace;
            let place = world.place(region);
            let found = look(&mut place.snapshots, &texts(ids), filters, "InvalidSnapshot.NotFound")?;
            let shown = found.iter().filter_map(|id| place.snapshots.get(id)).map(|made| match made.thing.snapshot.completed {
                true => made.thing.snapshot.clone(),
                false => Snapshot { progress: made.percent(pace), ..made.thing.snapshot.clone() },
            });
            Ok(shown.collect())
        })
        .await
    }

    async fn modify_snapshot(&self, region: &Region, snapshot: &SnapshotId, attribute: &SnapshotAttribute) -> CloudResult<()> {
        self.call("ModifySnapshotAttribute", region, |world| {
            let made = world.place(region).snapshots.get_mut(snapshot.as_str());
            let made = made.ok_or_else(|| Refused::not_found("InvalidSnapshot.NotFound", snapshot.as_str()))?;
            let (SnapshotAttribute::VolumeUsers(who) | SnapshotAttribute::VolumeGroups(who)) = attribute;
            made.thing.users.extend(who.iter().cloned());
            Ok(())
        })
        .await
    }

    async fn delete_snapshot(&self, region: &Region, snapshot: &SnapshotId) -> CloudResult<()> {
        self.call("DeleteSnapshot", region, |world| images::delete_snapshot(world.place(region), snapshot.as_str())).await
    }

    async fn import_key_pair(&self, region: &Region, claim: &Claim, name: &KeyName, _public_key: &str) -> CloudResult<()> {
        let tags = claim.tags().clone();
        self.call("ImportKeyPair", region, |world| network::add_key_pair(world, region, name.as_str(), tags)).await
    }

    async fn create_key_pair(&self, region: &Region, claim: &Claim, name: &KeyName, _key_type: &str) -> CloudResult<Secret> {
        let tags = claim.tags().clone();
        self.call("CreateKeyPair", region, |world| network::add_key_pair(world, region, name.as_str(), tags)).await?;
        Ok(Secret::new("-----BEGIN OPENSSH PRIVATE KEY-----\nmodel\n-----END OPENSSH PRIVATE KEY-----\n"))
    }

    async fn key_pairs(&self, region: &Region, filters: &Filters) -> CloudResult<Vec<KeyName>> {
        self.call("DescribeKeyPairs", region, |world| {
            let found = look(&mut world.place(region).key_pairs, &[], filters, "InvalidKeyPair.NotFound")?;
            Ok(found.into_iter().map(KeyName::new).collect())
        })
        .await
    }

    async fn delete_key_pair(&self, region: &Region, name: &KeyName) -> CloudResult<()> {
        self.call("DeleteKeyPair", region, |world| {
            world.place(region).key_pairs.remove(name.as_str());
            Ok(())
        })
        .await
    }

    async fn vpcs(&self, region: &Region, ids: &[VpcId], filters: &Filters) -> CloudResult<Vec<Vpc>> {
        self.call("DescribeVpcs", region, |world| {
            let known = &world.place(region).vpcs;
            if let Some(id) = ids.iter().find(|id| !known.iter().any(|vpc| vpc.id == **id)) {
                return Err(Refused::not_found("InvalidVpcID.NotFound", id.as_str()));
            }
            filter::pick(known.iter().filter(|vpc| ids.is_empty() || ids.contains(&vpc.id)), filters)
        })
        .await
    }

    async fn subnets(&self, region: &Region, ids: &[SubnetId], filters: &Filters) -> CloudResult<Vec<Subnet>> {
        self.call("DescribeSubnets", region, |world| {
            let known = &world.place(region).subnets;
            if let Some(id) = ids.iter().find(|id| !known.iter().any(|subnet| subnet.id == **id)) {
                return Err(Refused::not_found("InvalidSubnetID.NotFound", id.as_str()));
            }
            filter::pick(known.iter().filter(|subnet| ids.is_empty() || ids.contains(&subnet.id)), filters)
        })
        .await
    }

    async fn zones_offering(&self, region: &Region, _instance_type: &str) -> CloudResult<Vec<String>> {
        self.call("DescribeInstanceTypeOfferings", region, |world| {
            Ok(world.place(region).subnets.iter().map(|subnet| subnet.availability_zone.clone()).collect())
        })
        .await
    }

    async fn groups(&self, region: &Region, ids: &[GroupId], filters: &Filters) -> CloudResult<Vec<SecurityGroup>> {
        self.call("DescribeSecurityGroups", region, |world| {
            let place = world.place(region);
            let found = look(&mut place.groups, &texts(ids), filters, "InvalidGroup.NotFound")?;
            Ok(found.iter().filter_map(|id| place.groups.get(id)).map(|made| made.thing.group.clone()).collect())
        })
        .await
    }

    async fn create_group(&self, region: &Region, claim: &Claim, name: &str, vpc: Option<&VpcId>) -> CloudResult<GroupId> {
        let tags = claim.tags().clone();
        self.call("CreateSecurityGroup", region, |world| network::add_group(world, region, name, vpc, tags)).await
    }

    async fn authorize_ingress(&self, region: &Region, group: &GroupId, rule: &Ingress) -> CloudResult<()> {
        self.call("AuthorizeSecurityGroupIngress", region, |world| network::authorize(world.place(region), group.as_str(), rule)).await
    }

    async fn delete_group(&self, region: &Region, group: &GroupId) -> CloudResult<()> {
        self.call("DeleteSecurityGroup", region, |world| network::delete_group(world.place(region), group.as_str())).await
    }

    async fn run_instance(&self, region: &Region, claim: &Claim, request: &RunInstance) -> CloudResult<Instance> {
        let tags = (merged(claim, &request.instance_tags), merged(claim, &request.volume_tags));
        self.call("RunInstances", region, |world| machines::run(world, region, claim.token(), request, tags)).await
    }

    async fn try_run_instance(&self, region: &Region, request: &RunInstance) -> CloudResult<()> {
        self.call("RunInstances", region, |world| machines::check(world.place(region), request)).await
    }

    async fn instances(&self, region: &Region, ids: &[InstanceId], filters: &Filters) -> CloudResult<Vec<Instance>> {
        self.call("DescribeInstances", region, |world| {
            let place = world.place(region);
            let found = look(&mut place.instances, &texts(ids), filters, "InvalidInstanceID.NotFound")?;
            place.settle_volumes();
            Ok(found.iter().filter_map(|id| place.instances.get(id)).map(|made| made.thing.instance.clone()).collect())
        })
        .await
    }

    async fn stop_instance(&self, region: &Region, instance: &InstanceId) -> CloudResult<()> {
        self.call("StopInstances", region, |world| {
            let pace = world.pace;
            machines::take_down(world.place(region), pace, instance.as_str(), ShutdownBehavior::Stop)
        })
        .await
    }

    async fn terminate_instance(&self, region: &Region, instance: &InstanceId) -> CloudResult<()> {
        self.call("TerminateInstances", region, |world| {
            let pace = world.pace;
            machines::take_down(world.place(region), pace, instance.as_str(), ShutdownBehavior::Terminate)
        })
        .await
    }

    async fn console_output(&self, region: &Region, instance: &InstanceId) -> CloudResult<Option<String>> {
        self.call("GetConsoleOutput", region, |world| match world.place(region).instances.contains_key(instance.as_str()) {
            true => Ok(world.console.clone()),
            false => Err(Refused::not_found("InvalidInstanceID.NotFound", instance.as_str())),
        })
        .await
    }

    async fn volumes(&self, region: &Region, ids: &[VolumeId], filters: &Filters) -> CloudResult<Vec<Volume>> {
        self.call("DescribeVolumes", region, |world| {
            let place = world.place(region);
            let found = look(&mut place.volumes, &texts(ids), filters, "InvalidVolume.NotFound")?;
            Ok(found.iter().filter_map(|id| place.volumes.get(id)).map(|made| made.thing.volume.clone()).collect())
        })
        .await
    }

    async fn delete_volume(&self, region: &Region, volume: &VolumeId) -> CloudResult<()> {
        self.call("DeleteVolume", region, |world| machines::delete_volume(world.place(region), volume.as_str())).await
    }

    async fn create_tags(&self, region: &Region, resources: &[String], tags: &Tags) -> CloudResult<()> {
        self.call("CreateTags", region, |world| {
            let place = world.place(region);
            if let Some(id) = resources.iter().find(|id| tags_in(place, id).is_none()) {
                return Err(Refused::not_found("InvalidID.NotFound", id));
            }
            for id in resources {
                if let Some(all) = tags_in(place, id) {
                    all.extend(tags.clone());
                }
            }
            Ok(())
        })
        .await
    }
}
