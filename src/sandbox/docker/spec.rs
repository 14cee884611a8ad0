//! What the containers are created with.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use bollard::models::{ContainerCreateBody, HealthConfig, HostConfig, HostConfigLogConfig};

use crate::sandbox::{Limits, Network, Order};

use super::engine_types::Planned;
use super::inside::{PROGRAM, Role};
use super::owner::Owner;

/// How the names of our containers begin. Labels alone would not do: an image can have them, such as one that somebody made of
/// a sandbox, and then every container of it has them too.
pub(super) const NAMES: &str = "ami-build-rehearsal-";

/// How that of a container ends that owns the network.
pub(super) const KEEPERS_NAME: &str = "-network";

/// Every container of ours has it: the id of its rehearsal.
pub(super) const LABEL: &str = "ami-build.rehearsal";

/// Whose it is.
pub(super) const OWNER_LABEL: &str = "ami-build.owner";

/// When its time is over, in seconds since 1970.
pub(super) const UNTIL_LABEL: &str = "ami-build.until";

/// The template's user, for whoever looks at what is there.
pub(super) const USER_LABEL: &str = "ami-build.user";

/// The name of the machine.
const HOSTNAME: &str = "rehearsal";

/// What package managers, sudo and daemons need. Of Docker's own set these are left out: NET_RAW, which could send packets past
/// the rules that hide the metadata; MKNOD; SETPCAP.
const CAPABILITIES: [&str; 11] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETUID",
    "SYS_CHROOT",
];

/// What the keeper needs: the network, and to look at every file of the image.
const KEEPERS: [&str; 2] = ["NET_ADMIN", "DAC_READ_SEARCH"];

/// Of the keeper, which is one process with little in it.
const KEEPERS_MEMORY: i64 = 256 << 20;
const KEEPERS_PROCESSES: i64 = 64;

/// What both containers have in common.
pub(super) struct Common<'a> {
    pub(super) image: &'a str,
    /// `NAME=value`, as the image sets them.
    pub(super) variables: &'a [String],
    /// The rehearsal's.
    pub(super) id: &'a str,
    pub(super) order: &'a Order,
}

impl Common<'_> {
    /// The container that owns the network.
    pub(super) fn keeper(&self) -> Planned {
        let (mode, word) = match self.order.network {
            Network::AsHost => ("bridge", "hide-metadata"),
            Network::Nothing => ("none", "nothing"),
        };
        let host = HostConfig {
            network_mode: Some(mode.to_owned()),
            cap_add: Some(KEEPERS.map(str::to_owned).to_vec()),
            memory: Some(KEEPERS_MEMORY),
            memory_swap: Some(KEEPERS_MEMORY),
            pids_limit: Some(KEEPERS_PROCESSES),
            security_opt: Some(vec!["no-new-privileges".to_owned()]),
            ..self.host()
        };
        let words = [PROGRAM, Role::Keep.word(), word];
        Planned {
            name: format!("{NAMES}{}{KEEPERS_NAME}", self.id),
            body: ContainerCreateBody {
                hostname: Some(HOSTNAME.to_owned()),
                ..self.body(&words, host)
            },
        }
    }

    /// The container that the provisioners run in. `no-new-privileges` is not set: sudo could not work.
    pub(super) fn sandbox(&self, keeper: &str) -> Planned {
        let Limits {
            memory, processes, ..
        } = self.order.limits;
        let memory = i64::try_from(memory).unwrap_or(i64::MAX);
        let host = HostConfig {
            network_mode: Some(format!("container:{keeper}")),
            cap_add: Some(CAPABILITIES.map(str::to_owned).to_vec()),
            memory: Some(memory),
            // Memory and swap together: no swap.
            memory_swap: Some(memory),
            pids_limit: Some(i64::from(processes)),
            ..self.host()
        };
        Planned {
            name: format!("{NAMES}{}", self.id),
            body: self.body(&[PROGRAM, Role::Hold.word()], host),
        }
    }

    fn host(&self) -> HostConfig {
        HostConfig {
            cap_drop: Some(vec!["ALL".to_owned()]),
            privileged: Some(false),
            // What is printed comes to us and is kept nowhere.
            log_config: Some(HostConfigLogConfig {
                typ: Some("none".to_owned()),
                config: None,
            }),
            ..HostConfig::default()
        }
    }

    fn body(&self, words: &[&str], host: HostConfig) -> ContainerCreateBody {
        // A name without a value takes the image's variable away: a machine has none of them.
        let names = self.variables.iter().filter_map(|variable| {
            let (name, _) = variable.split_once('=')?;
            (name != "PATH").then(|| name.to_owned())
        });
        ContainerCreateBody {
            image: Some(self.image.to_owned()),
            entrypoint: Some(words.iter().map(|word| (*word).to_owned()).collect()),
            cmd: Some(Vec::new()),
            user: Some("0:0".to_owned()),
            working_dir: Some("/".to_owned()),
            env: Some(names.collect()),
            labels: Some(self.labels()),
            attach_stdin: Some(true),
            attach_stdout: Some(true),
            attach_stderr: Some(true),
            open_stdin: Some(true),
            // The input ends when we, the only ones who are attached, are gone.
            stdin_once: Some(true),
            healthcheck: Some(HealthConfig {
                test: Some(vec!["NONE".to_owned()]),
                ..HealthConfig::default()
            }),
            host_config: Some(host),
            ..ContainerCreateBody::default()
        }
    }

    fn labels(&self) -> HashMap<String, String> {
        let until = SystemTime::now() + self.order.limits.time;
        let until = until.duration_since(SystemTime::UNIX_EPOCH);
        let seconds = until.as_ref().map_or(0, Duration::as_secs);
        HashMap::from([
            (LABEL.to_owned(), self.id.to_owned()),
            (OWNER_LABEL.to_owned(), Owner::this().label()),
            (UNTIL_LABEL.to_owned(), seconds.to_string()),
            (USER_LABEL.to_owned(), self.order.user.clone()),
        ])
    }
}

#[cfg(test)]
mod unit {
    use super::*;
    use crate::sandbox::SourceHint;

    fn both(network: Network) -> [HostConfig; 2] {
        let order = Order {
            user: "ubuntu".into(),
            network,
            limits: Limits::default(),
            source: SourceHint::default(),
        };
        let common = Common {
            image: "base",
            variables: &["PATH=/x".into(), "NODE_VERSION=1".into()],
            id: "one",
            order: &order,
        };
        let sandbox = common.sandbox("keeper");
        assert_eq!(sandbox.body.env, Some(vec!["NODE_VERSION".into()]));
        [common.keeper(), sandbox].map(|planned| planned.body.host_config.unwrap())
    }

    #[test]
    fn nothing_of_the_host_is_in_them() {
        for host in both(Network::AsHost) {
            assert_eq!(host.binds, None);
            assert_eq!(host.mounts, None);
            assert_eq!(host.devices, None);
            assert_eq!(host.volumes_from, None);
            assert_eq!(host.privileged, Some(false));
            assert_eq!(host.pid_mode, None);
        }
    }

    #[test]
    fn the_sandbox_may_not_change_its_network_nor_go_past_it_and_may_sudo() {
        let [_, sandbox] = both(Network::AsHost);
        assert_eq!(sandbox.cap_drop, Some(vec!["ALL".into()]));
        let may = sandbox.cap_add.unwrap();
        for without in ["NET_ADMIN", "NET_RAW", "SYS_ADMIN", "SYS_PTRACE"] {
            assert!(!may.iter().any(|capability| capability == without));
        }
        assert_eq!(sandbox.security_opt, None);
        assert_eq!(sandbox.network_mode.as_deref(), Some("container:keeper"));
        assert_eq!(sandbox.memory, sandbox.memory_swap);
    }

    #[test]
    fn without_a_network_the_keeper_has_none_either() {
        let [keeper, _] = both(Network::Nothing);
        assert_eq!(keeper.network_mode.as_deref(), Some("none"));
    }
}
