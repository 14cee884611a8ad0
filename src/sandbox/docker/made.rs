//! The containers of one sandbox: what is made is removed, whatever comes between.

use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

use crate::sandbox::SandboxError;

use super::engine::Engine;
use super::engine_error::EngineError;
use super::engine_types::Planned;

/// How long a stop waits for a container that is being created, so as to remove it.
const CREATION: Duration = Duration::from_secs(3);

/// For the removal of one, after which the engine goes on alone: a stop does not wait for an engine that hangs.
const REMOVAL: Duration = Duration::from_secs(4);

/// Between two attempts to remove one.
const AGAIN: Duration = Duration::from_millis(50);

/// Containers that are removed where the opening fails.
pub(super) struct Made<'a> {
    pub(super) engine: &'a Engine,
    pub(super) containers: Vec<String>,
    /// One that the engine is creating: whoever stops waiting for it still hears of it.
    pub(super) creating: Option<JoinHandle<Result<String, EngineError>>>,
}

impl Made<'_> {
    /// Has one created.
    pub(super) async fn create(
        &mut self,
        planned: Planned,
        doing: &str,
    ) -> Result<String, SandboxError> {
        let engine = self.engine.clone();
        let creating = tokio::spawn(async move { engine.create(planned).await });
        let created = self.creating.insert(creating).await;
        self.creating = None;
        let created = created.map_err(|error| SandboxError::Io {
            doing: doing.to_owned(),
            source: std::io::Error::other(error),
        })?;
        let id = created.map_err(|error| error.while_it(doing))?;
        self.containers.push(id.clone());
        Ok(id)
    }

    /// Removes them; what stays is removed by the next run.
    pub(super) async fn remove(mut self) {
        if let Some(creating) = self.creating.take()
            && let Ok(Ok(Ok(id))) = timeout(CREATION, creating).await
        {
            self.containers.push(id);
        }
        // Whoever has another one's network goes first: Podman insists on it.
        for container in self.containers.iter().rev() {
            let why = match timeout(REMOVAL, gone(self.engine, container)).await {
                Ok(Ok(())) => continue,
                Ok(Err(error)) => error.to_string(),
                Err(_) => format!("the engine did not do it within {} s", REMOVAL.as_secs()),
            };
            log::warn!(
                "cannot remove the container {container}: {why}; the next rehearsal does, or `docker rm -f {container}`"
            );
        }
    }
}

/// Removes one. Somebody else may be at it, or something that ends just now holds on to it, which Podman tells as a failure.
async fn gone(engine: &Engine, container: &str) -> Result<(), EngineError> {
    let begin = Instant::now();
    loop {
        match engine.remove(container).await {
            Err(EngineError::Refused {
                status: 409 | 500, ..
            }) if begin.elapsed() < REMOVAL / 2 => tokio::time::sleep(AGAIN).await,
            other => return other,
        }
    }
}
