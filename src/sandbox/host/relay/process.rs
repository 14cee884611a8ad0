//! The process that carries: on the host's network, and apart from the one that has the caller's secrets in its memory, since
//! what it reads comes from the sandbox.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream as StdUnixStream;
use std::process::ExitCode;

use serde::{Deserialize, Serialize};
use tokio::io::AsyncReadExt as _;
use tokio::net::UnixStream;

use super::carry::carry;
use super::resolver::Resolver;
use crate::sandbox::host::inside::become_nobody;

/// What it is told.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Carrying {
    pub(crate) resolver: Resolver,
    /// Who it becomes, where the caller may do more than others.
    pub(crate) nobody: Option<u32>,
}

/// Plays it: its input is the device, its output a socket that ends when we do.
pub(crate) fn run(arguments: &[OsString]) -> ExitCode {
    match work(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            log::debug!("the sandbox has no network any more: {error}");
            ExitCode::FAILURE
        }
    }
}

fn work(arguments: &[OsString]) -> io::Result<()> {
    let what = arguments.first().ok_or(io::ErrorKind::InvalidInput)?;
    let carrying: Carrying = serde_json::from_slice(what.as_encoded_bytes())?;
    let device = io::stdin().as_fd().try_clone_to_owned()?;
    let life = io::stdout().as_fd().try_clone_to_owned()?;
    rustix::stdio::dup2_stdin(File::open("/dev/null")?)?;
    rustix::stdio::dup2_stdout(io::stderr().as_fd())?;
    if let Some(nobody) = carrying.nobody {
        become_nobody(nobody)?;
    }
    // The stack waits for its own tasks where it lets go of a connection, which needs a second thread.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let carried = runtime.block_on(async {
        tokio::select! {
            carried = carry(device, carrying.resolver) => carried,
            () = end_of(life) => Ok(()),
        }
    });
    runtime.shutdown_background();
    carried
}

async fn end_of(life: OwnedFd) {
    let life = StdUnixStream::from(life);
    let socket = life
        .set_nonblocking(true)
        .and_then(|()| UnixStream::from_std(life));
    if let Ok(mut socket) = socket {
        let _nothing_is_said = socket.read(&mut [0]).await;
    }
}
