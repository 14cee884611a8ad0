//! Calls about instances and volumes.

use aws_sdk_ec2::operation::describe_instances::builders::DescribeInstancesInputBuilder;

use super::{Ec2, pages, texts};
use crate::cloud::api::{CloudResult, InstanceCalls};
use crate::cloud::call::{Call, done_or};
use crate::cloud::error::Refusal;
use crate::cloud::instance::{Instance, RunInstance};
use crate::cloud::network::Filters;
use crate::cloud::request::{filters, merged};
use crate::cloud::{InstanceId, Region, VolumeId, request_instance, response};
use crate::ledger::Claim;

impl InstanceCalls for Ec2 {
    async fn run_instance(
        &self,
        region: &Region,
        claim: &Claim,
        request: &RunInstance,
    ) -> CloudResult<Instance> {
        let call = Call {
            name: "RunInstances",
            region,
        };
        let client = self.client(region);
        let output = call
            .answer(request_instance::run_instance(region, claim, request).send_with(&client))
            .await?;
        let instance = output
            .instances()
            .first()
            .and_then(response::instance)
            .ok_or_else(|| call.without("InstancesSet"))?;
        self.tag_in_china(
            region,
            instance.id.as_str(),
            &merged(claim, &request.instance_tags),
        )
        .await;
        Ok(instance)
    }

    async fn try_run_instance(&self, region: &Region, request: &RunInstance) -> CloudResult<()> {
        let call = Call {
            name: "RunInstances",
            region,
        };
        done_or(
            Refusal::WouldSucceed,
            call.answer(
                request_instance::try_run_instance(region, request).send_with(&self.client(region)),
            )
            .await,
        )
    }

    async fn instances(
        &self,
        region: &Region,
        ids: &[InstanceId],
        by: &Filters,
    ) -> CloudResult<Vec<Instance>> {
        let client = self.client(region);
        let request = DescribeInstancesInputBuilder::default()
            .set_instance_ids(texts(ids))
            .set_filters(filters(by));
        let pages = pages!("DescribeInstances", region, client, request);
        let instances = pages
            .iter()
            .flat_map(|page| page.reservations())
            .flat_map(|reservation| reservation.instances());
        Ok(instances.filter_map(response::instance).collect())
    }

    async fn stop_instance(&self, region: &Region, instance: &InstanceId) -> CloudResult<()> {
        let call = Call {
            name: "StopInstances",
            region,
        };
        call.answer(
            self.client(region)
                .stop_instances()
                .instance_ids(instance.as_str())
                .send(),
        )
        .await
        .map(drop)
    }

    async fn terminate_instance(&self, region: &Region, instance: &InstanceId) -> CloudResult<()> {
        let call = Call {
            name: "TerminateInstances",
            region,
        };
        call.answer(
            self.client(region)
                .terminate_instances()
                .instance_ids(instance.as_str())
                .send(),
        )
        .await
        .map(drop)
    }

    async fn console_output(
        &self,
        region: &Region,
        instance: &InstanceId,
    ) -> CloudResult<Option<String>> {
        let call = Call {
            name: "GetConsoleOutput",
            region,
        };
        let request = self
            .client(region)
            .get_console_output()
            .instance_id(instance.as_str());
        // Only Nitro types have the latest output at any time; the others answer `UnsupportedOperation`.
        let output = match call.answer(request.clone().latest(true).send()).await {
            Err(error) if error.code() == Some("UnsupportedOperation") => {
                call.answer(request.send()).await?
            }
            result => result?,
        };
        Ok(output.output().and_then(response::console_text))
    }

    async fn delete_volume(&self, region: &Region, volume: &VolumeId) -> CloudResult<()> {
        let call = Call {
            name: "DeleteVolume",
            region,
        };
        call.answer(
            self.client(region)
                .delete_volume()
                .volume_id(volume.as_str())
                .send(),
        )
        .await
        .map(drop)
    }
}
