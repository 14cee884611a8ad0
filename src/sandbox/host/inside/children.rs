//! The sessions that run, and the end of every process inside: the first one of a machine has to wait for them all.

use std::collections::HashMap;
use std::io::Write as _;
use std::os::unix::net::UnixStream;
use std::process::Command;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitStatus, wait};
use nix::unistd::Pid;

use crate::sandbox::host::setup::End;

/// The sessions, each with the socket at which its end is awaited.
#[derive(Default)]
pub(super) struct Children {
    running: Mutex<HashMap<i32, UnixStream>>,
    more: Condvar,
}

impl Children {
    /// Starts a session; its end is told at `end`.
    pub(super) fn start(&self, mut command: Command, mut end: UnixStream) {
        // Nobody looks for the end of a child that is not noted yet.
        let mut running = self.running();
        match command.spawn() {
            Ok(child) => {
                if let Ok(process) = i32::try_from(child.id()) {
                    running.insert(process, end);
                }
                self.more.notify_all();
            }
            Err(error) => {
                log::warn!("a session did not start: {error}");
                tell(&mut end, End::Status(255));
            }
        }
    }

    /// Waits for processes, for ever.
    pub(super) fn reap(&self) {
        loop {
            let (process, end) = match wait() {
                Ok(WaitStatus::Exited(process, status)) => (process, End::Status(status)),
                Ok(WaitStatus::Signaled(process, signal, _)) => {
                    (process, End::Status(128 + signal as i32))
                }
                Err(Errno::ECHILD) => {
                    let running = self.running();
                    if running.is_empty() {
                        drop(self.more.wait(running));
                    }
                    continue;
                }
                _ => continue,
            };
            if let Some(mut awaited) = self.running().remove(&process.as_raw()) {
                tell(&mut awaited, end);
            }
        }
    }

    /// The machine goes down under its sessions and is there again.
    pub(super) fn reboot(&self) {
        let mut running = self.running();
        for (_, mut awaited) in running.drain() {
            tell(&mut awaited, End::Rebooted);
        }
        // All but the caller, which is process 1.
        let _none_left = kill(Pid::from_raw(-1), Signal::SIGKILL);
    }

    fn running(&self) -> MutexGuard<'_, HashMap<i32, UnixStream>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn tell(awaited: &mut UnixStream, end: End) {
    let told = serde_json::to_vec(&end).unwrap_or_default();
    let _nobody_waits = awaited.write_all(&told);
}
