//! Undoes fast launch. It has to go before its image: EC2 knows it by the image alone, and goes on launching machines for it.

use std::sync::Arc;

use tokio::time::Instant;

use super::keeper::Inner;
use super::kind::Kind;
use super::row::Row;
use super::settled::Why;
use super::undo;
use crate::cloud::error::Refusal;
use crate::cloud::lifecycle::FastLaunchState;
use crate::cloud::{Cloud, ImageId};
use crate::wait::Polled;

/// Switches off the fast launch that the row stands for, where it is on.
pub(super) async fn fast_launch<C: Cloud>(
    inner: &Arc<Inner>,
    cloud: &C,
    row: &Row,
) -> Result<(), Why> {
    let image = ImageId::new(&row.name);
    let believed = inner.record().believed_from(row.number);
    let state = undo::repeat(row, undo::RELEASE, || async {
        let asked = Instant::now();
        let state = match cloud.fast_launch(&row.region, &image).await {
            Err(error) if error.is(Refusal::NotFound) => None,
            other => other?,
        };
        // The call may still be under way.
        Ok(match state {
            None if asked < believed => Polled::PENDING,
            state => Polled::Ready(state),
        })
    });
    match state.await? {
        None | Some(FastLaunchState::Disabling) => Ok(()),
        Some(_) => {
            undo::remove(inner, row, || {
                cloud.disable_fast_launch(&row.region, &image)
            })
            .await
        }
    }
}

/// The same for an image that is about to go. Where it fails the image has to stay: nothing leads to its fast launch once it
/// is gone.
pub(super) async fn of_image<C: Cloud>(
    inner: &Arc<Inner>,
    cloud: &C,
    image_row: &Row,
    image: &ImageId,
) -> Result<(), Why> {
    let rows = inner.record().rows().to_vec();
    let own = rows.into_iter().filter(|row| {
        row.kind == Kind::FastLaunch && row.region == image_row.region && row.name == image.as_str()
    });
    for row in own {
        fast_launch(inner, cloud, &row).await?;
    }
    Ok(())
}
