//! Finds an engine that answers, or says of each why it does not.

use std::path::Path;

use crate::sandbox::SandboxError;

use super::address::{EngineHints, sockets};
use super::engine::Engine;
use super::engine_error::EngineError;
use super::unavailable;

/// The first engine that answers.
pub(super) async fn connected(hints: &EngineHints) -> Result<Engine, SandboxError> {
    let mut why = Vec::new();
    for socket in sockets(hints)? {
        match Engine::connect(&socket).await {
            Ok(engine) => return Ok(engine),
            Err(error) => why.push(said(&socket, &error)),
        }
    }
    Err(unavailable(why.join("; ")))
}

/// Why an engine is none, and what would help.
fn said(socket: &Path, error: &EngineError) -> String {
    let socket = socket.display();
    match error {
        EngineError::Broken(cause) => match cause.kind() {
            std::io::ErrorKind::PermissionDenied => format!(
                "`{socket}` may not be used by this user; add the user to the socket's group (`docker`), or use a rootless engine"
            ),
            std::io::ErrorKind::NotFound => format!("there is no socket `{socket}`"),
            std::io::ErrorKind::ConnectionRefused => {
                format!("nobody listens at `{socket}`: the engine is not running")
            }
            _ => format!("the engine at `{socket}` hung up ({cause})"),
        },
        EngineError::Silent(seconds) => {
            format!("the engine at `{socket}` did not answer within {seconds} s")
        }
        EngineError::Odd(cause) => format!("what answers at `{socket}` is no engine ({cause})"),
        other => format!("`{socket}`: {other}"),
    }
}
