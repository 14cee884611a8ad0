//! Stops the machine, so that its volumes are at rest when the image is made.

use std::time::Duration;

use super::cx::Cx;
use super::diagnose;
use super::error::BuildError;
use super::launch;
use crate::cloud::error::Refusal;
use crate::cloud::instance::InstanceState;
use crate::cloud::{Cloud, InstanceId};
use crate::wait::{self, Pace, Patience, Polled, WaitError};

/// How long the stop call is repeated while the machine is in no state for it.
const CALL: Duration = Duration::from_secs(120);

/// Stops it, or waits until somebody else did where `disable_stop_instance` says so.
pub(super) async fn stop<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    id: &InstanceId,
) -> Result<(), BuildError> {
    if cx.settings.launch.spot.is_some() {
        // The machine of a one-time request cannot be stopped.
        cx.ui
            .message("A spot instance is not stopped: EC2 reboots it to make the image.");
        return Ok(());
    }
    cx.ui.say("Stopping the source instance...");
    if cx.settings.launch.disable_stop {
        cx.ui
            .message("Automatic instance stop disabled. Please stop instance manually.");
    } else {
        cx.ui.message("Stopping instance");
        call(cx, id).await?;
    }
    cx.ui.say("Waiting for the instance to stop...");
    match stopped(cx, id).await {
        Err(WaitError::Failed { .. }) => Err(BuildError::MachineGone(Box::new(
            diagnose::examine(cx, id).await,
        ))),
        other => other.map_err(BuildError::wait("Error waiting for instance to stop")),
    }
}

async fn call<C: Cloud, D>(cx: &Cx<'_, C, D>, id: &InstanceId) -> Result<(), BuildError> {
    let progress = cx.progress("the instance to accept the stop");
    let wait = cx.wait(
        "the instance to accept the stop",
        Pace::BRISK,
        Patience::Total(CALL),
        &progress,
    );
    let called = wait::until(&wait, || async {
        match cx.cloud.stop_instance(cx.region, id).await {
            Ok(()) => Ok(Polled::Ready(())),
            // A machine that shuts itself down at this moment; the wait that follows tells which way it goes.
            Err(error) if error.is(Refusal::WrongState) => Ok(Polled::Ready(())),
            Err(error) => Err(error),
        }
    });
    called
        .await
        .map_err(BuildError::wait("cannot stop the instance"))
}

async fn stopped<C: Cloud, D>(cx: &Cx<'_, C, D>, id: &InstanceId) -> Result<(), WaitError> {
    let patience = Patience::Total(
        cx.settings
            .launch
            .polling
            .budget()
            .unwrap_or(launch::MACHINE_PATIENCE),
    );
    let what = format!("instance {id} to stop");
    let progress = cx.progress(&what);
    let wait = cx.wait(&what, Pace::STOP, patience, &progress);
    wait::until(&wait, || async {
        let Some(instance) = launch::describe(cx.cloud, cx.region, id).await? else {
            return Ok(Polled::PENDING);
        };
        Ok(match instance.state {
            InstanceState::Stopped => Polled::Ready(()),
            InstanceState::ShuttingDown | InstanceState::Terminated => {
                Polled::Failed(instance.state_reason.unwrap_or_default())
            }
            InstanceState::Pending | InstanceState::Running | InstanceState::Stopping => {
                Polled::PENDING
            }
        })
    })
    .await
}
