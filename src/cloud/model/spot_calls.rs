//! Calls that make a spot instance.

use super::calls::tags_in;
use super::limits;
use super::place::{Outcome, Refused};
use super::world::World;
use super::{ModelCloud, machines};
use crate::cloud::api::CloudResult;
use crate::cloud::instance::RunInstance;
use crate::cloud::request::merged;
use crate::cloud::spot::{Fleet, LaunchTemplate, SpotCalls};
use crate::cloud::tagged::{Detail, Tagged};
use crate::cloud::{AllocationToken, InstanceId, LaunchTemplateId, Region, Tags};
use crate::ledger::Claim;

/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/launch-templates-as-source.html>
const TEMPLATE_TAG: &str = "aws:ec2launchtemplate:id";

/// A launch template, under its name.
#[derive(Clone, Debug)]
pub(crate) struct ModelTemplate {
    id: LaunchTemplateId,
    launch: RunInstance,
    pub(super) tags: Tags,
    token: AllocationToken,
}

impl ModelTemplate {
    /// Whether this is its id.
    pub(super) fn is_called(&self, id: &str) -> bool {
        self.id.as_str() == id
    }

    /// As `DescribeLaunchTemplates` shows it.
    pub(super) fn tagged(&self, name: &str) -> Tagged {
        Tagged {
            id: self.id.to_string(),
            name: name.to_owned(),
            tags: self.tags.clone(),
            detail: Detail::None,
        }
    }
}

impl SpotCalls for ModelCloud {
    async fn create_launch_template(
        &self,
        region: &Region,
        claim: &Claim,
        request: &LaunchTemplate,
    ) -> CloudResult<LaunchTemplateId> {
        let tags = merged(claim, &request.spot_tags);
        // The volumes of the machine are tagged by the template, but not in China.
        let mut request = request.clone();
        if !region.is_china() {
            request.launch.volume_tags = merged(claim, &request.launch.volume_tags);
        }
        self.call("CreateLaunchTemplate", region, |world| {
            add_template(world, region, (claim.token(), tags), &request)
        })
        .await
    }

    async fn delete_launch_template(&self, region: &Region, name: &str) -> CloudResult<()> {
        self.call("DeleteLaunchTemplate", region, |world| {
            let removed = world.place(region).templates.remove(name);
            removed.map(drop).ok_or_else(|| unknown(name))
        })
        .await
    }

    async fn create_fleet(
        &self,
        region: &Region,
        claim: &Claim,
        request: &Fleet,
    ) -> CloudResult<InstanceId> {
        let tags = merged(claim, &request.instance_tags);
        self.call("CreateFleet", region, |world| {
            launch(world, region, (claim.token(), tags), request)
        })
        .await
    }
}

fn add_template(
    world: &mut World,
    region: &Region,
    (token, tags): (&AllocationToken, Tags),
    request: &LaunchTemplate,
) -> Outcome<LaunchTemplateId> {
    limits::check_tags(&tags)?;
    limits::check_price(request.max_price.as_deref())?;
    let id = LaunchTemplateId::new(world.id("lt"));
    let templates = &mut world.place(region).templates;
    if let Some(known) = templates.get(&request.name) {
        return match known.token == *token {
            true => Ok(known.id.clone()),
            false => Err(Refused::new(
                "InvalidLaunchTemplateName.AlreadyExistsException",
                format!("`{}`", request.name),
            )),
        };
    }
    let made = ModelTemplate {
        id: id.clone(),
        launch: request.launch.clone(),
        tags,
        token: token.clone(),
    };
    templates.insert(request.name.clone(), made);
    Ok(id)
}

/// A machine of one of the types, and whatever comes of a template has its id in a tag of EC2's.
fn launch(
    world: &mut World,
    region: &Region,
    (token, tags): (&AllocationToken, Tags),
    request: &Fleet,
) -> Outcome<InstanceId> {
    let template = world
        .place(region)
        .templates
        .get(&request.template)
        .cloned();
    let template = template.ok_or_else(|| unknown(&request.template))?;
    limits::check_tags(&request.fleet_tags)?;
    let launches = of_types(&template.launch, &request.instance_types);
    let mut made = Err(unknown(&request.template));
    for launch in launches {
        let tags = (tags.clone(), launch.volume_tags.clone());
        made = machines::run(world, region, token, &launch, tags);
        if made.is_ok() {
            break;
        }
    }
    let id = made?.id;
    if let Some(tags) = tags_in(world.place(region), id.as_str()) {
        tags.insert(TEMPLATE_TAG.to_owned(), template.id.to_string());
    }
    Ok(id)
}

/// The template's launch with each of the types that the fleet may choose from.
fn of_types(launch: &RunInstance, types: &[String]) -> Vec<RunInstance> {
    if types.is_empty() {
        return vec![launch.clone()];
    }
    let of_type = |instance_type: &String| RunInstance {
        instance_type: instance_type.clone(),
        ..launch.clone()
    };
    types.iter().map(of_type).collect()
}

fn unknown(name: &str) -> Refused {
    Refused::not_found("InvalidLaunchTemplateName.NotFoundException", name)
}
