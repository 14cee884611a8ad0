//! Undoes one row. It needs nothing but the row: what it cannot know it asks EC2.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::found::Verdict;
use super::keeper::Inner;
use super::kind::Kind;
use super::row::{NameOrigin, Row};
use super::settled::Why;
use super::{lookup, undo_fast_launch, undo_image, undo_profile, undo_volumes};
use crate::cloud::error::Refusal;
use crate::cloud::instance::InstanceState;
use crate::cloud::{Cloud, CloudError, GroupId, InstanceId, KeyName, SnapshotId, VolumeId};
use crate::stop::Stop;
use crate::wait::{self, Pace, Patience, Polled, Wait, WaitError};

/// How long a machine may take to go: Packer's ten minutes.
const TERMINATION: Duration = Duration::from_secs(600);
/// How long EC2 may hold on to a group, a volume or a snapshot after the last user of it has gone.
pub(super) const RELEASE: Duration = Duration::from_secs(300);

/// Removes the row's thing and returns once EC2 confirmed that it is gone or unknown.
pub(super) async fn undo<C: Cloud>(inner: &Arc<Inner>, cloud: &C, row: &Row) -> Result<(), Why> {
    if may_be_kept(row) && !inner.record().damaged().is_empty() {
        return Err(Why::PerhapsKept);
    }
    match row.kind {
        Kind::KeyPair => key_pair(inner, cloud, row).await,
        Kind::SecurityGroup => group(inner, cloud, row).await,
        Kind::Instance => instance(inner, cloud, row).await,
        Kind::Image | Kind::ImageCopy => undo_image::image(inner, cloud, row).await,
        Kind::Volume => volume(inner, cloud, row).await,
        Kind::Snapshot => snapshot(inner, cloud, row).await,
        Kind::FastLaunch => undo_fast_launch::fast_launch(inner, cloud, row).await,
        Kind::LaunchTemplate => launch_template(inner, cloud, row).await,
        Kind::Role => undo_profile::role(inner, cloud, row).await,
        Kind::InstanceProfile => undo_profile::instance_profile(inner, cloud, row).await,
    }
}

/// Whether it is of a kind that builds are for.
fn may_be_kept(row: &Row) -> bool {
    matches!(
        row.kind,
        Kind::Image | Kind::ImageCopy | Kind::Snapshot | Kind::Volume | Kind::FastLaunch
    )
}

/// The id of a row: the one that was written down, else what a search finds. "Nothing found" is believed only once EC2 had
/// time to show what it made.
pub(super) async fn identify<F, Fut>(
    inner: &Arc<Inner>,
    row: &Row,
    mut search: F,
) -> Result<Option<String>, Why>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<Option<String>, CloudError>>,
{
    if let Some(id) = &row.id {
        return Ok(Some(id.clone()));
    }
    let believed = inner.record().believed_from(row.number);
    let found = repeat(row, RELEASE, || {
        let (asked, found) = (Instant::now(), search());
        async move {
            Ok(match found.await? {
                Some(id) => Polled::Ready(Some(id)),
                None if asked >= believed => Polled::Ready(None),
                None => Polled::PENDING,
            })
        }
    });
    let found = found.await?;
    if let Some(id) = &found
        && let Err(error) = inner.record().made(row.number, id)
    {
        log::warn!("{error}");
    }
    Ok(found)
}

/// Repeats a removing call while EC2 says that the thing is in use; "not found" ends it once it can be believed. Where there is
/// a guard it is asked before each try.
pub(super) async fn remove<F, Fut>(inner: &Arc<Inner>, row: &Row, mut call: F) -> Result<(), Why>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<(), CloudError>>,
{
    let believed = inner.record().believed_from(row.number);
    let told = Mutex::new(None);
    let tell = |why| *told.lock().unwrap_or_else(PoisonError::into_inner) = Some(why);
    let removed = repeat(row, RELEASE, || {
        // An answer may be old when it comes: what counts is when EC2 was asked.
        let (asked, call, tell) = (Instant::now(), call(), &tell);
        async move {
            if let Some(guard) = &inner.guard
                && let Verdict::Spare(why) = guard.ask(row).await?
            {
                tell(why);
                return Ok(Polled::Failed(String::new()));
            }
            match call.await {
                Ok(()) => Ok(Polled::Ready(())),
                Err(error) if error.is(Refusal::NotFound) && asked >= believed => {
                    Ok(Polled::Ready(()))
                }
                Err(error) if error.is(Refusal::InUse) || error.is(Refusal::WrongState) => {
                    tell(Why::Refused(error));
                    Ok(Polled::PENDING)
                }
                Err(error) => Err(error),
            }
        }
    })
    .await;
    let told = told.into_inner().unwrap_or_else(PoisonError::into_inner);
    removed.map_err(|why| match (why, told) {
        (Why::OutOfTime, Some(told)) => told,
        (why, _) => why,
    })
}

/// One wait of an undo. The stop signal does not end it: settling as a whole has its own deadline.
pub(super) async fn repeat<T, F, Fut>(row: &Row, limit: Duration, poll: F) -> Result<T, Why>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<Polled<T>, CloudError>>,
{
    repeat_at(Pace::BRISK, row, limit, poll).await
}

/// The same at a pace of its own.
async fn repeat_at<T, F, Fut>(pace: Pace, row: &Row, limit: Duration, poll: F) -> Result<T, Why>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<Polled<T>, CloudError>>,
{
    let (what, stop) = (format!("the removal of {row}"), Stop::never());
    let wait = Wait {
        what: &what,
        pace,
        patience: Patience::Total(limit),
        grace: limit,
        stop: &stop,
        progress: &|_, _| {},
    };
    wait::until(&wait, poll).await.map_err(|error| match error {
        WaitError::Refused { source, .. }
        | WaitError::TimedOut {
            last: Some(source), ..
        } => Why::Refused(*source),
        WaitError::TimedOut { .. } | WaitError::Stopped { .. } | WaitError::Failed { .. } => {
            Why::OutOfTime
        }
    })
}

async fn key_pair<C: Cloud>(inner: &Arc<Inner>, cloud: &C, row: &Row) -> Result<(), Why> {
    let name = KeyName::new(&row.name);
    if row.id.is_some() {
        return remove(inner, row, || cloud.delete_key_pair(&row.region, &name)).await;
    }
    let believed = inner.record().believed_from(row.number);
    match row.origin {
        // Deleting what is not there is no error and needs no right to look, so it is simply done until it is final.
        NameOrigin::Generated => {
            remove(inner, row, || cloud.delete_key_pair(&row.region, &name)).await?;
            tokio::time::sleep_until(believed).await;
            remove(inner, row, || cloud.delete_key_pair(&row.region, &name)).await
        }
        NameOrigin::Template => {
            let build_id = inner.record().identity().build_id.clone();
            let owned = identify(inner, row, || {
                let search = lookup::owns_key_pair(cloud, row, &build_id);
                async { Ok(search.await?.then(|| row.name.clone())) }
            });
            match owned.await {
                Ok(None) => Ok(()),
                Ok(Some(_)) => {
                    remove(inner, row, || cloud.delete_key_pair(&row.region, &name)).await
                }
                Err(Why::Refused(error)) if error.is(Refusal::Denied) => Err(Why::Ambiguous),
                Err(why) => Err(why),
            }
        }
    }
}

async fn group<C: Cloud>(inner: &Arc<Inner>, cloud: &C, row: &Row) -> Result<(), Why> {
    let found = identify(inner, row, || {
        let search = lookup::group(cloud, row);
        async { Ok(search.await?.map(|id| id.as_str().to_owned())) }
    });
    let Some(id) = found.await?.map(GroupId::new) else {
        return Ok(());
    };
    remove(inner, row, || cloud.delete_group(&row.region, &id)).await
}

async fn instance<C: Cloud>(inner: &Arc<Inner>, cloud: &C, row: &Row) -> Result<(), Why> {
    let build_id = inner.record().identity().build_id.clone();
    let template = inner.record().launch_template();
    let found = identify(inner, row, || {
        let search = lookup::instance(cloud, row, &build_id, template.as_deref());
        async { Ok(search.await?.map(|id| id.as_str().to_owned())) }
    });
    let Some(id) = found.await?.map(InstanceId::new) else {
        return Ok(());
    };
    if !inner.record().is_leaving(row.number) {
        undo_volumes::adopt(inner, cloud, row, &id).await;
        remove(inner, row, || cloud.terminate_instance(&row.region, &id)).await?;
    }
    let gone = || terminated(cloud, row, &id);
    repeat_at(Pace::STOP, row, TERMINATION, gone).await
}

/// Whether the machine is gone. EC2 shows a terminated one for about an hour, then does not know it any more.
async fn terminated<C: Cloud>(
    cloud: &C,
    row: &Row,
    id: &InstanceId,
) -> Result<Polled<()>, CloudError> {
    match cloud
        .instances(&row.region, std::slice::from_ref(id), &Vec::new())
        .await
    {
        Ok(found)
            if found
                .iter()
                .all(|instance| instance.state == InstanceState::Terminated) =>
        {
            Ok(Polled::Ready(()))
        }
        Err(error) if error.is(Refusal::NotFound) => Ok(Polled::Ready(())),
        Ok(_) => Ok(Polled::PENDING),
        Err(error) => Err(error),
    }
}

/// Its name is ours alone, so it is simply deleted.
async fn launch_template<C: Cloud>(inner: &Arc<Inner>, cloud: &C, row: &Row) -> Result<(), Why> {
    remove(inner, row, || {
        cloud.delete_launch_template(&row.region, &row.name)
    })
    .await
}

async fn volume<C: Cloud>(inner: &Arc<Inner>, cloud: &C, row: &Row) -> Result<(), Why> {
    let id = VolumeId::new(row.label());
    remove(inner, row, || cloud.delete_volume(&row.region, &id)).await
}

async fn snapshot<C: Cloud>(inner: &Arc<Inner>, cloud: &C, row: &Row) -> Result<(), Why> {
    let build_id = inner.record().identity().build_id.clone();
    let found = identify(inner, row, || {
        let search = lookup::snapshot(cloud, row, &build_id);
        async { Ok(search.await?.map(|id| id.as_str().to_owned())) }
    });
    let Some(id) = found.await?.map(SnapshotId::new) else {
        return Ok(());
    };
    remove(inner, row, || cloud.delete_snapshot(&row.region, &id)).await
}
