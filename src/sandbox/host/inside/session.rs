//! A login: becomes the user, gives up what a container's root has not, and becomes the user's shell.

use std::ffi::{OsStr, OsString};
use std::io::{self, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::stat::{Mode, umask};
use nix::unistd::{Gid, Uid, setgid, setgroups, setsid, setuid};
use rustix::thread::CapabilitySet;

use super::login::{Giving, Login};
use super::{Role, pretence};
use crate::sandbox::host::relay::{GATEWAY, INSIDE};

/// What the sandbox's root keeps: what Docker leaves the root of a container. It suffices for packages and services, and for no
/// mount, no device and no filter of packets.
const KEPT: CapabilitySet = CapabilitySet::CHOWN
    .union(CapabilitySet::DAC_OVERRIDE)
    .union(CapabilitySet::FSETID)
    .union(CapabilitySet::FOWNER)
    .union(CapabilitySet::MKNOD)
    .union(CapabilitySet::NET_RAW)
    .union(CapabilitySet::SETGID)
    .union(CapabilitySet::SETUID)
    .union(CapabilitySet::SETFCAP)
    .union(CapabilitySet::SETPCAP)
    .union(CapabilitySet::NET_BIND_SERVICE)
    .union(CapabilitySet::SYS_CHROOT)
    .union(CapabilitySet::KILL)
    .union(CapabilitySet::AUDIT_WRITE);

/// As sshd sets it.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/games:/usr/local/games:/snap/bin";

/// Neither a file nor, where the host's `kernel.core_pattern` names a program, one that is started with root's rights on the host:
/// the kernel takes this one size for a crash of such a program itself (`core(5)`, `fs/coredump.c`).
const NO_CORE: u64 = 1;

/// First to be ended where the host runs short of memory.
const FIRST_TO_GO: &str = "800";

/// This program as a session of that user, which runs `command`.
pub(super) fn of(login: &Login, command: &str) -> io::Result<Command> {
    let mut session = Command::new("/proc/self/exe");
    session
        .arg0(Role::Session.name())
        .arg(serde_json::to_string(login)?)
        .arg(command)
        .env_clear();
    Ok(session)
}

/// Plays a session: the user, and the command as the user's shell gets it.
pub(super) fn run(arguments: &[OsString]) -> ExitCode {
    let [login, command] = arguments else {
        return ExitCode::FAILURE;
    };
    let error = match become_user(login) {
        Ok(login) => shell(&login, command).exec(),
        Err(error) => error,
    };
    let _nobody_reads = writeln!(io::stderr(), "the session could not start: {error}");
    ExitCode::from(255)
}

fn become_user(login: &OsStr) -> io::Result<Login> {
    let login: Login = serde_json::from_slice(login.as_encoded_bytes())?;
    setsid()?;
    umask(Mode::from_bits_truncate(0o022));
    let _old_kernels_refuse = std::fs::write("/proc/self/oom_score_adj", FIRST_TO_GO);
    let processes = u64::from(login.processes);
    setrlimit(Resource::RLIMIT_NPROC, processes, processes)?;
    let (_, most) = getrlimit(Resource::RLIMIT_CORE)?;
    let core = NO_CORE.min(most);
    setrlimit(Resource::RLIMIT_CORE, core, core)?;
    for capability in CapabilitySet::all().difference(KEPT).iter() {
        // A kernel does not know those that were thought of after it.
        match rustix::thread::remove_capability_from_bounding_set(capability) {
            Ok(()) | Err(rustix::io::Errno::INVAL) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let groups: Vec<Gid> = login.groups.iter().copied().map(Gid::from_raw).collect();
    match setgroups(&groups) {
        // There is one group only, which everybody is in.
        Err(nix::errno::Errno::EPERM) if login.user == 0 => {}
        other => other?,
    }
    setgid(Gid::from_raw(login.group))?;
    setuid(Uid::from_raw(login.user))?;
    if std::env::set_current_dir(&login.home).is_err() {
        std::env::set_current_dir("/")?;
    }
    if login.giving == Giving::Pretended {
        pretence::begin()?;
    }
    Ok(login)
}

/// The user's shell with the environment that sshd gives, and nothing of ours.
fn shell(login: &Login, command: &OsStr) -> Command {
    let name = login.shell.file_name().unwrap_or(OsStr::new("sh"));
    let mut shell = Command::new(&login.shell);
    shell
        .arg0(name)
        .arg("-c")
        .arg(command)
        .env_clear()
        .env("HOME", &login.home)
        .env("USER", &login.name)
        .env("LOGNAME", &login.name)
        .env("SHELL", &login.shell)
        .env("PATH", PATH)
        .env("LANG", "C.UTF-8")
        .env("SSH_CLIENT", format!("{GATEWAY} 50000 22"))
        .env("SSH_CONNECTION", format!("{GATEWAY} 50000 {INSIDE} 22"));
    shell
}
