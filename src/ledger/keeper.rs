//! The ledger itself: the only place from which things that cost money are created.

use std::future::Future;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::claim::Claim;
use super::created::Created;
#[cfg(test)]
use super::disk::Disk;
use super::found::Guard;
use super::identity::BuildIdentity;
use super::journal::{Journal, JournalError};
use super::kind::{self, Kind};
use super::record::Record;
use super::row::{Order, Row};
use super::undo_volumes;
use crate::cloud::error::Refusal;
use crate::cloud::{Cloud, CloudError, InstanceId, Region};

/// All that a build created. Clones are the same ledger; one of them is spent by `settle`.
#[derive(Clone, Debug)]
pub struct Ledger {
    pub(super) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(super) struct Inner {
    record: Mutex<Record>,
    /// How many creating calls are on their way.
    pub(super) in_flight: watch::Sender<usize>,
    /// Held while deadlines are written.
    pub(super) renewing: tokio::sync::Mutex<()>,
    /// Asked before every removing call, where the rows come from a sweep.
    pub(super) guard: Option<Guard>,
}

/// Why a call was not even made.
#[derive(Debug, thiserror::Error)]
enum NotMade {
    #[error("the build is being cleaned up")]
    Settling,
    #[error("the journal cannot be written")]
    Journal(#[source] JournalError),
}

/// The task that made the call ended before the call did.
#[derive(Debug, thiserror::Error)]
#[error("the task of the call ended early")]
struct Interrupted(#[source] tokio::task::JoinError);

impl Ledger {
    /// A ledger that writes to `journal`.
    pub(crate) fn open(journal: Journal, identity: BuildIdentity) -> Self {
        Self::with(Record::new(journal, identity))
    }

    /// The ledger of an earlier process, to be settled.
    pub(crate) fn resume(path: &Path) -> Result<Self, JournalError> {
        let (journal, replayed) = Journal::reopen(path)?;
        Ok(Self::with(Record::resumed(journal, replayed)))
    }

    /// The same ledger with its journal on another disk.
    #[cfg(test)]
    pub(crate) fn on_disk(self, disk: impl FnOnce(Box<dyn Disk>) -> Box<dyn Disk>) -> Self {
        self.inner.record().on_disk(disk);
        self
    }

    /// Makes something: first the row, synced to disk, then the call, then the id. The call runs in a task of its own, so
    /// whoever waits for it may be dropped without the answer being lost.
    ///
    /// # Errors
    /// The call's own; `NotSent` where the row could not be written or the build is being settled already.
    pub(crate) async fn create<T, F, Fut>(&self, order: Order, call: F) -> Result<T, CloudError>
    where
        T: Created + Send + 'static,
        F: FnOnce(Claim) -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, CloudError>> + Send,
    {
        let (kind, region) = (order.kind, order.region.clone());
        let not_sent = |why: NotMade| CloudError::NotSent {
            call: kind.call(),
            region: region.clone(),
            source: Box::new(why),
        };
        let (row, claim) = self.enter(order).map_err(not_sent)?;
        let flight = Flight::take_off(&self.inner);
        let task = tokio::spawn(async move {
            let answer = call(claim).await;
            flight.inner.record_answer(&row, &answer);
            answer
        });
        self.inner.record().remember(task.abort_handle());
        task.await.unwrap_or_else(|error| {
            Err(CloudError::NoAnswer {
                call: kind.call(),
                region,
                source: Box::new(Interrupted(error)),
            })
        })
    }

    /// Terminates a machine that has done its work, without waiting. Its row stays until settling sees it gone, so a
    /// refusal here is no failure.
    pub(crate) async fn let_go<C: Cloud>(&self, cloud: &C, id: &InstanceId) {
        let row = self
            .rows()
            .into_iter()
            .find(|row| row.kind == Kind::Instance && row.id.as_deref() == Some(id.as_str()));
        let Some(row) = row else { return };
        undo_volumes::adopt(&self.inner, cloud, &row, id).await;
        match cloud.terminate_instance(&row.region, id).await {
            Ok(()) => self.inner.record().leaves(row.number),
            Err(error) => log::warn!("{error}; it is tried again at the end"),
        }
    }

    /// Deletes the launch template, which has done its work once its machine runs. A refusal here is no failure: the row
    /// stays, and settling tries again.
    pub(crate) async fn drop_launch_template<C: Cloud>(&self, cloud: &C) {
        let mut rows = self.rows().into_iter();
        let Some(row) = rows.find(|row| row.kind == Kind::LaunchTemplate) else {
            return;
        };
        match cloud.delete_launch_template(&row.region, &row.name).await {
            Ok(()) => {
                if let Err(error) = self.inner.record().strike(row.number) {
                    log::warn!("{error}");
                }
            }
            Err(error) => log::warn!("{error}; it is tried again at the end"),
        }
    }

    /// Writes down something of the machine's that must not outlive the build: to be called before the machine loses it.
    pub(crate) fn adopt(&self, order: Order, id: &str) -> Result<(), JournalError> {
        self.inner.record().note(order, id)
    }

    /// These things (images, snapshots, volumes), by region and id, are what the build was for: from now on nothing of
    /// them is undone.
    pub(crate) fn keep(&self, things: &[(Region, String)]) -> Result<(), JournalError> {
        self.inner.record().keep(|row| {
            // Fast launch goes by the name of its image.
            let named = match row.kind {
                Kind::FastLaunch => Some(row.name.as_str()),
                _ => row.id.as_deref(),
            };
            things
                .iter()
                .any(|(region, id)| row.region == *region && named == Some(id.as_str()))
        })
    }

    /// `-on-error=abort`: everything stays until somebody settles the journal by hand, or a sweep comes after the deadline in
    /// its tags.
    pub(crate) fn hold(&self) -> Result<(), JournalError> {
        self.inner.record().hold()
    }

    /// Who the build is or was.
    pub(crate) fn identity(&self) -> BuildIdentity {
        self.inner.record().identity().clone()
    }

    /// Lines of an earlier process's journal that cannot be read, counted from 1.
    pub(crate) fn damaged_lines(&self) -> Vec<usize> {
        self.inner.record().damaged().to_vec()
    }

    /// The command that undoes it by hand.
    pub(crate) fn settle_command(&self) -> String {
        kind::settle_command(self.inner.record().path())
    }

    /// Where the journal lies.
    #[cfg(test)]
    pub(crate) fn path(&self) -> std::path::PathBuf {
        self.inner.record().path().clone()
    }

    /// What is written down and not yet gone.
    pub(crate) fn rows(&self) -> Vec<Row> {
        self.inner.record().rows().to_vec()
    }

    fn with(record: Record) -> Self {
        Self::guarded(record, None)
    }

    pub(super) fn guarded(record: Record, guard: Option<Guard>) -> Self {
        let (in_flight, _) = watch::channel(0);
        Self {
            inner: Arc::new(Inner {
                record: Mutex::new(record),
                in_flight,
                renewing: tokio::sync::Mutex::default(),
                guard,
            }),
        }
    }

    fn enter(&self, order: Order) -> Result<(Row, Claim), NotMade> {
        let mut record = self.inner.record();
        if record.is_settling() {
            return Err(NotMade::Settling);
        }
        let tags = order.tags.clone();
        let row = record.enter(order).map_err(NotMade::Journal)?;
        let claim = Claim::new(&row, record.identity(), tags);
        Ok((row, claim))
    }
}

impl Inner {
    pub(super) fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn record_answer<T: Created>(&self, row: &Row, answer: &Result<T, CloudError>) {
        let mut record = self.record();
        let written = match answer {
            Ok(made) => record.made(row.number, made.id().unwrap_or(&row.name)),
            // After an answer that was lost on the way, the client's own repetition of the call hears "duplicate" about
            // the very thing it made; so that refusal proves nothing.
            Err(error) if error.effect_is_unknown() || error.is(Refusal::Duplicate) => {
                record.unanswered(row.number);
                Ok(())
            }
            Err(_) => record.strike(row.number),
        };
        // The thing exists now, so failing would not help: its tags lead back to it.
        if let Err(error) = written {
            log::error!("{error}; the {row} is known to this process only");
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let record = self.record();
        if !record.is_settling() && !record.rows().is_empty() {
            log::error!(
                "a ledger was dropped before it was settled; `ami-build settle {}` removes what it lists",
                record.path().display()
            );
        }
    }
}

/// Counts a call in until it is dropped, however its task ends.
struct Flight {
    inner: Arc<Inner>,
}

impl Flight {
    fn take_off(inner: &Arc<Inner>) -> Self {
        inner.in_flight.send_modify(|count| *count += 1);
        Self {
            inner: Arc::clone(inner),
        }
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.inner.in_flight.send_modify(|count| *count -= 1);
    }
}
