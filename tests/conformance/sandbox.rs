//! Where a case runs: a directory with its files, and a home, a temporary and a remote directory beside it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::case::Case;

/// It is removed when it is dropped.
#[derive(Debug)]
pub(crate) struct Sandbox {
    directory: tempfile::TempDir,
}

impl Sandbox {
    /// With the input files of a case.
    pub(crate) fn of(case: &Case) -> Self {
        let directory = tempfile::tempdir().unwrap();
        for name in ["work", "home", "remote", "tmp", "ssh"] {
            std::fs::create_dir(directory.path().join(name)).unwrap();
        }
        for (name, content) in &case.files {
            let path = directory.path().join("work").join(name);
            std::fs::create_dir_all(path.parent().expect("it is in `work`")).unwrap();
            std::fs::write(path, content).unwrap();
        }
        Self { directory }
    }

    /// `work`, `home`, `remote`, `tmp` or `ssh`.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Puts this sandbox's paths into an expected text.
    pub(crate) fn placed(&self, expected: &str) -> String {
        expected
            .replace("<CWD>", &self.path("work").display().to_string())
            .replace("<REMOTE>", &self.path("remote").display().to_string())
    }

    /// Every file by its path; an empty directory as `NAME/`.
    pub(crate) fn files(&self, name: &str) -> BTreeMap<String, Vec<u8>> {
        let mut found = BTreeMap::new();
        collect(&self.path(name), "", &mut found);
        found
    }
}

fn collect(directory: &Path, prefix: &str, found: &mut BTreeMap<String, Vec<u8>>) {
    let entries: Vec<_> = std::fs::read_dir(directory).unwrap().collect();
    if entries.is_empty() && !prefix.is_empty() {
        found.insert(prefix.to_owned(), Vec::new());
    }
    for entry in entries.into_iter().map(Result::unwrap) {
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type().unwrap().is_dir() {
            collect(&entry.path(), &format!("{name}/"), found);
        } else {
            found.insert(name, std::fs::read(entry.path()).unwrap());
        }
    }
}
