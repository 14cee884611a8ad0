//! Which image was tested.

use time::OffsetDateTime;

use super::cx::PromoteCx;
use super::error::PromoteError;
use super::wish::Wish;
use crate::cloud::Cloud;
use crate::images::{self, Found, Which};

/// What an error begins with.
const LOOK: &str = "look for the tested image";

/// The image that the wish names: the newest that can be used, of one build.
pub(super) async fn image<C: Cloud, P>(
    cx: &PromoteCx<'_, C, P>,
    wish: &Wish,
) -> Result<Found, PromoteError> {
    let mut found = images::find(cx.cloud, cx.region, &wish.repository_id, &wish.which)
        .await
        .map_err(PromoteError::call(LOOK))?;
    found.retain(|one| fits(one, wish));
    let mut builds: Vec<String> = found
        .iter()
        .filter_map(|one| one.known.build.clone())
        .collect();
    builds.sort();
    builds.dedup();
    if builds.len() > 1 {
        return Err(PromoteError::Several(builds));
    }
    let mut fault = None;
    for one in found {
        // An end that is over does not count: whoever promotes wants it to stay.
        let now = OffsetDateTime::UNIX_EPOCH;
        let found = images::fault(cx.cloud, cx.region, &one, now).await;
        match found.map_err(PromoteError::call(LOOK))? {
            None => return Ok(one),
            Some(why) => _ = fault.get_or_insert((one.image.id, why)),
        }
    }
    Err(match fault {
        Some((image, fault)) => PromoteError::Unsound { image, fault },
        None => PromoteError::NoImage {
            repository: wish.repository_id.clone(),
            region: cx.region.clone(),
            what: described(wish),
        },
    })
}

fn fits(found: &Found, wish: &Wish) -> bool {
    let known = &found.known;
    let head = wish.head.as_ref();
    let name = |build: &String| build.rsplit(':').next().map(str::to_owned);
    let is_named = |only: &String| known.build.as_ref().and_then(name).as_ref() == Some(only);
    // A release of the same content under another name is no preview that was tested.
    let is_copy = known.promoted_from.is_some();
    head.is_none_or(|head| known.heads.contains(head))
        && wish.only.as_ref().is_none_or(is_named)
        && !is_copy
}

fn described(wish: &Wish) -> String {
    let of = match &wish.which {
        Which::PullRequest(number) => format!("is for pull request {number}"),
        Which::Digest(digest) => format!("has the digest `{digest}`"),
        Which::Build(build) => format!("is of the build `{build}`"),
        Which::All => "can be promoted".to_owned(),
    };
    match &wish.head {
        Some(head) => format!("{of} and its head `{head}`"),
        None => of,
    }
}
