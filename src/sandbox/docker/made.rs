//! The containers of one sandbox: what is made is removed, whatever comes between.

use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::sandbox::SandboxError;

use super::engine::Engine;
use super::engine_error::EngineError;

/// How long a stop waits for a container that is being created, so as to remove it.
const CREATION: Duration = Duration::from_secs(3);

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
        body: bollard::models::ContainerCreateBody,
        doing: &str,
    ) -> Result<String, SandboxError> {
        let engine = self.engine.clone();
        let creating = tokio::spawn(async move { engine.create(body).await });
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
            if let Err(error) = self.engine.remove(container).await {
                log::warn!(
                    "cannot remove the container {container}: {error}; the next rehearsal does, or `docker rm -f {container}`"
                );
            }
        });
        futures_util::future::join_all(removals).await;
    }
}
