//! One region of the model: what is in it, and how its states move.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use super::expected::Known;
use super::filter::{Filtered, matches};
use super::images::ModelImage;
use super::lifecycle_calls::ModelFastLaunch;
use super::machines::ModelInstance;
use super::network::{ModelGroup, ModelKeyPair};
use super::pace::Timing;
use super::snapshots::ModelSnapshot;
use super::spot_calls::ModelTemplate;
use super::volumes::ModelVolume;
use crate::cloud::lifecycle::LaunchTemplate;
use crate::cloud::network::{Filters, Subnet, Vpc};

/// A refusal in the making: the code, and words that no program reads.
#[derive(Clone, Debug)]
pub(super) struct Refused {
    pub(super) code: String,
    pub(super) message: String,
}

impl Refused {
    pub(super) fn new(code: &str, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            message: message.into(),
        }
    }

    pub(super) fn not_found(code: &str, id: &str) -> Self {
        Self::new(code, format!("`{id}` does not exist"))
    }
}

/// What a call of the model gives.
pub(super) type Outcome<T> = Result<T, Refused>;

/// A thing with the looks that it still takes: to be found, and to reach its next state.
#[derive(Clone, Debug)]
pub(super) struct Made<T> {
    pub(super) thing: T,
    hidden: u32,
    looks: u32,
    since: Instant,
    takes: Duration,
    /// When the model first saw it, by its clock.
    seen: Option<Duration>,
}

/// However late a thing shows, after that it does: what `ledger::record` trusts in, and some more.
pub(super) const SHOWN: Duration = Duration::from_secs(20);

impl<T> Made<T> {
    pub(super) fn new(thing: T, timing: impl Into<Timing>) -> Self {
        let Timing { pace, takes } = timing.into();
        Self {
            thing,
            hidden: pace.hidden,
            looks: pace.looks,
            since: Instant::now(),
            takes,
            seen: None,
        }
    }

    /// The clock stands at `now`.
    pub(super) fn grow_old(&mut self, now: Duration) {
        if now.saturating_sub(*self.seen.get_or_insert(now)) > SHOWN {
            self.hidden = 0;
        }
    }

    /// Looks at the thing once: whether it is found, and whether its state has come to an end.
    fn look(&mut self) -> (bool, bool) {
        if self.hidden > 0 {
            self.hidden -= 1;
            return (false, false);
        }
        if self.looks > 0 {
            self.looks -= 1;
            return (true, false);
        }
        (true, self.since.elapsed() >= self.takes)
    }

    /// The next state takes as many looks and as long again.
    pub(super) fn restart(&mut self, timing: Timing) {
        self.looks = timing.pace.looks;
        self.since = Instant::now();
        self.takes = timing.takes;
    }

    /// Of 100, how far the state has come.
    pub(super) fn percent(&self, Timing { pace, takes }: Timing) -> u8 {
        if !takes.is_zero() {
            let done = self.since.elapsed().as_secs_f64() / takes.as_secs_f64();
            return u8::try_from((100.0 * done.min(0.99)) as u32).unwrap_or(99);
        }
        let done = pace.looks.saturating_sub(self.looks);
        u8::try_from(100 * done / pace.looks.max(1)).unwrap_or(100)
    }
}

/// A thing whose state moves on by itself.
pub(super) trait Moving {
    /// The state has come to an end: the next one begins.
    fn advance(&mut self);
}

impl<T: Moving> Made<T> {
    /// One look that nobody sees the result of.
    pub(super) fn pass_time(&mut self) {
        let (_, over) = self.look();
        if over {
            self.thing.advance();
        }
    }
}

/// Things of one kind by id.
pub(super) type Shelf<T> = BTreeMap<String, Made<T>>;

/// Looks at the things with these ids, or at all that pass the filters. An id that is not (yet) there is refused with `missing`.
pub(super) fn look<T: Filtered + Moving>(
    shelf: &mut Shelf<T>,
    ids: &[String],
    filters: &Filters,
    missing: &str,
) -> Outcome<Vec<String>> {
    for id in ids {
        if !shelf.contains_key(id) {
            return Err(Refused::not_found(missing, id));
        }
    }
    let mut found = Vec::new();
    for (id, made) in shelf
        .iter_mut()
        .filter(|(id, _)| ids.is_empty() || ids.contains(id))
    {
        if !matches(&made.thing, filters)? {
            continue;
        }
        let (visible, over) = made.look();
        if over {
            made.thing.advance();
        }
        match visible {
            true => found.push(id.clone()),
            false if ids.is_empty() => {}
            false => return Err(Refused::not_found(missing, id)),
        }
    }
    Ok(found)
}

impl Place {
    /// The clock stands at `now`.
    pub(super) fn grow_old(&mut self, now: Duration) {
        grow_old(&mut self.images, now);
        grow_old(&mut self.snapshots, now);
        grow_old(&mut self.instances, now);
        grow_old(&mut self.volumes, now);
        grow_old(&mut self.groups, now);
        grow_old(&mut self.key_pairs, now);
    }
}

fn grow_old<T>(shelf: &mut Shelf<T>, now: Duration) {
    shelf.values_mut().for_each(|made| made.grow_old(now));
}

/// One region.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    pub(super) images: Shelf<ModelImage>,
    pub(super) snapshots: Shelf<ModelSnapshot>,
    pub(super) instances: Shelf<ModelInstance>,
    pub(super) volumes: Shelf<ModelVolume>,
    pub(super) groups: Shelf<ModelGroup>,
    pub(super) key_pairs: Shelf<ModelKeyPair>,
    pub(super) templates: BTreeMap<String, ModelTemplate>,
    pub(super) vpcs: Vec<Known<Vpc>>,
    pub(super) subnets: Vec<Known<Subnet>>,
    /// By the image's id.
    pub(super) fast_launches: BTreeMap<String, ModelFastLaunch>,
    pub(super) fast_launch_templates: BTreeMap<String, LaunchTemplate>,
}
