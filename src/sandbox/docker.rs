//! A container: not made yet.

use std::convert::Infallible;

use super::{Changes, Order, SandboxError};
use crate::remote::PretendedRemote;
use crate::stop::Stop;

pub(crate) type DockerRemote = PretendedRemote;

pub(crate) struct DockerSandbox(Infallible);

impl DockerSandbox {
    pub(crate) async fn open(
        _order: &Order,
        _image: Option<&str>,
        _stop: &Stop,
    ) -> Result<Self, SandboxError> {
        Err(SandboxError::Unavailable {
            sandbox: "docker",
            why: "it is not made yet".to_owned(),
        })
    }

    pub(crate) async fn connect(&self) -> Result<DockerRemote, SandboxError> {
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
