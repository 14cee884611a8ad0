//! Asks once more, right before an image goes: somebody may have begun to use or to promote it since the plan was made.

use super::cx::{PruneCx, is};
use super::judge::whatever_is_asked;
use super::search::Subject;
use super::uses;
use super::verdict::Reason;
use crate::cloud::Cloud;
use crate::cloud::api::ImageCalls;
use crate::cloud::error::Refusal;
use crate::cloud::image::ImageQuery;
use crate::cloud::usage_calls::{Depth, ImageParameterCalls, UsageCalls};
use crate::error::on_one_line;
use crate::images::Known;
use crate::wait::WaitError;

/// What a fresh look says of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// It is as it was.
    AsPlanned(Box<Subject>),
    /// It is gone.
    Gone,
    /// It stays.
    Stays(Reason),
}

/// Looks at the image itself: its tags, its state, its protection.
pub(super) async fn itself<C: ImageCalls, P>(cx: &PruneCx<'_, C, P>, planned: &Subject) -> Look {
    match described(cx, planned).await {
        Ok(None) => Look::Gone,
        Ok(Some(fresh)) => match reason(planned, &fresh) {
            Some(reason) => Look::Stays(reason),
            None => Look::AsPlanned(Box::new(fresh)),
        },
        Err(WaitError::Stopped { .. }) => Look::Stays(Reason::Stopped),
        Err(error) => Look::Stays(Reason::Unknown(on_one_line(&error))),
    }
}

async fn described<C: ImageCalls, P>(
    cx: &PruneCx<'_, C, P>,
    planned: &Subject,
) -> Result<Option<Subject>, WaitError> {
    let query = ImageQuery {
        ids: vec![planned.image.id.clone()],
        owners: vec!["self".to_owned()],
        include_deprecated: true,
        ..ImageQuery::default()
    };
    let what = format!("`{}`", planned.image.id);
    let found = cx
        .ask(&what, || cx.cloud.images(&planned.region, &query))
        .await;
    let image = match found {
        Ok(found) => found.into_iter().next(),
        Err(error) if is(&error, Refusal::NotFound) => None,
        Err(error) => return Err(error),
    };
    Ok(image.map(|image| Subject {
        region: planned.region.clone(),
        // Without a kind it is nobody's to judge, so it is not what was planned either.
        known: Known::of(&image.tags).unwrap_or_else(|| Known {
            is_finished: false,
            ..planned.known.clone()
        }),
        image,
    }))
}

/// Whatever changed, somebody had something in mind with it.
fn reason(planned: &Subject, fresh: &Subject) -> Option<Reason> {
    let is_the_same =
        fresh.known == planned.known && fresh.image.owner_id == planned.image.owner_id;
    match whatever_is_asked(fresh) {
        Some(reason) => Some(reason),
        None => (!is_the_same).then_some(Reason::Changed),
    }
}

/// Asks who uses it and who else may.
pub(super) async fn users<C: Cloud + UsageCalls, P: ImageParameterCalls>(
    cx: &PruneCx<'_, C, P>,
    subject: &Subject,
) -> Option<Reason> {
    let ids = [subject.image.id.clone()];
    let uses = uses::references(cx, &subject.region, &ids, Depth::CurrentVersions).await;
    match uses.reason(&subject.image.id) {
        None => uses::shares(cx, subject).await,
        reason => reason,
    }
}
