//! Calls that make a spot instance.

use super::Ec2;
use crate::cloud::api::CloudResult;
use crate::cloud::call::Call;
use crate::cloud::classify::refusal;
use crate::cloud::request::merged;
use crate::cloud::response_fleet::{self, CLIENT_FAULT};
use crate::cloud::spot::{Fleet, LaunchTemplate, SpotCalls};
use crate::cloud::{CloudError, InstanceId, LaunchTemplateId, Region, request_spot};
use crate::ledger::Claim;

impl SpotCalls for Ec2 {
    async fn create_launch_template(
        &self,
        region: &Region,
        claim: &Claim,
        request: &LaunchTemplate,
    ) -> CloudResult<LaunchTemplateId> {
        let call = Call {
            name: "CreateLaunchTemplate",
            region,
        };
        let client = self.client(region);
        let output = call
            .answer(request_spot::launch_template(region, claim, request).send_with(&client))
            .await?;
        let id = output
            .launch_template()
            .and_then(|template| template.launch_template_id())
            .ok_or_else(|| call.without("LaunchTemplateId"))?;
        self.tag_in_china(region, id, &merged(claim, &request.spot_tags))
            .await;
        Ok(LaunchTemplateId::new(id))
    }

    async fn delete_launch_template(&self, region: &Region, name: &str) -> CloudResult<()> {
        let call = Call {
            name: "DeleteLaunchTemplate",
            region,
        };
        let request = self.client(region).delete_launch_template();
        call.answer(request.launch_template_name(name).send())
            .await
            .map(drop)
    }

    async fn create_fleet(
        &self,
        region: &Region,
        claim: &Claim,
        request: &Fleet,
    ) -> CloudResult<InstanceId> {
        let call = Call {
            name: "CreateFleet",
            region,
        };
        let client = self.client(region);
        let output = call
            .answer(request_spot::fleet(region, claim, request).send_with(&client))
            .await?;
        if let Some(id) = response_fleet::instance(&output) {
            self.tag_in_china(region, id.as_str(), &merged(claim, &request.instance_tags))
                .await;
            return Ok(id);
        }
        let (code, message) =
            response_fleet::reasons(output.errors()).ok_or_else(|| call.without("Instances"))?;
        Err(CloudError::Refused {
            call: call.name,
            region: region.clone(),
            refusal: refusal(&code, CLIENT_FAULT),
            code,
            message,
            request_id: request_id(&output).to_owned(),
        })
    }
}

fn request_id(output: &impl aws_sdk_ec2::operation::RequestId) -> &str {
    output.request_id().unwrap_or_default()
}
