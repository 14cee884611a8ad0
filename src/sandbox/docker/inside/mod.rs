//! What this program does inside the containers: they are given a copy of it, since an image may have nothing but a shell.
//!
//! One thread and no runtime, so that a process can become another user.

mod files;
mod hold;
mod login;
mod look;
mod netlink;
mod role;
mod rules;
mod session;
mod sudo;
mod sudo_options;
mod tree;

pub use role::play;
pub(crate) use role::{DIRECTORY, PROGRAM, Role};
pub(crate) use sudo::MAY;
