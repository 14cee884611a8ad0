//! What template and plan need to know from outside.
//!
//! `plan` never touches the disk. It asks the facts; what they do not know yet is noted, and the caller gathers it (`gather`)
//! and plans again until nothing is missed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use time::OffsetDateTime;

use crate::bounds::Bounds;
pub(crate) use crate::bounds::OutOfBounds;
use crate::lookups::Lookups;
use crate::policy::Policy;

/// A longer file is not read for a plan: nothing that goes into a template's settings is as long as that.
pub(crate) const LONGEST_FILE: u64 = 16 << 20;

/// What a stopped clock shows: nothing that is rendered with it says when it was.
pub(crate) const STOPPED: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

/// The world as it was when the program started, as far as anybody asked.
#[derive(Debug)]
pub(crate) struct Facts {
    /// UTC, frozen at the start of the process.
    pub(crate) now: OffsetDateTime,
    /// The environment.
    pub(crate) environment: BTreeMap<String, String>,
    /// Where the program runs; absolute.
    pub(crate) working_directory: PathBuf,
    /// Where the template lies; absolute. The working directory where it comes from standard input.
    pub(crate) template_directory: PathBuf,
    /// What was read from other servers.
    pub(crate) lookups: Lookups,
    /// Which files may be looked at.
    pub(crate) bounds: Bounds,
    /// What a template may ask for; `None` is everything.
    pub(crate) policy: Option<Arc<Policy>>,
    files: BTreeMap<PathBuf, FileFact>,
    tools: BTreeMap<String, Option<String>>,
    missed: Mutex<BTreeSet<Need>>,
}

/// What is known of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FileFact {
    /// Nothing is there.
    Missing,
    /// A directory.
    Directory,
    /// A file that is there; its contents were not asked for.
    Present,
    /// A file with its contents.
    File(Arc<[u8]>),
    /// A device, a socket, a pipe.
    Special,
    /// The system refused, in its own words.
    Unreadable(String),
    /// The template may not use it.
    Refused(OutOfBounds),
}

/// What a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileKind {
    /// Nothing.
    Missing,
    /// A directory.
    Directory,
    /// A file.
    File,
    /// A device, a socket, a pipe.
    Special,
    /// Something that cannot be looked at.
    Unreadable,
    /// Something that the template may not use.
    Refused,
}

/// What is missing from the facts. Paths are as the template gives them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Need {
    /// What a path leads to.
    Existence(PathBuf),
    /// What a file holds.
    Contents(PathBuf),
    /// What a program says when it is asked for its version, such as `ansible-playbook`.
    ToolVersion(String),
}

impl Facts {
    /// Facts without any file.
    pub(crate) fn new(
        now: OffsetDateTime,
        environment: BTreeMap<String, String>,
        working_directory: PathBuf,
        template_directory: PathBuf,
    ) -> Self {
        Self {
            now,
            environment,
            working_directory,
            template_directory,
            lookups: Lookups::default(),
            bounds: Bounds::default(),
            policy: None,
            files: BTreeMap::new(),
            tools: BTreeMap::new(),
            missed: Mutex::default(),
        }
    }

    /// The same with a stopped clock and without files, for texts of which only what does not change from run to run counts.
    pub(crate) fn standing_still(&self) -> Self {
        let mut still = Self::new(
            STOPPED,
            self.environment.clone(),
            self.working_directory.clone(),
            self.template_directory.clone(),
        );
        still.lookups = self.lookups.clone();
        still
    }

    /// What a path leads to. `None` is "not gathered yet": it is noted as missed, and the caller goes on as if all were well.
    pub(crate) fn kind(&self, path: &Path) -> Option<FileKind> {
        let fact = self.files.get(path);
        if fact.is_none() {
            self.miss(Need::Existence(path.to_owned()));
        }
        fact.map(|fact| match fact {
            FileFact::Missing => FileKind::Missing,
            FileFact::Directory => FileKind::Directory,
            FileFact::Present | FileFact::File(_) => FileKind::File,
            FileFact::Special => FileKind::Special,
            FileFact::Unreadable(_) => FileKind::Unreadable,
            FileFact::Refused(_) => FileKind::Refused,
        })
    }

    /// Why a path may not be used, where that is known.
    pub(crate) fn refusal(&self, path: &Path) -> Option<&OutOfBounds> {
        match self.files.get(path)? {
            FileFact::Refused(why) => Some(why),
            _ => None,
        }
    }

    /// What a file holds; never [`FileFact::Present`]. `None` is as for [`Facts::kind`].
    pub(crate) fn contents(&self, path: &Path) -> Option<&FileFact> {
        let fact = self
            .files
            .get(path)
            .filter(|fact| **fact != FileFact::Present);
        if fact.is_none() {
            self.miss(Need::Contents(path.to_owned()));
        }
        fact
    }

    /// What a program prints as its version; the inner `None` means that it cannot be run. The outer one is as for [`Facts::kind`].
    pub(crate) fn tool_version(&self, tool: &str) -> Option<Option<&str>> {
        let known = self.tools.get(tool);
        if known.is_none() {
            self.miss(Need::ToolVersion(tool.to_owned()));
        }
        known.map(Option::as_deref)
    }

    /// What was asked for in vain since the last call.
    pub(crate) fn take_missed(&self) -> Vec<Need> {
        let mut missed = self.missed.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *missed).into_iter().collect()
    }

    /// Records what a path leads to.
    pub(crate) fn add_file(&mut self, path: PathBuf, fact: FileFact) {
        self.files.insert(path, fact);
    }

    /// Records what a program printed as its version.
    pub(crate) fn add_tool(&mut self, tool: String, version: Option<String>) {
        self.tools.insert(tool, version);
    }

    fn miss(&self, need: Need) {
        self.missed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(need);
    }
}

#[cfg(test)]
impl Facts {
    /// Facts of a machine that is nowhere, at a fixed instant: 2020-09-13 12:26:40 UTC.
    pub(crate) fn for_tests() -> Self {
        let now = OffsetDateTime::from_unix_timestamp(1_600_000_000).unwrap();
        Self::new(
            now,
            BTreeMap::new(),
            "/work-dir".into(),
            "/template-dir".into(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_noted_once_and_taken_once() {
        let facts = Facts::for_tests();
        assert_eq!(facts.kind(Path::new("a")), None);
        assert_eq!(facts.kind(Path::new("a")), None);
        assert_eq!(facts.take_missed(), [Need::Existence("a".into())]);
        assert_eq!(facts.take_missed(), []);
    }

    #[test]
    fn a_file_whose_existence_is_known_can_still_miss_its_contents() {
        let mut facts = Facts::for_tests();
        facts.add_file("a".into(), FileFact::Present);
        assert_eq!(facts.kind(Path::new("a")), Some(FileKind::File));
        assert_eq!(facts.contents(Path::new("a")), None);
        assert_eq!(facts.take_missed(), [Need::Contents("a".into())]);
    }
}
