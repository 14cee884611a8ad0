//! A ledger of what a sweep found: the rows come from tags instead of a journal, and the same undo removes them.

use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::identity::BuildIdentity;
use super::keeper::Ledger;
use super::kind::Kind;
use super::record::Record;
use super::row::{NameOrigin, Row};
use super::settled::Why;
use crate::cloud::{AllocationToken, CloudError, Region};

/// A thing that carries the tags of a build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FoundThing {
    /// What it is.
    pub(crate) kind: Kind,
    /// Where it is.
    pub(crate) region: Region,
    /// The row that its tags name.
    pub(crate) row: u32,
    /// Its id; of a key pair and a thing of IAM its name.
    pub(crate) id: String,
    /// Its name, where its kind has one.
    pub(crate) name: String,
    /// Of an image: the snapshots that have to stay.
    pub(crate) spared: Vec<String>,
}

/// Asked again right before every removing call.
#[derive(Clone)]
pub(crate) struct Guard(Arc<Ask>);

type Ask = dyn Fn(Row) -> BoxFuture<'static, Result<Verdict, CloudError>> + Send + Sync;

/// What the guard says of a row's thing.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// It may go.
    Remove,
    /// It stays, and why.
    Spare(Why),
}

impl Guard {
    /// A guard that asks this.
    pub(crate) fn new(
        ask: impl Fn(Row) -> BoxFuture<'static, Result<Verdict, CloudError>> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(ask))
    }

    pub(super) async fn ask(&self, row: &Row) -> Result<Verdict, CloudError> {
        (self.0)(row.clone()).await
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Guard")
    }
}

impl Ledger {
    /// The things of one build, to be settled.
    pub(crate) fn found(identity: BuildIdentity, things: Vec<FoundThing>, guard: Guard) -> Self {
        Self::guarded(Record::found(identity, rows(things)), Some(guard))
    }
}

/// A machine's volumes and an image's snapshots carry the row of what they came with, so they get numbers of their own here.
fn rows(things: Vec<FoundThing>) -> Vec<Row> {
    let highest = things.iter().map(|thing| thing.row).max().unwrap_or(0);
    let mut next = highest;
    let number = |thing: &FoundThing, next: &mut u32| match thing.kind {
        Kind::Volume | Kind::Snapshot | Kind::FastLaunch => {
            *next += 1;
            *next
        }
        _ => thing.row,
    };
    let row = |thing: FoundThing| Row {
        number: number(&thing, &mut next),
        kind: thing.kind,
        region: thing.region,
        name: thing.name,
        origin: NameOrigin::Generated,
        token: AllocationToken::new(""),
        written: 0,
        orphan_devices: Vec::new(),
        devices: Vec::new(),
        spared: thing.spared,
        id: Some(thing.id),
        held_until: None,
    };
    things.into_iter().map(row).collect()
}
