//! From what a sweep found, planned and removed to its report.

use crate::cloud::Region;
use crate::cloud::error::Refusal;
use crate::error::on_one_line;
use crate::ledger::{Remaining, Why};
use crate::report::conclusion::Conclusion;
use crate::report::swept::{Fate, NotSearched, SweepReport, SweptThing};
use crate::stop::Stop;
use crate::sweep::{Plan, Removal, Thing, Unsearched};

/// What stays, and what could not be looked for.
pub(super) fn begun(
    owners: &[String],
    regions: &[Region],
    (unsearched, plan): (&[Unsearched], &Plan),
) -> SweepReport {
    let not_searched = unsearched.iter().map(|one| NotSearched {
        kind: one.kind.word(),
        region: one.region.clone(),
        why: on_one_line(&one.error),
    });
    let spared = plan.spared.iter().map(|(thing, reason)| {
        let why = reason.to_string();
        line(thing, Fate::Spared { why })
    });
    SweepReport {
        owners: owners.to_vec(),
        regions: regions.to_vec(),
        things: spared.collect(),
        not_searched: not_searched.collect(),
        finished: plan.finished,
        conclusion: Conclusion::Success,
    }
}

/// `-dry-run`.
pub(super) fn planned(report: &mut SweepReport, plan: &Plan) {
    let things = plan.builds.iter().flat_map(|build| &build.things);
    let lines = things.map(|(_, thing)| line(thing, Fate::Planned));
    report.things.extend(lines);
}

/// What became of each thing, and of what a removal found besides: an image's snapshots, its fast launch.
pub(super) fn removed(report: &mut SweepReport, removals: &[Removal]) {
    for removal in removals {
        let remaining = removal.settled.remaining();
        for thing in &removal.things {
            let fate = remaining
                .iter()
                .find(|remaining| is_of(remaining, thing))
                .map_or(Fate::Removed, fate);
            report.things.push(line(thing, fate));
        }
        let unplanned = remaining
            .iter()
            .filter(|remaining| !removal.things.iter().any(|thing| is_of(remaining, thing)));
        report.things.extend(unplanned.map(|remaining| SweptThing {
            kind: remaining.row.kind.word(),
            id: remaining.row.label().to_owned(),
            region: remaining.row.region.clone(),
            build_id: removal.build_id.clone(),
            deadline: String::new(),
            fate: fate(remaining),
        }));
    }
}

/// Sorts, and sums up.
pub(super) fn conclude(report: &mut SweepReport, unsearched: &[Unsearched], stop: &Stop) {
    report.sort();
    let looks = unsearched.iter().map(|one| match one.error.refusal() {
        Some(Refusal::Denied) => Conclusion::Permission,
        Some(Refusal::Credentials) => Conclusion::Credentials,
        _ => Conclusion::Failure,
    });
    let remains = report
        .things
        .iter()
        .filter(|thing| thing.fate.command().is_some())
        .map(|_| Conclusion::Leftover);
    let stopped = stop.requested().map(|_| Conclusion::Cancelled);
    report.conclusion = Conclusion::of_all(looks.chain(remains).chain(stopped));
}

fn line(thing: &Thing, fate: Fate) -> SweptThing {
    SweptThing {
        kind: thing.kind.word(),
        id: thing.id().to_owned(),
        region: thing.region.clone(),
        build_id: thing.build_id().to_owned(),
        deadline: thing.deadline_text().to_owned(),
        fate,
    }
}

fn is_of(remaining: &Remaining, thing: &Thing) -> bool {
    let row = &remaining.row;
    row.kind == thing.kind && row.region == thing.region && row.label() == thing.id()
}

fn fate(remaining: &Remaining) -> Fate {
    let why = on_one_line(&remaining.why);
    match remaining.why {
        Why::Renewed { .. } | Why::NotOurs | Why::Held { .. } | Why::PerhapsKept => {
            Fate::Spared { why }
        }
        Why::OutOfTime | Why::Refused(_) | Why::Ambiguous => Fate::Remains {
            why,
            command: remaining.command.clone(),
        },
    }
}
