//! Which part the copy of this program plays.

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use nix::unistd::{geteuid, getuid, setresuid};

use super::{files, hold, look, session, sudo, tree};

/// The directory of what is ours in a container.
pub(crate) const DIRECTORY: &str = "/.ami-build";

/// The copy of this program.
pub(crate) const PROGRAM: &str = "/.ami-build/ami-build-inside";

/// The name under which it runs a command as another user.
const SUDO: &str = "sudo";

/// A part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Hides the addresses of metadata in its network, then waits.
    Keep,
    /// Is the first process of the sandbox.
    Hold,
    /// Runs a command as sshd would.
    Session,
    /// Writes one file from its input.
    Put,
    /// Writes a directory from its input.
    PutTree,
    /// Writes one file to its output.
    Get,
    /// Writes a directory to its output.
    GetTree,
    /// Says what is at the paths of its input.
    Look,
}

impl Role {
    const ALL: [Self; 8] = [
        Self::Keep,
        Self::Hold,
        Self::Session,
        Self::Put,
        Self::PutTree,
        Self::Get,
        Self::GetTree,
        Self::Look,
    ];

    /// The first argument.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Hold => "hold",
            Self::Session => "session",
            Self::Put => "put",
            Self::PutTree => "put-tree",
            Self::Get => "get",
            Self::GetTree => "get-tree",
            Self::Look => "look",
        }
    }
}

/// Plays a part to its end where this process is called as one; to be called while it has one thread.
pub fn play(mut words: impl Iterator<Item = OsString>) -> Option<ExitCode> {
    let program = words.next()?;
    let name = Path::new(&program).file_name()?.to_str()?;
    let arguments = words.map(|word| word.to_string_lossy().into_owned());
    if name == SUDO {
        return Some(sudo::run(&arguments.collect::<Vec<_>>()));
    }
    if Path::new(PROGRAM).file_name()? != name {
        return None;
    }
    Some(play_role(&arguments.collect::<Vec<_>>()))
}

fn play_role(words: &[String]) -> ExitCode {
    let first = words.first().map_or("", String::as_str);
    let role = Role::ALL.into_iter().find(|role| role.word() == first);
    let Some(role) = role else {
        return failed("not to be called by hand");
    };
    // The file may be `sudo` too, and makes its caller root for that: under its other name it makes nobody anything.
    let caller = getuid();
    if geteuid() != caller
        && let Err(error) = setresuid(caller, caller, caller)
    {
        return failed(&format!("cannot be who called: {error}"));
    }
    let rest = &words[1..];
    let played = match role {
        Role::Keep => hold::keep(rest),
        Role::Hold => {
            return hold::be_the_first().unwrap_or_else(|error| failed(&error.to_string()));
        }
        Role::Session => session::run(rest),
        Role::Put => files::put(rest),
        Role::PutTree => tree::put(rest),
        Role::Get => files::get(rest),
        Role::GetTree => tree::get(rest),
        Role::Look => look::run(),
    };
    match played {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error.to_string()),
    }
}

fn failed(words: &str) -> ExitCode {
    let _nobody_listens = writeln!(io::stderr(), "{words}");
    ExitCode::FAILURE
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn no_name_but_those_of_the_copies_is_a_part() {
        for name in ["ami-build", "/usr/bin/ami-build-post", "sudoers"] {
            let words = [name, "hold"].map(OsString::from);
            assert_eq!(play(words.into_iter()), None, "{name}");
        }
    }

    #[test]
    fn every_part_has_a_word_of_its_own() {
        let mut words = Role::ALL.map(Role::word).to_vec();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Role::ALL.len());
    }
}
