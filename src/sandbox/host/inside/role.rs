//! Which part this process plays.

use std::ffi::OsString;
use std::os::fd::RawFd;
use std::process::ExitCode;

use super::{files, keeper, machine, session};
use crate::sandbox::host::relay;

/// A part that this program plays under another name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Keeps a sandbox.
    Keeper,
    /// Is its first process.
    Machine,
    /// Becomes its user.
    Session,
    /// Shows it the host's files.
    Files,
    /// Carries its packets.
    Relay,
}

impl Role {
    const ALL: [Self; 5] = [
        Self::Keeper,
        Self::Machine,
        Self::Session,
        Self::Files,
        Self::Relay,
    ];

    /// The part that is played under `name`, the zeroth argument.
    pub fn of(name: &OsString) -> Option<Self> {
        Self::ALL.into_iter().find(|role| name == role.name())
    }

    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Keeper => "ami-build-sandbox",
            Self::Machine => "ami-build-sandbox-machine",
            Self::Session => "ami-build-sandbox-session",
            Self::Files => "ami-build-sandbox-files",
            Self::Relay => "ami-build-sandbox-relay",
        }
    }

    /// Plays it to its end, with the arguments after the name. To be called while the process has one thread.
    pub fn play(self, arguments: impl Iterator<Item = OsString>) -> ExitCode {
        close_inherited();
        match self {
            Self::Keeper => keeper::run(),
            Self::Machine => machine::run(),
            Self::Session => session::run(&arguments.collect::<Vec<_>>()),
            Self::Files => files::run(&arguments.collect::<Vec<_>>()),
            Self::Relay => relay::run(&arguments.collect::<Vec<_>>()),
        }
    }
}

/// Closes what the caller's caller left open: nothing of it is for the sandbox. What std opens is closed by itself.
fn close_inherited() {
    let names = std::fs::read_dir("/proc/self/fd").into_iter().flatten();
    let numbers = names.flatten().filter_map(|entry| {
        let name = entry.file_name();
        name.to_str()?.parse::<RawFd>().ok()
    });
    // The list itself is open while it is read.
    let numbers: Vec<RawFd> = numbers.collect();
    for number in numbers.into_iter().filter(|number| *number > 2) {
        let _already_closed = nix::unistd::close(number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_known_by_its_whole_name() {
        for role in Role::ALL {
            assert_eq!(Role::of(&role.name().into()), Some(role));
        }
        assert_eq!(Role::of(&"ami-build".into()), None);
        assert_eq!(Role::of(&"/usr/bin/ami-build-sandbox".into()), None);
    }
}
