//! The first process inside: makes the root, then takes orders until the line ends. What runs inside ends with it.

use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::process::ExitCode;

use nix::sched::{CloneFlags, unshare};
use nix::unistd::sethostname;
use rustix::process::Signal;

use super::prepare::{HOSTNAME, Prepared};
use super::root::Layers;
use super::{agent, link, root};
use crate::sandbox::host::setup::{Doing, Failure, Setup, Told};
use crate::sandbox::host::wire;

/// Plays the machine. Its input is the line, its output the open device of the files.
pub(super) fn run() -> ExitCode {
    let Ok(line) = io::stdin().as_fd().try_clone_to_owned() else {
        return ExitCode::FAILURE;
    };
    let begun = begin(&line).and_then(|(setup, layers, prepared)| {
        let ready = Told::Ready {
            limits: prepared.limits,
        };
        wire::send(&line, &ready, &[]).doing("say that it is ready")?;
        agent::serve(&line, &setup, &layers, prepared.login)
    });
    match begun {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let _we_are_gone = wire::send(&line, &Told::Failed(failure), &[]);
            ExitCode::FAILURE
        }
    }
}

fn begin(line: &OwnedFd) -> Result<(Setup, Layers, Prepared), Failure> {
    // Else it is called by the number under which its file was open.
    rustix::thread::set_name(c"ami-build").doing("name itself")?;
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))
        .doing("tie its life to its keeper")?;
    let gone = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let (setup, _) = wire::receive::<Setup>(line)
        .and_then(|setup| setup.ok_or_else(gone))
        .doing("hear what is wanted")?;
    // The keeper goes on reading the host's files by their names.
    unshare(CloneFlags::CLONE_NEWNS).doing("make namespaces of its own")?;
    let (layers, prepared) = root::make(&setup)?;
    sethostname(HOSTNAME).doing("set its name")?;
    link::bring_up(setup.tunnel.as_ref()).doing("bring up its network")?;
    // One more way to the kernel's mistakes that no provisioner needs.
    std::fs::write("/proc/sys/user/max_user_namespaces", "0").doing("forbid further namespaces")?;
    bound_shared_memory(setup.memory);
    Ok((setup, layers, prepared))
}

/// Segments of System V are in no process's memory until it attaches them.
fn bound_shared_memory(bytes: u64) {
    let pages = (bytes / 4096).to_string();
    if let Err(error) = std::fs::write("/proc/sys/kernel/shmall", pages) {
        log::debug!("shared memory has no bound of its own: {error}");
    }
}
