//! The way to the machine of a rehearsal: no network, no key, no wait.

use std::sync::Arc;

use super::{MachineRemote, Sandbox};
use crate::plan::communicator::KeyType;
use crate::remote::{
    AttemptSink, ConnectError, Dial, KeyError, KeyPair, PretendedDialer, ResolvedLogin, Target,
};
use crate::stop::Stop;

/// Opens logins to a sandbox, or to a machine that is none.
#[derive(Clone)]
pub(crate) struct SandboxDialer {
    /// Where provisioners run, where some do.
    pub(crate) sandbox: Option<Arc<Sandbox>>,
}

impl Dial for SandboxDialer {
    type Remote = MachineRemote;

    async fn dial(
        &self,
        _target: &Target,
        _login: &ResolvedLogin,
        stop: &Stop,
        _progress: AttemptSink<'_>,
    ) -> Result<MachineRemote, ConnectError> {
        tokio::select! {
            biased;
            _ = stop.wait() => Err(ConnectError::Stopped),
            remote = MachineRemote::to(self.sandbox.as_ref()) => remote,
        }
    }

    /// Nobody logs in with it, so it costs no computing.
    async fn make_key(&self, key_type: KeyType) -> Result<KeyPair, KeyError> {
        PretendedDialer.make_key(key_type).await
    }
}
