//! Decides what may go, from tags alone. Where two readings are possible the thing stays.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use time::OffsetDateTime;

use super::build_start;
use super::search::Found;
use super::thing::Thing;
use crate::cloud::tagged::Detail;
use crate::cloud::{ImageId, InstanceId};
use crate::ledger::Kind;
use crate::ledger::deadline::{self, CLOCK_SKEW, Deadline};

/// What a thing has to meet besides its own tags.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    /// The time.
    pub(crate) now: OffsetDateTime,
    /// The build has to have begun so long ago.
    pub(crate) older_than: Option<Duration>,
}

/// What goes and what stays.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// What may go, build by build.
    pub(crate) builds: Vec<Leftovers>,
    /// What stays, and why.
    pub(crate) spared: Vec<(Thing, Reason)>,
    /// How many things builds declared finished.
    pub(crate) finished: usize,
}

/// What one build left.
#[derive(Clone, Debug)]
pub(crate) struct Leftovers {
    /// Which build.
    pub(crate) build_id: String,
    /// Each with its row.
    pub(crate) things: Vec<(u32, Thing)>,
    /// Of each image, by id, the snapshots that have to stay.
    pub(crate) spared_snapshots: BTreeMap<String, Vec<String>>,
}

/// Why a thing stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// The build's latest deadline is not over.
    Alive(OffsetDateTime),
    /// `-older-than`.
    Young,
    /// Its tags are not complete, or mean nothing.
    Unreadable,
    /// It does not look like what a build makes.
    CopiedTags,
    /// Another thing says that it is the same row of the same build.
    Twice,
    /// A machine that stays has it.
    Attached(InstanceId),
    /// An image that stays is made of it.
    UsedBy(ImageId),
    /// The build declared a part of it finished.
    PartsFinished,
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Alive(until) => {
                let until = deadline::text(*until);
                write!(formatter, "its build may be alive until {until}")
            }
            Self::Young => formatter.write_str("its build is not old enough"),
            Self::Unreadable => formatter.write_str("its tags are not complete"),
            Self::CopiedTags => formatter
                .write_str("no build made it: its tags seem to be copied from something else"),
            Self::Twice => formatter
                .write_str("something else has the same tags: one of them is not the build's"),
            Self::Attached(machine) => write!(formatter, "`{machine}` has it, which stays"),
            Self::UsedBy(image) => write!(formatter, "`{image}` is made of it, which stays"),
            Self::PartsFinished => {
                formatter.write_str("its build declared one of its snapshots finished")
            }
        }
    }
}

/// Decides on everything that was found.
pub(crate) fn judge(found: &Found, terms: Terms) -> Plan {
    let mut plan = Plan::default();
    let mut builds: BTreeMap<&str, Vec<&Thing>> = BTreeMap::new();
    for thing in &found.things {
        let is_whole = !thing.build_id().is_empty() && thing.row().is_some();
        match thing.deadline() {
            Deadline::Kept => plan.finished += 1,
            Deadline::At(_) if is_whole => builds.entry(thing.build_id()).or_default().push(thing),
            _ => plan.spared.push((thing.clone(), Reason::Unreadable)),
        }
    }
    let finished = finished_snapshots(found);
    for (build_id, things) in builds {
        judge_build(build_id, &things, (found, &finished, terms), &mut plan);
    }
    plan
}

/// The snapshots that builds declared finished, each with its build.
fn finished_snapshots(found: &Found) -> BTreeSet<(&str, &str)> {
    let kept = found
        .things
        .iter()
        .filter(|thing| thing.kind == Kind::Snapshot && thing.deadline() == Deadline::Kept);
    kept.map(|thing| (thing.id(), thing.build_id())).collect()
}

type Around<'a> = (&'a Found, &'a BTreeSet<(&'a str, &'a str)>, Terms);

fn judge_build(
    build_id: &str,
    things: &[&Thing],
    (found, finished, terms): Around<'_>,
    plan: &mut Plan,
) {
    if let Some(reason) = whole_build_stays(build_id, things, terms) {
        let all = things.iter().map(|&thing| (thing.clone(), reason.clone()));
        plan.spared.extend(all);
        return;
    }
    let mut goes: Vec<&Thing> = Vec::new();
    let mut parts: Vec<&Thing> = Vec::new();
    for &thing in things {
        match own_reason(thing, things, finished) {
            Some(reason) => plan.spared.push((thing.clone(), reason)),
            None if matches!(thing.kind, Kind::Volume | Kind::Snapshot) => parts.push(thing),
            None => goes.push(thing),
        }
    }
    for thing in parts {
        match part_reason(thing, &goes, found) {
            Some(reason) => plan.spared.push((thing.clone(), reason)),
            None => goes.push(thing),
        }
    }
    if !goes.is_empty() {
        plan.builds.push(leftovers(build_id, &goes));
    }
}

/// A build whose machine is renewed is alive as a whole, also what is not renewed: its key pair, and snapshots that an image
/// has not shown yet.
fn whole_build_stays(build_id: &str, things: &[&Thing], terms: Terms) -> Option<Reason> {
    let deadlines = things.iter().filter_map(|thing| match thing.deadline() {
        Deadline::At(at) => Some(at),
        Deadline::Kept | Deadline::Unreadable => None,
    });
    let latest = deadlines.max()?;
    if latest.saturating_add(CLOCK_SKEW) > terms.now {
        return Some(Reason::Alive(latest));
    }
    let age = terms.older_than?;
    let is_old = build_start::begin(build_id).is_some_and(|begin| begin + age <= terms.now);
    (!is_old).then_some(Reason::Young)
}

/// What stays for its own sake.
fn own_reason(
    thing: &Thing,
    things: &[&Thing],
    finished: &BTreeSet<(&str, &str)>,
) -> Option<Reason> {
    if !looks_made_by_a_build(thing) {
        return Some(Reason::CopiedTags);
    }
    let stands_alone = |kind| !matches!(kind, Kind::Volume | Kind::Snapshot);
    let same = things.iter().filter(|other| {
        stands_alone(other.kind) && stands_alone(thing.kind) && other.row() == thing.row()
    });
    if same.count() > 1 {
        return Some(Reason::Twice);
    }
    let Detail::Image { snapshots } = &thing.tagged.detail else {
        return None;
    };
    let is_finished = snapshots
        .iter()
        .any(|snapshot| finished.contains(&(snapshot.as_str(), thing.build_id())));
    is_finished.then_some(Reason::PartsFinished)
}

/// A machine shows the token of the call that made it, or the fleet that did; names that we make begin alike.
fn looks_made_by_a_build(thing: &Thing) -> bool {
    let row = thing.row().unwrap_or_default();
    match (&thing.tagged.detail, thing.kind) {
        (Detail::Instance { client_token }, _) => {
            let token = format!("{}-{row}", thing.build_id());
            // A fleet's machine has a token of EC2's, and a tag that nobody else can write.
            let of_a_template = thing.tagged.tags.contains_key("aws:ec2launchtemplate:id");
            of_a_template || client_token.as_ref().is_some_and(|made| *made == token)
        }
        (_, Kind::SecurityGroup) => thing.tagged.name.starts_with("packer_"),
        (_, Kind::LaunchTemplate | Kind::Role | Kind::InstanceProfile) => {
            thing.tagged.name.starts_with("packer-")
        }
        _ => true,
    }
}

/// What stays for the sake of something that stays.
fn part_reason(thing: &Thing, goes: &[&Thing], found: &Found) -> Option<Reason> {
    let goes_too = |kind: Kind, id: &str| {
        let mut same = goes.iter().filter(|one| one.region == thing.region);
        same.any(|one| one.kind == kind && one.id() == id)
    };
    if let Detail::Volume {
        attached_to: Some(machine),
    } = &thing.tagged.detail
        && !goes_too(Kind::Instance, machine.as_str())
    {
        return Some(Reason::Attached(machine.clone()));
    }
    let place = (thing.region.clone(), thing.id().to_owned());
    let users = found
        .users
        .get(&place)
        .filter(|_| thing.kind == Kind::Snapshot)?;
    let stays = users
        .iter()
        .find(|image| !goes_too(Kind::Image, image.as_str()))?;
    Some(Reason::UsedBy(stays.clone()))
}

fn leftovers(build_id: &str, goes: &[&Thing]) -> Leftovers {
    let snapshots: BTreeSet<(&str, &str)> = goes
        .iter()
        .filter(|thing| thing.kind == Kind::Snapshot)
        .map(|thing| (thing.region.as_str(), thing.id()))
        .collect();
    let mut spared_snapshots = BTreeMap::new();
    for thing in goes {
        if let Detail::Image { snapshots: own } = &thing.tagged.detail {
            let stay = own
                .iter()
                .map(|snapshot| snapshot.as_str())
                .filter(|id| !snapshots.contains(&(thing.region.as_str(), *id)));
            let stay = stay.map(str::to_owned).collect();
            spared_snapshots.insert(thing.id().to_owned(), stay);
        }
    }
    Leftovers {
        build_id: build_id.to_owned(),
        things: goes
            .iter()
            .filter_map(|&thing| Some((thing.row()?, thing.clone())))
            .collect(),
        spared_snapshots,
    }
}
