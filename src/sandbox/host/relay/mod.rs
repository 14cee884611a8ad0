//! The way out: packets of the sandbox become connections of the host's, and some of them do not.

mod address;
mod carry;
mod device;
mod gate;
mod packet;
mod process;
mod resolver;

pub(super) use address::{FORBIDDEN, GATEWAY, INSIDE, INSIDE_SIX, MTU, Net};
pub(super) use process::{Carrying, run};
pub(super) use resolver::Resolver;
