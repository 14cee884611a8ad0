//! Where a directory lands that comes out of a sandbox: what is in it is hostile, and a link that lies at its destination would lead
//! it elsewhere. So it comes to an empty place first, and what is in the way afterwards is replaced and never followed.

use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, symlink};
use std::path::{Path, PathBuf};

/// An empty directory in the destination. It goes when it is dropped.
pub(super) struct Landing {
    directory: PathBuf,
    destination: PathBuf,
}

impl Landing {
    /// Makes it, and the destination where that is not there.
    pub(super) fn new(destination: &Path) -> io::Result<Self> {
        fs::create_dir_all(destination)?;
        let random = getrandom::u64().map_err(io::Error::other)?;
        let directory = destination.join(format!(".ami-build-landing-{random:016x}"));
        fs::DirBuilder::new().mode(0o700).create(&directory)?;
        Ok(Self {
            directory,
            destination: destination.to_owned(),
        })
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.directory
    }

    /// Moves what came to the destination.
    pub(super) fn settle(self) -> io::Result<()> {
        merge(&self.directory, &self.destination)
    }
}

impl Drop for Landing {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.directory) {
            log::warn!("cannot remove {}: {error}", self.directory.display());
        }
    }
}

fn merge(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (came, place) = (entry.path(), to.join(entry.file_name()));
        match fs::symlink_metadata(&place) {
            Ok(there) if entry.file_type()?.is_dir() => {
                if there.is_symlink() {
                    unfold(&place)?;
                }
                merge(&came, &place)?;
            }
            // A rename replaces a link and does not follow it.
            _ => fs::rename(&came, &place)?,
        }
    }
    Ok(())
}

/// Puts a directory in the place of a link to one, with links to what is in that.
fn unfold(link: &Path) -> io::Result<()> {
    let names = fs::read_dir(link)?
        .map(|entry| Ok(entry?.file_name()))
        .collect::<io::Result<Vec<_>>>()?;
    let target = fs::canonicalize(link)?;
    fs::remove_file(link)?;
    fs::create_dir(link)?;
    for name in names {
        symlink(target.join(&name), link.join(&name))?;
    }
    Ok(())
}

#[cfg(test)]
mod unit {
    use super::*;

    /// A directory of somebody else, and a destination with a link to it and one to a file in it.
    fn places() -> (tempfile::TempDir, PathBuf, PathBuf) {
        let root = tempfile::tempdir().unwrap();
        let theirs = root.path().join("theirs");
        let destination = root.path().join("destination");
        fs::create_dir_all(theirs.join("deep")).unwrap();
        fs::create_dir(&destination).unwrap();
        for file in ["file", "deep/file", "deep/other"] {
            fs::write(theirs.join(file), "theirs").unwrap();
        }
        symlink(&theirs, destination.join("link")).unwrap();
        symlink(theirs.join("file"), destination.join("file")).unwrap();
        (root, theirs, destination)
    }

    #[test]
    fn what_lands_replaces_links_and_follows_none() {
        let (_root, theirs, destination) = places();
        let landing = Landing::new(&destination).unwrap();
        fs::create_dir_all(landing.path().join("link/deep")).unwrap();
        for file in ["file", "link/file", "link/deep/file", "link/new"] {
            fs::write(landing.path().join(file), "ours").unwrap();
        }
        landing.settle().unwrap();
        let read = |path: PathBuf| fs::read_to_string(path).unwrap();
        for file in ["file", "link/file", "link/deep/file", "link/new"] {
            assert_eq!(read(destination.join(file)), "ours", "{file}");
        }
        for file in ["file", "deep/file"] {
            assert_eq!(read(theirs.join(file)), "theirs", "{file}");
        }
        assert!(!theirs.join("new").exists());
        assert_eq!(read(destination.join("link/deep/other")), "theirs");
    }

    #[test]
    fn nothing_of_the_landing_stays() {
        let (_root, _theirs, destination) = places();
        let landing = Landing::new(&destination.join("new")).unwrap();
        fs::write(landing.path().join("a"), "").unwrap();
        landing.settle().unwrap();
        drop(Landing::new(&destination.join("new")).unwrap());
        let names = fs::read_dir(destination.join("new")).unwrap();
        let names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["a"]);
    }
}
