//! Holds a container open as long as the program outside holds this process's input: however that ends, the engine closes it.

use std::io::{self, Read as _, Write as _};
use std::process::ExitCode;

use nix::sys::signal::{SigSet, Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use super::rules;

/// What is said once the container is ready.
pub(super) const READY: &[u8] = b"ready\n";

/// The word for a network in which the addresses of metadata are hidden.
const HIDE: &str = "hide-metadata";

/// Makes the network what the sandbox may have, and holds it.
pub(super) fn keep(words: &[String]) -> io::Result<()> {
    if words.iter().any(|word| word == HIDE) {
        rules::hide()?;
    }
    wait_for_the_end()
}

/// Is the first process of a machine: takes in the processes that lose their parents, and ends when it is told to restart or
/// to switch off, with 128 and the number of the signal; or when nobody holds it any more.
pub(super) fn be_the_first() -> io::Result<ExitCode> {
    let heard = [
        Signal::SIGCHLD,
        Signal::SIGINT,
        Signal::SIGPWR,
        Signal::SIGTERM,
    ];
    let heard: SigSet = heard.into_iter().collect();
    // Blocked in all threads: a first process does not get what it does not wait for.
    heard.thread_block()?;
    std::thread::spawn(|| {
        let held = wait_for_the_end();
        let _the_only_process = kill(Pid::this(), Signal::SIGTERM);
        held
    });
    loop {
        match heard.wait()? {
            Signal::SIGCHLD => take_in(),
            Signal::SIGTERM => return Ok(ExitCode::SUCCESS),
            signal => {
                return Ok(ExitCode::from(
                    128 + u8::try_from(signal as i32).unwrap_or(0),
                ));
            }
        }
    }
}

fn take_in() {
    let ended = || waitpid(None, Some(WaitPidFlag::WNOHANG));
    while ended().is_ok_and(|status| status != WaitStatus::StillAlive) {}
}

/// Says that the container is ready, and waits for the end of the input.
fn wait_for_the_end() -> io::Result<()> {
    let mut output = io::stdout();
    output.write_all(READY)?;
    output.flush()?;
    let mut input = io::stdin();
    let mut ignored = [0; 64];
    while input.read(&mut ignored)? > 0 {}
    Ok(())
}
