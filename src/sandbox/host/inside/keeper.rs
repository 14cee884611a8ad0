//! The process between: apart from the host, and out of reach of what runs inside.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sched::{CloneFlags, unshare};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Gid, Pid, Uid, setgroups, setresgid, setresuid};

use super::own_file::OwnFile;
use super::{Role, tunnel};
use crate::sandbox::host::setup::{Doing, Failure, Owners, Setup, Told};
use crate::sandbox::host::wire;

/// How much longer than the machine itself the keeper waits for the end of the time.
const GRACE: Duration = Duration::from_secs(5);

/// Plays the keeper. Its input is the line to us, its output a socket that ends when we do.
pub(super) fn run() -> ExitCode {
    let Ok(line) = io::stdin().as_fd().try_clone_to_owned() else {
        return ExitCode::FAILURE;
    };
    match keep(&line) {
        Ok(mut machine) => {
            // The machine's end has to end the line, so nobody else may hold it.
            drop(line);
            machine
                .wait()
                .map_or(ExitCode::FAILURE, |_| ExitCode::SUCCESS)
        }
        Err(failure) => {
            let _we_are_gone = wire::send(&line, &Told::Failed(failure), &[]);
            ExitCode::FAILURE
        }
    }
}

fn keep(line: &OwnedFd) -> Result<Child, Failure> {
    let apart = CloneFlags::CLONE_NEWUSER
        | CloneFlags::CLONE_NEWNS
        | CloneFlags::CLONE_NEWNET
        | CloneFlags::CLONE_NEWIPC
        | CloneFlags::CLONE_NEWUTS
        | CloneFlags::CLONE_NEWCGROUP;
    // Root takes its file with root's rights: in a namespace of users it has none to a closed directory on the way.
    let early = unshare(CloneFlags::CLONE_NEWNS).is_ok().then(take_own_file);
    unshare(apart).doing("make namespaces of its own")?;
    let program = early.unwrap_or_else(take_own_file)?;
    // The caller's keys, such as tickets of Kerberos, are found through the session, which would be inherited.
    if let Err(error) = keyutils::Keyring::join_anonymous_session() {
        log::debug!("this kernel keeps no keys: {error}");
    }
    wire::send(line, &Told::Apart, &[]).doing("say that it is apart")?;
    let gone = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let (setup, _) = wire::receive::<Setup>(line)
        .and_then(|setup| setup.ok_or_else(gone))
        .doing("hear what is wanted")?;
    // Both have to be opened by whoever owns the namespaces, and before the rights of the caller are given up.
    let device = File::options()
        .read(true)
        .write(true)
        .open("/dev/fuse")
        .doing("open `/dev/fuse`")?;
    wire::send(line, &Told::Files, &[device.as_fd()]).doing("have files shown")?;
    if setup.tunnel.is_some() {
        tunnel::open(line)?;
    }
    become_root(setup.owners).doing("become the sandbox's root")?;
    let (machine, known) = mpsc::channel();
    let time = Duration::from_secs(setup.seconds) + GRACE;
    std::thread::Builder::new()
        .name("life".to_owned())
        .spawn(move || known.recv().is_ok_and(|machine| guard(machine, time)))
        .doing("start to keep it")?;
    // Only now: a process whose children are to be elsewhere can have no further threads.
    unshare(CloneFlags::CLONE_NEWPID).doing("make namespaces of its own")?;
    let child = start_machine(&program, line, device).doing("start the sandbox's first process")?;
    let process = i32::try_from(child.id()).unwrap_or_default();
    let _it_waits = machine.send(Pid::from_raw(process));
    Ok(child)
}

/// Ids of the host are given up.
fn become_root(owners: Owners) -> nix::Result<()> {
    if owners == Owners::One {
        return Ok(());
    }
    let (user, group) = (Uid::from_raw(0), Gid::from_raw(0));
    setgroups(&[])?;
    setresgid(group, group, group)?;
    setresuid(user, user, user)
}

fn take_own_file() -> Result<OwnFile, Failure> {
    OwnFile::take().doing("take its own file where nobody can write it")
}

fn start_machine(program: &OwnFile, line: &OwnedFd, device: File) -> io::Result<Child> {
    let child = Command::new(program.path())
        .arg0(Role::Machine.name())
        .env_clear()
        .stdin(Stdio::from(line.try_clone()?))
        .stdout(Stdio::from(device))
        .spawn()?;
    let nothing = File::open("/dev/null")?;
    rustix::stdio::dup2_stdin(&nothing)?;
    Ok(child)
}

/// Ends the machine when we are gone or the time is over; with process 1 everything goes. Says whether it was there.
fn guard(machine: Pid, time: Duration) -> bool {
    let life = io::stdout();
    let mut awaited = [PollFd::new(life.as_fd(), PollFlags::POLLIN)];
    let milliseconds = i32::try_from(time.as_millis()).unwrap_or(i32::MAX);
    let timeout = PollTimeout::try_from(milliseconds).unwrap_or(PollTimeout::MAX);
    while poll(&mut awaited, timeout) == Err(nix::errno::Errno::EINTR) {}
    kill(machine, Signal::SIGKILL).is_ok()
}
