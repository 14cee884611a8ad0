//! Where there is one id only, giving a file to another one, or becoming it, fails. Packages do both all the time, so the kernel is
//! told to say that it was done.

use std::collections::BTreeMap;
use std::io;

use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch, apply_filter};

/// The calls that give a file to somebody, and those by which a process becomes somebody else.
const PRETENDED: &[i64] = &[
    libc::SYS_fchown,
    libc::SYS_fchownat,
    libc::SYS_setgid,
    libc::SYS_setgroups,
    libc::SYS_setregid,
    libc::SYS_setresgid,
    libc::SYS_setresuid,
    libc::SYS_setreuid,
    libc::SYS_setuid,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_chown,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_lchown,
];

/// Begins for this process and all that come of it.
pub(super) fn begin() -> io::Result<()> {
    let architecture = TargetArch::try_from(std::env::consts::ARCH);
    let architecture = architecture.map_err(io::Error::other)?;
    // No rule about the arguments: each call, whatever is asked.
    let calls: BTreeMap<i64, Vec<_>> = PRETENDED.iter().map(|call| (*call, Vec::new())).collect();
    let done = SeccompAction::Errno(0);
    let filter = SeccompFilter::new(calls, SeccompAction::Allow, done, architecture);
    let program = filter.and_then(BpfProgram::try_from);
    apply_filter(&program.map_err(io::Error::other)?).map_err(io::Error::other)
}
