//! Serves the host's files. This process stays in the host's namespaces, where it sees who owns them, and out of the sandbox's
//! sight; where the caller is root it first becomes somebody who may read what everybody may, and no more.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::fd::AsFd as _;
use std::process::ExitCode;
use std::sync::Arc;

use nix::unistd::{Gid, Pid, Uid, setgroups, setresgid, setresuid};

use crate::sandbox::host::setup::Showing;
use crate::sandbox::host::view::{Rule, View, serve};

/// Threads that serve: one for each of several processes that read at a time.
const SERVERS: usize = 3;

/// Plays the server: its input is the open device, its argument what is shown.
pub(super) fn run(arguments: &[OsString]) -> ExitCode {
    match show(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            log::debug!("the sandbox is shown no files: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Becomes somebody who may do no more than everybody. There is no way back.
pub(crate) fn become_nobody(id: u32) -> io::Result<()> {
    let (user, group) = (Uid::from_raw(id), Gid::from_raw(id));
    setgroups(&[])?;
    setresgid(group, group, group)?;
    setresuid(user, user, user)?;
    Ok(())
}

fn show(arguments: &[OsString]) -> io::Result<()> {
    let what = arguments.first().ok_or(io::ErrorKind::InvalidInput)?;
    let showing: Showing = serde_json::from_slice(what.as_encoded_bytes())?;
    let device = File::from(io::stdin().as_fd().try_clone_to_owned()?);
    // The device is gone when nobody holds it but those who serve.
    rustix::stdio::dup2_stdin(File::open("/dev/null")?)?;
    if let Some(nobody) = showing.nobody {
        become_nobody(nobody)?;
    }
    // Whose parent is another one is an orphan, and nobody mounts what it shows.
    let caller = Pid::from_raw(showing.caller);
    let is_awaited = move || Pid::parent() == caller;
    let view = Arc::new(View::new(Rule::new(showing.private)?, showing.owners)?);
    let device = Arc::new(device);
    for _ in 1..SERVERS {
        let (device, view) = (Arc::clone(&device), Arc::clone(&view));
        std::thread::Builder::new().spawn(move || serve(&device, &view, is_awaited))?;
    }
    serve(&device, &view, is_awaited);
    Ok(())
}
