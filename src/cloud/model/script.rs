//! What happens at which call.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::pace::Pace;

/// What goes wrong with one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// EC2 refuses it with this code; nothing happens.
    Refused(&'static str),
    /// The request is lost: no answer, no effect.
    LostRequest,
    /// The answer is lost: no answer, but the effect is there.
    LostAnswer,
    /// The effect is there, and yet the answer is this code: a fault of EC2's own, or what the repetition of a call hears
    /// whose first answer was lost.
    Late(&'static str),
}

/// What one call meets.
#[derive(Clone, Debug, Default)]
pub(crate) struct Weather {
    /// How long it takes to get there.
    pub(crate) before: Duration,
    /// What goes wrong.
    pub(crate) fault: Option<Fault>,
    /// How what it makes or moves goes on.
    pub(crate) pace: Pace,
    /// How long its answer takes.
    pub(crate) after: Duration,
    /// When the process dies of it.
    pub(crate) death: Option<Death>,
}

/// An instant of a call at which the process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Death {
    /// Before EC2 has the call.
    BeforeTheEffect,
    /// Before the answer is there.
    BeforeTheAnswer,
}

/// Tells the weather of a call by its number and name.
pub(crate) type Forecast = Arc<dyn Fn(usize, &'static str) -> Weather + Send + Sync>;

/// Called with a call's number, outside of the model's lock.
pub(crate) type Callback = Arc<dyn Fn(usize) + Send + Sync>;

/// The faults and callbacks by the number of the call, which counts from 1.
#[derive(Clone, Default)]
pub(crate) struct Script {
    faults: BTreeMap<usize, Fault>,
    lasting: BTreeMap<&'static str, Fault>,
    callbacks: BTreeMap<usize, Callback>,
    forecast: Option<Forecast>,
}

impl Script {
    pub(super) fn set_forecast(&mut self, forecast: Option<Forecast>) {
        self.forecast = forecast;
    }

    /// The weather of this call, where somebody makes it.
    pub(super) fn forecast(&self) -> Option<Forecast> {
        self.forecast.clone()
    }

    pub(super) fn fail_at(&mut self, number: usize, fault: Fault) {
        self.faults.insert(number, fault);
    }

    pub(super) fn fail_always(&mut self, call: &'static str, fault: Fault) {
        self.lasting.insert(call, fault);
    }

    pub(super) fn heal(&mut self, call: &'static str) {
        self.lasting.remove(call);
    }

    pub(super) fn run_at(&mut self, number: usize, callback: Callback) {
        self.callbacks.insert(number, callback);
    }

    /// The fault of this call, where there is one.
    pub(super) fn fault(&self, number: usize, call: &str) -> Option<Fault> {
        self.faults
            .get(&number)
            .or_else(|| self.lasting.get(call))
            .cloned()
    }

    pub(super) fn callback(&self, number: usize) -> Option<Callback> {
        self.callbacks.get(&number).cloned()
    }
}

impl std::fmt::Debug for Script {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let callbacks = self.callbacks.keys().collect::<Vec<_>>();
        formatter
            .debug_struct("Script")
            .field("faults", &self.faults)
            .field("callbacks", &callbacks)
            .finish_non_exhaustive()
    }
}
