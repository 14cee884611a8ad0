//! What the sandbox sees of the host's files: a read-only file system that this program itself serves, by FUSE.
//!
//! The kernel's overlay could take the host's root as it is. That would show everything that root may read, would keep an
//! ordinary user from changing what root owns, and would miss what is mounted below. Here one [rule](rule) says what is shown,
//! owners are told as the sandbox's own, and it works for root and for others alike.

mod node;
mod reply;
mod request;
mod rule;
mod serve;

pub(super) use node::View;
pub(super) use rule::Rule;
pub(super) use serve::serve;
