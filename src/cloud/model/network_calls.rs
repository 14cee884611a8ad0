//! Calls about key pairs, networks and security groups.

use super::calls::texts;
use super::place::{Refused, look};
use super::{ModelCloud, filter, network};
use crate::cloud::api::{CloudResult, NetworkCalls};
use crate::cloud::image::SecurityGroup;
use crate::cloud::network::{Filters, Ingress, Subnet, Vpc};
use crate::cloud::{GroupId, KeyName, Region, SubnetId, VpcId};
use crate::ledger::Claim;
use crate::secret::Secret;

impl NetworkCalls for ModelCloud {
    async fn import_key_pair(
        &self,
        region: &Region,
        claim: &Claim,
        name: &KeyName,
        _public_key: &str,
    ) -> CloudResult<()> {
        let tags = claim.tags().clone();
        self.call("ImportKeyPair", region, |world| {
            network::add_key_pair(world, region, name.as_str(), tags)
        })
        .await
    }

    async fn create_key_pair(
        &self,
        region: &Region,
        claim: &Claim,
        name: &KeyName,
        _key_type: &str,
    ) -> CloudResult<Secret> {
        let tags = claim.tags().clone();
        self.call("CreateKeyPair", region, |world| {
            network::add_key_pair(world, region, name.as_str(), tags)
        })
        .await?;
        Ok(Secret::new(
            "-----BEGIN OPENSSH PRIVATE KEY-----\nmodel\n-----END OPENSSH PRIVATE KEY-----\n",
        ))
    }

    async fn key_pairs(&self, region: &Region, filters: &Filters) -> CloudResult<Vec<KeyName>> {
        self.call("DescribeKeyPairs", region, |world| {
            let found = look(
                &mut world.place(region).key_pairs,
                &[],
                filters,
                "InvalidKeyPair.NotFound",
            )?;
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

    async fn vpcs(
        &self,
        region: &Region,
        ids: &[VpcId],
        filters: &Filters,
    ) -> CloudResult<Vec<Vpc>> {
        self.call("DescribeVpcs", region, |world| {
            let known = &world.place(region).vpcs;
            if let Some(id) = ids
                .iter()
                .find(|id| !known.iter().any(|vpc| vpc.thing.id == **id))
            {
                return Err(Refused::not_found("InvalidVpcID.NotFound", id.as_str()));
            }
            let named = known
                .iter()
                .filter(|vpc| ids.is_empty() || ids.contains(&vpc.thing.id));
            let picked = filter::pick(named, filters)?;
            Ok(picked.into_iter().map(|vpc| vpc.thing).collect())
        })
        .await
    }

    async fn subnets(
        &self,
        region: &Region,
        ids: &[SubnetId],
        filters: &Filters,
    ) -> CloudResult<Vec<Subnet>> {
        self.call("DescribeSubnets", region, |world| {
            let known = &world.place(region).subnets;
            if let Some(id) = ids
                .iter()
                .find(|id| !known.iter().any(|subnet| subnet.thing.id == **id))
            {
                return Err(Refused::not_found("InvalidSubnetID.NotFound", id.as_str()));
            }
            let named = known
                .iter()
                .filter(|subnet| ids.is_empty() || ids.contains(&subnet.thing.id));
            let picked = filter::pick(named, filters)?;
            Ok(picked.into_iter().map(|subnet| subnet.thing).collect())
        })
        .await
    }

    async fn zones_offering(
        &self,
        region: &Region,
        _instance_type: &str,
    ) -> CloudResult<Vec<String>> {
        self.call("DescribeInstanceTypeOfferings", region, |world| {
            Ok(world
                .place(region)
                .subnets
                .iter()
                .map(|subnet| subnet.thing.availability_zone.clone())
                .collect())
        })
        .await
    }

    async fn groups(
        &self,
        region: &Region,
        ids: &[GroupId],
        filters: &Filters,
    ) -> CloudResult<Vec<SecurityGroup>> {
        self.call("DescribeSecurityGroups", region, |world| {
            let place = world.place(region);
            let found = look(
                &mut place.groups,
                &texts(ids),
                filters,
                "InvalidGroup.NotFound",
            )?;
            Ok(found
                .iter()
                .filter_map(|id| place.groups.get(id))
                .map(|made| made.thing.group.clone())
                .collect())
        })
        .await
    }

    async fn create_group(
        &self,
        region: &Region,
        claim: &Claim,
        name: &str,
        vpc: Option<&VpcId>,
    ) -> CloudResult<GroupId> {
        let tags = claim.tags().clone();
        self.call("CreateSecurityGroup", region, |world| {
            network::add_group(world, region, name, vpc, tags)
        })
        .await
    }

    async fn authorize_ingress(
        &self,
        region: &Region,
        group: &GroupId,
        rule: &Ingress,
    ) -> CloudResult<()> {
        self.call("AuthorizeSecurityGroupIngress", region, |world| {
            network::authorize(world.place(region), group.as_str(), rule)
        })
        .await
    }

    async fn delete_group(&self, region: &Region, group: &GroupId) -> CloudResult<()> {
        self.call("DeleteSecurityGroup", region, |world| {
            network::delete_group(world.place(region), group.as_str())
        })
        .await
    }
}
