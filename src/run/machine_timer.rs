//! The machine's timer, as the environment wants it, and what becomes of it where the machine is kept.

use std::time::Duration;

use super::builder_end::BuilderResult;
use crate::action::environment::Environment;
use crate::report::ui::Ui;
use crate::timer::{Lifetime, LifetimeError, Released, Timer};

/// How long a machine lives without hearing of us; `off` for a machine without a timer.
const VARIABLE: &str = "AMI_BUILD_MACHINE_TIMER";

/// For so long a kept machine is asked to drop its timer; a run that is cancelled has seconds in all.
const PATIENCE: Duration = Duration::from_secs(30);
const PATIENCE_CANCELLED: Duration = Duration::from_secs(2);

/// The timer of a build's machine.
pub(super) fn of(environment: &Environment) -> Result<Timer, LifetimeError> {
    Lifetime::read(VARIABLE, environment.get(VARIABLE)).map(Timer::new)
}

/// A machine that is kept for somebody to look at must not end itself.
pub(super) async fn call_off(timer: &Timer, result: &BuilderResult, ui: &Ui) {
    let patience = match result {
        BuilderResult::Cancelled => PATIENCE_CANCELLED,
        _ => PATIENCE,
    };
    if tokio::time::timeout(patience, timer.release()).await != Ok(Released::Yes) {
        ui.error(
            "Warning: the machine's timer could not be called off, so the machine may end itself.",
        );
    }
}
