//! A rehearsal: the whole job of a build without an account. Builders work in a model of EC2, provisioners in a sandbox, and
//! what is written goes to a scratch directory.
//!
//! `set_aside` takes out what cannot run here and says so; `one` runs what is left of a build.

mod confine;
mod machine;
mod one;
mod prepare;
mod rehearsed;
mod scratch;
mod set_aside;
mod system;
mod terms;

pub(super) use one::run;
pub(super) use prepare::prepare;
pub(super) use terms::{Origin, Rehearsal};
