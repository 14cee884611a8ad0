//! Undoes an image: it is deregistered, and its snapshots become rows of their own.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::identity::{DEADLINE_TAG, KEPT};
use super::keeper::Inner;
use super::kind::Kind;
use super::row::Row;
use super::settled::Why;
use super::{lookup, undo, undo_fast_launch};
use crate::cloud::error::Refusal;
use crate::cloud::image::{Image, ImageQuery, ImageState};
use crate::cloud::{Cloud, CloudError, ImageId, Tags};
use crate::wait::Polled;

/// How long EC2 may take to show or to tag an image that is about to go.
const LOOK: Duration = Duration::from_secs(30);
/// How long EC2's searches may take.
const SEARCH: Duration = Duration::from_secs(120);
/// An image that was still pending may get a snapshot a moment after it was deregistered, and EC2 may show it later still.
const LATE_SNAPSHOT: Duration = Duration::from_secs(5);

/// Deregisters the image and writes down every snapshot that it leaves. The snapshots are written down before the image
/// goes, since afterwards only their descriptions and tags lead to them.
pub(super) async fn image<C: Cloud>(inner: &Arc<Inner>, cloud: &C, row: &Row) -> Result<(), Why> {
    let build_id = inner.record().identity().build_id.clone();
    let found = undo::identify(inner, row, || {
        let search = lookup::image(cloud, row, &build_id);
        async { Ok(search.await?.map(|id| id.as_str().to_owned())) }
    });
    let Some(id) = found.await?.map(ImageId::new) else {
        // An earlier process may have got so far and no further.
        return adopt_found(inner, cloud, row, None).await;
    };
    let image = describe(cloud, row, &id).await;
    for snapshot in image.iter().flat_map(Image::snapshots) {
        adopt(inner, row, snapshot.as_str());
    }
    if let Some(image) = &image {
        unmark(inner, cloud, row, image).await;
    }
    undo_fast_launch::of_image(inner, cloud, row, &id).await?;
    // Protection is the last thing that a build asks for, so a protected image of a failed build is rare, but not impossible.
    if image.as_ref().is_some_and(|image| image.is_protected) {
        undo::remove(inner, row, || cloud.unprotect_image(&row.region, &id)).await?;
    }
    undo::remove(inner, row, || cloud.deregister_image(&row.region, &id)).await?;
    adopt_found(inner, cloud, row, Some(&id)).await?;
    if image.is_none_or(|image| image.state != ImageState::Available) {
        let shown = inner.record().believed_from(row.number);
        tokio::time::sleep_until(shown.max(Instant::now()) + LATE_SNAPSHOT).await;
        adopt_found(inner, cloud, row, Some(&id)).await?;
    }
    Ok(())
}

/// The image; `None` where EC2 does not tell, which must not keep it from being deregistered.
async fn describe<C: Cloud>(cloud: &C, row: &Row, id: &ImageId) -> Option<Image> {
    let query = ImageQuery {
        ids: vec![id.clone()],
        ..ImageQuery::default()
    };
    let described = undo::repeat(row, LOOK, || async {
        match cloud.images(&row.region, &query).await {
            Ok(found) => Ok(Polled::Ready(found.into_iter().next())),
            Err(error) if error.is(Refusal::NotFound) => Ok(Polled::Ready(None)),
            Err(error) => Err(error),
        }
    });
    described.await.ok().flatten()
}

/// A build may fail after it told every later sweep that the image stays. Then that has to be taken back: what cannot be
/// removed here would stay for good.
async fn unmark<C: Cloud>(inner: &Arc<Inner>, cloud: &C, row: &Row, image: &Image) {
    if image.tags.get(DEADLINE_TAG).map(String::as_str) != Some(KEPT) {
        return;
    }
    let snapshots = image.snapshots().into_iter().map(|id| id.to_string());
    let ids: Vec<String> = std::iter::once(image.id.to_string())
        .chain(snapshots.filter(|id| !row.spared.contains(id)))
        .collect();
    let deadline = inner.record().identity().deadline.clone();
    let tags = Tags::from([(DEADLINE_TAG.to_owned(), deadline)]);
    let unmarked = undo::repeat(row, LOOK, || async {
        let tagged = cloud.create_tags(&row.region, &ids, &tags).await;
        tagged.map(Polled::Ready)
    });
    if let Err(why) = unmarked.await {
        log::warn!("the {row} still says that it stays: {why}");
    }
}

async fn adopt_found<C: Cloud>(
    inner: &Arc<Inner>,
    cloud: &C,
    row: &Row,
    id: Option<&ImageId>,
) -> Result<(), Why> {
    let build_id = inner.record().identity().build_id.clone();
    for filters in lookup::snapshots(row, id, &build_id) {
        let found = undo::repeat(row, SEARCH, || async {
            match cloud.snapshots(&row.region, &[], &filters).await {
                Ok(found) => Ok(Polled::Ready(found)),
                Err(error) if error.is(Refusal::NotFound) => Ok(Polled::Ready(Vec::new())),
                Err(error) => Err::<_, CloudError>(error),
            }
        })
        .await?;
        for snapshot in found {
            adopt(inner, row, snapshot.id.as_str());
        }
    }
    Ok(())
}

fn adopt(inner: &Arc<Inner>, row: &Row, snapshot: &str) {
    if let Err(error) = inner.record().adopt(Kind::Snapshot, row, snapshot) {
        log::warn!("{error}");
    }
}
