//! Calls of IAM.

use super::ModelCloud;
use super::pace::Pace;
use crate::cloud::api::CloudResult;
use crate::cloud::profile::ProfileCalls;
use crate::cloud::{ProfileName, Region};
use crate::ledger::Claim;

impl ProfileCalls for ModelCloud {
    fn knows_profiles_at_once(&self) -> bool {
        self.world().pace.pace == Pace::default()
    }

    async fn create_role(
        &self,
        region: &Region,
        claim: &Claim,
        name: &ProfileName,
    ) -> CloudResult<()> {
        let tags = claim.tags().clone();
        self.call("CreateRole", region, |world| {
            world.iam.add_role(name.as_str(), tags, world.pace.pace)
        })
        .await
    }

    async fn create_instance_profile(
        &self,
        region: &Region,
        claim: &Claim,
        name: &ProfileName,
    ) -> CloudResult<()> {
        let tags = claim.tags().clone();
        self.call("CreateInstanceProfile", region, |world| {
            world.iam.add_profile(name.as_str(), tags, world.pace.pace)
        })
        .await
    }

    async fn put_role_policy(
        &self,
        region: &Region,
        name: &ProfileName,
        document: &str,
    ) -> CloudResult<()> {
        self.call("PutRolePolicy", region, |world| {
            world.iam.put_policy(name.as_str(), document)
        })
        .await
    }

    async fn add_role(&self, region: &Region, name: &ProfileName) -> CloudResult<()> {
        self.call("AddRoleToInstanceProfile", region, |world| {
            world.iam.attach(name.as_str())
        })
        .await
    }

    async fn remove_role(&self, region: &Region, name: &ProfileName) -> CloudResult<()> {
        self.call("RemoveRoleFromInstanceProfile", region, |world| {
            world.iam.detach(name.as_str())
        })
        .await
    }

    async fn delete_role_policy(&self, region: &Region, name: &ProfileName) -> CloudResult<()> {
        self.call("DeleteRolePolicy", region, |world| {
            world.iam.delete_policy(name.as_str())
        })
        .await
    }

    async fn delete_role(&self, region: &Region, name: &ProfileName) -> CloudResult<()> {
        self.call("DeleteRole", region, |world| {
            world.iam.delete_role(name.as_str())
        })
        .await
    }

    async fn delete_instance_profile(
        &self,
        region: &Region,
        name: &ProfileName,
    ) -> CloudResult<()> {
        self.call("DeleteInstanceProfile", region, |world| {
            world.iam.delete_profile(name.as_str())
        })
        .await
    }
}
