//! Takes orders: starts sessions, tells what is different, restarts.

use std::fs::File;
use std::io::Write as _;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::Stdio;
use std::sync::Arc;
use std::thread;

use nix::sys::signal::{SigSet, Signal};

use super::children::Children;
use super::login::Login;
use super::programs::Programs;
use super::root::Layers;
use super::{changes, session, watch};
use crate::sandbox::host::setup::{Asked, Doing, Failure, Setup, Told};
use crate::sandbox::host::wire;

/// Serves until the line ends.
pub(super) fn serve(
    line: &OwnedFd,
    setup: &Setup,
    layers: &Layers,
    login: Login,
) -> Result<(), Failure> {
    let children = Arc::new(Children::default());
    listen(line, Arc::clone(&children))?;
    let reaping = Arc::clone(&children);
    start("reaper", move || reaping.reap())?;
    let limits = watch::Watch::new(setup, layers).doing("watch what it uses")?;
    let end = line.try_clone().doing("watch what it uses")?;
    start("watch", move || end_for(&end, limits.wait()))?;
    let programs = Programs::new(Arc::clone(&children), &login);
    while let Ok(Some((asked, files))) = wire::receive::<Asked>(line) {
        match asked {
            Asked::Run(command) => run(&children, &login, &command, files),
            Asked::Changes => tell_changes(layers, &programs, files),
        }
    }
    Ok(())
}

/// What `reboot` and `poweroff` send to process 1; `kill -INT 1` is what the kernel sends for Ctrl-Alt-Del.
fn listen(line: &OwnedFd, children: Arc<Children>) -> Result<(), Failure> {
    let mut signals = SigSet::empty();
    signals.add(Signal::SIGINT);
    signals.add(Signal::SIGPWR);
    // Before there is another thread: each has what the first one had.
    signals.thread_block().doing("listen for a restart")?;
    let line = line.try_clone().doing("listen for a restart")?;
    start("power", move || {
        loop {
            match signals.wait() {
                Ok(Signal::SIGINT) => children.reboot(),
                Ok(_) => return end_for(&line, "it was shut down".to_owned()),
                Err(_) => return,
            }
        }
    })
}

/// Says why it ends; then the line ends, and with it this process.
fn end_for(line: &OwnedFd, reason: String) {
    let _we_are_gone = wire::send(line, &Told::Ended(reason), &[]);
    let _already_shut = rustix::net::shutdown(line, rustix::net::Shutdown::Both);
}

fn start(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), Failure> {
    thread::Builder::new()
        .name(name.to_owned())
        .spawn(work)
        .map(drop)
        .doing("start a thread")
}

fn run(children: &Children, login: &Login, command: &str, files: Vec<OwnedFd>) {
    let Ok([input, output, errors, end]) = <[OwnedFd; 4]>::try_from(files) else {
        return;
    };
    let Ok(mut session) = session::of(login, command) else {
        return;
    };
    session
        .stdin(Stdio::from(input))
        .stdout(Stdio::from(output))
        .stderr(Stdio::from(errors));
    children.start(session, UnixStream::from(end));
}

fn tell_changes(layers: &Layers, programs: &Programs, mut files: Vec<OwnedFd>) {
    let Some(to) = files.pop() else {
        return;
    };
    // A walk of its own: commands may go on meanwhile.
    let layers = (layers.upper.try_clone(), layers.before.try_clone());
    let (Ok(upper), Ok(before)) = layers else {
        return;
    };
    let programs = programs.clone();
    let _no_thread = start("changes", move || {
        let found = changes::find(&Layers { upper, before }, &programs);
        let told = serde_json::to_vec(&found).unwrap_or_default();
        let _nobody_waits = File::from(to).write_all(&told);
    });
}
