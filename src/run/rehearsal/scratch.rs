//! Where the builds of a rehearsal write: a directory with links to what is in the working directory, but for what they write.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, symlink};
use std::path::{Path, PathBuf};

use glob::Pattern;

/// Its name begins so, and then comes the number of the process that it belongs to.
const PREFIX: &str = "ami-build-rehearsal-";

/// What the builds write, and what they collect; all paths are relative.
#[derive(Debug, Default)]
pub(super) struct Outputs {
    /// Directories in which something is written.
    directories: BTreeSet<PathBuf>,
    /// What is not to be seen as it is in the working directory: directory and name.
    names: Vec<(PathBuf, Pattern)>,
    /// Files outside of the working directory: where they are, and what they are called inside.
    outside: Vec<(PathBuf, PathBuf)>,
    /// Whether there is any of that.
    is_any: bool,
}

/// The directory. It goes when it is dropped.
#[derive(Debug)]
pub(super) struct Scratch {
    directory: PathBuf,
}

impl Outputs {
    /// Something is written to this path.
    pub(super) fn written(&mut self, path: &str) {
        self.is_any = true;
        let mut directory = PathBuf::new();
        let mut parts = names_of(path).peekable();
        while let Some(part) = parts.next() {
            let rendered_later = part.find("{{");
            if rendered_later.is_none() && parts.peek().is_some() {
                self.enter(&mut directory, part);
                continue;
            }
            let fixed = Pattern::escape(&part[..rendered_later.unwrap_or(part.len())]);
            let any = rendered_later.map_or("", |_| "*");
            let name = Pattern::new(&format!("{fixed}{any}"));
            self.names
                .extend(name.ok().map(|name| (directory.clone(), name)));
            return;
        }
    }

    /// A provisioner downloads `source` to this path. What a directory holds, or a pattern means, is known only then.
    pub(super) fn downloaded(&mut self, destination: &str, source: &str) {
        let name = source.rsplit('/').next().unwrap_or_default();
        let is_one = !name.is_empty() && !source.contains(['*', '?', '[']);
        match (is_one, destination.ends_with('/')) {
            (true, true) => self.written(&format!("{destination}{name}")),
            (true, false) => self.written(destination),
            (false, _) => {
                self.is_any = true;
                let mut directory = PathBuf::new();
                names_of(destination).for_each(|part| self.enter(&mut directory, part));
            }
        }
    }

    /// Files that match are collected, and perhaps removed: those of the template's `pattern`, by the path that was made of it.
    pub(super) fn collected(&mut self, pattern: &str, turned: &str) {
        self.is_any = true;
        let mut directory = PathBuf::new();
        let mut parts = turned.split('/').peekable();
        while let Some(part) = parts.next() {
            if parts.peek().is_none() {
                break;
            }
            self.enter(&mut directory, part);
        }
        if pattern.starts_with('/') || pattern.contains("..") {
            self.outside.push((pattern.into(), turned.into()));
        }
    }

    /// Whether nothing is written or collected.
    pub(super) fn is_empty(&self) -> bool {
        !self.is_any
    }

    fn enter(&mut self, directory: &mut PathBuf, name: &str) {
        directory.push(name);
        self.directories.insert(directory.clone());
    }

    fn hides(&self, directory: &Path, name: &str) -> bool {
        let mut names = self.names.iter();
        names.any(|(of, pattern)| of == directory && pattern.matches(name))
    }
}

impl Scratch {
    /// A directory in `beside` that looks like `working` but for the outputs.
    pub(super) fn new(beside: &Path, working: &Path, outputs: &Outputs) -> io::Result<Self> {
        fs::create_dir_all(beside)?;
        remove_abandoned(beside);
        let random = getrandom::u32().map_err(io::Error::other)?;
        let name = format!("{PREFIX}{}-{random:08x}", std::process::id());
        let directory = beside.join(name);
        fs::DirBuilder::new().mode(0o700).create(&directory)?;
        // From here on it goes, whatever fails.
        let scratch = Self { directory };
        let root = fs::canonicalize(working)?;
        link(&root, scratch.path(), Path::new(""), outputs)?;
        for (from, to) in &outputs.outside {
            let to = scratch.path().join(to);
            let from = working.join(from);
            if from.exists() && !to.exists() {
                if let Some(parent) = to.parent() {
                    fs::create_dir_all(parent)?;
                }
                symlink(from, to)?;
            }
        }
        Ok(scratch)
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.directory
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.directory) {
            log::warn!("cannot remove {}: {error}", self.directory.display());
        }
    }
}

fn names_of(path: &str) -> impl Iterator<Item = &str> {
    path.split('/')
        .filter(|part| !part.is_empty() && *part != ".")
}

fn link(from: &Path, to: &Path, inside: &Path, outputs: &Outputs) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        let inside = inside.join(&name);
        let parent = inside.parent().unwrap_or(Path::new(""));
        let (from, to) = (entry.path(), to.join(&name));
        if outputs.directories.contains(&inside) && from.is_dir() {
            fs::create_dir(&to)?;
            link(&from, &to, &inside, outputs)?;
        } else if !outputs.hides(parent, &name.to_string_lossy()) {
            symlink(from, to)?;
        }
    }
    Ok(())
}

/// Removes what rehearsals left that were killed.
fn remove_abandoned(beside: &Path) {
    let entries = fs::read_dir(beside).into_iter().flatten().flatten();
    for entry in entries {
        let name = entry.file_name();
        let owner = name.to_str().and_then(|name| name.strip_prefix(PREFIX));
        let owner = owner.and_then(|rest| rest.split('-').next()?.parse::<u32>().ok());
        let is_gone = owner.is_some_and(|owner| !Path::new(&format!("/proc/{owner}")).exists());
        if is_gone && let Err(error) = fs::remove_dir_all(entry.path()) {
            log::debug!("cannot remove {}: {error}", entry.path().display());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch(written: &[&str], collected: &[&str]) -> (tempfile::TempDir, Scratch) {
        let mut outputs = Outputs::default();
        written.iter().for_each(|path| outputs.written(path));
        collected
            .iter()
            .for_each(|path| outputs.collected(path, path));
        with(&outputs)
    }

    fn with(outputs: &Outputs) -> (tempfile::TempDir, Scratch) {
        let working = tempfile::tempdir().unwrap();
        for file in ["manifest.json", "out/old.bin", "out/other", "scripts/a.sh"] {
            let path = working.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, file).unwrap();
        }
        let beside = std::env::temp_dir();
        let scratch = Scratch::new(&beside, working.path(), outputs).unwrap();
        (working, scratch)
    }

    #[test]
    fn what_is_written_is_not_there_yet_and_all_else_is() {
        let (_working, scratch) = scratch(&["manifest.json", "out/{{.BuildName}}.bin"], &[]);
        let has = |name: &str| scratch.path().join(name).exists();
        assert!(!has("manifest.json") && !has("out/old.bin") && !has("out/other"));
        assert!(has("scripts/a.sh"));
        assert!(!scratch.path().join("out").is_symlink());
    }

    #[test]
    fn what_is_written_or_removed_there_stays_as_it_is_in_the_working_directory() {
        let (working, scratch) = scratch(&["out/new.bin"], &["out/*.bin"]);
        fs::write(scratch.path().join("out/new.bin"), "new").unwrap();
        fs::remove_file(scratch.path().join("out/old.bin")).unwrap();
        assert!(working.path().join("out/old.bin").exists());
        assert!(!working.path().join("out/new.bin").exists());
    }

    #[test]
    fn a_download_hides_the_file_that_it_writes_and_nothing_beside_it() {
        for (destination, source) in [("./", "/tmp/manifest.json"), ("manifest.json", "/tmp/x")] {
            let mut outputs = Outputs::default();
            outputs.downloaded(destination, source);
            let (_working, scratch) = with(&outputs);
            assert!(!scratch.path().join("manifest.json").exists());
            assert!(scratch.path().join("scripts/a.sh").exists());
        }
    }

    #[test]
    fn a_directory_is_downloaded_into_one_of_the_rehearsals_own_with_what_lies_there() {
        let mut outputs = Outputs::default();
        outputs.downloaded("out", "/var/log/*");
        let (_working, scratch) = with(&outputs);
        assert!(!scratch.path().join("out").is_symlink());
        assert!(scratch.path().join("out/other").exists());
    }

    #[test]
    fn collecting_alone_is_a_reason_for_a_directory_of_ones_own() {
        let mut outputs = Outputs::default();
        assert!(outputs.is_empty());
        outputs.collected("file", "file");
        assert!(!outputs.is_empty());
    }

    #[test]
    fn what_a_killed_rehearsal_left_goes_with_the_next_one() {
        let beside = tempfile::tempdir().unwrap();
        // Process ids end below four million.
        let (dead, alive) = ("999999999", std::process::id().to_string());
        for owner in [dead, &alive] {
            fs::create_dir(beside.path().join(format!("{PREFIX}{owner}-x"))).unwrap();
        }
        remove_abandoned(beside.path());
        assert!(!beside.path().join(format!("{PREFIX}{dead}-x")).exists());
        assert!(beside.path().join(format!("{PREFIX}{alive}-x")).exists());
    }
}
