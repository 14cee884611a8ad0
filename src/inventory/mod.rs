//! What a machine holds: the packages that it has installed, and how much of its disk is in use. It is asked by one short command
//! that needs no rights and changes nothing; a machine that does not answer costs a few seconds and never a build.

mod answer;
mod ask;
mod question;

use serde::{Deserialize, Serialize};

use crate::sandbox::PackageList;

pub(crate) use ask::ask;

/// What a machine holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Inventory {
    /// What dpkg or rpm has installed.
    pub(crate) packages: PackageList,
    /// Bytes of the root file system that are in use.
    pub(crate) used: Option<u64>,
}

/// The same machine before its first provisioner and after its last one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Inventories {
    /// As the base image has it.
    pub(crate) before: Result<Inventory, Silence>,
    /// As its own image has it.
    pub(crate) after: Result<Inventory, Silence>,
}

/// Why a machine did not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Silence {
    /// Another system.
    #[error("it has neither dpkg nor rpm")]
    NoPackageManager,
    /// It took too long.
    #[error("it did not answer within {} seconds", ask::LIMIT.as_secs())]
    Late,
    /// The program failed.
    #[error("its package manager ended with status {0}")]
    Status(i32),
    /// The answer is cut or of another form.
    #[error("its answer could not be read")]
    Garbled,
    /// The connection.
    #[error("the connection was lost")]
    Lost,
}
