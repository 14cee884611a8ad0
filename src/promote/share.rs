//! Gives the release to those who may use it. It is tagged and verified by then.

use super::cx::PromoteCx;
use super::error::PromoteError;
use super::wish::{Protection, Recipients, Wish};
use crate::cloud::image::{Image, ImageAttribute, SnapshotAttribute};
use crate::cloud::lifecycle::Cooldown;
use crate::cloud::{Cloud, Region};

/// Shares image and snapshots, and says when the image is deprecated.
pub(super) async fn share<C: Cloud, P>(
    cx: &PromoteCx<'_, C, P>,
    region: &Region,
    image: &Image,
    wish: &Wish,
) -> Result<(), PromoteError> {
    if let Some(at) = wish.deprecate_at {
        let what = format!("the deprecation of AMI {}", image.id);
        cx.change(&what, || cx.cloud.deprecate_image(region, &image.id, at))
            .await?;
    }
    for attribute in attributes(&wish.share_with) {
        let what = format!("the shares of AMI {}", image.id);
        cx.change(&what, || {
            cx.cloud.modify_image(region, &image.id, &attribute)
        })
        .await?;
    }
    if wish.share_with.accounts.is_empty() {
        return Ok(());
    }
    let attribute = SnapshotAttribute::VolumeUsers(wish.share_with.accounts.clone());
    for snapshot in image.snapshots() {
        let what = format!("the shares of snapshot {snapshot}");
        cx.change(&what, || {
            cx.cloud.modify_snapshot(region, &snapshot, &attribute)
        })
        .await?;
    }
    Ok(())
}

fn attributes(with: &Recipients) -> Vec<ImageAttribute> {
    type OfList = fn(Vec<String>) -> ImageAttribute;
    let lists: [(&Vec<String>, OfList); 4] = [
        (&with.accounts, ImageAttribute::LaunchUsers),
        (&with.organizations, ImageAttribute::LaunchOrganizations),
        (&with.units, ImageAttribute::LaunchOrganizationalUnits),
        (&with.groups, ImageAttribute::LaunchGroups),
    ];
    let given = lists.into_iter().filter(|(list, _)| !list.is_empty());
    given.map(|(list, make)| make(list.clone())).collect()
}

/// Protects the release. Nothing of it can be undone from then on.
pub(super) async fn protect<C: Cloud, P>(
    cx: &PromoteCx<'_, C, P>,
    region: &Region,
    image: &Image,
    wish: &Wish,
) -> Result<(), PromoteError> {
    if wish.protection == Protection::Off || image.is_protected {
        return Ok(());
    }
    let what = format!("the deregistration protection of AMI {}", image.id);
    cx.change(&what, || {
        cx.cloud.protect_image(region, &image.id, Cooldown::None)
    })
    .await
}
