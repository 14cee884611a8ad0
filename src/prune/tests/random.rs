//! Ten thousand accounts, drawn from seeds: whatever they hold and whatever happens to the calls, an image that is in use, shared,
//! protected, promoted, somebody else's or too young stays, and what stays keeps its snapshots.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::account::{Run, Sketch, closed, days_ago, merged, preview, rules};
use crate::build::Chance;
use crate::cloud::image::{BlockDevice, ImageState};
use crate::cloud::model::{Fault, Forecast, Life, ModelCloud, Referrer, Weather};
use crate::cloud::{ImageId, SnapshotId};
use crate::prune::{Aim, Ending, Expired, Retention};

const ACCOUNTS: u64 = 10_000;
/// Threads that play side by side.
const AT_ONCE: u64 = 2;

/// An image and what speaks against its removal.
struct Drawn {
    sketch: Sketch,
    refers: Option<Referrer>,
    days: i64,
    /// Days since its promotion, where it is promoted.
    promoted: Option<i64>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Luck {
    /// Every call is answered.
    Fair,
    /// Some are throttled, refused or lost.
    Foul,
}

#[test]
fn ten_thousand_accounts_lose_nothing_that_anybody_needs() {
    let plays: Vec<_> = (0..AT_ONCE)
        .map(|first| {
            std::thread::spawn(move || {
                let seeds = (first..ACCOUNTS).step_by(AT_ONCE as usize);
                seeds
                    .map(play)
                    .fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
            })
        })
        .collect();
    let sums = plays.into_iter().map(|play| play.join().unwrap());
    let (gone, stayed) = sums.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    println!("{gone} images went, and {stayed} stayed");
    assert!(gone > 2_000 && stayed > 20_000, "{gone} of {stayed}");
}

/// Plays one account; how many images went and how many stayed.
fn play(seed: u64) -> (usize, usize) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(played(seed))
}

async fn played(seed: u64) -> (usize, usize) {
    let mut chance = Chance::new(seed);
    let luck = chance.pick(&[Luck::Fair, Luck::Foul]);
    let aim = aim(&mut chance);
    let limit = chance.pick(&[1, 3, 50, 50]);
    let count = 1 + chance.below(8) as usize;
    let drawn: Vec<Drawn> = (1..=count)
        .map(|number| draw(&mut chance, number))
        .collect();
    let cloud = ModelCloud::at_once();
    let mut snapshots = BTreeMap::new();
    for one in &drawn {
        let before = of_region(&cloud, one);
        let id = one.sketch.clone().put(&cloud);
        let own: BTreeSet<_> = of_region(&cloud, one)
            .difference(&before)
            .cloned()
            .collect();
        snapshots.insert(id.clone(), own);
        if let Some(by) = one.refers {
            cloud.refer(&one.sketch.region(), &id, by);
        }
    }
    let mut blind = Vec::new();
    if luck == Luck::Foul {
        let denied = denied(&mut chance);
        blind = unseen(&denied);
        cloud.set_out(Life::default(), Some(weather(&mut chance, denied)));
    }
    let run = Run {
        limit,
        ..Run::new(&cloud, &aim)
    };
    let done = run.whole().await;
    let there: BTreeSet<ImageId> = cloud
        .own_images()
        .into_iter()
        .map(|(_, image)| image.id)
        .collect();
    let mut gone = 0;
    for one in &drawn {
        let id = &one.sketch.image.id;
        let is_own = one.sketch.image.owner_id == super::account::ACCOUNT;
        let is_there = there.contains(id) || !is_own;
        let say = |what: &str| format!("seed {seed}: {id} {what}: {:?}", one.sketch.image.tags);
        match is_there {
            true => {
                let left = of_region(&cloud, one);
                assert!(snapshots[id].is_subset(&left), "{}", say("lost a snapshot"));
            }
            false => {
                gone += 1;
                assert_eq!(spoken_for(one, &aim, &blind), None, "{}", say("is gone"));
                if luck == Luck::Fair {
                    let left = of_region(&cloud, one);
                    assert!(
                        snapshots[id].is_disjoint(&left),
                        "{}",
                        say("left a snapshot")
                    );
                }
            }
        }
    }
    assert!(gone <= limit, "seed {seed}: {gone} went");
    if luck == Luck::Fair && gone < limit && says_all(&aim) {
        due_are_gone(seed, &drawn, (&aim, &there));
    }
    newest_are_there(seed, &drawn, (&aim, &there));
    assert!(done.images.len() <= drawn.len(), "seed {seed}");
    (gone, drawn.len() - gone)
}

fn due_are_gone(seed: u64, drawn: &[Drawn], (aim, there): (&Aim, &BTreeSet<ImageId>)) {
    let due = drawn
        .iter()
        .filter(|one| spoken_for(one, aim, &[]).is_none());
    for one in due {
        let image = &one.sketch.image;
        let is_gone = !there.contains(&image.id);
        assert!(
            is_gone,
            "seed {seed}: {} was to go: {:?}",
            image.id, image.tags
        );
    }
}

/// Whether nothing else than what stands in [`spoken_for`] keeps an image: no newest of anything.
fn says_all(aim: &Aim) -> bool {
    match aim {
        Aim::PullRequest { ending, .. } => *ending == Ending::Discarded,
        Aim::Retention(rules) => rules.keep_last.is_none(),
    }
}

fn of_region(cloud: &ModelCloud, one: &Drawn) -> BTreeSet<SnapshotId> {
    cloud
        .snapshot_ids(&one.sketch.region())
        .into_iter()
        .collect()
}

fn aim(chance: &mut Chance) -> Aim {
    match chance.below(6) {
        0 => closed(Ending::Discarded),
        1 => merged("def"),
        2 => closed(Ending::Unknown),
        3 => Aim::Retention(Retention::default()),
        _ => {
            let keep_last = NonZeroUsize::new(chance.below(3) as usize);
            let older_than = chance
                .percent(50)
                .then_some(Duration::from_secs(20 * 86_400));
            let expired = chance.pick(&[Expired::Goes, Expired::Stays]);
            rules(|rules| {
                rules.keep_last = keep_last;
                rules.older_than = older_than;
                rules.expired = expired;
            })
        }
    }
}

fn draw(chance: &mut Chance, number: usize) -> Drawn {
    let days = i64::from(chance.below(60));
    let mut sketch = preview(number).days_old(days);
    let seldom = |chance: &mut Chance| chance.percent(8);
    if chance.percent(35) {
        sketch = sketch.tag("kind", "release").tag("expires", "never");
    } else if chance.percent(50) {
        sketch = sketch.over();
    }
    if chance.percent(30) {
        sketch = sketch.away();
    }
    sketch = sketch.tag("pr", chance.pick(&["7", "7", "8", "7 8", "17 70", ""]));
    sketch = sketch.tag("head-sha", chance.pick(&["abc", "def", "abc def", "ghi"]));
    sketch = sketch.tag("build", chance.pick(&["web.json:web", "db.json:db"]));
    let promoted = seldom(chance).then(|| i64::from(chance.below(60)));
    if let Some(days) = promoted {
        sketch = sketch.tag("promoted", &days_ago(days));
    }
    if seldom(chance) {
        sketch = sketch.tag(
            "repository-id",
            chance.pick(&["github.com/70", "github.com/8", ""]),
        );
    }
    if seldom(chance) {
        sketch = sketch.without_tag(chance.pick(&["kind", "deadline", "expires", "repository-id"]));
    }
    if seldom(chance) {
        sketch = sketch.tag("deadline", "2026-11-01T00:00:00Z");
    }
    if seldom(chance) {
        let who = chance.pick(&["210987654321", "all"]);
        sketch = match chance.percent(50) {
            true => sketch.launched_by(who),
            false => sketch.snapshots_used_by(who),
        };
    }
    let (protected, failed) = (seldom(chance), seldom(chance));
    let devices = 1 + chance.below(2) as usize;
    sketch = sketch.change(|image| {
        image.block_devices = vec![BlockDevice::default(); devices];
        image.is_protected = protected;
        if failed {
            image.state = ImageState::Failed;
        }
    });
    if seldom(chance) {
        sketch = sketch.change(|image| image.owner_id = "210987654321".to_owned());
    }
    let all = [
        Referrer::LaunchTemplate,
        Referrer::Parameter,
        Referrer::Recipe,
    ];
    Drawn {
        sketch,
        refers: chance.percent(15).then(|| chance.pick(&all)),
        days,
        promoted,
    }
}

/// What the credentials may not ask.
fn denied(chance: &mut Chance) -> Vec<&'static str> {
    const SOMETIMES_DENIED: [&str; 6] = [
        "DescribeImageReferences",
        "DescribeParameters",
        "DescribeLaunchTemplateVersions",
        "DescribeInstances",
        "DescribeImageAttribute",
        "DeleteSnapshot",
    ];
    let all = SOMETIMES_DENIED.into_iter();
    all.filter(|_| chance.percent(15)).collect()
}

/// What nobody can know where that may not be asked: a run says so.
fn unseen(denied: &[&str]) -> Vec<Referrer> {
    let by_hand = denied.contains(&"DescribeImageReferences");
    let parameters = by_hand && denied.contains(&"DescribeParameters");
    let unseen = [
        (by_hand, Referrer::Recipe),
        (parameters, Referrer::Parameter),
    ];
    let unseen = unseen.into_iter().filter(|(is, _)| *is);
    unseen.map(|(_, referrer)| referrer).collect()
}

/// Faults as EC2 has them.
fn weather(chance: &mut Chance, denied: Vec<&'static str>) -> Forecast {
    let chance = Mutex::new(chance.fork());
    Arc::new(move |_, call| {
        let mut chance = chance.lock().unwrap();
        let fault = match chance.below(40) {
            _ if denied.contains(&call) => Some(Fault::Refused("UnauthorizedOperation")),
            0..4 => Some(Fault::Refused("RequestLimitExceeded")),
            4 => Some(Fault::Refused("InternalError")),
            5 => Some(Fault::LostRequest),
            6 => Some(Fault::LostAnswer),
            7 => Some(Fault::Late("InternalError")),
            _ => None,
        };
        Weather {
            fault,
            ..Weather::default()
        }
    })
}

/// What speaks against the removal of an image, told apart from the code that decides it.
fn spoken_for(one: &Drawn, aim: &Aim, blind: &[Referrer]) -> Option<&'static str> {
    let tag = |name: &str| {
        let value = one.sketch.image.tags.get(&format!("ami-build:{name}"));
        value.map_or("", String::as_str)
    };
    let has = |name: &str, word: &str| tag(name).split(' ').any(|one| one == word);
    let is_preview = tag("kind") == "preview";
    let is_over = tag("expires") == days_ago(1);
    let checks = [
        (
            one.sketch.image.owner_id != super::account::ACCOUNT,
            "another account's",
        ),
        (
            tag("repository-id") != super::account::REPOSITORY,
            "another repository's",
        ),
        (!is_preview && tag("kind") != "release", "nobody's"),
        (tag("deadline") != "kept", "not finished"),
        (one.sketch.image.is_protected, "protected"),
        (
            one.sketch.image.state != ImageState::Available,
            "not available",
        ),
        (!one.sketch.launchers.is_empty(), "shared"),
        (
            !one.sketch.snapshot_users.is_empty(),
            "shared by a snapshot",
        ),
        (one.refers.is_some_and(|by| !blind.contains(&by)), "in use"),
        (is_preview && one.promoted.is_some(), "promoted"),
        (is_preview && tag("expires").is_empty(), "without an end"),
    ];
    if let Some((_, why)) = checks.into_iter().find(|(speaks, _)| *speaks) {
        return Some(why);
    }
    match aim {
        Aim::PullRequest { ending, .. } => {
            let head = matches!(ending, Ending::Merged(head) if has("head-sha", head));
            let goes = is_preview && tag("pr") == "7" && !head;
            (!goes).then_some("not the pull request's alone, or merged")
        }
        Aim::Retention(rules) => {
            let young = one
                .promoted
                .map_or(one.days, |promoted| one.days.min(promoted))
                < 20;
            let alone = rules.older_than.is_none() && rules.expired == Expired::Stays;
            let goes = (rules.expired == Expired::Goes && is_over && is_preview)
                || (rules.older_than.is_some() && !young)
                || (alone && rules.keep_last.is_some());
            let is_meant = rules.kinds.iter().any(|kind| kind.word() == tag("kind"));
            (!goes || !is_meant).then_some("too young, not over, or not asked for")
        }
    }
}

/// `keep-last` keeps the newest of every build of releases in each region.
fn newest_are_there(seed: u64, drawn: &[Drawn], (aim, there): (&Aim, &BTreeSet<ImageId>)) {
    let Aim::Retention(Retention {
        keep_last: Some(_), ..
    }) = aim
    else {
        return;
    };
    let mut newest: BTreeMap<(&str, String), (i64, &ImageId)> = BTreeMap::new();
    for one in drawn {
        let tag = |name: &str| one.sketch.image.tags.get(&format!("ami-build:{name}"));
        let is_usable = one.sketch.image.state == ImageState::Available
            && tag("deadline").map(String::as_str) == Some("kept")
            && one.sketch.image.owner_id == super::account::ACCOUNT
            && tag("repository-id").map(String::as_str) == Some(super::account::REPOSITORY)
            && tag("kind").map(String::as_str) == Some("release");
        if !is_usable {
            continue;
        }
        let days = one
            .promoted
            .map_or(one.days, |promoted| one.days.min(promoted));
        let line = (one.sketch.region, tag("build").cloned().unwrap_or_default());
        let best = newest.entry(line).or_insert((days, &one.sketch.image.id));
        if days < best.0 {
            *best = (days, &one.sketch.image.id);
        }
    }
    for ((region, build), (days, _)) in &newest {
        let is_there = drawn.iter().any(|one| {
            let tag = |name: &str| one.sketch.image.tags.get(&format!("ami-build:{name}"));
            let own = one
                .promoted
                .map_or(one.days, |promoted| one.days.min(promoted));
            one.sketch.region == *region
                && tag("build") == Some(build)
                && own == *days
                && there.contains(&one.sketch.image.id)
        });
        assert!(
            is_there,
            "seed {seed}: the newest of {build} in {region} is gone"
        );
    }
}
