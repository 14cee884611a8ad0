//! The life of the sandbox's container: it restarts when a provisioner restarts the machine, and ends when its time is over.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::engine::Engine;
use super::engine_error::EngineError;
use super::engine_types::{Attached, Printed};

/// For the first word of a container's first process.
const READINESS: Duration = Duration::from_secs(30);

/// For the end of a restart.
const RESTART: Duration = Duration::from_secs(120);

/// How long a command that was killed waits for word that all were.
const GRACE: Duration = Duration::from_secs(1);

/// How the first process ends when it is told to restart or to end the machine: 128 and SIGINT, or SIGPWR. The
/// stand-ins for `reboot` and its like send it these.
const RESTARTED: i64 = 128 + 2;
const SWITCHED_OFF: i64 = 128 + 30;

/// How it is killed: by the engine, by the kernel for want of memory, or by root in there.
const KILLED: i64 = 128 + 9;

/// What the machine is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// It runs, for the so-manieth time.
    Runs(u32),
    Restarts,
    /// It is over, for a reason.
    Ended(Arc<str>),
}

/// A container that lives. Clones are the same one.
#[derive(Clone)]
pub(super) struct Machine {
    pub(super) engine: Engine,
    pub(super) container: Arc<str>,
    state: watch::Receiver<State>,
}

/// Keeps a container alive; dropping it ends the container.
pub(super) struct Life {
    task: JoinHandle<()>,
}

impl Drop for Life {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What is held of both containers: each ends when it is dropped.
pub(super) struct Held {
    pub(super) keeper: Attached,
    pub(super) sandbox: Attached,
}

/// What a sandbox may use of time and memory, for the words that say so.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) time: Duration,
    pub(super) memory: u64,
}

/// Starts a container, and waits until its first process is ready.
pub(super) async fn start(engine: &Engine, container: &str) -> Result<Attached, EngineError> {
    let mut attached = engine.attach(container).await?;
    engine.start(container).await?;
    let ready = tokio::time::timeout(READINESS, ready(&mut attached)).await;
    ready.map_err(|_| EngineError::Silent(READINESS.as_secs()))??;
    Ok(attached)
}

/// Waits for the word of readiness; other words are why it is not.
async fn ready(attached: &mut Attached) -> Result<(), EngineError> {
    let mut words = Vec::new();
    while let Some(piece) = attached.output.next().await {
        match piece? {
            Printed::Stdout(bytes) | Printed::Stderr(bytes) => words.extend(bytes),
        }
        if words.ends_with(b"ready\n") {
            return Ok(());
        }
    }
    let words = String::from_utf8_lossy(&words).trim().to_owned();
    Err(EngineError::Failed(if words.is_empty() {
        "the container ended at once".to_owned()
    } else {
        words
    }))
}

impl Machine {
    /// Takes over a container that was started.
    pub(super) fn new(
        engine: &Engine,
        container: &str,
        held: Held,
        bounds: Bounds,
    ) -> (Self, Life) {
        let (sender, state) = watch::channel(State::Runs(1));
        let machine = Self {
            engine: engine.clone(),
            container: container.into(),
            state,
        };
        let (engine, container) = (engine.clone(), container.to_owned());
        let task = tokio::spawn(async move {
            let end = live((&engine, &container), held, bounds, &sender).await;
            log::debug!("the sandbox ended: {end}");
            sender.send_replace(State::Ended(end.into()));
        });
        (machine, Life { task })
    }

    /// Waits until it runs, which a restart delays; returns for the how-manieth time. An error is why it never will.
    pub(super) async fn runs(&self) -> Result<u32, String> {
        let mut state = self.state.clone();
        let runs = state.wait_for(|state| *state != State::Restarts);
        match tokio::time::timeout(RESTART, runs).await {
            Ok(Ok(state)) => match &*state {
                State::Runs(time) => Ok(*time),
                State::Ended(why) => Err(why.to_string()),
                State::Restarts => Err("it restarts".to_owned()),
            },
            Ok(Err(_)) => Err("it was closed".to_owned()),
            Err(_) => Err(format!("it did not restart within {} s", RESTART.as_secs())),
        }
    }

    /// Waits until it runs no more for that time.
    pub(super) async fn left(&self, time: u32) {
        let mut state = self.state.clone();
        // An error is that nobody keeps it any more.
        let _closed = state.wait_for(|state| *state != State::Runs(time)).await;
    }

    /// Why it is over.
    pub(super) fn end(&self) -> Option<Arc<str>> {
        match &*self.state.borrow() {
            State::Ended(why) => Some(why.clone()),
            _ => None,
        }
    }

    /// How a command ended whose output is over; `None` where the machine went.
    pub(super) async fn status(
        &self,
        command: &str,
        time: u32,
    ) -> Result<Option<i32>, EngineError> {
        let status = tokio::select! {
            biased;
            () = self.left(time) => return Ok(None),
            status = self.status_of_the_engine(command) => status,
        };
        match status {
            Ok(KILLED) => {
                let left = tokio::time::timeout(GRACE, self.left(time)).await.is_ok();
                Ok((!left).then_some(i32::try_from(KILLED).unwrap_or_default()))
            }
            Ok(status) => Ok(Some(i32::try_from(status).unwrap_or(i32::MAX))),
            // The engine no longer knows it: the container went with it.
            Err(error) if error.is_gone() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The output may be over some time before the engine notes the end: a process can close it and go on.
    async fn status_of_the_engine(&self, command: &str) -> Result<i64, EngineError> {
        let mut pause = Duration::from_millis(1);
        loop {
            if let Some(status) = self.engine.status(command).await? {
                return Ok(status);
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_millis(250));
        }
    }
}

/// Keeps the container alive until it ends for good; says why.
async fn live(
    (engine, container): (&Engine, &str),
    mut held: Held,
    bounds: Bounds,
    state: &watch::Sender<State>,
) -> String {
    let deadline = Instant::now() + bounds.time;
    let mut time = 1;
    loop {
        let ended = tokio::select! {
            ended = engine.wait(container) => ended,
            never = drained(&mut held) => match never {},
            () = tokio::time::sleep_until(deadline) => {
                if let Err(error) = engine.kill(container).await {
                    log::warn!("cannot kill the sandbox whose time is over: {error}");
                }
                return format!("its time of {} s is over", bounds.time.as_secs());
            }
        };
        match ended {
            Ok(RESTARTED) => {
                state.send_replace(State::Restarts);
                match start(engine, container).await {
                    Ok(attached) => held.sandbox = attached,
                    Err(error) => return format!("it cannot restart: {error}"),
                }
                time += 1;
                state.send_replace(State::Runs(time));
            }
            other => return why((engine, container), other, bounds).await,
        }
    }
}

/// Takes what the first processes print, which is nothing more, and waits for whoever drops it.
async fn drained(held: &mut Held) -> Infallible {
    let drain = async |attached: &mut Attached| while attached.output.next().await.is_some() {};
    tokio::join!(drain(&mut held.keeper), drain(&mut held.sandbox));
    std::future::pending().await
}

async fn why(
    (engine, container): (&Engine, &str),
    ended: Result<i64, EngineError>,
    bounds: Bounds,
) -> String {
    match ended {
        Ok(SWITCHED_OFF) => "a provisioner switched it off".to_owned(),
        Ok(KILLED) if engine.is_out_of_memory(container).await.ok() == Some(Some(true)) => {
            format!(
                "it used more than its {} MiB of memory",
                bounds.memory >> 20
            )
        }
        Ok(status) => format!("its first process ended with status {status}"),
        Err(error) => {
            let source = std::error::Error::source(&error).map(|cause| format!(": {cause}"));
            format!("{error}{}", source.unwrap_or_default())
        }
    }
}

/// As what an input or output error says.
pub(super) fn ended(why: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::NotConnected,
        format!("the sandbox ended: {why}"),
    )
}
