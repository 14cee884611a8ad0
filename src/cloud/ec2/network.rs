//! Calls about key pairs, networks and security groups.

use aws_sdk_ec2::operation::describe_security_groups::builders::DescribeSecurityGroupsInputBuilder;
use aws_sdk_ec2::operation::describe_subnets::builders::DescribeSubnetsInputBuilder;
use aws_sdk_ec2::operation::describe_vpcs::builders::DescribeVpcsInputBuilder;
use aws_sdk_ec2::primitives::Blob;
use aws_sdk_ec2::types::ResourceType;

use super::{Ec2, pages, texts};
use crate::cloud::api::{CloudResult, NetworkCalls};
use crate::cloud::call::{Call, done_or};
use crate::cloud::error::Refusal;
use crate::cloud::image::SecurityGroup;
use crate::cloud::network::{Filters, Ingress, Subnet, Vpc};
use crate::cloud::request::{filters, ingress, tagged};
use crate::cloud::{GroupId, KeyName, Region, SubnetId, VpcId, request, response};
use crate::ledger::Claim;
use crate::secret::Secret;

impl NetworkCalls for Ec2 {
    async fn import_key_pair(
        &self,
        region: &Region,
        claim: &Claim,
        name: &KeyName,
        public_key: &str,
    ) -> CloudResult<()> {
        let call = Call {
            name: "ImportKeyPair",
            region,
        };
        let request = self
            .careful_client(region)
            .import_key_pair()
            .key_name(name.as_str())
            .public_key_material(Blob::new(public_key))
            .set_tag_specifications(tagged(region, ResourceType::KeyPair, claim.tags().clone()));
        let output = call.answer(request.send()).await?;
        self.tag_in_china(
            region,
            output.key_pair_id().unwrap_or_default(),
            claim.tags(),
        )
        .await;
        Ok(())
    }

    async fn create_key_pair(
        &self,
        region: &Region,
        claim: &Claim,
        name: &KeyName,
        key_type: &str,
    ) -> CloudResult<Secret> {
        let call = Call {
            name: "CreateKeyPair",
            region,
        };
        let request = self
            .careful_client(region)
            .create_key_pair()
            .key_name(name.as_str())
            .key_type(key_type.into())
            .set_tag_specifications(tagged(region, ResourceType::KeyPair, claim.tags().clone()));
        let output = call.answer(request.send()).await?;
        self.tag_in_china(
            region,
            output.key_pair_id().unwrap_or_default(),
            claim.tags(),
        )
        .await;
        output
            .key_material()
            .map(Secret::new)
            .ok_or_else(|| call.without("KeyMaterial"))
    }

    async fn key_pairs(&self, region: &Region, by: &Filters) -> CloudResult<Vec<KeyName>> {
        let call = Call {
            name: "DescribeKeyPairs",
            region,
        };
        let output = call
            .answer(
                self.client(region)
                    .describe_key_pairs()
                    .set_filters(filters(by))
                    .send(),
            )
            .await?;
        Ok(output
            .key_pairs()
            .iter()
            .filter_map(|pair| pair.key_name())
            .map(KeyName::new)
            .collect())
    }

    async fn delete_key_pair(&self, region: &Region, name: &KeyName) -> CloudResult<()> {
        let call = Call {
            name: "DeleteKeyPair",
            region,
        };
        done_or(
            Refusal::NotFound,
            call.answer(
                self.client(region)
                    .delete_key_pair()
                    .key_name(name.as_str())
                    .send(),
            )
            .await,
        )
    }

    async fn vpcs(&self, region: &Region, ids: &[VpcId], by: &Filters) -> CloudResult<Vec<Vpc>> {
        let client = self.client(region);
        let request = DescribeVpcsInputBuilder::default()
            .set_vpc_ids(texts(ids))
            .set_filters(filters(by));
        let pages = pages!("DescribeVpcs", region, client, request);
        Ok(pages
            .iter()
            .flat_map(|page| page.vpcs())
            .map(response::vpc)
            .collect())
    }

    async fn subnets(
        &self,
        region: &Region,
        ids: &[SubnetId],
        by: &Filters,
    ) -> CloudResult<Vec<Subnet>> {
        let client = self.client(region);
        let request = DescribeSubnetsInputBuilder::default()
            .set_subnet_ids(texts(ids))
            .set_filters(filters(by));
        let pages = pages!("DescribeSubnets", region, client, request);
        Ok(pages
            .iter()
            .flat_map(|page| page.subnets())
            .map(response::subnet)
            .collect())
    }

    async fn zones_offering(
        &self,
        region: &Region,
        instance_type: &str,
    ) -> CloudResult<Vec<String>> {
        let client = self.client(region);
        let request = request::offerings(instance_type);
        let pages = pages!("DescribeInstanceTypeOfferings", region, client, request);
        let offerings = pages.iter().flat_map(|page| page.instance_type_offerings());
        Ok(offerings
            .filter_map(|offering| offering.location())
            .map(str::to_owned)
            .collect())
    }

    async fn groups(
        &self,
        region: &Region,
        ids: &[GroupId],
        by: &Filters,
    ) -> CloudResult<Vec<SecurityGroup>> {
        let client = self.client(region);
        let request = DescribeSecurityGroupsInputBuilder::default()
            .set_group_ids(texts(ids))
            .set_filters(filters(by));
        let pages = pages!("DescribeSecurityGroups", region, client, request);
        Ok(pages
            .iter()
            .flat_map(|page| page.security_groups())
            .map(response::group)
            .collect())
    }

    async fn create_group(
        &self,
        region: &Region,
        claim: &Claim,
        name: &str,
        vpc: Option<&VpcId>,
    ) -> CloudResult<GroupId> {
        let call = Call {
            name: "CreateSecurityGroup",
            region,
        };
        let request = self
            .careful_client(region)
            .create_security_group()
            .group_name(name)
            .description("Temporary group of ami-build")
            .set_vpc_id(vpc.map(ToString::to_string))
            .set_tag_specifications(tagged(
                region,
                ResourceType::SecurityGroup,
                claim.tags().clone(),
            ));
        let output = call.answer(request.send()).await?;
        let id = output.group_id().ok_or_else(|| call.without("GroupId"))?;
        self.tag_in_china(region, id, claim.tags()).await;
        Ok(GroupId::new(id))
    }

    async fn authorize_ingress(
        &self,
        region: &Region,
        group: &GroupId,
        rule: &Ingress,
    ) -> CloudResult<()> {
        let call = Call {
            name: "AuthorizeSecurityGroupIngress",
            region,
        };
        let request = self
            .client(region)
            .authorize_security_group_ingress()
            .group_id(group.as_str())
            .ip_permissions(ingress(rule));
        // A repeated call finds its own rule.
        done_or(Refusal::Duplicate, call.answer(request.send()).await)
    }

    async fn delete_group(&self, region: &Region, group: &GroupId) -> CloudResult<()> {
        let call = Call {
            name: "DeleteSecurityGroup",
            region,
        };
        call.answer(
            self.client(region)
                .delete_security_group()
                .group_id(group.as_str())
                .send(),
        )
        .await
        .map(drop)
    }
}
