//! EC2 may take a spot instance back at any time. Whatever fails then fails because of it, and is told so.

use std::future::Future;
use std::time::Duration;

use super::cx::Cx;
use super::error::BuildError;
use super::launch;
use crate::cloud::instance::InstanceState;
use crate::cloud::{Cloud, InstanceId};

/// The codes of the state's reason: `Server.SpotInstanceTermination` and `Server.SpotInstanceShutdown`
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html>).
const TAKEN_BACK: &str = "Server.SpotInstance";
/// A connection may break a moment before the state says why.
const LOOKS: usize = 3;
const BETWEEN: Duration = Duration::from_secs(1);

/// Does the work on the machine; its error becomes [`BuildError::Interrupted`] where EC2 took the machine back.
pub(super) async fn told<C: Cloud, D, T>(
    cx: &Cx<'_, C, D>,
    machine: &InstanceId,
    work: impl Future<Output = Result<T, BuildError>>,
) -> Result<T, BuildError> {
    match work.await {
        Err(error) if cx.settings.launch.spot.is_some() && cx.stop.requested().is_none() => {
            match reason(cx, machine).await {
                Some(reason) => Err(BuildError::Interrupted {
                    instance: machine.clone(),
                    reason,
                    source: Box::new(error),
                }),
                None => Err(error),
            }
        }
        result => result,
    }
}

/// Why EC2 took the machine back; `None` where it did not.
async fn reason<C: Cloud, D>(cx: &Cx<'_, C, D>, machine: &InstanceId) -> Option<String> {
    for look in 0..LOOKS {
        if look > 0 {
            tokio::time::sleep(BETWEEN).await;
        }
        let instance = launch::describe(cx.cloud, cx.region, machine)
            .await
            .ok()
            .flatten()?;
        let reason = instance.state_reason.unwrap_or_default();
        if reason.starts_with(TAKEN_BACK) {
            return Some(reason);
        }
        if instance.state != InstanceState::Running {
            return None;
        }
    }
    None
}
