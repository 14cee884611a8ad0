//! What the tests are written with: the lab's two servers, a run of the binary, and GitHub's runner around it.

mod account;
mod action;
mod bench;
mod binary;
mod cutter;
mod github;
mod http;
mod lab;
mod pool;
mod run;
mod snapshot;
mod sshd;
mod sweep;
mod terminal;
mod workspace;

pub(crate) use account::{Account, Left};
pub(crate) use action::{Stage, Step, StepResult};
pub(crate) use bench::{PromoteBench, tag};
pub(crate) use binary::{python, repository, variable};
pub(crate) use cutter::Cutter;
pub(crate) use github::GitHub;
pub(crate) use lab::{Call, Lab, wait_until};
pub(crate) use run::{Finished, Run, Running, SECRET_KEY};
pub(crate) use snapshot::{Names, assert_snapshot};
pub(crate) use sshd::Sshd;
pub(crate) use sweep::{Sweep, sweep, sweep_side_by_side};
pub(crate) use terminal::Terminal;
pub(crate) use workspace::{Workspace, mode};
