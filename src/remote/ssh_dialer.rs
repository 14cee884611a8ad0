//! Dials by SSH: tries until the machine lets us in. A machine that starts is asked fast; a refused login is repeated at
//! Packer's pace, so that the attempts last as long as Packer's.

use std::time::{Duration, Instant};

use crate::stop::Stop;

use super::connect::connect;
use super::connect_error::Outlook;
use super::dial::AttemptSink;
use super::host_key::Verdict;
use super::worker::Worker;
use super::{Attempt, ConnectError, Dial, ResolvedLogin, SshRemote, Target, tunnels};

/// Between two tries at a machine that does not answer yet: short beside the half minute that it takes to start.
const PROBE_EVERY: Duration = Duration::from_millis(300);

/// Packer waits 1 s after the first refused login, then a second more each time.
const PACE_STEP: Duration = Duration::from_secs(1);

/// And never longer than this.
const PACE_LIMIT: Duration = Duration::from_secs(7);

/// Opens connections by SSH.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SshDialer;

impl Dial for SshDialer {
    type Remote = SshRemote;

    async fn dial(
        &self,
        target: &Target,
        login: &ResolvedLogin,
        stop: &Stop,
        progress: AttemptSink<'_>,
    ) -> Result<SshRemote, ConnectError> {
        let mut worker = keep_trying(target, login, stop, progress).await?;
        let pause = target.ssh.pause_before_connecting;
        if !pause.is_zero() {
            drop(worker);
            stop.sleep(pause).await.map_err(|_| ConnectError::Stopped)?;
            worker = keep_trying(target, login, stop, progress).await?;
        }
        let tunnels = tokio::select! {
            biased;
            _ = stop.wait() => return Err(ConnectError::Stopped),
            opened = tunnels::open(target, login) => opened?,
        };
        Ok(SshRemote::new(
            worker,
            tunnels,
            target.clone(),
            login.clone(),
        ))
    }
}

/// Tries until `ssh_timeout`, the attempts or the patience of the user are over.
pub(super) async fn keep_trying(
    target: &Target,
    login: &ResolvedLogin,
    stop: &Stop,
    progress: AttemptSink<'_>,
) -> Result<Worker, ConnectError> {
    let began = Instant::now();
    let mut refused = 0;
    let mut pace = Duration::ZERO;
    let mut last = None;
    loop {
        let left = target
            .ssh
            .timeout
            .map(|limit| limit.saturating_sub(began.elapsed()));
        let error = match attempt(target, login, stop, left).await {
            Ok(worker) => return Ok(worker),
            Err(ConnectError::Timeout { .. }) => {
                return Err(ConnectError::Timeout {
                    waited: began.elapsed(),
                    last,
                });
            }
            Err(error) => error,
        };
        log::debug!("connecting to {}: {error}", target.host);
        let rest = match error.outlook() {
            Outlook::Final => return Err(error),
            Outlook::Soon => PROBE_EVERY,
            Outlook::Paced | Outlook::Counted => {
                pace = (pace + PACE_STEP).min(PACE_LIMIT);
                pace
            }
        };
        if error.outlook() == Outlook::Counted {
            refused += 1;
            if target
                .ssh
                .handshake_attempts
                .is_some_and(|limit| refused >= limit)
            {
                return Err(error);
            }
        }
        progress(Attempt {
            elapsed: began.elapsed(),
            last_failure: error.to_string(),
        });
        last = Some(Box::new(error));
        let rest = left.map_or(rest, |left| rest.min(left));
        stop.sleep(rest).await.map_err(|_| ConnectError::Stopped)?;
    }
}

/// One try, cut short by a stop or by the end of the time. [`ConnectError::Timeout`] means that the time is over.
async fn attempt(
    target: &Target,
    login: &ResolvedLogin,
    stop: &Stop,
    left: Option<Duration>,
) -> Result<Worker, ConnectError> {
    let out_of_time = async {
        match left {
            Some(left) => tokio::time::sleep(left).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        biased;
        _ = stop.wait() => Err(ConnectError::Stopped),
        () = out_of_time => Err(ConnectError::Timeout { waited: Duration::ZERO, last: None }),
        connected = once(target, login) => connected,
    }
}

/// One try; a changed host key is put to the judge.
pub(super) async fn once(target: &Target, login: &ResolvedLogin) -> Result<Worker, ConnectError> {
    let change = match connect(target, login).await {
        Err(ConnectError::HostKeyChanged(change)) => change,
        other => return other,
    };
    match &target.judge {
        Some(judge) if judge((*change).clone()).await == Verdict::Accept => {
            target.host_key.replace(change.shown);
            connect(target, login).await
        }
        _ => Err(ConnectError::HostKeyChanged(change)),
    }
}
