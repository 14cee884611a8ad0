//! A directory for one run: templates in it, and a place for the runner's and the user's own files beside it.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::binary::repository;

/// It is removed when it is dropped.
#[derive(Debug)]
pub(crate) struct Workspace {
    directory: tempfile::TempDir,
}

impl Workspace {
    /// Without any file in it.
    pub(crate) fn empty() -> Self {
        let directory = tempfile::tempdir().unwrap();
        for name in ["work", "home", "state", "temp"] {
            std::fs::create_dir(directory.path().join(name)).unwrap();
        }
        Self { directory }
    }

    /// With the templates of `tests/it/fixtures`.
    pub(crate) fn with_fixtures() -> Self {
        let workspace = Self::empty();
        copy(&repository().join("tests/it/fixtures"), &workspace.path());
        workspace
    }

    /// With the repository's `examples`.
    pub(crate) fn with_examples() -> Self {
        let workspace = Self::empty();
        copy(
            &repository().join("examples"),
            &workspace.path().join("examples"),
        );
        workspace
    }

    /// With this one file.
    pub(crate) fn with(name: &str, content: &str) -> Self {
        let workspace = Self::empty();
        workspace.write(name, content);
        workspace
    }

    /// Where a run starts.
    pub(crate) fn path(&self) -> PathBuf {
        self.directory.path().join("work")
    }

    /// `home`, `state` (for journals outside of the runner) or `temp` (`RUNNER_TEMP`).
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: &str) {
        std::fs::write(self.path().join(name), content).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name))
            .unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The journals that are there.
    pub(crate) fn journals(&self) -> Vec<PathBuf> {
        let directories = [
            self.beside("state").join("ami-build"),
            self.beside("temp").join("ami-build"),
        ];
        let entries = directories
            .iter()
            .filter_map(|path| std::fs::read_dir(path).ok())
            .flatten();
        let paths = entries.map(|entry| entry.unwrap().path());
        paths
            .filter(|path| {
                path.extension()
                    .is_some_and(|extension| extension == "journal")
            })
            .collect()
    }
}

/// The permission bits of a file or directory.
pub(crate) fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().mode() & 0o777
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
