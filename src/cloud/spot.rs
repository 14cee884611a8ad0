//! A spot instance in our own types: the launch template that describes it, and the fleet that makes exactly one of it.

use std::future::Future;

use super::api::CloudResult;
use super::instance::RunInstance;
use super::{InstanceId, LaunchTemplateId, Region, Tags};
use crate::ledger::Claim;

/// What `CreateLaunchTemplate` is asked for.
#[derive(Clone, Debug)]
pub(crate) struct LaunchTemplate {
    /// Its name, unique in the region.
    pub(crate) name: String,
    /// The machine. Its type may be empty: then the fleet names some.
    pub(crate) launch: RunInstance,
    /// Dollars an hour; `None` allows all up to the price on demand.
    pub(crate) max_price: Option<String>,
    /// On the template itself and on the spot request that comes of it.
    pub(crate) spot_tags: Tags,
}

/// What `CreateFleet` is asked for: one spot instance, at once or not at all.
#[derive(Clone, Debug)]
pub(crate) struct Fleet {
    /// The launch template's name.
    pub(crate) template: String,
    /// The types to choose from; empty leaves it to the template.
    pub(crate) instance_types: Vec<String>,
    /// How EC2 chooses; `None` is its own default.
    pub(crate) allocation_strategy: Option<String>,
    /// On the instance.
    pub(crate) instance_tags: Tags,
    /// On the fleet.
    pub(crate) fleet_tags: Tags,
}

/// Calls that make a spot instance.
pub(crate) trait SpotCalls {
    /// `CreateLaunchTemplate`, with the claim's client token.
    fn create_launch_template(
        &self,
        region: &Region,
        claim: &Claim,
        request: &LaunchTemplate,
    ) -> impl Future<Output = CloudResult<LaunchTemplateId>> + Send;
    /// `DeleteLaunchTemplate` by name.
    fn delete_launch_template(
        &self,
        region: &Region,
        name: &str,
    ) -> impl Future<Output = CloudResult<()>> + Send;
    /// `CreateFleet` of type `instant`, with the claim's client token. Where it made no instance, its reasons come as a refusal.
    fn create_fleet(
        &self,
        region: &Region,
        claim: &Claim,
        request: &Fleet,
    ) -> impl Future<Output = CloudResult<InstanceId>> + Send;
}
