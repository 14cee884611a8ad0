//! Logs in to the machine, and explains itself where that fails.

use std::sync::Arc;
use std::time::Duration;

use super::access::Access;
use super::address;
use super::built::GeneratedData;
use super::cx::Cx;
use super::diagnose;
use super::error::BuildError;
use super::late::SourceData;
use super::launch::{self, Machine};
use crate::cloud::instance::{Instance, InstanceState};
use crate::cloud::{Cloud, InstanceId};
use crate::plan::communicator::{Interface, Login, SshSettings};
use crate::remote::{ConnectError, Dial, HostKeyJudge, ResolvedLogin, Target, Verdict};
use crate::report::ui::Progress;

/// Between two looks at a machine that is being connected to. All builds of a run look together.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// A machine that can be worked on.
pub(super) struct Session<R> {
    /// The way to it; `None` where the communicator is `none`.
    pub(super) remote: Option<R>,
    /// The values of `build` in provisioners.
    pub(super) data: GeneratedData,
}

/// Connects as the template says.
pub(super) async fn log_in<C: Cloud, D: Dial>(
    cx: &Cx<'_, C, D>,
    machine: &Machine,
    access: &Access,
    early: Option<D::Remote>,
) -> Result<Session<D::Remote>, BuildError> {
    let mut data = machine_data(cx, machine);
    let Some(ssh) = cx.ssh() else {
        return Ok(Session { remote: None, data });
    };
    let host = address::choose(cx, machine, ssh).await?;
    data.extend(connection_data(&host, ssh, access));
    cx.ui
        .say(&format!("Using SSH communicator to connect: {host}"));
    cx.ui.say("Waiting for SSH to become available...");
    let remote = match early {
        Some(remote) => remote,
        None => {
            let (target, login) = target(cx, &machine.id, (host, ssh), access);
            dial(cx, machine, &target, &login).await?
        }
    };
    cx.ui.say("Connected to SSH!");
    Ok(Session {
        remote: Some(remote),
        data,
    })
}

/// Where to connect and as whom.
pub(super) fn target<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    id: &InstanceId,
    (host, ssh): (String, &SshSettings),
    access: &Access,
) -> (Target, ResolvedLogin) {
    let target = Target {
        judge: Some(judge(cx, id, &host, ssh.interface)),
        ..Target::new(host, ssh)
    };
    let login = ResolvedLogin::resolve(&ssh.login, access.key.temporary())
        .expect("a temporary key is made for every login that needs one");
    (target, login)
}

async fn dial<C: Cloud, D: Dial>(
    cx: &Cx<'_, C, D>,
    machine: &Machine,
    target: &Target,
    login: &ResolvedLogin,
) -> Result<D::Remote, BuildError> {
    let mut progress = |attempt: crate::remote::Attempt| {
        let awaited = if attempt.last_failure.is_empty() {
            "SSH".to_owned()
        } else {
            format!("SSH ({})", attempt.last_failure)
        };
        cx.ui.progress(&Progress {
            awaited: &awaited,
            elapsed: attempt.elapsed,
            percent: None,
        });
    };
    let dialled = tokio::select! {
        biased;
        dialled = cx.dial.dial(target, login, cx.stop, &mut progress) => dialled,
        () = gone(cx, machine) => {
            let diagnosis = diagnose::examine(cx, &machine.id).await;
            return Err(BuildError::MachineGone(Box::new(diagnosis)));
        }
    };
    match (dialled, cx.stop.requested()) {
        (Ok(remote), _) => Ok(remote),
        (Err(ConnectError::Stopped), Some(request)) => Err(BuildError::Stopped(request)),
        (Err(source), _) => {
            let diagnosis = Box::new(diagnose::examine(cx, &machine.id).await);
            Err(BuildError::Connect {
                diagnosis,
                source: Box::new(source),
            })
        }
    }
}

/// Ends once EC2 says that the machine will not come: then no connection has to time out.
async fn gone<C: Cloud, D>(cx: &Cx<'_, C, D>, machine: &Machine) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let instance = launch::describe(cx.cloud, cx.region, &machine.id).await;
        let state = instance.ok().flatten().map(|instance| instance.state);
        if matches!(
            state,
            Some(InstanceState::Stopped | InstanceState::ShuttingDown | InstanceState::Terminated)
        ) {
            return;
        }
    }
}

/// A host key that changes after a reconnect is accepted, with a warning, while EC2 reports the same instance at that
/// address: provisioners do replace host keys.
fn judge<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    id: &InstanceId,
    host: &str,
    interface: Interface,
) -> HostKeyJudge {
    let (cloud, region, id) = (cx.cloud.clone(), cx.region.clone(), id.clone());
    let (ui, host) = (cx.ui.clone(), host.to_owned());
    let chosen_by_user = cx.ssh().is_some_and(|ssh| ssh.host.is_some());
    Arc::new(move |change| {
        let (cloud, region, id, ui, host) = (
            cloud.clone(),
            region.clone(),
            id.clone(),
            ui.clone(),
            host.clone(),
        );
        Box::pin(async move {
            let instance = launch::describe(&cloud, &region, &id).await.ok().flatten();
            let same = instance.is_some_and(|instance| {
                instance.state == InstanceState::Running && has_address(&instance, &host, interface)
            });
            if chosen_by_user || !same {
                return Verdict::Refuse;
            }
            ui.error(&format!("Warning: the host key of {host} changed from {} to {}; EC2 reports the same instance there, so it is accepted", change.pinned, change.shown));
            Verdict::Accept
        })
    })
}

fn has_address(instance: &Instance, host: &str, interface: Interface) -> bool {
    let public = [&instance.public_ip, &instance.public_dns];
    let private = [&instance.private_ip, &instance.private_dns, &instance.ipv6];
    let all = public.into_iter().chain(private);
    interface != Interface::SessionManager && all.flatten().any(|address| address == host)
}

fn machine_data<C, D>(cx: &Cx<'_, C, D>, machine: &Machine) -> GeneratedData {
    let source = SourceData::new(cx.region, &machine.source).values;
    let mut data: GeneratedData = source
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    data.insert("ID".to_owned(), machine.id.as_str().to_owned());
    data
}

/// What Packer's SDK exports about the connection (`commonsteps/step_provision.go`, `PopulateProvisionHookData`).
fn connection_data(host: &str, ssh: &SshSettings, access: &Access) -> GeneratedData {
    let temporary = access.key.temporary();
    let (key, file, password) = match &ssh.login {
        Login::TemporaryKey { password, .. } => (
            temporary.map(|pair| pair.private_key.expose().to_owned()),
            None,
            password.as_ref(),
        ),
        Login::Key {
            path,
            private_key,
            password,
            ..
        } => (
            Some(private_key.expose().to_owned()),
            Some(path.clone()),
            password.as_ref(),
        ),
        Login::Agent { password, .. } => (None, None, password.as_ref()),
        Login::Password { password, .. } => (None, None, Some(password)),
    };
    let values = [
        ("ConnType", "ssh".to_owned()),
        ("Host", host.to_owned()),
        ("Port", ssh.port.to_string()),
        ("User", ssh.username.clone()),
        (
            "Password",
            password
                .map(|password| password.expose().to_owned())
                .unwrap_or_default(),
        ),
        (
            "SSHPublicKey",
            temporary
                .map(|pair| pair.public_key.clone())
                .unwrap_or_default(),
        ),
        ("SSHPrivateKey", key.unwrap_or_default()),
        ("SSHPrivateKeyFile", file.unwrap_or_default()),
        (
            "SSHAgentAuth",
            matches!(ssh.login, Login::Agent { .. }).to_string(),
        ),
        ("WinRMPassword", String::new()),
    ];
    values
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}
