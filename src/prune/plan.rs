//! What goes and what stays, before anything is done.

use std::collections::{BTreeMap, BTreeSet};

use time::OffsetDateTime;

use super::cx::PruneCx;
use super::judge::{judge, since};
use super::orphans::Orphan;
use super::search::{Subject, Unsearched, search};
use super::uses;
use super::verdict::{Reason, Verdict};
use crate::cloud::usage_calls::{Depth, ImageParameterCalls, UsageCalls};
use crate::cloud::{Cloud, ImageId, Region};

/// How many images are asked about at a time, the oldest first.
const AT_ONCE: usize = 50;

/// The whole plan.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Every image of the repository.
    pub(crate) images: Vec<Planned>,
    /// Snapshots that an earlier run left.
    pub(crate) orphans: Vec<Orphan>,
    /// Regions that could not be looked at.
    pub(crate) unsearched: Vec<Unsearched>,
    /// What nobody could be asked for, in words.
    pub(crate) unchecked: BTreeSet<String>,
}

/// An image and what is decided of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Planned {
    /// The image.
    pub(crate) subject: Subject,
    /// What is decided.
    pub(crate) verdict: Verdict,
}

/// Reads the account and decides.
pub(crate) async fn plan<C: Cloud + UsageCalls, P: ImageParameterCalls + Sync>(
    cx: &PruneCx<'_, C, P>,
    now: OffsetDateTime,
) -> Plan {
    let found = search(cx).await;
    let verdicts = judge(&found.subjects, cx.aim, now);
    let pairs = found.subjects.into_iter().zip(verdicts);
    let images = pairs.map(|(subject, verdict)| Planned { subject, verdict });
    let mut plan = Plan {
        images: images.collect(),
        orphans: found.orphans,
        unsearched: found.unsearched,
        unchecked: BTreeSet::new(),
    };
    // The oldest first: what one run does not come to is younger.
    plan.images.sort_by_key(|planned| since(&planned.subject));
    ask_who_uses_them(cx, &mut plan).await;
    plan
}

/// Asks about those that may go, until as many as one run may remove are surely not in use.
async fn ask_who_uses_them<C: Cloud + UsageCalls, P: ImageParameterCalls>(
    cx: &PruneCx<'_, C, P>,
    plan: &mut Plan,
) {
    let goes = |planned: &Planned| matches!(planned.verdict, Verdict::Remove(_));
    let all = plan.images.iter().enumerate();
    let places: Vec<usize> = all
        .filter(|(_, planned)| goes(planned))
        .map(|(place, _)| place)
        .collect();
    let mut left = cx.limit;
    for places in places.chunks(AT_ONCE) {
        let reasons = match left {
            0 => BTreeMap::new(),
            _ => reasons(cx, plan, places).await,
        };
        for place in places {
            let verdict = &mut plan.images[*place].verdict;
            match reasons.get(place).cloned() {
                Some(reason) => *verdict = Verdict::Keep(reason),
                None if left == 0 => *verdict = Verdict::Keep(Reason::BeyondLimit),
                None => left -= 1,
            }
        }
    }
}

/// Why some of these stay, by their places.
async fn reasons<C: Cloud + UsageCalls, P: ImageParameterCalls>(
    cx: &PruneCx<'_, C, P>,
    plan: &mut Plan,
    places: &[usize],
) -> BTreeMap<usize, Reason> {
    let mut regions: BTreeMap<Region, Vec<usize>> = BTreeMap::new();
    for place in places {
        let region = plan.images[*place].subject.region.clone();
        regions.entry(region).or_default().push(*place);
    }
    let mut reasons = BTreeMap::new();
    for (region, places) in regions {
        let ids = places
            .iter()
            .map(|place| plan.images[*place].subject.image.id.clone());
        let ids: Vec<ImageId> = ids.collect();
        let uses = uses::references(cx, &region, &ids, Depth::AllVersions).await;
        for (place, id) in places.iter().zip(&ids) {
            let reason = match uses.reason(id) {
                None => uses::shares(cx, &plan.images[*place].subject).await,
                reason => reason,
            };
            reasons.extend(reason.map(|reason| (*place, reason)));
        }
        plan.unchecked.extend(uses.unchecked);
    }
    reasons
}
