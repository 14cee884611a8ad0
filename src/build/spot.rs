//! A spot instance: a launch template that describes it, and a fleet that makes exactly one of it.

use super::access::Access;
use super::cx::Cx;
use super::error::BuildError;
use super::late::Texts;
use super::launch_attempts;
use super::unique::time_ordered_uuid;
use crate::cloud::instance::RunInstance;
use crate::cloud::spot::{Fleet, LaunchTemplate};
use crate::cloud::{Cloud, InstanceId};
use crate::ledger::{Kind, Order};
use crate::plan::amazon::settings::Spot;

/// Makes the template and launches the machine, whose row is `order`.
pub(super) async fn launch<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    spot: &Spot,
    (request, order): (RunInstance, Order),
    access: &Access,
    texts: &Texts,
) -> Result<InstanceId, BuildError> {
    let fleet = Fleet {
        template: format!("packer-fleet-launch-template-{}", time_ordered_uuid()),
        instance_types: spot.instance_types.clone(),
        allocation_strategy: spot.allocation_strategy.clone(),
        instance_tags: request.instance_tags.clone(),
        fleet_tags: texts.fleet_tags.clone(),
    };
    let template = LaunchTemplate {
        name: fleet.template.clone(),
        launch: request,
        max_price: spot.max_price.clone(),
        spot_tags: texts.spot_tags.clone(),
    };
    create_template(cx, template).await?;
    launch_attempts::until_launched(cx, access, || {
        let (cloud, region, fleet) = (cx.cloud.clone(), cx.region.clone(), fleet.clone());
        cx.ledger.create(order.clone(), |claim| async move {
            cloud.create_fleet(&region, &claim, &fleet).await
        })
    })
    .await
}

async fn create_template<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    template: LaunchTemplate,
) -> Result<(), BuildError> {
    cx.ui.message("Creating Spot Fleet launch template...");
    let order = Order::new(Kind::LaunchTemplate, cx.region, &template.name);
    let (cloud, region) = (cx.cloud.clone(), cx.region.clone());
    let created = cx.ledger.create(order, |claim| async move {
        cloud
            .create_launch_template(&region, &claim, &template)
            .await
    });
    let id = created.await.map_err(BuildError::call(
        "create the launch template of the spot instance",
    ))?;
    cx.ui
        .message(&format!("Created Spot Fleet launch template: {id}"));
    Ok(())
}
