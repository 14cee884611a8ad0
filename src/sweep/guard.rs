//! Asks once more, right before each removing call: somebody may have come back to life since the search.

use std::sync::{Arc, OnceLock};

use futures_util::FutureExt;
use time::OffsetDateTime;

use super::thing::Thing;
use crate::cloud::tagged::Selection;
use crate::cloud::{Cloud, CloudError};
use crate::ledger::deadline::{CLOCK_SKEW, Deadline};
use crate::ledger::{Guard, Kind, Row, Verdict, Why};

/// A guard over the things of one build.
pub(super) fn guard<C: Cloud>(cloud: &C, owners: &[String], build_id: &str) -> Guard {
    let known = Arc::new(Known {
        owners: owners.to_vec(),
        build_id: build_id.to_owned(),
        alive: OnceLock::new(),
    });
    let cloud = cloud.clone();
    Guard::new(move |row| {
        let (cloud, known) = (cloud.clone(), Arc::clone(&known));
        async move { ask(&cloud, &known, row).await }.boxed()
    })
}

struct Known {
    owners: Vec<String>,
    build_id: String,
    /// Once one thing was renewed, nothing of its build goes any more.
    alive: OnceLock<String>,
}

async fn ask<C: Cloud>(cloud: &C, known: &Known, row: Row) -> Result<Verdict, CloudError> {
    let renewed = |until: &String| {
        let until = until.clone();
        Ok(Verdict::Spare(Why::Renewed { until }))
    };
    if let Some(until) = known.alive.get() {
        return renewed(until);
    }
    let which = Selection::One(match row.kind {
        Kind::KeyPair
        | Kind::LaunchTemplate
        | Kind::FastLaunch
        | Kind::Role
        | Kind::InstanceProfile => row.name.clone(),
        _ => row.label().to_owned(),
    });
    let found = cloud.tagged(&row.region, row.kind, &which).await?;
    let Some(tagged) = found.into_iter().next() else {
        // Whoever removes what is gone hears so.
        return Ok(Verdict::Remove);
    };
    let thing = Thing {
        kind: row.kind,
        region: row.region,
        tagged,
    };
    if !thing.belongs_to(&known.owners) || thing.build_id() != known.build_id {
        return Ok(Verdict::Spare(Why::NotOurs));
    }
    match thing.deadline() {
        Deadline::At(at) if at.saturating_add(CLOCK_SKEW) <= OffsetDateTime::now_utc() => {
            Ok(Verdict::Remove)
        }
        Deadline::At(_) => renewed(known.alive.get_or_init(|| thing.deadline_text().to_owned())),
        Deadline::Kept | Deadline::Unreadable => Ok(Verdict::Spare(Why::NotOurs)),
    }
}
