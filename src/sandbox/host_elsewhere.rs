//! The host sandbox where the host is no Linux: there is none.

use std::convert::Infallible;
use std::ffi::OsString;
use std::process::ExitCode;

use super::{Changes, Order, SandboxError};
use crate::remote::PretendedRemote;
use crate::stop::Stop;

pub(crate) type HostRemote = PretendedRemote;

pub(crate) struct HostSandbox(Infallible);

/// There is no part to play.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {}

impl Role {
    /// None.
    pub fn of(_name: &OsString) -> Option<Self> {
        None
    }

    /// Never.
    pub fn play(self, _arguments: impl Iterator<Item = OsString>) -> ExitCode {
        match self {}
    }
}

impl HostSandbox {
    pub(crate) async fn open(_order: &Order, _stop: &Stop) -> Result<Self, SandboxError> {
        Err(SandboxError::Unavailable {
            sandbox: "host",
            why: "it needs Linux".to_owned(),
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

    pub(crate) fn limits(&self) -> &[String] {
        match self.0 {}
    }

    pub(crate) async fn close(self) {
        match self.0 {}
    }
}
