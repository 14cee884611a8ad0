//! Calls about instances and volumes.

use super::calls::texts;
use super::place::{Refused, look};
use super::{ModelCloud, machines, volumes};
use crate::cloud::api::{CloudResult, InstanceCalls};
use crate::cloud::instance::{Instance, RunInstance, ShutdownBehavior};
use crate::cloud::network::Filters;
use crate::cloud::request::merged;
use crate::cloud::{InstanceId, Region, Tags, VolumeId};
use crate::ledger::Claim;

impl InstanceCalls for ModelCloud {
    async fn run_instance(
        &self,
        region: &Region,
        claim: &Claim,
        request: &RunInstance,
    ) -> CloudResult<Instance> {
        // In China they come in calls of their own; that of the instance belongs to this one.
        let volume_tags = match region.is_china() {
            true => Tags::new(),
            false => merged(claim, &request.volume_tags),
        };
        let tags = (merged(claim, &request.instance_tags), volume_tags);
        self.call("RunInstances", region, |world| {
            machines::run(world, region, claim.token(), request, tags)
        })
        .await
    }

    async fn try_run_instance(&self, region: &Region, request: &RunInstance) -> CloudResult<()> {
        self.call("RunInstances", region, |world| {
            machines::check(world.place(region), region, request)?;
            world.iam.check(request.iam_instance_profile.as_deref())
        })
        .await
    }

    async fn instances(
        &self,
        region: &Region,
        ids: &[InstanceId],
        filters: &Filters,
    ) -> CloudResult<Vec<Instance>> {
        self.call("DescribeInstances", region, |world| {
            let place = world.place(region);
            let found = look(
                &mut place.instances,
                &texts(ids),
                filters,
                "InvalidInstanceID.NotFound",
            )?;
            place.settle_volumes();
            Ok(found
                .iter()
                .filter_map(|id| place.instances.get(id))
                .map(|made| made.thing.instance.clone())
                .collect())
        })
        .await
    }

    async fn stop_instance(&self, region: &Region, instance: &InstanceId) -> CloudResult<()> {
        self.call("StopInstances", region, |world| {
            let pace = world.pace;
            machines::take_down(
                world.place(region),
                pace,
                instance.as_str(),
                ShutdownBehavior::Stop,
            )
        })
        .await
    }

    async fn terminate_instance(&self, region: &Region, instance: &InstanceId) -> CloudResult<()> {
        self.call("TerminateInstances", region, |world| {
            let pace = world.pace;
            machines::take_down(
                world.place(region),
                pace,
                instance.as_str(),
                ShutdownBehavior::Terminate,
            )
        })
        .await
    }

    async fn console_output(
        &self,
        region: &Region,
        instance: &InstanceId,
    ) -> CloudResult<Option<String>> {
        self.call("GetConsoleOutput", region, |world| {
            match world
                .place(region)
                .instances
                .contains_key(instance.as_str())
            {
                true => Ok(world.console.clone()),
                false => Err(Refused::not_found(
                    "InvalidInstanceID.NotFound",
                    instance.as_str(),
                )),
            }
        })
        .await
    }

    async fn delete_volume(&self, region: &Region, volume: &VolumeId) -> CloudResult<()> {
        self.call("DeleteVolume", region, |world| {
            volumes::delete(world.place(region), volume.as_str())
        })
        .await
    }
}
