//! From what a pruning found, planned and did to its report.

use crate::cli::sweep_options::SweptRegions;
use crate::cloud::error::Refusal;
use crate::error::on_one_line;
use crate::images::Kind;
use crate::prune::{
    Aim, Done, Ending, Expired, Fate, Orphan, Plan, PruneCx, PruneOptions, Retention, Subject,
    Verdict,
};
use crate::report::conclusion::Conclusion;
use crate::report::human;
use crate::report::pruned::{PruneReport, PruneUnsearched, PrunedFate, PrunedThing};
use crate::stop::Stop;

/// Why a snapshot goes that no image is made of.
const ORPHAN: &str = "an earlier run removed its image";

/// Before anything is known.
pub(super) fn begun<C, P>(cx: &PruneCx<'_, C, P>) -> PruneReport {
    PruneReport {
        repository: cx.repository_id.to_owned(),
        aim: match cx.aim {
            Aim::PullRequest { number, ending } => of_pull_request(*number, ending),
            Aim::Retention(rules) => of_rules(rules),
        },
        is_dry: false,
        things: Vec::new(),
        not_searched: Vec::new(),
        unchecked: Vec::new(),
        conclusion: Conclusion::Success,
    }
}

fn of_pull_request(number: u64, ending: &Ending) -> String {
    let ended = match ending {
        Ending::Merged(_) => "which was merged",
        Ending::Discarded => "which was closed without being merged",
        Ending::Unknown => "which is closed",
    };
    format!("previews of pull request {number}, {ended}")
}

fn of_rules(rules: &Retention) -> String {
    let kinds: Vec<&str> = rules.kinds.iter().map(|kind| named(*kind)).collect();
    let (older, last) = (rules.older_than, rules.keep_last);
    let parts = [
        (rules.expired == Expired::Goes).then(|| "whose ttl is over".to_owned()),
        older.map(|age| format!("older than {}", human::duration(age))),
        last.map(|number| format!("but for the newest {number} of each build")),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    format!("{} {}", kinds.join(" and "), parts.join(", "))
}

fn named(kind: Kind) -> &'static str {
    match kind {
        Kind::Preview => "previews",
        Kind::Release => "releases",
    }
}

/// What could not be looked at, and what that means for the run.
pub(super) fn looked(
    report: &mut PruneReport,
    plan: &Plan,
    (options, regions): (&PruneOptions, usize),
) {
    let named = plan.unsearched.iter().map(|one| PruneUnsearched {
        region: one.region.clone(),
        why: on_one_line(&one.error),
    });
    report.not_searched = named.collect();
    report.unchecked = plan.unchecked.iter().cloned().collect();
    // A policy that closes regions closes them for builds too: nothing of ours is there.
    let may_be_closed = options.regions == SweptRegions::Enabled && plan.unsearched.len() < regions;
    let conclusions = plan.unsearched.iter().map(|one| match one.refusal() {
        Some(Refusal::Denied) if may_be_closed => Conclusion::Success,
        Some(Refusal::Denied) => Conclusion::Permission,
        Some(Refusal::Credentials) => Conclusion::Credentials,
        _ => Conclusion::Failure,
    });
    report.conclusion = Conclusion::of_all(conclusions);
}

/// A dry run.
pub(super) fn planned(report: &mut PruneReport, plan: Plan) {
    report.is_dry = true;
    let images = plan.images.iter().map(|planned| {
        let (fate, why) = match &planned.verdict {
            Verdict::Remove(cause) => (PrunedFate::Planned, cause.to_string()),
            Verdict::LetGo(number) => (PrunedFate::LetGo, let_go(*number)),
            Verdict::Keep(reason) => (PrunedFate::Kept, reason.to_string()),
        };
        image(&planned.subject, fate, why)
    });
    let orphans = plan
        .orphans
        .iter()
        .map(|orphan| snapshot(orphan, PrunedFate::Planned, ORPHAN.to_owned()));
    report.things = images.chain(orphans).collect();
}

/// What became of each.
pub(super) fn done(report: &mut PruneReport, done: Done) {
    let images = done.images.iter().map(|(subject, verdict, fate)| {
        let (fate, why, command) = became(fate, || match verdict {
            Verdict::Remove(cause) => cause.to_string(),
            Verdict::LetGo(number) => let_go(*number),
            Verdict::Keep(reason) => reason.to_string(),
        });
        PrunedThing {
            command,
            ..image(subject, fate, why)
        }
    });
    let orphans = done.orphans.iter().map(|(orphan, fate)| {
        let (fate, why, command) = became(fate, || ORPHAN.to_owned());
        PrunedThing {
            command,
            ..snapshot(orphan, fate, why)
        }
    });
    report.things = images.chain(orphans).collect();
}

fn let_go(number: u64) -> String {
    format!("pull request {number} is closed, and others use it")
}

fn became(fate: &Fate, cause: impl FnOnce() -> String) -> (PrunedFate, String, Option<String>) {
    match fate {
        Fate::Removed => (PrunedFate::Removed, cause(), None),
        Fate::LetGo => (PrunedFate::LetGo, cause(), None),
        Fate::Kept(reason) => (PrunedFate::Kept, reason.to_string(), None),
        Fate::Remains { why, command } => (PrunedFate::Remains, why.clone(), Some(command.clone())),
    }
}

fn image(subject: &Subject, fate: PrunedFate, why: String) -> PrunedThing {
    PrunedThing {
        fate,
        id: subject.image.id.to_string(),
        name: subject.image.name.clone(),
        region: subject.region.clone(),
        kind: subject.known.kind.word(),
        made: subject.image.creation_date.clone(),
        why,
        command: None,
    }
}

fn snapshot(orphan: &Orphan, fate: PrunedFate, why: String) -> PrunedThing {
    PrunedThing {
        fate,
        id: orphan.snapshot.to_string(),
        name: String::new(),
        region: orphan.region.clone(),
        kind: "snapshot",
        made: String::new(),
        why,
        command: None,
    }
}

/// Sorts, and sums up.
pub(super) fn conclude(report: &mut PruneReport, stop: &Stop) {
    report.sort();
    let remains = report.things.iter();
    let remains = remains.filter(|thing| thing.fate == PrunedFate::Remains);
    let remains = remains.map(|_| Conclusion::Leftover);
    let stopped = stop.requested().map(|_| Conclusion::Cancelled);
    let conclusions = remains.chain(stopped).chain([report.conclusion]);
    report.conclusion = Conclusion::of_all(conclusions);
}
