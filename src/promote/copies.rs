//! The release in each region: the tested image itself, a copy that is there, or a new one.

use std::time::Duration;

use time::OffsetDateTime;

use super::cx::PromoteCx;
use super::error::PromoteError;
use super::keys::Keys;
use crate::cloud::image::{CopyImage, Image, ImageQuery, ImageState};
use crate::cloud::{Cloud, ImageId, Region, Tags};
use crate::images::{self, Found, Known};
use crate::ledger::{Kind, Order};
use crate::wait::{self, Pace, Patience, Polled, Wait};

/// How long an image may stay pending: copies between far regions take an hour or two for a large disk.
const LONGEST: Duration = Duration::from_secs(6 * 3600);
/// What an error begins with.
const LOOK: &str = "look for an image of the release's name";

/// What is in a region before anything is done there.
#[derive(Clone, Debug)]
pub(super) enum There {
    /// The release, from an earlier run or from the build.
    Release(Box<Image>),
    /// Nothing.
    Nothing,
}

/// What to make of the tested image.
pub(super) struct Release<'a> {
    /// The tested image.
    pub(super) tested: &'a Found,
    /// The release's name.
    pub(super) name: &'a str,
    /// The tags of each image and of its snapshots.
    pub(super) tags: &'a Tags,
    /// What copies are encrypted with.
    pub(super) keys: &'a Keys,
}

/// Looks what has the name in a region. Another image of that name is known before anything is made.
pub(super) async fn look<C: Cloud, P>(
    cx: &PromoteCx<'_, C, P>,
    region: &Region,
    (tested, name): (&Found, &str),
) -> Result<There, PromoteError> {
    let query = ImageQuery {
        owners: vec!["self".to_owned()],
        filters: vec![("name".to_owned(), vec![name.to_owned()])],
        include_deprecated: true,
        ..ImageQuery::default()
    };
    let named = cx.cloud.images(region, &query).await;
    let named = named.map_err(PromoteError::call(LOOK))?;
    match named.into_iter().next() {
        None => Ok(There::Nothing),
        Some(image) => match sameness(&image, tested) {
            Sameness::Whole => Ok(There::Release(Box::new(image))),
            Sameness::InTheMaking => Err(PromoteError::UnderWay {
                image: image.id,
                region: region.clone(),
            }),
            Sameness::Other => Err(PromoteError::NameTaken {
                name: name.to_owned(),
                image: image.id,
                region: region.clone(),
            }),
        },
    }
}

/// What an image of the release's name is to the tested one.
#[derive(Debug, PartialEq, Eq)]
enum Sameness {
    /// It holds the same.
    Whole,
    /// It will: another run is at it, or was killed.
    InTheMaking,
    /// It is something else.
    Other,
}

fn sameness(image: &Image, tested: &Found) -> Sameness {
    let Some(known) = Known::of(&image.tags) else {
        return Sameness::Other;
    };
    let is_ours = known.repository_id == tested.known.repository_id;
    let is_copied = known.promoted_from.as_deref() == Some(tested.image.id.as_str());
    let has_digest = known.digest.is_some() && known.digest == tested.known.digest;
    match is_ours && (has_digest || is_copied || image.id == tested.image.id) {
        true if known.is_finished => Sameness::Whole,
        true => Sameness::InTheMaking,
        false => Sameness::Other,
    }
}

/// Copies the tested image, and waits until the copy is available.
pub(super) async fn copy<C: Cloud, P>(
    cx: &PromoteCx<'_, C, P>,
    region: &Region,
    release: &Release<'_>,
) -> Result<Image, PromoteError> {
    let key = release.keys.of(region).cloned();
    let request = CopyImage {
        source_region: cx.region.clone(),
        source: release.tested.image.id.clone(),
        name: release.name.to_owned(),
        encrypted: key.is_some().then_some(true),
        kms_key_id: key,
        image_tags: release.tags.clone(),
        snapshot_tags: release.tags.clone(),
        completion_minutes: None,
    };
    let order = Order::new(Kind::ImageCopy, region, &request.name);
    let (cloud, target) = (cx.cloud.clone(), region.clone());
    let copied = cx.ledger.create(order, |claim| async move {
        cloud.copy_image(&target, &claim, &request).await
    });
    let id = match copied.await {
        Ok(id) => id,
        Err(error) => {
            // Another run may have been quicker by a moment: then it is known what has the name.
            if error.code() == Some("InvalidAMIName.Duplicate") {
                look(cx, region, (release.tested, release.name)).await?;
            }
            let doing = format!("copy the image to `{region}`");
            return Err(PromoteError::call(doing)(error));
        }
    };
    available(cx, region, &id).await
}

async fn available<C: Cloud, P>(
    cx: &PromoteCx<'_, C, P>,
    region: &Region,
    id: &ImageId,
) -> Result<Image, PromoteError> {
    let what = format!("AMI {id} in {region} to become ready");
    let progress = cx.progress(&what);
    let wait = Wait {
        what: &what,
        pace: Pace::STEADY,
        patience: Patience::Total(LONGEST),
        grace: wait::GRACE,
        stop: cx.stop,
        progress: &progress,
    };
    let query = ImageQuery {
        ids: vec![id.clone()],
        owners: vec!["self".to_owned()],
        ..ImageQuery::default()
    };
    let ready = wait::until(&wait, || async {
        let Some(image) = cx.cloud.images(region, &query).await?.into_iter().next() else {
            return Ok(Polled::PENDING);
        };
        Ok(match image.state {
            ImageState::Available => Polled::Ready(image),
            ImageState::Pending => Polled::PENDING,
            ImageState::Failed | ImageState::Other => {
                let reason = image.state_reason;
                Polled::Failed(reason.unwrap_or_else(|| "EC2 gives no reason".to_owned()))
            }
        })
    });
    ready
        .await
        .map_err(PromoteError::wait("cannot copy the image"))
}

/// Asks again whether all of the release is there.
pub(super) async fn verify<C: Cloud, P>(
    cx: &PromoteCx<'_, C, P>,
    region: &Region,
    image: &Image,
) -> Result<(), PromoteError> {
    let known = Known::of(&image.tags).map(|known| Known {
        is_finished: true,
        ..known
    });
    let unverified = |fault| PromoteError::Unverified {
        image: image.id.clone(),
        region: region.clone(),
        fault,
    };
    let known = known.ok_or_else(|| unverified("its tags are not there"))?;
    let found = Found {
        image: image.clone(),
        known,
    };
    let fault = images::fault(cx.cloud, region, &found, OffsetDateTime::UNIX_EPOCH).await;
    match fault.map_err(PromoteError::call("verify the release"))? {
        None => Ok(()),
        Some(fault) => Err(unverified(fault)),
    }
}
