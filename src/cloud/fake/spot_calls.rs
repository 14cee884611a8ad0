//! Calls that make a spot instance.

use super::place::{Outcome, Refused};
use super::world::World;
use super::{FakeCloud, machines};
use crate::cloud::api::CloudResult;
use crate::cloud::instance::RunInstance;
use crate::cloud::request::merged;
use crate::cloud::spot::{Fleet, LaunchTemplate, SpotCalls};
use crate::cloud::tagged::{Detail, Tagged};
use crate::cloud::{AllocationToken, InstanceId, LaunchTemplateId, Region, Tags};
use crate::ledger::Claim;

/// A launch template, under its name.
#[derive(Clone, Debug)]
pub(crate) struct FakeTemplate {
    id: LaunchTemplateId,
    launch: RunInstance,
    pub(super) tags: Tags,
    token: AllocationToken,
}

impl FakeTemplate {
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

impl SpotCalls for FakeCloud {
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
    let made = FakeTemplate {
        id: id.clone(),
        launch: request.launch.clone(),
        tags,
        token: token.clone(),
    };
    templates.insert(request.name.clone(), made);
    Ok(id)
}

/// Whatever comes of a template has its id in a tag of EC2's.
fn launch(
    world: &mut World,
    region: &Region,
    (token, mut tags): (&AllocationToken, Tags),
    request: &Fleet,
) -> Outcome<InstanceId> {
    let template = world
        .place(region)
        .templates
        .get(&request.template)
        .cloned();
    let template = template.ok_or_else(|| unknown(&request.template))?;
    tags.insert(
        "aws:ec2launchtemplate:id".to_owned(),
        template.id.to_string(),
    );
    let tags = (tags, template.launch.volume_tags.clone());
    let made = machines::run(world, region, token, &template.launch, tags)?;
    Ok(made.id)
}

fn unknown(name: &str) -> Refused {
    Refused::not_found("InvalidLaunchTemplateName.NotFoundException", name)
}
