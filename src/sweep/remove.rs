//! Has the ledger undo what a plan lets go: a build's leftovers are the rows of a ledger without a journal.

use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use tokio::time::Instant;

use super::guard::guard;
use super::judge::Leftovers;
use super::thing::Thing;
use crate::cloud::lifecycle::FastLaunchState;
use crate::cloud::{Cloud, ImageId};
use crate::ledger::{
    BuildIdentity, FoundThing, Kind, Ledger, PATIENCE, Row, Settled, Settling, Which,
};
use crate::stop::Stop;

/// Builds at a time: each waits for its machine, and none waits for another.
const AT_ONCE: usize = 8;
/// All of it: what is left then is left for the next sweep.
const LIMIT: Duration = Duration::from_secs(3600);

/// How to remove.
pub(crate) struct Removing<'a> {
    /// Whose things.
    pub(crate) owners: &'a [String],
    /// Cuts it short, as it does settling.
    pub(crate) stop: &'a Stop,
    /// Told of each thing before its removal begins.
    pub(crate) narrate: &'a (dyn Fn(&Row) + Sync),
}

/// What came of one build's leftovers.
#[derive(Debug)]
pub(crate) struct Removal {
    /// Which build.
    pub(crate) build_id: String,
    /// What was to go.
    pub(crate) things: Vec<Thing>,
    /// What the ledger says.
    pub(crate) settled: Settled,
}

/// Removes the leftovers of these builds, some builds at a time. Safe to run twice, and two at once: what is gone is gone.
pub(crate) async fn remove<C: Cloud>(
    cloud: &C,
    builds: Vec<Leftovers>,
    how: &Removing<'_>,
) -> Vec<Removal> {
    let end = Instant::now() + LIMIT;
    let removals = builds
        .into_iter()
        .map(|build| remove_one(cloud, build, how, end));
    stream::iter(removals).buffered(AT_ONCE).collect().await
}

async fn remove_one<C: Cloud>(
    cloud: &C,
    build: Leftovers,
    how: &Removing<'_>,
    end: Instant,
) -> Removal {
    let mut rows: Vec<FoundThing> = build
        .things
        .iter()
        .map(|(row, thing)| found(*row, thing, &build))
        .collect();
    rows.extend(fast_launches(cloud, &build, how.stop).await);
    let guard = guard(cloud, how.owners, &build.build_id);
    let ledger = Ledger::found(BuildIdentity::of_found(&build.build_id), rows, guard);
    let settling = Settling {
        which: Which::Unfinished,
        patience: PATIENCE.min(end.saturating_duration_since(Instant::now())),
        stop: how.stop,
        narrate: how.narrate,
    };
    let settled = ledger.settle(cloud, &settling).await;
    Removal {
        build_id: build.build_id,
        things: build.things.into_iter().map(|(_, thing)| thing).collect(),
        settled,
    }
}

fn found(row: u32, thing: &Thing, build: &Leftovers) -> FoundThing {
    FoundThing {
        kind: thing.kind,
        region: thing.region.clone(),
        row,
        id: thing.id().to_owned(),
        name: thing.tagged.name.clone(),
        spared: build
            .spared_snapshots
            .get(thing.id())
            .cloned()
            .unwrap_or_default(),
    }
}

/// Fast launch has no tags: EC2 knows it by its image. Whoever may not ask has hardly switched it on.
async fn fast_launches<C: Cloud>(cloud: &C, build: &Leftovers, stop: &Stop) -> Vec<FoundThing> {
    let mut rows = Vec::new();
    for (row, thing) in &build.things {
        if thing.kind != Kind::Image || stop.requested().is_some() {
            continue;
        }
        match cloud
            .fast_launch(&thing.region, &ImageId::new(thing.id()))
            .await
        {
            Ok(None | Some(FastLaunchState::Disabling)) => {}
            Ok(Some(_)) => rows.push(FoundThing {
                kind: Kind::FastLaunch,
                id: thing.id().to_owned(),
                name: thing.id().to_owned(),
                ..found(*row, thing, build)
            }),
            Err(error) => log::info!("{error}; fast launch is not looked for"),
        }
    }
    rows
}
