//! What the inside of a sandbox is told before it begins, and what both sides say to each other afterwards.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Who owns what inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Owners {
    /// So many ids from 0 on stand for ids of the host that nobody has.
    Range(u32),
    /// There is only 0, which stands for the caller of this program.
    One,
}

/// The id of `nobody`, which also stands for ids that are not there.
pub(super) const NOBODY: u32 = 65_534;

impl Owners {
    /// The id inside of a file that the host's `id` owns.
    pub(super) fn inside(self, id: u32) -> u32 {
        match self {
            Self::One => 0,
            Self::Range(count) if id < count => id,
            Self::Range(count) if NOBODY < count => NOBODY,
            Self::Range(_) => 0,
        }
    }
}

/// What the sandbox is told at first.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Setup {
    pub(super) owners: Owners,
    /// The template's SSH user.
    pub(super) user: String,
    /// Bytes of memory.
    pub(super) memory: u64,
    /// Processes and threads.
    pub(super) processes: u32,
    /// Seconds from now on.
    pub(super) seconds: u64,
    /// The way out, where there is one.
    pub(super) tunnel: Option<Tunnel>,
}

/// What the sandbox is shown of the host's files.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Showing {
    pub(super) owners: Owners,
    /// Directories that are shown empty, beyond what always is.
    pub(super) private: Vec<PathBuf>,
    /// Who may read no more than everybody, where the caller may read all.
    pub(super) nobody: Option<u32>,
    /// The process whose sandbox it is.
    pub(super) caller: i32,
}

/// The way out: packets go to a device whose other end is ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tunnel {
    /// The text of `/etc/resolv.conf`.
    pub(super) resolver: String,
    /// Whether the host has a way to addresses of IPv6.
    pub(super) six: bool,
}

/// What the inside says.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Told {
    /// It is in its own namespaces, and waits for its ids.
    Apart,
    /// The device by which it is shown files stands beside it.
    Files,
    /// The tunnel's device stands beside it.
    Tunnel,
    /// Commands may come.
    Ready {
        /// What is not as on a real machine, in a sentence each.
        limits: Vec<String>,
    },
    /// There is no sandbox.
    Failed(Failure),
    /// There is none any more, and why.
    Ended(String),
}

/// What the inside is asked.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Asked {
    /// A command of the user's; beside it its input, its two outputs, and where its end is told.
    Run(String),
    /// What is different; beside it where it is told.
    Changes,
}

/// How a command ended, as it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum End {
    /// By itself: the status, where a signal counts as 128 and its number.
    Status(i32),
    /// The machine went down under it.
    Rebooted,
}

/// A step of the making that failed.
#[derive(Debug, thiserror::Error, Serialize, Deserialize)]
#[error("{doing}: {reason}")]
pub(super) struct Failure {
    /// Such as `mount the copy of the root`.
    pub(super) doing: String,
    pub(super) errno: Option<i32>,
    /// In words.
    pub(super) reason: String,
}

/// Says what failed.
pub(super) trait Doing<T> {
    /// Names the step; it goes after `could not`.
    fn doing(self, step: &str) -> Result<T, Failure>;
}

impl<T, E: Into<std::io::Error>> Doing<T> for Result<T, E> {
    fn doing(self, step: &str) -> Result<T, Failure> {
        self.map_err(|error| {
            let error = error.into();
            Failure {
                doing: step.to_owned(),
                errno: error.raw_os_error(),
                reason: error.to_string(),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_is_not_there_is_nobodys() {
        let cases = [
            (Owners::One, 1000, 0),
            (Owners::Range(65_536), 1000, 1000),
            (Owners::Range(65_536), 200_000, NOBODY),
            (Owners::Range(1000), 1000, 0),
        ];
        for (owners, id, expected) in cases {
            assert_eq!(owners.inside(id), expected, "{owners:?} {id}");
        }
    }
}
