//! What an engine gives and takes, in our words.

use std::pin::Pin;

use bollard::models::ContainerCreateBody;
use futures_util::Stream;
use tokio::io::AsyncWrite;

use super::engine_error::EngineError;

/// What an engine says of itself.
pub(super) struct About {
    /// Such as `Docker 28.1` or `Podman 5.0`.
    pub(super) name: String,
    /// Of its machine, in Go's words, such as `amd64`.
    pub(super) architecture: Option<String>,
}

/// A container that is to be created.
pub(super) struct Planned {
    pub(super) name: String,
    pub(super) body: ContainerCreateBody,
}

/// What a process prints.
pub(super) enum Printed {
    Stdout(Vec<u8>),
    Stderr(Vec<u8>),
}

/// A process in a container, or its first one, with both its ends.
pub(super) struct Attached {
    /// Ends with the process.
    pub(super) output: Pin<Box<dyn Stream<Item = Result<Printed, EngineError>> + Send>>,
    /// Its input; dropping it ends that.
    pub(super) input: Pin<Box<dyn AsyncWrite + Send>>,
}

/// A command that runs in a container.
pub(super) struct Command {
    /// The engine's name for it.
    pub(super) id: String,
    pub(super) attached: Attached,
}

/// Whether a process has an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Input {
    /// It is at its end from the beginning.
    Empty,
    /// What we send.
    Ours,
}

/// What is at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Nothing,
    Directory,
    Link,
    /// Or anything else.
    File,
}
