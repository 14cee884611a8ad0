//! `survive_disconnect`: a script that runs apart from the SSH session, so that a lost connection costs neither output nor
//! exit status.
//!
//! A small shell script, the keeper, goes to the machine beside the template's script. It starts the script in a session of
//! its own, keeps what it prints in numbered pieces until we have fetched them, and keeps its exit status. We ask it for what
//! comes after the last byte that we have; after a lost connection we connect again and ask on. The machine's boot id tells
//! a reboot, which ends the script, from an outage, which does not.

mod end;
mod keeper;
mod line;
mod outage;
mod reader;
mod run;

pub(super) use end::end;
pub(super) use keeper::Keeper;
pub(super) use run::{Ending, launch, prepare};
