//! The newest images of each line. What counts as one line differs: a release's is its build, a preview's its build and its pull
//! request, each in its region.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::aim::Retention;
use super::judge::{since, whatever_is_asked};
use super::search::Subject;
use super::verdict::Reason;
use crate::images::Kind;
use crate::ledger::BUILD_ID_TAG;

/// The places of those that `keep-last` keeps: the newest of each line, and what was made with them for other regions.
pub(super) fn of_lines(subjects: &[Subject], rules: &Retention) -> BTreeSet<usize> {
    let Some(number) = rules.keep_last else {
        return BTreeSet::new();
    };
    let counted = places(subjects, |subject| {
        rules.kinds.contains(&subject.known.kind)
    });
    let mut lines: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for place in counted {
        let known = &subjects[place].known;
        let of_pull_requests: Vec<Option<u64>> = match known.kind {
            Kind::Preview if !known.pull_requests.is_empty() => {
                known.pull_requests.iter().copied().map(Some).collect()
            }
            Kind::Preview | Kind::Release => vec![None],
        };
        for pull_request in of_pull_requests {
            let line = (
                &subjects[place].region,
                known.kind.word(),
                &known.build,
                pull_request,
            );
            lines.entry(line).or_default().push(place);
        }
    }
    let newest = lines.into_values();
    let newest = newest.flat_map(|line| first(subjects, line, number.get()));
    with_families(subjects, &newest.collect())
}

/// The places of the newest of each build in each region, of those that pass.
pub(super) fn of_builds(
    subjects: &[Subject],
    passes: impl Fn(&Subject) -> bool,
) -> BTreeSet<usize> {
    let mut builds: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for place in places(subjects, passes) {
        let subject = &subjects[place];
        let build = (&subject.region, &subject.known.build);
        builds.entry(build).or_default().push(place);
    }
    let newest = builds.into_values();
    let newest = newest.flat_map(|build| first(subjects, build, 1));
    with_families(subjects, &newest.collect())
}

/// Those that can be used: what is not there yet, or never will be, takes nobody's place.
fn places(subjects: &[Subject], passes: impl Fn(&Subject) -> bool) -> Vec<usize> {
    let is_one = |subject: &Subject| {
        !matches!(
            whatever_is_asked(subject),
            Some(Reason::Unavailable | Reason::Unfinished | Reason::Unclear)
        )
    };
    let all = subjects.iter().enumerate();
    all.filter(|(_, subject)| is_one(subject) && passes(subject))
        .map(|(place, _)| place)
        .collect()
}

fn first(subjects: &[Subject], mut line: Vec<usize>, number: usize) -> Vec<usize> {
    line.sort_by_key(|place| {
        Reverse((since(&subjects[*place]), subjects[*place].image.id.clone()))
    });
    line.truncate(number);
    line
}

/// With what the same build or the same promotion made: an image without its copies is not all of it.
fn with_families(subjects: &[Subject], chosen: &BTreeSet<usize>) -> BTreeSet<usize> {
    let families: BTreeSet<String> = chosen
        .iter()
        .flat_map(|place| families(&subjects[*place]))
        .collect();
    let related = subjects.iter().enumerate().filter(|(place, subject)| {
        chosen.contains(place) || self::families(subject).any(|family| families.contains(&family))
    });
    related.map(|(place, _)| place).collect()
}

fn families(subject: &Subject) -> impl Iterator<Item = String> {
    let build = subject.image.tags.get(BUILD_ID_TAG);
    let root = subject.known.promoted_from.as_deref();
    let root = root.unwrap_or(subject.image.id.as_str());
    build.cloned().into_iter().chain([root.to_owned()])
}
