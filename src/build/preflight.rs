//! What can be known to fail before anything is created: regions, names, the VPC, the launch itself.
//!
//! Packer's documented policy does not allow all of these calls. A check that the caller may not make is left out with one
//! line; it never fails a build that would have worked.

use super::access::{Access, Key};
use super::cx::Cx;
use super::error::BuildError;
use super::late::Texts;
use super::network::Network;
use super::{fast_launch, launch, protect};
use crate::cloud::api::Caller;
use crate::cloud::error::Refusal;
use crate::cloud::image::{Image, ImageQuery};
use crate::cloud::{Cloud, CloudError, Region};
use crate::plan::amazon::recipe::Recipe;
use crate::plan::amazon::settings::{EbsSettings, Replace};

/// Whose credentials these are; `None` where `skip_credential_validation` asks not to look.
pub(crate) async fn caller<C: Cloud>(
    cloud: &C,
    settings: &EbsSettings,
    region: &Region,
) -> Result<Option<Caller>, BuildError> {
    if settings.access.skip_credential_validation {
        return Ok(None);
    }
    let caller = cloud.caller(region).await;
    caller.map(Some).map_err(|source| BuildError::Caller {
        region: region.clone(),
        source: Box::new(source),
    })
}

/// What can be known without a call, and Packer's words for what is looked for: they come first, whatever answers first.
pub(super) fn announce<C, D>(cx: &Cx<'_, C, D>) -> Result<(), BuildError> {
    if !cx.settings.unsupported.is_empty() {
        return Err(BuildError::Unsupported(cx.settings.unsupported.clone()));
    }
    if matches!(cx.settings.recipe, Recipe::Volumes(_)) {
        return Ok(());
    }
    deprecation(cx)?;
    let image = &cx.settings.image;
    cx.ui.say("Prevalidating any provided VPC information");
    if image.skip_create {
        cx.ui
            .say("skip_create_ami was set; not prevalidating AMI name");
    } else if image.replace != Replace::Refuse {
        cx.ui
            .say("Force Deregister flag found, skipping prevalidating AMI Name");
    } else {
        cx.ui
            .say(&format!("Prevalidating AMI Name: {}", image.name));
    }
    Ok(())
}

/// Every check that needs no source image, side by side.
pub(super) async fn check<C: Cloud, D: Sync>(cx: &Cx<'_, C, D>) -> Result<(), BuildError> {
    if matches!(cx.settings.recipe, Recipe::Volumes(_)) {
        return Ok(());
    }
    let others = async {
        tokio::try_join!(
            vpc(cx),
            names(cx),
            protect::check_old(cx),
            fast_launch::check(cx)
        )
        .map(|_| ())
    };
    if cx.settings.image.regions.is_empty() {
        return tokio::try_join!(regions(cx), others).map(|_| ());
    }
    // A name in a region that does not exist cannot be looked for.
    regions(cx).await?;
    others.await
}

/// EC2 takes no time in the past, and would say so only once the image is there.
fn deprecation<C, D>(cx: &Cx<'_, C, D>) -> Result<(), BuildError> {
    let image = &cx.settings.image;
    match image.lifecycle.deprecate_at.filter(|_| !image.skip_create) {
        Some(at) if at <= time::OffsetDateTime::now_utc() => Err(BuildError::DeprecatedAlready(at)),
        _ => Ok(()),
    }
}

/// Where the image's name will be used.
pub(super) fn regions_of_the_name<'a, C, D>(cx: &Cx<'a, C, D>) -> Vec<&'a Region> {
    let image = &cx.settings.image;
    let own = (!image.skip_save_build_region).then_some(cx.region);
    let copies = image.regions.iter().filter(|region| *region != cx.region);
    own.into_iter().chain(copies).collect()
}

/// `RunInstances` as a dry run: quotas, permissions and most mistakes show before anything is made.
pub(super) async fn try_launch<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    source: &Image,
    network: &Network,
    texts: &Texts,
) -> Result<(), BuildError> {
    let key = cx.ssh().map_or(Key::None, |ssh| Key::of_login(&ssh.login));
    let access = Access {
        key,
        groups: network.groups.clone(),
        profile: None,
    };
    let request = launch::request(cx, source, network, &access, texts);
    match cx.cloud.try_run_instance(cx.region, &request).await {
        Ok(()) => Ok(()),
        Err(error) if is_final(&error) => Err(BuildError::Launch {
            region: cx.region.clone(),
            source: Box::new(error),
        }),
        // Whatever it is, the launch itself will tell.
        Err(error) => {
            log::debug!("the launch could not be tried: {error}");
            Ok(())
        }
    }
}

/// Whether trying it for real would end the same. "Denied" may be about the dry run's missing tags or key pair; capacity
/// may come back.
fn is_final(error: &CloudError) -> bool {
    matches!(
        error.refusal(),
        Some(Refusal::NotFound | Refusal::Credentials)
    )
}

async fn regions<C: Cloud, D>(cx: &Cx<'_, C, D>) -> Result<(), BuildError> {
    if cx.settings.image.skip_region_validation {
        return Ok(());
    }
    let available = match cx.cloud.regions(cx.region).await {
        Ok(available) => available,
        Err(error) => return left_out(cx, "the names of the regions", "list the regions", error),
    };
    let named = std::iter::once(cx.region).chain(&cx.settings.image.regions);
    let unknown: Vec<Region> = named
        .filter(|region| !available.contains(region))
        .cloned()
        .collect();
    if unknown.is_empty() {
        Ok(())
    } else {
        Err(BuildError::UnknownRegions { unknown, available })
    }
}

async fn vpc<C: Cloud, D>(cx: &Cx<'_, C, D>) -> Result<(), BuildError> {
    let launch = &cx.settings.launch;
    let (Some(vpc), None, true) = (
        &launch.vpc,
        &launch.subnet,
        launch.filters.subnet.is_empty(),
    ) else {
        return Ok(());
    };
    match cx
        .cloud
        .vpcs(cx.region, std::slice::from_ref(vpc), &Vec::new())
        .await
    {
        Ok(found) if found.iter().any(|vpc| vpc.is_default) => Ok(()),
        Ok(_) => Err(BuildError::SubnetNeeded(vpc.clone())),
        Err(error) => left_out(cx, "the VPC", "describe the VPC of `vpc_id`", error),
    }
}

/// The image's name must be free wherever it will be used. Packer looks in the build region only.
async fn names<C: Cloud, D: Sync>(cx: &Cx<'_, C, D>) -> Result<(), BuildError> {
    let image = &cx.settings.image;
    if image.skip_create || image.replace != Replace::Refuse {
        return Ok(());
    }
    let targets = regions_of_the_name(cx);
    futures_util::future::try_join_all(targets.into_iter().map(|region| name_is_free(cx, region)))
        .await
        .map(|_| ())
}

async fn name_is_free<C: Cloud, D>(cx: &Cx<'_, C, D>, region: &Region) -> Result<(), BuildError> {
    let name = &cx.settings.image.name;
    match images_named(cx.cloud, region, name).await {
        Ok(found) => match found.into_iter().next() {
            Some(image) => Err(BuildError::NameTaken {
                name: name.clone(),
                image: image.id,
                region: region.clone(),
            }),
            None => Ok(()),
        },
        Err(error) => left_out(cx, "the AMI name", "look for images of that name", error),
    }
}

/// The account's own images of a name; at most one, once EC2 has caught up with itself.
pub(super) async fn images_named<C: Cloud>(
    cloud: &C,
    region: &Region,
    name: &str,
) -> Result<Vec<Image>, CloudError> {
    let filters = vec![("name".to_owned(), vec![name.to_owned()])];
    cloud
        .images(
            region,
            &ImageQuery {
                owners: vec!["self".to_owned()],
                filters,
                ..ImageQuery::default()
            },
        )
        .await
}

/// A check that the caller may not make is left out with one line; any other failure stands.
pub(super) fn left_out<C, D>(
    cx: &Cx<'_, C, D>,
    what: &str,
    doing: &str,
    error: CloudError,
) -> Result<(), BuildError> {
    if error.is(Refusal::Denied) {
        cx.ui
            .message(&format!("Checking {what} is left out: {error}"));
        return Ok(());
    }
    Err(BuildError::call(doing)(error))
}
