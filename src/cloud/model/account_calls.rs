//! Calls about the account as a whole.

use super::ModelCloud;
use super::calls::tags_in;
use super::limits;
use super::place::Refused;
use super::regions;
use super::world::ACCOUNT;
use crate::cloud::api::{AccountCalls, Caller, CloudResult};
use crate::cloud::{Region, Tags};

impl AccountCalls for ModelCloud {
    async fn caller(&self, region: &Region) -> CloudResult<Caller> {
        let caller = Caller {
            account: ACCOUNT.to_owned(),
            arn: format!(
                "arn:{}:iam::{ACCOUNT}:user/model",
                regions::partition(region)
            ),
        };
        self.call("GetCallerIdentity", region, |_| Ok(caller)).await
    }

    async fn decode_authorization_message(
        &self,
        region: &Region,
        encoded: &str,
    ) -> CloudResult<String> {
        self.call("DecodeAuthorizationMessage", region, |_| {
            Ok(format!(r#"{{"allowed":false,"encoded":"{encoded}"}}"#))
        })
        .await
    }

    async fn regions(&self, region: &Region) -> CloudResult<Vec<Region>> {
        self.call("DescribeRegions", region, |world| {
            let known = regions::of_partition(region);
            Ok(known.chain(world.more_regions.iter().cloned()).collect())
        })
        .await
    }

    async fn create_tags(
        &self,
        region: &Region,
        resources: &[String],
        tags: &Tags,
    ) -> CloudResult<()> {
        self.call("CreateTags", region, |world| {
            limits::check_tags(tags)?;
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
