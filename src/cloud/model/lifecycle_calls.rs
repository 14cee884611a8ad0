//! Enhanced networking, deprecation, protection and fast launch of the model.

use time::OffsetDateTime;

use super::ModelCloud;
use super::limits;
use super::place::{Outcome, Place, Refused};
use crate::cloud::api::CloudResult;
use crate::cloud::instance::InstanceState;
use crate::cloud::lifecycle::{
    Cooldown, EnableFastLaunch, FastLaunchState, LaunchTemplate, NetworkSupport, TemplateName,
};
use crate::cloud::lifecycle_calls::LifecycleCalls;
use crate::cloud::{ImageId, InstanceId, Region};
use crate::ledger::Claim;

/// Fast launch of one image, which outlives the image unless it is switched off.
#[derive(Clone, Debug)]
pub(super) struct ModelFastLaunch {
    #[cfg_attr(not(test), expect(dead_code, reason = "only tests ask what it was"))]
    pub(super) request: EnableFastLaunch,
    looks: u32,
}

#[cfg(test)]
impl ModelFastLaunch {
    /// One that is on.
    pub(super) fn new(request: EnableFastLaunch) -> Self {
        Self { request, looks: 0 }
    }
}

/// What the model knows of an image besides what EC2 shows of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ImageFacts {
    /// From when on it is deprecated.
    pub(crate) deprecated_at: Option<OffsetDateTime>,
    /// Codes of AWS Marketplace.
    pub(crate) product_codes: Vec<String>,
    /// `v2.0`.
    pub(crate) imds_support: Option<String>,
    /// Whether its machine had enhanced networking switched.
    pub(crate) network_support: Vec<NetworkSupport>,
}

impl LifecycleCalls for ModelCloud {
    async fn modify_network_support(
        &self,
        region: &Region,
        instance: &InstanceId,
        support: NetworkSupport,
    ) -> CloudResult<()> {
        self.call("ModifyInstanceAttribute", region, |world| {
            let id = instance.as_str();
            let made = world.place(region).instances.get_mut(id);
            let made = made.ok_or_else(|| Refused::not_found("InvalidInstanceID.NotFound", id))?;
            if made.thing.instance.state != InstanceState::Stopped {
                let why = format!("`{id}` is not stopped");
                return Err(Refused::new("IncorrectInstanceState", why));
            }
            made.thing.network_support.push(support);
            Ok(())
        })
        .await
    }

    async fn deprecate_image(
        &self,
        region: &Region,
        image: &ImageId,
        at: OffsetDateTime,
    ) -> CloudResult<()> {
        self.call("EnableImageDeprecation", region, |world| {
            limits::check_deprecation(at, OffsetDateTime::now_utc())?;
            facts(world.place(region), image)?.deprecated_at = Some(at);
            Ok(())
        })
        .await
    }

    async fn protect_image(
        &self,
        region: &Region,
        image: &ImageId,
        _cooldown: Cooldown,
    ) -> CloudResult<()> {
        self.call("EnableImageDeregistrationProtection", region, |world| {
            protect(world.place(region), image, true)
        })
        .await
    }

    async fn unprotect_image(&self, region: &Region, image: &ImageId) -> CloudResult<()> {
        self.call("DisableImageDeregistrationProtection", region, |world| {
            protect(world.place(region), image, false)
        })
        .await
    }

    async fn named_launch_templates(
        &self,
        region: &Region,
        name: &TemplateName,
    ) -> CloudResult<Vec<LaunchTemplate>> {
        self.call("DescribeLaunchTemplates", region, |world| {
            let (TemplateName::Id(name) | TemplateName::Name(name)) = name;
            let found = world.place(region).fast_launch_templates.get(name);
            let missing = || Refused::not_found("InvalidLaunchTemplateId.NotFound", name);
            Ok(vec![found.cloned().ok_or_else(missing)?])
        })
        .await
    }

    async fn enable_fast_launch(
        &self,
        region: &Region,
        _claim: &Claim,
        request: &EnableFastLaunch,
    ) -> CloudResult<()> {
        self.call("EnableFastLaunch", region, |world| {
            let looks = world.pace.pace.looks;
            let place = world.place(region);
            facts(place, &request.image)?;
            let made = place.images.get(request.image.as_str());
            made.map_or(Ok(()), |made| limits::check_fast_launch(&made.thing.image))?;
            let made = ModelFastLaunch {
                request: request.clone(),
                looks,
            };
            place.fast_launches.insert(request.image.to_string(), made);
            Ok(())
        })
        .await
    }

    async fn fast_launch(
        &self,
        region: &Region,
        image: &ImageId,
    ) -> CloudResult<Option<FastLaunchState>> {
        self.call("DescribeFastLaunchImages", region, |world| {
            let reason = world.fast_launch_fails.clone();
            let Some(made) = world.place(region).fast_launches.get_mut(image.as_str()) else {
                return Ok(None);
            };
            if made.looks > 0 {
                made.looks -= 1;
                return Ok(Some(FastLaunchState::Enabling));
            }
            Ok(Some(
                reason.map_or(FastLaunchState::Enabled, FastLaunchState::Failed),
            ))
        })
        .await
    }

    async fn disable_fast_launch(&self, region: &Region, image: &ImageId) -> CloudResult<()> {
        self.call("DisableFastLaunch", region, |world| {
            let place = world.place(region);
            // EC2 knows it by an image that is there.
            facts(place, image)?;
            place.fast_launches.remove(image.as_str());
            Ok(())
        })
        .await
    }
}

pub(super) fn facts<'a>(place: &'a mut Place, image: &ImageId) -> Outcome<&'a mut ImageFacts> {
    let made = place.images.get_mut(image.as_str());
    let missing = || Refused::not_found("InvalidAMIID.NotFound", image.as_str());
    Ok(&mut made.ok_or_else(missing)?.thing.facts)
}

fn protect(place: &mut Place, image: &ImageId, protected: bool) -> Outcome<()> {
    let made = place.images.get_mut(image.as_str());
    let missing = || Refused::not_found("InvalidAMIID.NotFound", image.as_str());
    made.ok_or_else(missing)?.thing.image.is_protected = protected;
    Ok(())
}
