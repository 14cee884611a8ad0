//! A container as the machine, through the socket of an engine that speaks Docker's API: Docker itself, rootless or not, or Podman.
//!
//! Two containers of one image: the keeper, which owns the network and hides the addresses of metadata in it, and the sandbox,
//! which joins that network and has no right to change it. Both run a copy of this program, uploaded before they start, as their
//! first process; it ends when nobody holds its input any more, so that both end with the program that opened them, however that
//! ends. Nothing of the host is mounted in them.

mod address;
mod carry;
mod changes;
mod connected;
mod engine;
mod engine_error;
mod engine_types;
mod files;
mod first_command;
mod image;
mod inside;
mod installed;
mod layer;
mod leftovers;
mod look;
mod machine;
mod made;
mod memory;
mod opening;
mod owner;
mod pipes;
mod prepare;
mod pull;
mod remote;
mod sandbox;
mod spec;
#[cfg(test)]
mod tests;
mod told;
mod transfer;
mod tree;

pub(crate) use address::EngineHints;
pub use inside::play;
pub(crate) use remote::DockerRemote;
pub(crate) use sandbox::{DockerSandbox, DockerTerms};

use super::SandboxError;
use pull::Tell;

/// Where engines may be, and who is told how a long pull goes.
#[derive(Clone, Copy)]
pub(crate) struct Engines<'a> {
    /// What the environment says of them.
    pub(crate) hints: &'a EngineHints,
    /// Is told.
    pub(crate) tell: Tell<'a>,
}

/// What cannot be used, and why.
fn unavailable(why: impl Into<String>) -> SandboxError {
    SandboxError::Unavailable {
        sandbox: "docker",
        why: why.into(),
    }
}
