//! Calls about the account as a whole.

use super::Ec2;
use crate::cloud::api::{AccountCalls, Caller, CloudResult};
use crate::cloud::call::Call;
use crate::cloud::{Region, Tags, request};

impl AccountCalls for Ec2 {
    async fn caller(&self, region: &Region) -> CloudResult<Caller> {
        let call = Call {
            name: "GetCallerIdentity",
            region,
        };
        let output = call
            .answer(sts(self, region).get_caller_identity().send())
            .await?;
        let account = output
            .account()
            .ok_or_else(|| call.without("Account"))?
            .to_owned();
        Ok(Caller {
            account,
            arn: output.arn().ok_or_else(|| call.without("Arn"))?.to_owned(),
        })
    }

    async fn decode_authorization_message(
        &self,
        region: &Region,
        encoded: &str,
    ) -> CloudResult<String> {
        let call = Call {
            name: "DecodeAuthorizationMessage",
            region,
        };
        let request = sts(self, region)
            .decode_authorization_message()
            .encoded_message(encoded);
        let output = call.answer(request.send()).await?;
        output
            .decoded_message()
            .map(str::to_owned)
            .ok_or_else(|| call.without("DecodedMessage"))
    }

    async fn regions(&self, region: &Region) -> CloudResult<Vec<Region>> {
        let call = Call {
            name: "DescribeRegions",
            region,
        };
        let output = call
            .answer(self.client(region).describe_regions().send())
            .await?;
        Ok(output
            .regions()
            .iter()
            .filter_map(|region| region.region_name())
            .map(Region::new)
            .collect())
    }

    async fn create_tags(
        &self,
        region: &Region,
        resources: &[String],
        tags: &Tags,
    ) -> CloudResult<()> {
        let call = Call {
            name: "CreateTags",
            region,
        };
        let request = self
            .client(region)
            .create_tags()
            .set_resources(Some(resources.to_vec()))
            .set_tags(Some(request::tags(tags)));
        call.answer(request.send()).await.map(drop)
    }
}

fn sts(ec2: &Ec2, region: &Region) -> aws_sdk_sts::Client {
    let config = ec2
        .sts
        .to_builder()
        .region(aws_sdk_sts::config::Region::new(region.to_string()))
        .build();
    aws_sdk_sts::Client::from_conf(config)
}
