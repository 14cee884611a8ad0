//! One build with everything around it, ready to be run, failed, stopped or killed.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::fixture::settings;
use crate::build::{
    AddressLookup, BuildError, BuildObserver, Built, BuiltVolumes, Cx, GeneratedData, Hook, build,
    build_volumes,
};
use crate::cloud::model::{ModelCloud, Pace};
use crate::cloud::{Cloud, ImageId, Region};
use crate::facts::Facts;
use crate::ledger::{
    BuildIdentity, Journal, JournalError, Ledger, PATIENCE, Settled, Settling, Which,
};
use crate::plan::amazon::recipe::Recipe;
use crate::plan::amazon::settings::EbsSettings;
use crate::plan::communicator::Interface;
use crate::remote::fake::FakeDialer;
use crate::remote::{Dial, Remote};
use crate::report::console::tests::console;
use crate::report::console::{Form, Reader};
use crate::report::ui::{Grouping, Ui};
use crate::stop::{Stop, StopHandle};
use crate::template::scope::{BuilderFunctions, Scope, Section};
use crate::timer::{Lifetime, Timer};

pub(in crate::build) const HOME: &str = "eu-west-1";
/// Whose build it is.
pub(super) const OWNER: &str = "github.com/1";
/// A deadline that is over.
pub(super) const OVER: &str = "2026-01-01T00:00:00Z";

/// A provisioner that runs one command.
pub(super) struct OneCommand;

impl Hook for OneCommand {
    type Error = std::io::Error;

    async fn provision<R: Remote>(
        &mut self,
        remote: Option<&mut R>,
        _data: &GeneratedData,
    ) -> Result<(), Self::Error> {
        let remote = remote.expect("the bench connects by SSH");
        remote
            .run("provision", &mut |_| {})
            .await
            .map(|_| ())
            .map_err(std::io::Error::other)
    }
}

/// The caller's address, as the model's network has it.
pub(in crate::build) struct Loopback;

impl AddressLookup for Loopback {
    fn own_ranges(
        &self,
        _interface: Interface,
    ) -> Pin<Box<dyn Future<Output = Vec<String>> + Send + '_>> {
        Box::pin(async { vec!["127.0.0.1/32".to_owned()] })
    }
}

/// The model, the settings and a directory for the journal.
pub(super) struct Bench {
    pub(super) cloud: ModelCloud,
    pub(super) settings: EbsSettings,
    pub(super) dial: FakeDialer,
    pub(super) recorder: Recorder,
    /// What the last build said.
    pub(super) said: Mutex<String>,
    pub(super) directory: tempfile::TempDir,
    /// No two builds have the same one: client tokens are made of it.
    pub(super) build_id: &'static str,
    /// In the tags of everything.
    pub(super) deadline: &'static str,
    /// The build region.
    pub(super) region: &'static str,
    /// What the machine's timer is set to; most builds go without.
    pub(super) lifetime: Option<Lifetime>,
}

/// Remembers the images, volumes and snapshots that cannot be undone any more.
#[derive(Default)]
pub(in crate::build) struct Recorder {
    pub(super) images: Mutex<Vec<ImageId>>,
    others: Mutex<Vec<String>>,
}

impl BuildObserver for Recorder {
    fn image_ready(&self, built: &Built) {
        self.images
            .lock()
            .unwrap()
            .extend(built.images.values().cloned());
    }

    fn volumes_ready(&self, built: &BuiltVolumes) {
        let mut others = self.others.lock().unwrap();
        others.extend(built.volumes.iter().map(ToString::to_string));
        others.extend(built.snapshots.iter().map(ToString::to_string));
    }
}

/// How a build on the bench ended.
pub(super) struct Ended {
    pub(super) outcome: Result<Option<Built>, BuildError>,
    pub(super) settled: Settled,
}

impl Bench {
    /// A build in one region; everything takes a few looks.
    pub(super) fn new() -> Self {
        Self::with(settings())
    }

    pub(super) fn with(settings: EbsSettings) -> Self {
        let cloud = ModelCloud::new(Pace {
            looks: 2,
            hidden: 0,
        });
        if settings.image.lifecycle.fast_launch.is_some() {
            cloud.publish_windows();
        }
        Self {
            cloud,
            settings,
            dial: FakeDialer::default(),
            recorder: Recorder::default(),
            said: Mutex::default(),
            directory: directory(),
            build_id: "b-1",
            deadline: "2030-01-01T00:00:00Z",
            region: HOME,
            lifetime: None,
        }
    }

    pub(super) fn ledger(&self) -> Ledger {
        let identity = identity(self.build_id, self.deadline);
        Ledger::open(
            Journal::create(self.directory.path(), &identity).unwrap(),
            identity,
        )
    }

    /// Builds, without settling.
    pub(super) async fn build(
        &self,
        ledger: &Ledger,
        stop: &Stop,
    ) -> Result<Option<Built>, BuildError> {
        self.build_over(&self.dial, ledger, stop).await
    }

    /// The same with another provisioner.
    pub(super) async fn build_with(
        &self,
        hook: &mut impl Hook,
        ledger: &Ledger,
        stop: &Stop,
    ) -> Result<Option<Built>, BuildError> {
        let ways = (&self.cloud, &self.dial);
        self.build_by(ways, hook, ledger, stop).await
    }

    /// The same over another way to the machine.
    pub(super) async fn build_over<D: Dial>(
        &self,
        dial: &D,
        ledger: &Ledger,
        stop: &Stop,
    ) -> Result<Option<Built>, BuildError> {
        let ways = (&self.cloud, dial);
        sendable(self.build_by(ways, &mut OneCommand, ledger, stop)).await
    }

    /// The same in another cloud.
    pub(super) async fn build_in<C: Cloud, D: Dial>(
        &self,
        ways: (&C, &D),
        ledger: &Ledger,
        stop: &Stop,
    ) -> Result<Option<Built>, BuildError> {
        sendable(self.build_by(ways, &mut OneCommand, ledger, stop)).await
    }

    async fn build_by<C: Cloud, D: Dial>(
        &self,
        (cloud, dial): (&C, &D),
        hook: &mut impl Hook,
        ledger: &Ledger,
        stop: &Stop,
    ) -> Result<Option<Built>, BuildError> {
        let (console, captured) = console(Form::Human, Reader::Plain);
        let ui = Ui::new(console, "amazon-ebs", 0, Grouping::BySteps);
        let scope = Scope::new(
            &Facts::for_tests(),
            Section::Builder(BuilderFunctions::Amazon),
            Arc::default(),
        );
        let region = Region::new(self.region);
        let timer = Timer::new(self.lifetime);
        let cx = Cx {
            settings: &self.settings,
            region: &region,
            scope: &scope,
            cloud,
            dial,
            addresses: &Loopback,
            ledger,
            timer: &timer,
            stop,
            ui: &ui,
            observer: &self.recorder,
        };
        let built = match &self.settings.recipe {
            Recipe::Volumes(volumes) => build_volumes(&cx, hook, volumes).await.map(|_| None),
            Recipe::Machine | Recipe::FastVolume | Recipe::Surrogate(_) => build(&cx, hook).await,
        };
        *self.said.lock().unwrap() = captured.text();
        built
    }

    /// Builds and settles, as a run does.
    pub(super) async fn run(&self, stop: &Stop) -> Ended {
        let ledger = self.ledger();
        let outcome = self.build(&ledger, stop).await;
        let settled = settle(ledger, &self.cloud, stop).await;
        Ended { outcome, settled }
    }

    /// All that is there but for what the observer was told to stay, whatever became of the process.
    pub(super) fn left(&self) -> Vec<String> {
        let left = self
            .cloud
            .left_behind(&self.recorder.images.lock().unwrap());
        let stays = self.stays();
        let unwanted = left.into_iter().filter(|place| {
            let id = place.split_once('/').map_or("", |(_, id)| id);
            !stays.iter().any(|stays| stays == id)
        });
        unwanted.collect()
    }

    /// The volumes and snapshots that stay by themselves.
    pub(super) fn stays(&self) -> Vec<String> {
        self.recorder.others.lock().unwrap().clone()
    }

    /// Settles what the journal still lists, as the post step does.
    pub(super) async fn settle_journal(&self) {
        let Some(path) = self.journal() else { return };
        let settled = settle(resume(&path), &self.cloud, &Stop::never()).await;
        assert!(!settled.has_leftovers(), "{:?}", settled.remaining());
    }

    pub(super) fn journal(&self) -> Option<PathBuf> {
        let path = self
            .directory
            .path()
            .join(format!("{}.journal", self.build_id));
        path.exists().then_some(path)
    }

    /// The number of calls of a whole run that goes well.
    pub(super) async fn count_calls(settings: EbsSettings) -> usize {
        let bench = Self::with(settings);
        let ended = bench.run(&Stop::never()).await;
        ended.outcome.unwrap();
        bench.cloud.calls().len()
    }
}

impl Ended {
    /// The images that the build may leave.
    pub(super) fn finished(&self) -> Vec<ImageId> {
        self.outcome
            .iter()
            .flatten()
            .flat_map(|built| built.images.values().cloned())
            .collect()
    }
}

pub(super) async fn settle<C: Cloud>(ledger: Ledger, cloud: &C, stop: &Stop) -> Settled {
    let settling = Settling {
        which: Which::Unfinished,
        patience: PATIENCE,
        stop,
        narrate: &|_| {},
    };
    ledger.settle(cloud, &settling).await
}

/// A stop signal that comes when the call of this number arrives.
pub(super) fn stop_at(cloud: &ModelCloud, number: usize) -> Stop {
    let (handle, stop) = StopHandle::new();
    cloud.run_at(number, move |_| {
        handle.request(crate::stop::StopReason::Interrupt)
    });
    stop
}

fn identity(build_id: &str, deadline: &str) -> BuildIdentity {
    BuildIdentity {
        build_id: build_id.to_owned(),
        account: None,
        caller: None,
        owner: Some(OWNER.to_owned()),
        repository: None,
        run: None,
        regions: vec![Region::new(HOME)],
        endpoint: None,
        profile: None,
        assume_role: None,
        deadline: deadline.to_owned(),
    }
}

/// A directory for journals. They are synced at every line, so it is in memory where that is possible.
fn directory() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| tempfile::tempdir().unwrap())
}

/// Restores a journal to what it was.
pub(super) fn restore(path: &Path, bytes: &[u8]) {
    std::fs::write(path, bytes).unwrap();
}

/// Builds run side by side on any thread.
fn sendable<F: Future + Send>(future: F) -> F {
    future
}

/// Takes the journal over. A process that another test starts holds its lock for the moment between fork and exec.
pub(super) fn resume(path: &Path) -> Ledger {
    let begin = Instant::now();
    loop {
        match Ledger::resume(path) {
            Err(JournalError::InUse { .. }) if begin.elapsed() < Duration::from_secs(5) => {
                std::thread::yield_now();
            }
            resumed => return resumed.unwrap(),
        }
    }
}
