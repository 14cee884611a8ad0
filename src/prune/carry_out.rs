//! Does what a plan says, some images at a time.

use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use tokio::time::Instant;

use super::cx::PruneCx;
use super::orphans::Orphan;
use super::plan::{Plan, Planned};
use super::search::Subject;
use super::verdict::{Reason, Verdict};
use super::{remove, snapshots};
use crate::cloud::Cloud;
use crate::cloud::usage_calls::{ImageParameterCalls, UsageCalls};
use crate::error::on_one_line;
use crate::wait::WaitError;

/// Images at a time.
const AT_ONCE: usize = 4;
/// All of it: what is left then is left for the next run.
const LIMIT: Duration = Duration::from_secs(3600);

/// What became of an image or of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is gone, with its snapshots.
    Removed,
    /// It is there, and the pull request uses it no more.
    LetGo,
    /// It stays.
    Kept(Reason),
    /// It should be gone and is not, or not all of it.
    Remains {
        /// Why.
        why: String,
        /// What removes it by hand.
        command: String,
    },
}

/// What came of a plan.
#[derive(Debug, Default)]
pub(crate) struct Done {
    /// Every image, with what was decided of it.
    pub(crate) images: Vec<(Subject, Verdict, Fate)>,
    /// Every snapshot of an earlier run.
    pub(crate) orphans: Vec<(Orphan, Fate)>,
}

/// Does it. Safe to run twice, and two at once: what is gone is gone.
pub(crate) async fn carry_out<C: Cloud + UsageCalls, P: ImageParameterCalls + Sync>(
    cx: &PruneCx<'_, C, P>,
    plan: Plan,
) -> Done {
    let end = Instant::now() + LIMIT;
    let images = plan.images.into_iter().map(|planned| one(cx, planned, end));
    let images = stream::iter(images).buffered(AT_ONCE).collect().await;
    let orphans = plan
        .orphans
        .into_iter()
        .map(|orphan| delete(cx, orphan, end));
    let orphans = stream::iter(orphans).buffered(AT_ONCE).collect().await;
    Done { images, orphans }
}

async fn one<C: Cloud + UsageCalls, P: ImageParameterCalls>(
    cx: &PruneCx<'_, C, P>,
    Planned { subject, verdict }: Planned,
    end: Instant,
) -> (Subject, Verdict, Fate) {
    let fate = match (&verdict, not_begun(cx, end)) {
        (Verdict::Keep(reason), _) => Fate::Kept(reason.clone()),
        (_, Some(reason)) => Fate::Kept(reason),
        (Verdict::Remove(_), None) => {
            let (region, id) = (&subject.region, &subject.image.id);
            (cx.narrate)(&format!("Removing AMI {id} in {region} and its snapshots"));
            Box::pin(remove::remove(cx, &subject)).await
        }
        (Verdict::LetGo(number), None) => {
            let (region, id) = (&subject.region, &subject.image.id);
            (cx.narrate)(&format!(
                "Pull request {number} lets go of {id} in {region}"
            ));
            Box::pin(remove::let_go(cx, &subject, *number)).await
        }
    };
    (subject, verdict, fate)
}

fn not_begun<C, P>(cx: &PruneCx<'_, C, P>, end: Instant) -> Option<Reason> {
    if cx.stop.requested().is_some() {
        return Some(Reason::Stopped);
    }
    (Instant::now() >= end).then_some(Reason::OutOfTime)
}

async fn delete<C: Cloud, P>(
    cx: &PruneCx<'_, C, P>,
    orphan: Orphan,
    end: Instant,
) -> (Orphan, Fate) {
    let Orphan { region, snapshot } = &orphan;
    if let Some(reason) = not_begun(cx, end) {
        return (orphan, Fate::Kept(reason));
    }
    (cx.narrate)(&format!("Deleting snapshot {snapshot} in {region}"));
    let fate = match snapshots::delete(cx, region, snapshot).await {
        Ok(()) => Fate::Removed,
        Err(WaitError::Stopped { .. }) => Fate::Kept(Reason::Stopped),
        Err(error) => Fate::Remains {
            why: on_one_line(&error),
            command: snapshots::command(region, std::slice::from_ref(snapshot)),
        },
    };
    (orphan, fate)
}
