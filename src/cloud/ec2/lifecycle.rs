//! Calls beside the plain ones about images and instances.

use aws_sdk_ec2::primitives::DateTime;
use time::OffsetDateTime;

use super::{Ec2, pages};
use crate::cloud::api::CloudResult;
use crate::cloud::call::{Call, done_or};
use crate::cloud::error::Refusal;
use crate::cloud::lifecycle::{
    Cooldown, EnableFastLaunch, FastLaunchState, LaunchTemplate, NetworkSupport, TemplateName,
};
use crate::cloud::lifecycle_calls::LifecycleCalls;
use crate::cloud::{ImageId, InstanceId, Region, request_lifecycle};
use crate::ledger::Claim;

impl LifecycleCalls for Ec2 {
    async fn modify_network_support(
        &self,
        region: &Region,
        instance: &InstanceId,
        support: NetworkSupport,
    ) -> CloudResult<()> {
        let call = Call {
            name: "ModifyInstanceAttribute",
            region,
        };
        let request = request_lifecycle::network_support(instance, support);
        call.answer(request.send_with(&self.client(region)))
            .await
            .map(drop)
    }

    async fn deprecate_image(
        &self,
        region: &Region,
        image: &ImageId,
        at: OffsetDateTime,
    ) -> CloudResult<()> {
        let call = Call {
            name: "EnableImageDeprecation",
            region,
        };
        let request = self
            .client(region)
            .enable_image_deprecation()
            .image_id(image.as_str())
            .deprecate_at(DateTime::from_secs(at.unix_timestamp()));
        call.answer(request.send()).await.map(drop)
    }

    async fn protect_image(
        &self,
        region: &Region,
        image: &ImageId,
        cooldown: Cooldown,
    ) -> CloudResult<()> {
        let call = Call {
            name: "EnableImageDeregistrationProtection",
            region,
        };
        let request = self
            .client(region)
            .enable_image_deregistration_protection()
            .image_id(image.as_str())
            .with_cooldown(cooldown == Cooldown::OneDay);
        call.answer(request.send()).await.map(drop)
    }

    async fn unprotect_image(&self, region: &Region, image: &ImageId) -> CloudResult<()> {
        let call = Call {
            name: "DisableImageDeregistrationProtection",
            region,
        };
        let request = self
            .client(region)
            .disable_image_deregistration_protection()
            .image_id(image.as_str());
        call.answer(request.send()).await.map(drop)
    }

    async fn named_launch_templates(
        &self,
        region: &Region,
        name: &TemplateName,
    ) -> CloudResult<Vec<LaunchTemplate>> {
        let client = self.client(region);
        let request = request_lifecycle::launch_templates(name);
        let pages = pages!("DescribeLaunchTemplates", region, client, request);
        let templates = pages.iter().flat_map(|page| page.launch_templates());
        Ok(templates
            .filter_map(request_lifecycle::launch_template)
            .collect())
    }

    async fn enable_fast_launch(
        &self,
        region: &Region,
        _claim: &Claim,
        request: &EnableFastLaunch,
    ) -> CloudResult<()> {
        let call = Call {
            name: "EnableFastLaunch",
            region,
        };
        let request = request_lifecycle::enable_fast_launch(request);
        call.answer(request.send_with(&self.client(region)))
            .await
            .map(drop)
    }

    async fn fast_launch(
        &self,
        region: &Region,
        image: &ImageId,
    ) -> CloudResult<Option<FastLaunchState>> {
        let call = Call {
            name: "DescribeFastLaunchImages",
            region,
        };
        let request = self
            .client(region)
            .describe_fast_launch_images()
            .image_ids(image.as_str());
        let output = call.answer(request.send()).await?;
        let mut items = output.fast_launch_images().iter();
        Ok(items
            .find(|item| item.image_id() == Some(image.as_str()))
            .map(request_lifecycle::fast_launch_state))
    }

    async fn disable_fast_launch(&self, region: &Region, image: &ImageId) -> CloudResult<()> {
        let call = Call {
            name: "DisableFastLaunch",
            region,
        };
        let request = self
            .client(region)
            .disable_fast_launch()
            .image_id(image.as_str())
            .force(true);
        done_or(Refusal::NotFound, call.answer(request.send()).await)
    }
}
