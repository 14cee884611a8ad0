//! Tries to reach the machine from the moment that EC2 shows its address, while it is still seen as pending.
//!
//! EC2 says "running" some time after the machine does. This is only an attempt: whatever goes wrong in it is forgotten, and
//! `connect` begins anew, with all of its time, once the machine runs.

use std::future::Future;

use futures_util::future::{Either, select};
use tokio::sync::watch;

use super::access::Access;
use super::address;
use super::connect;
use super::cx::Cx;
use super::error::BuildError;
use crate::cloud::Cloud;
use crate::cloud::instance::Instance;
use crate::plan::communicator::Interface;
use crate::remote::Dial;

/// The machine as EC2 last showed it before it ran.
#[derive(Debug, Default)]
pub(super) struct Starting {
    seen: watch::Sender<Option<Instance>>,
}

impl Starting {
    /// EC2 shows it.
    pub(super) fn show(&self, instance: Instance) {
        self.seen.send_replace(Some(instance));
    }
}

/// The connection, where one can be made before the machine is seen running. Else it never ends.
pub(super) async fn dial<C: Cloud, D: Dial>(
    cx: &Cx<'_, C, D>,
    access: &Access,
    starting: &Starting,
) -> D::Remote {
    let dialled = async {
        // An address of the user's may be anything's until the machine is there, and a pause counts from then on.
        let ssh = cx.ssh()?;
        if ssh.host.is_some() || !ssh.pause_before_connecting.is_zero() {
            return None;
        }
        let mut seen = starting.seen.subscribe();
        let shown = |seen: &Option<Instance>| {
            let instance = seen.as_ref();
            instance.is_some_and(|instance| address_of(instance, ssh.interface).is_some())
        };
        let instance = seen.wait_for(shown).await.ok()?.clone()?;
        let host = address_of(&instance, ssh.interface)?;
        let (target, login) = connect::target(cx, &instance.id, (host, ssh), access);
        cx.dial
            .dial(&target, &login, cx.stop, &mut |_| {})
            .await
            .ok()
    };
    match dialled.await {
        Some(remote) => remote,
        None => std::future::pending().await,
    }
}

/// The address that `connect` will choose. A public one may come later than a private one, and a private one that nobody asked
/// for may be another machine's where we are.
fn address_of(instance: &Instance, interface: Interface) -> Option<String> {
    let is_final = interface != Interface::Automatic || instance.public_ip.is_some();
    address::of(instance, interface).filter(|_| is_final)
}

/// Waits for the machine with the attempt beside it.
pub(super) async fn beside<R>(
    running: impl Future<Output = Result<Instance, BuildError>>,
    attempt: impl Future<Output = R>,
) -> Result<(Instance, Option<R>), BuildError> {
    let (running, attempt) = (Box::pin(running), Box::pin(attempt));
    match select(running, attempt).await {
        Either::Left((instance, _)) => instance.map(|instance| (instance, None)),
        Either::Right((remote, running)) => Ok((running.await?, Some(remote))),
    }
}
