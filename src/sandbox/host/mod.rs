//! The host sandbox: a copy-on-write clone of this Linux machine's root in namespaces of its own.
//!
//! This side: [`HostSandbox`] launches a keeper, gives it ids ([`ids`]), carries its packets ([`relay`]) and sends it commands up a
//! [`line`](wire). The other side is this program again, under other names ([`inside`]); it sees the host's files as [`view`]
//! shows them. docs/sandbox.md says what is hidden and why.

mod archive;
mod available;
mod ids;
mod inside;
mod launch;
mod line;
mod pipes;
mod relay;
mod remote;
mod sandbox;
mod session;
mod setup;
mod transfer;
mod view;
mod wire;

#[cfg(test)]
mod tests;

pub use inside::Role;
pub(crate) use remote::HostRemote;
pub(crate) use sandbox::HostSandbox;
