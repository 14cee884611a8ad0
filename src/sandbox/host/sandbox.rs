//! The host sandbox as the story of a rehearsal uses it.

use std::io::Read as _;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use nix::unistd::{Pid, Uid, User};
use tokio::process::Child;

use super::available::available;
use super::ids::Ids;
use super::inside::Role;
use super::launch::{Launched, failed, launch, play};
use super::relay::{Carrying, Resolver};
use super::remote::HostRemote;
use super::setup::{Asked, Owners, Setup, Showing};
use crate::sandbox::allowance::Allowance;
use crate::sandbox::{Changes, Network, Order, SandboxError};
use crate::stop::Stop;

/// How long the end of all processes is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long the list of changes may take: the files of a large installation are read twice.
const LONGEST_LIST: Duration = Duration::from_secs(120);

/// The longest text of that list: the names of some million files.
const LONGEST_TOLD: u64 = 256 << 20;

/// Directories of the system, in which there is place for what is not. All else is one or the other as a whole.
const SYSTEM: &[&str] = &[
    "/",
    "/boot",
    "/etc",
    "/opt",
    "/usr",
    "/usr/bin",
    "/usr/lib",
    "/usr/lib64",
    "/usr/libexec",
    "/usr/local",
    "/usr/local/bin",
    "/usr/local/lib",
    "/usr/local/sbin",
    "/usr/sbin",
    "/usr/share",
    "/var",
    "/var/cache",
    "/var/lib",
];

/// A copy of this machine's root, apart from it. Dropping it ends everything in it.
pub(crate) struct HostSandbox {
    launched: Box<Launched>,
    relay: Option<Box<Relay>>,
    owners: Owners,
    network: Network,
    allowance: Allowance,
}

impl HostSandbox {
    /// Opens one.
    pub(crate) async fn open(order: &Order, stop: &Stop) -> Result<Self, SandboxError> {
        available().map_err(|why| SandboxError::Unavailable {
            sandbox: "host",
            why,
        })?;
        let ids = Ids::choose();
        let resolver = match order.network {
            Network::AsHost => Some(Resolver::of_host()),
            Network::Nothing => None,
        };
        let setup = Setup {
            owners: ids.owners(),
            user: order.user.clone(),
            memory: order.limits.memory,
            processes: order.limits.processes,
            seconds: order.limits.time.as_secs(),
            tunnel: resolver.as_ref().map(Resolver::tunnel),
        };
        let showing = Showing {
            owners: setup.owners,
            private: private(),
            nobody: ids.nobody(),
            caller: Pid::this().as_raw(),
        };
        let mut launched = launch((&setup, &showing), &ids, stop).await?;
        let relay = match (launched.tunnel.take(), resolver) {
            (Some(device), Some(resolver)) => {
                let nobody = showing.nobody;
                let started = Relay::start(device, &Carrying { resolver, nobody });
                Some(Box::new(started.map_err(failed("carry its packets"))?))
            }
            _ => None,
        };
        Ok(Self {
            launched: Box::new(launched),
            relay,
            owners: setup.owners,
            network: order.network,
            allowance: Allowance::new(order.limits.memory),
        })
    }

    /// Logs in.
    #[expect(
        clippy::unused_async,
        reason = "as with the other sandboxes, whose login waits"
    )]
    pub(crate) async fn connect(&self) -> Result<HostRemote, SandboxError> {
        match self.launched.line.end() {
            Some(reason) => Err(SandboxError::Ended(reason)),
            None => {
                let line = Arc::clone(&self.launched.line);
                Ok(HostRemote::new(line, self.allowance.clone()))
            }
        }
    }

    /// What is different from the moment at which it was opened.
    pub(crate) async fn changes(&self) -> Result<Changes, SandboxError> {
        let line = &self.launched.line;
        let (from, to) = UnixStream::pair().map_err(failed("tell what is different in it"))?;
        from.set_read_timeout(Some(LONGEST_LIST))
            .map_err(failed("tell what is different in it"))?;
        let asked = line.ask(&Asked::Changes, &[to.as_fd()]);
        drop(to);
        let read = move || {
            let mut told = Vec::new();
            from.take(LONGEST_TOLD).read_to_end(&mut told)?;
            Ok(serde_json::from_slice(&told)?)
        };
        let told = match asked {
            Ok(()) => tokio::task::spawn_blocking(read)
                .await
                .unwrap_or_else(|error| Err(std::io::Error::other(error))),
            Err(error) => Err(error),
        };
        match (told, line.end()) {
            (Ok(changes), _) => Ok(changes),
            (Err(_), Some(reason)) => Err(SandboxError::Ended(reason)),
            (Err(error), None) => Err(failed("tell what is different in it")(error)),
        }
    }

    /// What it is, for the report.
    pub(crate) fn description(&self) -> String {
        let whose = match self.owners {
            Owners::Range(_) if Uid::effective().is_root() => "",
            Owners::Range(_) => ", without root",
            Owners::One => ", without root and with one user id",
        };
        let network = match self.network {
            Network::AsHost => "",
            Network::Nothing => ", no network",
        };
        format!("a copy of this machine's root in memory{whose}{network}")
    }

    /// What is not in it as on a real machine, in a sentence each.
    pub(crate) fn limits(&self) -> &[String] {
        &self.launched.limits
    }

    /// Ends it with all that runs in it.
    pub(crate) async fn close(self) {
        let Self {
            launched, relay, ..
        } = self;
        let Launched {
            keeper,
            files,
            life,
            line,
            ..
        } = *launched;
        drop(life);
        line.cut();
        let carrier = relay.map(|relay| relay.process);
        for mut process in [Some(keeper), files, carrier].into_iter().flatten() {
            if tokio::time::timeout(PATIENCE, process.wait())
                .await
                .is_err()
            {
                log::warn!("a process of the sandbox did not end; it is killed");
                let _already_gone = process.kill().await;
            }
        }
    }
}

/// What carries the packets, and the socket that it lives by.
struct Relay {
    process: Child,
    _life: UnixStream,
}

impl Relay {
    fn start(device: OwnedFd, carrying: &Carrying) -> std::io::Result<Self> {
        let (life, end) = UnixStream::pair()?;
        let told = serde_json::to_string(carrying)?;
        let ends = (device.into(), OwnedFd::from(end).into());
        Ok(Self {
            process: play(Role::Relay, Some(told), ends)?,
            _life: life,
        })
    }
}

/// What belongs to the caller: the home, and the place that the program was called in. Everything beside it too, up to where the
/// system's own directories begin: beside a runner's workspace lie those of other jobs, and the runner.
fn private() -> Vec<PathBuf> {
    let home = User::from_uid(Uid::effective()).ok().flatten();
    let home = home.map(|user| user.dir);
    let here = std::env::current_dir().ok();
    let all = home.into_iter().chain(here);
    all.filter_map(|path| path.canonicalize().ok())
        .filter_map(|path| foreign_part(&path))
        .collect()
}

/// The highest part of a path that is not the system's.
fn foreign_part(path: &Path) -> Option<PathBuf> {
    let is_the_systems = |path: &Path| SYSTEM.iter().any(|system| path == Path::new(system));
    path.ancestors()
        .take_while(|part| !is_the_systems(part))
        .last()
        .map(Path::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_private_begins_where_the_system_ends() {
        let cases = [
            ("/data/runner/_work/a/a", Some("/data")),
            ("/opt/runner/_work/a", Some("/opt/runner")),
            ("/var/lib/jenkins/x", Some("/var/lib/jenkins")),
            ("/usr/local/src/x", Some("/usr/local/src")),
            ("/usr", None),
            ("/", None),
        ];
        for (path, expected) in cases {
            assert_eq!(
                foreign_part(Path::new(path)),
                expected.map(PathBuf::from),
                "{path}"
            );
        }
    }

    #[test]
    fn the_place_that_the_program_was_called_in_is_private() {
        let here = std::env::current_dir().unwrap();
        let private = private();
        assert!(
            private.iter().any(|part| here.starts_with(part)),
            "{private:?}"
        );
    }
}
