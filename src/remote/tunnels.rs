//! `ssh_local_tunnels` and `ssh_remote_tunnels`: ports that lead to the other side for as long as the machine is used.
//!
//! They have a connection of their own, so that a command's output and a tunnel's bytes never wait for each other; where that
//! connection goes, as in a reboot, it is made anew.

mod carrier;
mod way;

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::plan::communicator::Tunnel;

use super::ssh_dialer::once;
use super::{ConnectError, ResolvedLogin, Target};

/// Between two tries to reach a machine that is away: Packer's pause between two connections.
const AGAIN: Duration = Duration::from_secs(2);

/// The tunnels of a machine; they close when this is dropped.
pub(super) struct OpenTunnels(JoinHandle<()>);

impl Drop for OpenTunnels {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A local port that is listened on, and where it leads on the machine's side.
pub(super) struct LocalEnd {
    listener: TcpListener,
    tunnel: Tunnel,
}

/// Opens the tunnels of the template; `None` where it has none.
///
/// # Errors
/// A port that cannot be listened on, here or there, or a connection that fails.
pub(super) async fn open(
    target: &Target,
    login: &ResolvedLogin,
) -> Result<Option<OpenTunnels>, ConnectError> {
    if target.ssh.tunnels.is_empty() {
        return Ok(None);
    }
    let ends: Result<Vec<_>, _> = target.ssh.tunnels.local.iter().map(listen).collect();
    let ends = Arc::new(ends?);
    let (ready, opened) = oneshot::channel();
    let keeping = keep(target.clone(), login.clone(), ends, ready);
    let tunnels = OpenTunnels(tokio::spawn(keeping));
    match opened.await {
        Ok(Ok(())) => Ok(Some(tunnels)),
        Ok(Err(error)) => Err(error),
        Err(_) => Err(ConnectError::Stopped),
    }
}

/// The first failure is told; after that the tunnels are opened again whenever they broke.
async fn keep(
    target: Target,
    login: ResolvedLogin,
    ends: Arc<Vec<LocalEnd>>,
    ready: oneshot::Sender<Result<(), ConnectError>>,
) {
    let mut ready = Some(ready);
    loop {
        match once(&target, &login).await {
            Ok(worker) => {
                let (ends, remote) = (Arc::clone(&ends), target.ssh.tunnels.remote.clone());
                let told = ready.take();
                let carried = worker
                    .call(move |connection| carrier::carry(connection, &ends, &remote, told))
                    .await;
                if let Some(Err(error)) = carried {
                    log::info!("the tunnels broke and are opened again: {error}");
                }
            }
            Err(error) => match ready.take() {
                Some(ready) => {
                    let _gone = ready.send(Err(error));
                    return;
                }
                None => log::info!("the tunnels cannot be opened yet: {error}"),
            },
        }
        tokio::time::sleep(AGAIN).await;
    }
}

fn listen(tunnel: &Tunnel) -> Result<LocalEnd, ConnectError> {
    let address = SocketAddr::from(([127, 0, 0, 1], tunnel.listen));
    let listener = TcpListener::bind(address).and_then(|listener| {
        listener.set_nonblocking(true)?;
        Ok(listener)
    });
    Ok(LocalEnd {
        listener: listener.map_err(|source| ConnectError::TunnelPort {
            port: tunnel.listen,
            side: "this machine",
            source,
        })?,
        tunnel: tunnel.clone(),
    })
}
