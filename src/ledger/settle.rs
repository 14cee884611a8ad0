//! Undoes what must not stay, in an order that suits EC2, under a deadline.
//!
//! First come all the things that one call removes, in parallel: the instance is told to terminate, the image is
//! deregistered, the key pair deleted. Then what has to wait for those: the security group, volumes and snapshots.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;

use super::keeper::{Inner, Ledger};
use super::kind;
use super::row::Row;
use super::settled::{Remaining, Settled, Why};
use super::undo;
use crate::cloud::Cloud;
use crate::stop::Stop;

/// All of settling after a stop signal: the runner kills after 10 s, outputs still have to be written, and 5 s is promised.
pub(crate) const HURRIED: Duration = Duration::from_secs(4);
/// What a creating call on its way gets to bring its answer, after a stop signal.
const HURRIED_ANSWER: Duration = Duration::from_millis(1500);
/// The same without a hurry: the longest that one call takes with the SDK's own repetitions, about.
const ANSWER: Duration = Duration::from_secs(60);

/// All of settling without a hurry: a machine may take ten minutes to go, and what it held some more.
pub(crate) const PATIENCE: Duration = Duration::from_secs(1200);

/// Which rows are settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    /// Everything but what `-on-error=abort` kept.
    Unfinished,
    /// That too: somebody asked for it by hand.
    HeldToo,
}

/// How to settle.
pub(crate) struct Settling<'a> {
    /// Which rows.
    pub(crate) which: Which,
    /// How long without a hurry; [`PATIENCE`] unless somebody waits for less.
    pub(crate) patience: Duration,
    /// A stop signal cuts it down to [`HURRIED`], counted from the signal.
    pub(crate) stop: &'a Stop,
    /// Told of each row before its removal begins.
    pub(crate) narrate: &'a (dyn Fn(&Row) + Sync),
}

impl Ledger {
    /// Undoes every row that is not kept. It may be called again on a new ledger of the same journal: what is gone stays gone.
    pub(crate) async fn settle<C: Cloud>(self, cloud: &C, settling: &Settling<'_>) -> Settled {
        let inner = self.inner;
        inner.record().close();
        let before = inner.record().rows().to_vec();
        let failures = Failures::default();
        let work = async {
            for stage in [Stage::First, Stage::Second] {
                settle_stage(&inner, cloud, settling, stage, &failures).await;
            }
        };
        tokio::select! {
            biased;
            () = work => {}
            () = out_of_time(settling) => {}
        }
        let mut record = inner.record();
        record.abort_calls();
        record.finish();
        let build_id = record.identity().build_id.clone();
        let remaining: Vec<Remaining> = record
            .rows()
            .iter()
            .map(|row| remaining(row, &failures, &build_id))
            .collect();
        let removed = before
            .into_iter()
            .filter(|row| record.row(row.number).is_none())
            .collect();
        let journal = Some(record.path().clone()).filter(|path| {
            let is_there = !path.as_os_str().is_empty();
            is_there && !remaining.is_empty()
        });
        Settled::new(removed, remaining, journal)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    First,
    Second,
}

type Failures = Mutex<BTreeMap<u32, Why>>;

async fn settle_stage<C: Cloud>(
    inner: &Arc<Inner>,
    cloud: &C,
    settling: &Settling<'_>,
    stage: Stage,
    failures: &Failures,
) {
    let rows: Vec<Row> = inner
        .record()
        .rows()
        .iter()
        .filter(|row| is_due(row, settling.which, stage))
        .cloned()
        .collect();
    join_all(rows.into_iter().map(|row| async move {
        let number = row.number;
        if let Err(why) = settle_row(inner, cloud, settling, row).await {
            failures
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(number, why);
        }
    }))
    .await;
}

fn is_due(row: &Row, which: Which, stage: Stage) -> bool {
    let wanted = which == Which::HeldToo || row.held_until.is_none();
    wanted && row.kind.comes_second() == (stage == Stage::Second)
}

async fn settle_row<C: Cloud>(
    inner: &Arc<Inner>,
    cloud: &C,
    settling: &Settling<'_>,
    row: Row,
) -> Result<(), Why> {
    let number = row.number;
    let row = if row.id.is_none() {
        answered(inner, settling, number).await
    } else {
        Some(row)
    };
    let Some(row) = row else { return Ok(()) };
    (settling.narrate)(&row);
    undo::undo(inner, cloud, &row).await?;
    if let Err(error) = inner.record().strike(number) {
        log::warn!("{error}");
    }
    Ok(())
}

/// Waits, bounded, for the calls on their way, since looking for a thing too early finds nothing. Then no answer is
/// expected any more: the calls are ended. `None` where the call turned out to have made nothing.
async fn answered(inner: &Arc<Inner>, settling: &Settling<'_>, number: u32) -> Option<Row> {
    let mut in_flight = inner.in_flight.subscribe();
    let hurried = async {
        settling.stop.wait().await;
        tokio::time::sleep(HURRIED_ANSWER).await;
    };
    tokio::select! {
        biased;
        _ = in_flight.wait_for(|count| *count == 0) => {}
        () = hurried => give_up_waiting(inner, number),
        () = tokio::time::sleep(ANSWER) => give_up_waiting(inner, number),
    }
    inner.record().row(number)
}

fn give_up_waiting(inner: &Arc<Inner>, number: u32) {
    let mut record = inner.record();
    record.abort_calls();
    record.unanswered(number);
}

async fn out_of_time(settling: &Settling<'_>) {
    let hurried = async {
        let request = settling.stop.wait().await;
        tokio::time::sleep(HURRIED.saturating_sub(request.at.elapsed())).await;
    };
    tokio::select! {
        biased;
        () = hurried => {}
        () = tokio::time::sleep(settling.patience) => {}
    }
}

fn remaining(row: &Row, failures: &Failures, build_id: &str) -> Remaining {
    let failure = failures
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .remove(&row.number);
    let why = match (failure, &row.held_until) {
        (Some(why), _) => why,
        (None, Some(until)) => Why::Held {
            until: until.clone(),
        },
        (None, None) => Why::OutOfTime,
    };
    Remaining {
        row: row.clone(),
        why,
        command: kind::command(row, build_id),
    }
}
