//! Regions and the image's name in each of them.

use futures_util::future::join_all;
use time::OffsetDateTime;

use super::check::{Check, Verdict};
use super::makes_image;
use crate::build::BuildError;
use crate::build::cx::Cx;
use crate::build::preflight::{images_named, regions_of_the_name};
use crate::build::protect;
use crate::cloud::{Cloud, Region};
use crate::plan::amazon::settings::Replace;
use crate::report::conclusion::Conclusion;

const REGIONS: &[&str] = &["ami_regions", "region"];
const NAME: &[&str] = &["ami_name"];

/// Regions, then the name where it will be used.
pub(super) async fn check<C: Cloud>(cx: &Cx<'_, C, ()>) -> Vec<Check> {
    let (mut checks, unknown) = regions(cx).await;
    if !makes_image(cx) {
        return checks;
    }
    checks.extend(deprecation(cx));
    if cx.settings.image.replace == Replace::Refuse {
        let known = regions_of_the_name(cx).into_iter();
        let known = known.filter(|region| !unknown.contains(region));
        checks.extend(join_all(known.map(|region| name_is_free(cx, region))).await);
    } else if unknown.is_empty() {
        let what = "the old images that would be replaced";
        let old = protect::check_old(cx).await;
        checks.push(Check::of(what, &["force_deregister", "ami_name"], old).0);
    }
    checks
}

async fn regions<C: Cloud>(cx: &Cx<'_, C, ()>) -> (Vec<Check>, Vec<Region>) {
    if cx.settings.image.skip_region_validation {
        return (Vec::new(), Vec::new());
    }
    let named: Vec<&Region> = std::iter::once(cx.region)
        .chain(&cx.settings.image.regions)
        .collect();
    let mut missing = Vec::new();
    let answer = cx.cloud.regions(cx.region).await;
    let check = Check::asked("the regions", REGIONS, answer, |available| {
        let absent = named
            .into_iter()
            .filter(|region| !available.contains(region));
        missing.extend(absent.cloned());
        if missing.is_empty() {
            return Verdict::Fine;
        }
        let error = BuildError::UnknownRegions {
            unknown: missing.clone(),
            available,
        };
        let hint = "regions are enabled for an account in its settings";
        Verdict::wrong(error.to_string(), hint, Conclusion::Invalid)
    });
    (vec![check], missing)
}

async fn name_is_free<C: Cloud>(cx: &Cx<'_, C, ()>, region: &Region) -> Check {
    let name = &cx.settings.image.name;
    let answer = images_named(cx.cloud, region, name).await;
    let what = format!("the AMI name in `{region}`");
    Check::asked(what, NAME, answer, |found| {
        let Some(image) = found.into_iter().next() else {
            return Verdict::Fine;
        };
        let error = BuildError::NameTaken {
            name: name.clone(),
            image: image.id,
            region: region.clone(),
        };
        let hint = error.hint().unwrap_or_default();
        Verdict::wrong(error.to_string(), &hint, Conclusion::Invalid)
    })
}

fn deprecation<C>(cx: &Cx<'_, C, ()>) -> Option<Check> {
    let at = cx.settings.image.lifecycle.deprecate_at?;
    let verdict = if at <= OffsetDateTime::now_utc() {
        let error = BuildError::DeprecatedAlready(at).to_string();
        Verdict::wrong(error, "name a later instant", Conclusion::Invalid)
    } else {
        Verdict::Fine
    };
    Some(Check::new("the deprecation", &["deprecate_at"], verdict))
}
