//! A machine that is none: what Packer's `file` builder gives to its provisioners. Everything succeeds and nothing happens.

use std::path::Path;
use std::sync::Arc;

use super::dial::AttemptSink;
use super::{
    ConnectError, Dial, DirectoryPart, Exit, KeyError, KeyPair, Meter, OutputSink, PipeEnd, Piped,
    Pipes, Remote, RemoteError, ResolvedLogin, Target, Upload,
};
use crate::plan::communicator::KeyType;
use crate::secret::Secret;
use crate::stop::Stop;

/// See the module.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PretendedRemote;

impl Remote for PretendedRemote {
    async fn run(&mut self, _command: &str, _output: OutputSink<'_>) -> Result<Exit, RemoteError> {
        Ok(Exit::Status(0))
    }

    async fn upload(&mut self, _upload: &Upload, _destination: &str) -> Result<(), RemoteError> {
        Ok(())
    }

    async fn upload_directory(
        &mut self,
        _source: &Path,
        _destination: &str,
        _part: DirectoryPart,
    ) -> Result<(), RemoteError> {
        Ok(())
    }

    /// The file is empty, but it is there.
    async fn download(&mut self, _source: &str, destination: &Path) -> Result<(), RemoteError> {
        std::fs::File::create(destination)
            .map(drop)
            .map_err(|source| RemoteError::Local {
                path: destination.to_owned(),
                source,
            })
    }

    async fn download_directory(
        &mut self,
        _source: &str,
        _destination: &Path,
    ) -> Result<(), RemoteError> {
        Ok(())
    }

    fn meter(&self) -> Meter {
        Meter::default()
    }

    fn pipes(&self) -> Arc<dyn Pipes> {
        Arc::new(*self)
    }

    fn pretends(&self) -> bool {
        true
    }

    async fn hang_up(&mut self) {}
}

impl Pipes for PretendedRemote {
    fn run(self: Arc<Self>, _piped: Piped) -> PipeEnd {
        Box::pin(std::future::ready(Ok(Exit::Status(0))))
    }
}

/// The way to it: open at once.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PretendedDialer;

impl Dial for PretendedDialer {
    type Remote = PretendedRemote;

    async fn dial(
        &self,
        _target: &Target,
        _login: &ResolvedLogin,
        stop: &Stop,
        _progress: AttemptSink<'_>,
    ) -> Result<PretendedRemote, ConnectError> {
        match stop.requested() {
            Some(_) => Err(ConnectError::Stopped),
            None => Ok(PretendedRemote),
        }
    }

    /// Nobody logs in with it, so it costs no computing.
    async fn make_key(&self, _key_type: KeyType) -> Result<KeyPair, KeyError> {
        Ok(KeyPair {
            public_key: "ssh-ed25519 pretended".to_owned(),
            private_key: Secret::new("pretended"),
        })
    }
}
