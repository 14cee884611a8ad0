//! The containers of one sandbox: what is made is removed, whatever comes between.

use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::sandbox::SandboxError;

use super::engine::Engine;
use super::engine_error::EngineError;
use super::engine_types::Planned;

/// How long a stop waits for a container that is being created, so as to remove it.
const CREATION: Duration = Duration::from_secs(3);

/// For the removal, after which the engine goes on alone: a stop does not wait for an engine that hangs.
const REMOVAL: Duration = Duration::from_secs(8);

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

    /// Removes all at once; what stays is removed by the next run.
    pub(super) async fn remove(mut self) {
        if let Some(creating) = self.creating.take()
            && let Ok(Ok(Ok(id))) = timeout(CREATION, creating).await
        {
            self.containers.push(id);
        }
        let removals = self.containers.iter().map(|container| async move {
            let removed = timeout(REMOVAL, self.engine.remove(container)).await;
            let why = match removed {
                Ok(Ok(())) => return,
                Ok(Err(error)) => error.to_string(),
                Err(_) => format!("the engine did not do it within {} s", REMOVAL.as_secs()),
            };
            log::warn!(
                "cannot remove the container {container}: {why}; the next rehearsal does, or `docker rm -f {container}`"
            );
        });
        futures_util::future::join_all(removals).await;
    }
}
