//! Whether the image runs commands at all: one that has no shell, or is for another kind of processor, would fail at every upload,
//! and those are tried for minutes.

use std::time::Duration;

use futures_util::StreamExt as _;
use tokio::time::timeout;

use super::engine::Engine;
use super::engine_error::EngineError;
use super::engine_types::{Input, Printed};
use super::inside::{PROGRAM, Role};

/// For a command that does nothing.
const PATIENCE: Duration = Duration::from_secs(30);

/// Of what it says, enough to tell why.
const WORDS: usize = 512;

/// Runs one as the user; returns why it cannot, where it cannot.
pub(super) async fn refusal(
    engine: &Engine,
    container: &str,
    user: &str,
) -> Result<Option<String>, EngineError> {
    let words = [PROGRAM, Role::Session.word(), user, "exit 0"];
    let mut command = engine.run(container, &words, Input::Empty).await?;
    let mut said = Vec::new();
    let ending = async {
        while let Some(piece) = command.attached.output.next().await {
            match piece? {
                Printed::Stdout(bytes) | Printed::Stderr(bytes) if said.len() < WORDS => {
                    said.extend(bytes);
                }
                _ => {}
            }
        }
        loop {
            if let Some(status) = engine.status(&command.id).await? {
                return Ok::<_, EngineError>(status);
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let status = timeout(PATIENCE, ending).await;
    let status = status.map_err(|_| EngineError::Silent(PATIENCE.as_secs()))??;
    let said = String::from_utf8_lossy(&said).trim().to_owned();
    Ok((status != 0).then(|| match said.as_str() {
        "" => format!("it ends with status {status}"),
        words => words.to_owned(),
    }))
}
