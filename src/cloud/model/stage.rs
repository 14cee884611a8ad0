//! What tests let happen to the model: every call has a number, and at each number a [`Fault`] can strike or a callback be
//! run. So a test fails or stops a build at every call in turn by counting and not by listing them.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::calls::tags_in;
use super::life::Life;
use super::pace::Pace;
use super::place::{Outcome, Refused};
use super::script::{Callback, Death, Fault, Forecast, Script, Weather};
use super::throttle::Throttle;
use super::usage_calls::ModelReference;
use super::world::World;
use super::{ModelCloud, machines, outside};
use crate::cloud::api::CloudResult;
use crate::cloud::{CloudError, ImageId, InstanceId, Region, Tags};

/// The part of the world that only tests have.
#[derive(Clone, Debug, Default)]
pub(super) struct Stage {
    /// Where EC2's buckets count.
    throttle: Option<Throttle>,
    script: Script,
    /// Who is told every call.
    listener: Option<fn(&str)>,
    /// The process that calls.
    life: Life,
    /// What refers to images.
    pub(super) references: Vec<ModelReference>,
    /// Regions of which nothing may be asked.
    pub(super) closed: BTreeSet<Region>,
}

impl ModelCloud {
    /// A model whose states move as `pace` says.
    pub(crate) fn new(pace: Pace) -> Self {
        let cloud = Self::default();
        {
            let mut world = cloud.world();
            world.pace = pace.into();
            world.published = vec![outside::source_image()];
        }
        cloud
    }

    /// From now on the published image is one of Windows.
    pub(crate) fn publish_windows(&self) {
        for published in &mut self.world().published {
            published.image.traits.platform_details = Some("Windows".to_owned());
        }
    }

    /// The same, in which everything is so at once.
    pub(crate) fn at_once() -> Self {
        Self::new(Pace::default())
    }

    /// From now on new things and new states move as `pace` says.
    pub(crate) fn set_pace(&self, pace: Pace) {
        self.world().pace = pace.into();
    }

    /// From now on every state takes so long, however often it is looked at.
    pub(crate) fn take_time(&self, takes: Duration) {
        self.world().pace.takes = takes;
    }

    /// From now on EC2's published buckets count.
    pub(crate) fn throttle(&self) {
        self.world().stage.throttle = Some(Throttle::default());
    }

    /// How many calls were throttled.
    pub(crate) fn throttled(&self) -> usize {
        let world = self.world();
        world
            .stage
            .throttle
            .as_ref()
            .map_or(0, |throttle| throttle.refused)
    }

    /// Tells `listener` every call from now on.
    pub(crate) fn tell(&self, listener: fn(&str)) {
        self.world().stage.listener = Some(listener);
    }

    /// Tells a text between the calls, where somebody listens.
    pub(crate) fn note(&self, text: impl FnOnce() -> String) {
        let listener = self.world().stage.listener;
        if let Some(listener) = listener {
            listener(&text());
        }
    }

    /// The calls so far, each as `Name region`.
    pub(crate) fn calls(&self) -> Vec<String> {
        let log = self.own_log();
        let calls = log.calls.iter();
        calls
            .map(|call| format!("{} {}", call.name, call.region))
            .collect()
    }

    /// Lets a fault strike the call of this number, which counts from 1.
    pub(crate) fn fail_at(&self, number: usize, fault: Fault) {
        self.world().stage.script.fail_at(number, fault);
    }

    /// Lets a fault strike every call of this name.
    pub(crate) fn fail_always(&self, call: &'static str, fault: Fault) {
        self.world().stage.script.fail_always(call, fault);
    }

    /// From now on nothing strikes every call of this name.
    pub(crate) fn heal(&self, call: &'static str) {
        self.world().stage.script.heal(call);
    }

    /// Runs `callback` when the call of this number arrives, before its effect.
    pub(crate) fn run_at(&self, number: usize, callback: impl Fn(usize) + Send + Sync + 'static) {
        self.world().stage.script.run_at(number, Arc::new(callback));
    }

    /// `region/id` of all that is there but for these images and their snapshots.
    pub(crate) fn left_behind(&self, finished: &[ImageId]) -> Vec<String> {
        self.world().left_behind(finished)
    }

    /// What `GetConsoleOutput` answers from now on.
    pub(crate) fn set_console(&self, text: &str) {
        self.world().console = Some(text.to_owned());
    }

    /// The machine shuts itself down from within.
    pub(crate) fn power_off(&self, region: &Region, instance: &InstanceId) {
        let mut world = self.world();
        let pace = world.pace;
        if let Err(refused) = machines::power_off(world.place(region), pace, instance.as_str()) {
            log::warn!(
                "the model cannot power off `{instance}`: {}",
                refused.message
            );
        }
    }

    /// The ids of a region's machines.
    pub(crate) fn machines(&self, region: &Region) -> Vec<InstanceId> {
        let mut world = self.world();
        let ids = world.place(region).instances.keys();
        ids.map(InstanceId::new).collect()
    }

    /// EC2 takes the machine back, as it may with a spot instance.
    pub(crate) fn take_back(&self, region: &Region, instance: &InstanceId) {
        let mut world = self.world();
        let pace = world.pace;
        let taken = machines::take_back(world.place(region), pace, instance.as_str());
        assert!(taken.is_ok(), "`{instance}` is not there");
    }

    /// The policies that any role ever had, and the tags of the roles that are there.
    pub(crate) fn roles(&self) -> (Vec<String>, Vec<Tags>) {
        let world = self.world();
        (world.iam.policies.clone(), world.iam.role_tags())
    }

    /// Who may launch the image, as `ModifyImageAttribute` said.
    pub(crate) fn launchers(&self, region: &Region, image: &ImageId) -> Vec<String> {
        let mut world = self.world();
        world
            .place(region)
            .images
            .get(image.as_str())
            .map(|made| made.thing.launchers.clone())
            .unwrap_or_default()
    }

    /// The tags of anything that has an id.
    pub(crate) fn tags_of(&self, region: &Region, id: &str) -> Option<Tags> {
        tags_in(self.world().place(region), id).cloned()
    }

    /// From now on a process of this life makes the calls, and they meet this weather; without any, the script's.
    pub(crate) fn set_out(&self, life: Life, forecast: Option<Forecast>) {
        let mut world = self.world();
        world.stage.life = life;
        world.clock.hand_over();
        world.stage.script.set_forecast(forecast);
    }

    /// One call: counted, then struck by a fault or done.
    pub(super) async fn call<T>(
        &self,
        call: &'static str,
        region: &Region,
        effect: impl FnOnce(&mut World) -> Outcome<T> + Send,
    ) -> CloudResult<T> {
        // Calls that are made side by side take turns, as they would on a network.
        tokio::task::yield_now().await;
        let life = {
            let mut world = self.world();
            // A process begins with its first call, however long that is on its way.
            world.clock.look();
            world.stage.life.clone()
        };
        life.go_on().await;
        let number = self.own_log().count(call, region);
        let callback: Option<Callback> = self.world().stage.script.callback(number);
        if let Some(callback) = callback {
            callback(number);
        }
        let weather = self.weather(number, call);
        wait(weather.before).await;
        if weather.death == Some(Death::BeforeTheEffect) {
            life.end();
        }
        life.go_on().await;
        let answer = self.answer_in((number, call), region, weather.clone(), effect);
        self.note(|| {
            let came = answer
                .as_ref()
                .map_or_else(ToString::to_string, |_| "ok".to_owned());
            format!("{number} {call} in {region}: {came} {weather:?}")
        });
        if weather.death == Some(Death::BeforeTheAnswer) {
            life.end();
        }
        wait(weather.after).await;
        life.go_on().await;
        answer
    }

    /// The weather of a call: what the forecast says, else what the script does.
    fn weather(&self, number: usize, call: &'static str) -> Weather {
        let forecast = self.world().stage.script.forecast();
        if let Some(forecast) = forecast {
            return forecast(number, call);
        }
        let world = self.world();
        Weather {
            fault: world.stage.script.fault(number, call),
            pace: world.pace.pace,
            ..Weather::default()
        }
    }

    /// What comes of the call in this weather.
    fn answer_in<T>(
        &self,
        (number, call): (usize, &'static str),
        region: &Region,
        weather: Weather,
        effect: impl FnOnce(&mut World) -> Outcome<T>,
    ) -> CloudResult<T> {
        let effect = |world: &mut World| {
            world.pace.pace = weather.pace;
            if world.stage.closed.contains(region) {
                return Err(Refused::new(
                    "UnauthorizedOperation",
                    "the region is closed",
                ));
            }
            if let Some(throttle) = &mut world.stage.throttle {
                throttle.check(call, region)?;
            }
            effect(world)
        };
        let refused = |code| Refused::new(code, words(code, call));
        let lost = || CloudError::NoAnswer {
            call,
            region: region.clone(),
            source: "the connection was reset".into(),
        };
        let call = (number, call);
        match weather.fault {
            None => self.answer(call, region, effect),
            Some(Fault::Refused(code)) => self.answer(call, region, |_| Err(refused(code))),
            Some(Fault::LostRequest) => Err(lost()),
            Some(Fault::LostAnswer) => self.answer(call, region, effect).and(Err(lost())),
            Some(Fault::Late(code)) => self
                .answer(call, region, effect)
                .and_then(|_| self.answer(call, region, |_| Err(refused(code)))),
        }
    }
}

async fn wait(duration: Duration) {
    if !duration.is_zero() {
        tokio::time::sleep(duration).await;
    }
}

/// EC2's words beside a code; one that is not allowed has its reasons encoded in it.
fn words(code: &str, call: &str) -> String {
    match code {
        "UnauthorizedOperation" => format!(
            "You are not authorized to perform this operation. Encoded authorization failure message: model-{call}"
        ),
        _ => "the script says so".to_owned(),
    }
}
