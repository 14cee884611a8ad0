//! One random build from its first process to the last post step, and what has to be true of it.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt as _;

use super::disk::MortalDisk;
use super::scenario::{
    Demise, Ending, Fate, KEY_NAME, LEFT_DEVICE, Net, SCRIPTS_DEVICE, Scenario, Script, When,
    targets,
};
use super::weather;
use crate::build::tests::bench::{Bench, OVER, resume};
use crate::build::tests::sweeps::sweep;
use crate::build::{BuildError, Built, GeneratedData, Hook};
use crate::cloud::api::AccountCalls as _;
use crate::cloud::image::{Image, ImageState};
use crate::cloud::model::{Age, Life, ModelCloud};
use crate::cloud::{ImageId, Region};
use crate::ledger::{DEADLINE_TAG, KEPT, Ledger, PATIENCE, Settled, Settling, Which};
use crate::plan::amazon::recipe::Recipe;
use crate::remote::Remote;
use crate::stop::{Stop, StopHandle, StopReason};

/// No build takes longer than that, whatever it waits for.
const NEVER: Duration = Duration::from_secs(24 * 3600);

/// The provisioner.
struct Provisioner<'a> {
    owners_volume: &'a Mutex<Option<String>>,
    cloud: ModelCloud,
    region: Region,
    script: Script,
}

impl Hook for Provisioner<'_> {
    type Error = std::io::Error;

    async fn provision<R: Remote>(
        &mut self,
        _remote: Option<&mut R>,
        _data: &GeneratedData,
    ) -> Result<(), Self::Error> {
        let machine = self.cloud.machines(&self.region).pop();
        if let (Some(machine), Some(age)) = (&machine, self.script.attaches) {
            let place = (machine, SCRIPTS_DEVICE);
            let id = self.cloud.attach_by_script(&self.region, place, age);
            if age == Age::Old {
                *self.owners_volume.lock().unwrap() = Some(format!("{}/{id}", self.region));
            }
        }
        tokio::time::sleep(self.script.takes).await;
        match (self.script.ending, machine) {
            (Ending::Fails, _) => Err(std::io::Error::other("on purpose")),
            (Ending::Panics, _) => std::panic::resume_unwind(Box::new("on purpose")),
            (Ending::PowersOff, Some(machine)) => {
                self.cloud.power_off(&self.region, &machine);
                Ok(())
            }
            (Ending::TakenBack, Some(machine)) => {
                self.cloud.take_back(&self.region, &machine);
                Err(std::io::Error::other("the connection broke"))
            }
            _ => Ok(()),
        }
    }
}

/// How the first process ended, where it lived to its end.
struct Ended {
    /// `None` after a panic.
    outcome: Option<Result<Option<Built>, BuildError>>,
    settled: Settled,
}

/// Plays the scenario; what was found to be wrong.
pub(super) fn play(scenario: &Scenario, reader: Reader) -> Result<(), String> {
    let play = Play::new(scenario);
    if reader == Reader::Curious {
        play.bench.cloud.tell(|text| println!("{text}"));
    }
    play.run()
}

/// Whether somebody wants to see every call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reader {
    Curious,
    Busy,
}

struct Play<'a> {
    scenario: &'a Scenario,
    bench: Bench,
    /// `region/id` of what is the owner's.
    belongings: Vec<String>,
    /// Of these, old images that the build may replace.
    replaceable: Vec<String>,
    /// A volume of the owner's that a script attached.
    owners_volume: Mutex<Option<String>>,
}

impl<'a> Play<'a> {
    fn new(scenario: &'a Scenario) -> Self {
        let bench = Bench {
            deadline: OVER,
            region: scenario.region,
            ..Bench::with(scenario.settings.clone())
        };
        let home = Region::new(scenario.region);
        let mut belongings = Vec::new();
        let mut replaceable = Vec::new();
        for region in &scenario.old_images {
            let name = &scenario.settings.image.name;
            let (image, snapshot) = bench.cloud.own_image(region, name);
            replaceable.push(format!("{region}/{image}"));
            replaceable.push(format!("{region}/{snapshot}"));
        }
        let (other, snapshot) = bench.cloud.own_image(&home, "another one");
        belongings.push(format!("{home}/{other}"));
        belongings.push(format!("{home}/{snapshot}"));
        if scenario.owner_has_the_key {
            bench.cloud.own_key_pair(&home, KEY_NAME);
            belongings.push(format!("{home}/{KEY_NAME}"));
        }
        if scenario.source_leaves_a_volume {
            bench.cloud.let_source_leave(&home, LEFT_DEVICE);
        }
        Self {
            scenario,
            bench,
            belongings,
            replaceable,
            owners_volume: Mutex::default(),
        }
    }

    fn run(&self) -> Result<(), String> {
        let ended = self.first();
        if let Some(ended) = &ended {
            let outcome = &ended.outcome;
            self.bench.cloud.note(|| format!("ended with {outcome:?}"));
        }
        let died = ended.is_none();
        if let Some(ended) = &ended {
            self.judge_the_first(ended)?;
        }
        if self.scenario.net == Net::Sweep {
            return self.judge_the_sweep();
        }
        let held = self.is_held();
        let before = self.left(&self.finished(died));
        for fate in &self.scenario.posts {
            self.post(fate, Which::Unfinished);
        }
        self.calm_post(Which::Unfinished, "the post step")?;
        if held {
            let after = self.left(&self.finished(died));
            if before != after {
                return Err(format!(
                    "a post step touched what was kept: {before:?} became {after:?}"
                ));
            }
            self.calm_post(Which::HeldToo, "settle by hand")?;
        }
        self.judge_the_end(died)
    }

    fn first(&self) -> Option<Ended> {
        let fate = &self.scenario.first;
        let life = Life::default();
        self.bench
            .cloud
            .set_out(life.clone(), Some(weather::forecast(fate)));
        let (handle, stop) = StopHandle::new();
        if let Some(When::Call(number)) = self.scenario.stop {
            let handle = Arc::new(handle);
            self.bench
                .cloud
                .run_at(number, move |_| handle.request(StopReason::Interrupt));
            return in_process(&life, fate, self.build_and_settle(&life, &stop));
        }
        let After(after) = After::of(self.scenario.stop);
        let build = async {
            let work = self.build_and_settle(&life, &stop);
            tokio::pin!(work);
            tokio::select! {
                biased;
                ended = &mut work => return ended,
                () = tokio::time::sleep(after) => handle.request(StopReason::Interrupt),
            }
            work.await
        };
        in_process(&life, fate, build)
    }

    /// The same as `run::amazon`.
    async fn build_and_settle(&self, life: &Life, stop: &Stop) -> Ended {
        let fate = &self.scenario.first;
        let ledger = self
            .bench
            .ledger()
            .on_disk(|disk| MortalDisk::over(disk, life, fate));
        let mut provisioner = Provisioner {
            owners_volume: &self.owners_volume,
            cloud: self.bench.cloud.clone(),
            region: Region::new(self.scenario.region),
            script: self.scenario.provisioner,
        };
        let built = AssertUnwindSafe(self.bench.build_with(&mut provisioner, &ledger, stop))
            .catch_unwind()
            .await
            .ok();
        let failed = !matches!(built, Some(Ok(_)));
        if failed && self.scenario.keeps_on_error && !ledger.rows().is_empty() {
            // Where the disk refuses, the user is told and everything goes.
            drop(ledger.hold());
        }
        Ended {
            outcome: built,
            settled: settle(ledger, &self.bench.cloud, Which::Unfinished, stop).await,
        }
    }

    /// The journal is lost, and much time goes by.
    fn judge_the_sweep(&self) -> Result<(), String> {
        let calm = Fate {
            seed: self.scenario.first.seed,
            ..Fate::default()
        };
        let life = Life::default();
        let forecast = weather::forecast(&calm);
        self.bench.cloud.set_out(life.clone(), Some(forecast));
        self.bench.cloud.note(|| "a sweep".to_owned());
        in_process(&life, &calm, async {
            drop(
                self.bench
                    .cloud
                    .regions(&Region::new(self.scenario.region))
                    .await,
            );
            tokio::time::sleep(Duration::from_secs(3600)).await;
            sweep(&self.bench).await;
        });
        // A process that died while it said what is finished has finished some of its images.
        let made = self.bench.cloud.own_images().into_iter();
        let finished = made.filter(|(_, image)| is_complete(image));
        let finished: Vec<ImageId> = finished.map(|(_, image)| image.id).collect();
        let left = self.left(&finished);
        if left.is_empty() {
            self.judge_the_owners()
        } else {
            Err(format!("a sweep left {left:?}"))
        }
    }

    /// Whether the journal says that something is to stay for a while.
    fn is_held(&self) -> bool {
        let rows = self.bench.journal().map(|journal| resume(&journal).rows());
        rows.is_some_and(|rows| rows.iter().any(|row| row.held_until.is_some()))
    }

    /// A post step; `None` where there was nothing to do or it died.
    fn post(&self, fate: &Fate, which: Which) -> Option<Settled> {
        let journal = self.bench.journal()?;
        let life = Life::default();
        let rows = || resume(&journal).rows();
        self.bench
            .cloud
            .note(|| format!("{fate:?} on {:#?}", rows()));
        self.bench
            .cloud
            .set_out(life.clone(), Some(weather::forecast(fate)));
        in_process(&life, fate, async {
            let ledger = resume(&journal).on_disk(|disk| MortalDisk::over(disk, &life, fate));
            settle(ledger, &self.bench.cloud, which, &Stop::never()).await
        })
    }

    fn calm_post(&self, which: Which, what: &str) -> Result<(), String> {
        let calm = Fate {
            seed: self.scenario.first.seed,
            ..Fate::default()
        };
        match self.post(&calm, which) {
            Some(settled) if settled.has_leftovers() => {
                Err(format!("{what} left {:?}", settled.remaining()))
            }
            _ => Ok(()),
        }
    }

    /// A process that says that all is well has to be right about it.
    fn judge_the_first(&self, ended: &Ended) -> Result<(), String> {
        let built = ended.outcome.as_ref().and_then(|built| built.as_ref().ok());
        if let Some(Some(built)) = built {
            let there = self.bench.cloud.own_images();
            let mut images = built.images.iter();
            let is_there = |(region, id): (&Region, &ImageId)| {
                let mut there = there.iter();
                there.any(|(other, image)| other == region && image.id == *id && is_complete(image))
            };
            if built.images.len() != targets(&self.scenario.settings, self.scenario.region).len()
                || !images.all(is_there)
            {
                return Err(format!("not all of {:?} is there: {there:?}", built.images));
            }
        }
        if !ended.settled.remaining().is_empty() {
            return match self.bench.journal() {
                Some(_) => Ok(()),
                None => Err("something is left and there is no journal".to_owned()),
            };
        }
        let left = self.left(&self.finished(false));
        if left.is_empty() {
            Ok(())
        } else {
            Err(format!("settled, but left {left:?}"))
        }
    }

    fn judge_the_end(&self, died: bool) -> Result<(), String> {
        let finished = self.finished(died);
        let left = self.left(&finished);
        if !left.is_empty() {
            return Err(format!("left behind: {left:?}"));
        }
        if let Some(journal) = self.bench.journal() {
            return Err(format!("{} is still there", journal.display()));
        }
        self.judge_the_owners()
    }

    fn judge_the_owners(&self) -> Result<(), String> {
        let there = self.bench.cloud.left_behind(&[]);
        let volume = self.owners_volume.lock().unwrap();
        let mut owners = self.belongings.iter().chain(volume.as_ref());
        match owners.find(|own| !there.contains(own)) {
            Some(lost) => Err(format!("the owner lost {lost}")),
            None => Ok(()),
        }
    }

    /// The images that may stay. A process that died cannot say which; then it is all or none of them.
    fn finished(&self, died: bool) -> Vec<ImageId> {
        if !died {
            return self.bench.recorder.images.lock().unwrap().clone();
        }
        let wanted = targets(&self.scenario.settings, self.scenario.region);
        let made = self.bench.cloud.own_images().into_iter();
        let made: Vec<(Region, Image)> = made
            .filter(|(region, image)| !self.is_the_owners(&format!("{region}/{}", image.id)))
            .collect();
        let complete = wanted.iter().all(|region| {
            let mut here = made.iter().filter(|(there, _)| there == region);
            here.next().is_some_and(|(_, image)| is_complete(image)) && here.next().is_none()
        });
        if complete && made.len() == wanted.len() {
            made.into_iter().map(|(_, image)| image.id).collect()
        } else {
            Vec::new()
        }
    }

    /// What is there and is neither the owner's nor a result.
    fn left(&self, finished: &[ImageId]) -> Vec<String> {
        let mut left = self.bench.cloud.left_behind(finished);
        left.retain(|place| !self.is_the_owners(place));
        let stays = self.bench.stays();
        let is_kept =
            |place: &String| self.bench.cloud.tag_of(place, DEADLINE_TAG).as_deref() == Some(KEPT);
        if matches!(self.scenario.settings.recipe, Recipe::Volumes(_)) {
            // One volume and its snapshot: both or none.
            let kept = left.iter().filter(|place| is_kept(place)).count();
            if kept == 2 && (stays.is_empty() || stays.len() == 2) {
                left.retain(|place| !is_kept(place));
            }
        }
        left
    }

    fn is_the_owners(&self, place: &str) -> bool {
        let volume = self.owners_volume.lock().unwrap();
        let own = self.belongings.iter().chain(&self.replaceable);
        own.chain(volume.as_ref()).any(|own| own == place)
    }
}

fn is_complete(image: &Image) -> bool {
    image.state == ImageState::Available
        && image.tags.get(DEADLINE_TAG).map(String::as_str) == Some(KEPT)
}

struct After(Duration);

impl After {
    fn of(when: Option<When>) -> Self {
        match when {
            Some(When::After(after)) => Self(after),
            _ => Self(NEVER * 2),
        }
    }
}

/// Runs a process to its end or to its death: its runtime goes with all its tasks, and nothing else of it happens.
fn in_process<T>(life: &Life, fate: &Fate, work: impl Future<Output = T>) -> Option<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let dies = match fate.death {
            Some(Demise::After(after)) => after,
            _ => NEVER * 3,
        };
        tokio::select! {
            biased;
            () = life.ended() => None,
            () = tokio::time::sleep(dies) => { life.end(); None }
            ended = work => (!life.is_over()).then_some(ended),
            () = tokio::time::sleep(NEVER) => panic!("it hangs"),
        }
    })
}

async fn settle(ledger: Ledger, cloud: &ModelCloud, which: Which, stop: &Stop) -> Settled {
    let settling = Settling {
        which,
        patience: PATIENCE,
        stop,
        narrate: &|_| {},
    };
    ledger.settle(cloud, &settling).await
}
