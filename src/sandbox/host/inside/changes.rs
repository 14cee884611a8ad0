//! What is different: the overlay's upper layer, read against the root as it was.

use std::fs::{self, File, Metadata};
use std::io::{self, Read as _};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use super::packages;
use super::programs::Programs;
use super::root::Layers;
use crate::sandbox::changes::{Change, ChangeKind, Changes};

/// Empty at first, and empty again after the next boot.
const PASSING: [&str; 6] = ["dev", "proc", "run", "sys", "tmp", "var/tmp"];

/// Finds them all. What cannot be read is left out.
pub(super) fn find(layers: &Layers, programs: &Programs) -> Changes {
    let upper = path_of(&layers.upper);
    let before = path_of(&layers.before);
    let mut walk = Walk {
        upper: &upper,
        before: &before,
        found: Vec::new(),
        left: vec![PathBuf::new()],
    };
    // No call within a call: provisioners decide how deep it goes.
    while let Some(directory) = walk.left.pop() {
        walk.directory(&directory);
    }
    let mut files = walk.found;
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Changes {
        packages: packages::changes(&before, &files, programs),
        files,
    }
}

/// A directory that has no other name.
fn path_of(open: &File) -> PathBuf {
    PathBuf::from(format!("/proc/self/fd/{}/.", open.as_raw_fd()))
}

struct Walk<'a> {
    upper: &'a Path,
    before: &'a Path,
    found: Vec<Change>,
    /// Directories that are still to be looked at.
    left: Vec<PathBuf>,
}

impl Walk<'_> {
    fn directory(&mut self, inside: &Path) {
        for name in names(&self.upper.join(inside)) {
            let path = inside.join(name);
            if !PASSING.iter().any(|passing| Path::new(passing) == path) {
                self.path(&path);
            }
        }
    }

    fn path(&mut self, path: &Path) {
        let Ok(now) = fs::symlink_metadata(self.upper.join(path)) else {
            return;
        };
        let before = fs::symlink_metadata(self.before.join(path)).ok();
        if is_whiteout(&now) {
            if before.is_some() {
                self.removed(path);
            }
            return;
        }
        if now.is_dir() {
            return self.changed_directory(path, &now, before.as_ref());
        }
        match before {
            None => self.note(path, ChangeKind::Added, &now),
            Some(before) if before.is_dir() => {
                self.removed(path);
                self.note(path, ChangeKind::Added, &now);
            }
            Some(before) if self.is_same(path, &now, &before) => {}
            Some(_) => self.note(path, ChangeKind::Changed, &now),
        }
    }

    fn changed_directory(&mut self, path: &Path, now: &Metadata, before: Option<&Metadata>) {
        match before.filter(|before| before.is_dir()) {
            None => {
                if before.is_some() {
                    self.removed(path);
                }
                self.note(path, ChangeKind::Added, now);
            }
            Some(before) => {
                if !is_owned_alike(now, before) {
                    self.note(path, ChangeKind::Changed, now);
                }
                if is_opaque(&self.upper.join(path)) {
                    let kept = names(&self.upper.join(path));
                    for name in names(&self.before.join(path)) {
                        if !kept.contains(&name) {
                            self.removed(&path.join(name));
                        }
                    }
                }
            }
        }
        self.left.push(path.to_owned());
    }

    /// What was there, with all that was in it.
    fn removed(&mut self, path: &Path) {
        let mut left = vec![path.to_owned()];
        while let Some(path) = left.pop() {
            let below = self.before.join(&path);
            if fs::symlink_metadata(&below).is_ok_and(|found| found.is_dir()) {
                left.extend(names(&below).into_iter().map(|name| path.join(name)));
            }
            self.found.push(Change {
                path: shown(&path),
                kind: ChangeKind::Removed,
                bytes: 0,
            });
        }
    }

    fn note(&mut self, path: &Path, kind: ChangeKind, now: &Metadata) {
        self.found.push(Change {
            path: shown(path),
            kind,
            bytes: if now.is_file() { now.len() } else { 0 },
        });
    }

    /// A file that was opened for writing is copied up even where nothing came of it.
    fn is_same(&self, path: &Path, now: &Metadata, before: &Metadata) -> bool {
        let (upper, lower) = (self.upper.join(path), self.before.join(path));
        if now.file_type() != before.file_type() || !is_owned_alike(now, before) {
            return false;
        }
        if now.is_symlink() {
            return fs::read_link(upper).ok() == fs::read_link(lower).ok();
        }
        !now.is_file()
            || now.len() == before.len() && have_same_bytes(&upper, &lower).unwrap_or(false)
    }
}

fn names(directory: &Path) -> Vec<std::ffi::OsString> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name()).collect()
}

fn shown(path: &Path) -> String {
    format!("/{}", path.display())
}

/// How the overlay notes that something below is gone: a device that no driver has.
fn is_whiteout(metadata: &Metadata) -> bool {
    metadata.file_type().is_char_device() && metadata.rdev() == 0
}

/// How the overlay notes that a directory hides the one below.
fn is_opaque(directory: &Path) -> bool {
    let mut value = [0; 1];
    let read = rustix::fs::lgetxattr(directory, "user.overlay.opaque", &mut value);
    read.is_ok_and(|length| length == 1) && value == *b"y"
}

fn is_owned_alike(now: &Metadata, before: &Metadata) -> bool {
    let of = |metadata: &Metadata| (metadata.mode() & 0o7777, metadata.uid(), metadata.gid());
    of(now) == of(before)
}

fn have_same_bytes(one: &Path, other: &Path) -> io::Result<bool> {
    let (mut one, mut other) = (File::open(one)?, File::open(other)?);
    let mut here = vec![0; 64 * 1024];
    let mut there = here.clone();
    loop {
        let count = one.read(&mut here)?;
        if count == 0 {
            return Ok(true);
        }
        other.read_exact(&mut there[..count])?;
        if here[..count] != there[..count] {
            return Ok(false);
        }
    }
}
