//! Dry runs and quotas, for the tests of `plan`: the model itself has no limits, and whoever calls may do all.

use std::collections::BTreeMap;

use super::ModelCloud;
use super::limits;
use crate::cloud::Region;
use crate::cloud::api::CloudResult;
use crate::cloud::outlook_calls::{OutlookCalls, PublicAccess, Trial, UsedMachine};

/// What every type has here.
const CPUS: i32 = 2;

impl OutlookCalls for ModelCloud {
    async fn try_create(&self, region: &Region, trial: Trial<'_>) -> CloudResult<()> {
        let (Trial::Group { tags, .. }
        | Trial::ImportKey { tags, .. }
        | Trial::CreateKey { tags, .. }
        | Trial::CopyImage { tags, .. }) = trial;
        self.call(trial.call(), region, |_| limits::check_tags(tags))
            .await
    }

    async fn public_access(&self, region: &Region) -> CloudResult<PublicAccess> {
        let call = "GetImageBlockPublicAccessState";
        self.call(call, region, |_| Ok(PublicAccess::Allowed)).await
    }

    async fn used_machines(&self, region: &Region) -> CloudResult<Vec<UsedMachine>> {
        self.call("DescribeInstances", region, |_| Ok(Vec::new()))
            .await
    }

    async fn virtual_cpus(
        &self,
        region: &Region,
        types: &[String],
    ) -> CloudResult<BTreeMap<String, i32>> {
        let known = types.iter().map(|name| (name.clone(), CPUS)).collect();
        self.call("DescribeInstanceTypes", region, |_| Ok(known))
            .await
    }
}
