//! A copy of this machine: not made yet.

use std::convert::Infallible;

use super::{Changes, Order, SandboxError};
use crate::remote::PretendedRemote;
use crate::stop::Stop;

pub(crate) type HostRemote = PretendedRemote;

pub(crate) struct HostSandbox(Infallible);

impl HostSandbox {
    pub(crate) async fn open(_order: &Order, _stop: &Stop) -> Result<Self, SandboxError> {
        Err(SandboxError::Unavailable {
            sandbox: "host",
            why: "it is not made yet".to_owned(),
        })
    }

    pub(crate) async fn connect(&self) -> Result<HostRemote, SandboxError> {
        match self.0 {}
    }

    pub(crate) async fn changes(&self) -> Result<Changes, SandboxError> {
        match self.0 {}
    }

    pub(crate) fn description(&self) -> String {
        match self.0 {}
    }

    pub(crate) async fn close(self) {
        match self.0 {}
    }
}
