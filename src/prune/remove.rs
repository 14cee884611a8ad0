//! Removes one image: what refers to it is asked again, its snapshots are marked, then it goes, and they do.

use super::carry_out::Fate;
use super::cx::{PruneCx, answer, is};
use super::recheck::{self, Look};
use super::search::Subject;
use super::snapshots;
use super::verdict::Reason;
use crate::cloud::error::Refusal;
use crate::cloud::lifecycle::FastLaunchState;
use crate::cloud::usage_calls::{ImageParameterCalls, UsageCalls};
use crate::cloud::{Cloud, CloudError, SnapshotId, Tags};
use crate::error::on_one_line;
use crate::images;
use crate::wait::{Polled, WaitError};

/// EC2's code for an image that is protected.
const PROTECTED: &str = "OperationNotPermitted";

/// Removes the image and its snapshots, unless something speaks against it by now.
pub(super) async fn remove<C: Cloud + UsageCalls, P: ImageParameterCalls>(
    cx: &PruneCx<'_, C, P>,
    planned: &Subject,
) -> Fate {
    let subject = match recheck::itself(cx, planned).await {
        Look::AsPlanned(subject) => subject,
        Look::Gone => return Fate::Removed,
        Look::Stays(reason) => return Fate::Kept(reason),
    };
    if let Some(reason) = recheck::users(cx, &subject).await {
        return Fate::Kept(unless_stopped(cx, reason));
    }
    let own = match snapshots::own(cx, &subject).await {
        Ok(own) => own,
        Err(error) => return Fate::Kept(unknown(cx, &error)),
    };
    // From here on a later run finds what a fault leaves of it.
    if let Err(error) = tag(cx, &subject, (&own, images::pruned())).await {
        return remains(&subject, &error);
    }
    match deregister(cx, (planned, &subject)).await {
        Ok(()) => {}
        // Nobody knows whether it is gone: the mark stays, and leads the next run there.
        Err(fate @ (Fate::Remains { .. } | Fate::Kept(Reason::Stopped))) => return fate,
        Err(fate) => {
            unmark(cx, &subject, &own).await;
            return fate;
        }
    }
    delete_all(cx, &subject, own).await
}

/// The pull request that is closed uses the image no more.
pub(super) async fn let_go<C: Cloud, P>(
    cx: &PruneCx<'_, C, P>,
    planned: &Subject,
    number: u64,
) -> Fate {
    let subject = match recheck::itself(cx, planned).await {
        Look::AsPlanned(subject) => subject,
        Look::Gone => return Fate::Removed,
        Look::Stays(reason) => return Fate::Kept(reason),
    };
    let own = match snapshots::own(cx, &subject).await {
        Ok(own) => own,
        Err(error) => return Fate::Kept(unknown(cx, &error)),
    };
    let tags = images::without_pull_request(&subject.known, number);
    let ids = own.iter().map(ToString::to_string);
    let ids: Vec<String> = ids.chain([subject.image.id.to_string()]).collect();
    let what = format!("the tags of `{}`", subject.image.id);
    let tagged = cx.ask(&what, || cx.cloud.create_tags(&subject.region, &ids, &tags));
    match tagged.await {
        Ok(()) => Fate::LetGo,
        Err(error) => Fate::Kept(unknown(cx, &error)),
    }
}

async fn tag<C: Cloud, P>(
    cx: &PruneCx<'_, C, P>,
    subject: &Subject,
    (snapshots, tags): (&[SnapshotId], Tags),
) -> Result<(), WaitError> {
    if snapshots.is_empty() {
        return Ok(());
    }
    let ids: Vec<String> = snapshots.iter().map(ToString::to_string).collect();
    let what = format!("the tags of the snapshots of `{}`", subject.image.id);
    cx.ask(&what, || cx.cloud.create_tags(&subject.region, &ids, &tags))
        .await
}

/// The image stays after all. A promotion may have tagged its snapshots meanwhile: those are left alone.
async fn unmark<C: Cloud, P>(cx: &PruneCx<'_, C, P>, subject: &Subject, own: &[SnapshotId]) {
    let filters = images::pruned_snapshots(cx.repository_id);
    let what = format!("the snapshots of `{}`", subject.image.id);
    let marked = cx.ask(&what, || cx.cloud.snapshots(&subject.region, &[], &filters));
    let marked = match marked.await {
        Ok(marked) => marked.into_iter().map(|snapshot| snapshot.id),
        Err(error) => return log::warn!("{}", on_one_line(&error)),
    };
    let still: Vec<SnapshotId> = marked.filter(|id| own.contains(id)).collect();
    let tags = images::spared(subject.known.kind);
    if let Err(error) = tag(cx, subject, (&still, tags)).await {
        log::warn!("{}", on_one_line(&error));
    }
}

/// The last look is the last call before the one that nobody can take back.
async fn deregister<C: Cloud, P>(
    cx: &PruneCx<'_, C, P>,
    (planned, subject): (&Subject, &Subject),
) -> Result<(), Fate> {
    let (region, id) = (&subject.region, &subject.image.id);
    if has_fast_launch(cx, subject).await {
        still_as_planned(cx, planned).await?;
        switch_off_fast_launch(cx, subject).await?;
    }
    let what = format!("`{id}` to be deregistered");
    let done = cx.poll(&what, || async {
        // Before each repetition too: a call that was throttled comes again half a minute later.
        if let Err(fate) = still_as_planned(cx, planned).await {
            return Ok(Polled::Ready(Err(fate)));
        }
        let done = cx.cloud.deregister_image(region, id).await;
        done.map(|()| Polled::Ready(Ok(())))
    });
    match done.await {
        Ok(done) => done,
        Err(error) if is(&error, Refusal::NotFound) => Ok(()),
        Err(error) if answer(&error).and_then(CloudError::code) == Some(PROTECTED) => {
            Err(Fate::Kept(Reason::Protected))
        }
        Err(error) => Err(remains(subject, &error)),
    }
}

/// What is gone by now is no obstacle.
async fn still_as_planned<C: Cloud, P>(
    cx: &PruneCx<'_, C, P>,
    planned: &Subject,
) -> Result<(), Fate> {
    match recheck::itself(cx, planned).await {
        Look::AsPlanned(_) | Look::Gone => Ok(()),
        Look::Stays(reason) => Err(Fate::Kept(reason)),
    }
}

/// Whoever may not ask has hardly switched it on.
async fn has_fast_launch<C: Cloud, P>(cx: &PruneCx<'_, C, P>, subject: &Subject) -> bool {
    let (region, id) = (&subject.region, &subject.image.id);
    let what = format!("fast launch of `{id}`");
    match cx.ask(&what, || cx.cloud.fast_launch(region, id)).await {
        Ok(state) => state.is_some_and(|state| state != FastLaunchState::Disabling),
        Err(error) => {
            log::info!("{}; it is not looked for", on_one_line(&error));
            false
        }
    }
}

/// It goes before its image: EC2 knows it by the image alone, and goes on launching machines for it.
async fn switch_off_fast_launch<C: Cloud, P>(
    cx: &PruneCx<'_, C, P>,
    subject: &Subject,
) -> Result<(), Fate> {
    let (region, id) = (&subject.region, &subject.image.id);
    let what = format!("fast launch of `{id}` to be switched off");
    let off = cx.poll(&what, || async {
        match cx.cloud.disable_fast_launch(region, id).await {
            Err(error) if error.is(Refusal::WrongState) => Ok(Polled::PENDING),
            Err(error) if error.is(Refusal::NotFound) => Ok(Polled::Ready(())),
            answer => answer.map(Polled::Ready),
        }
    });
    off.await.map_err(|error| remains(subject, &error))
}

async fn delete_all<C: Cloud, P>(
    cx: &PruneCx<'_, C, P>,
    subject: &Subject,
    own: Vec<SnapshotId>,
) -> Fate {
    let (mut left, mut why) = (Vec::new(), String::new());
    for snapshot in own {
        if let Err(error) = snapshots::delete(cx, &subject.region, &snapshot).await {
            why = on_one_line(&error);
            left.push(snapshot);
        }
    }
    if left.is_empty() {
        return Fate::Removed;
    }
    Fate::Remains {
        why: format!("the image is gone, and a snapshot of it is not: {why}"),
        command: snapshots::command(&subject.region, &left),
    }
}

fn remains(subject: &Subject, error: &WaitError) -> Fate {
    let (region, id) = (&subject.region, &subject.image.id);
    match error {
        WaitError::Stopped { .. } => Fate::Kept(Reason::Stopped),
        error => Fate::Remains {
            why: on_one_line(error),
            command: format!("aws ec2 deregister-image --region {region} --image-id {id}"),
        },
    }
}

fn unknown<C, P>(cx: &PruneCx<'_, C, P>, error: &WaitError) -> Reason {
    unless_stopped(cx, Reason::Unknown(on_one_line(error)))
}

/// What could not be learnt because nobody waited for it is told as what it is.
fn unless_stopped<C, P>(cx: &PruneCx<'_, C, P>, reason: Reason) -> Reason {
    match (reason, cx.stop.requested()) {
        (Reason::Unknown(_), Some(_)) => Reason::Stopped,
        (reason, _) => reason,
    }
}
