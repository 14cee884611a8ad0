//! Where what comes out of a sandbox lands: in the directory that it was meant for, through no link that lies there, and not
//! without end. What is fetched was written by scripts, so neither names nor sizes are to be trusted.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The deepest directory that is made.
const DEEPEST: usize = 100;

/// How much may still come out of one sandbox. Clones are the same one.
#[derive(Clone, Debug)]
pub(crate) struct Allowance(Arc<Bytes>);

#[derive(Debug)]
struct Bytes {
    whole: u64,
    left: AtomicU64,
}

/// A reader that gives no more than there is allowance for.
pub(crate) struct Bounded<'a, R> {
    reader: R,
    allowance: &'a Allowance,
}

impl Allowance {
    /// An allowance of so many bytes, all that is fetched taken together.
    pub(crate) fn new(bytes: u64) -> Self {
        Self(Arc::new(Bytes {
            whole: bytes,
            left: AtomicU64::new(bytes),
        }))
    }

    /// Bounds what is read from `reader`.
    pub(crate) fn bound<R>(&self, reader: R) -> Bounded<'_, R> {
        Bounded {
            reader,
            allowance: self,
        }
    }

    /// Whether nothing is left of it.
    pub(crate) fn is_used_up(&self) -> bool {
        self.0.left.load(Ordering::Relaxed) == 0
    }
}

impl<R: Read> Read for Bounded<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Bytes { whole, left } = &*self.allowance.0;
        let allowed = left.load(Ordering::Relaxed);
        if allowed == 0 {
            let text = format!(
                "more than {} MiB would come out of the sandbox, which is all that it may hold",
                whole >> 20
            );
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, text));
        }
        let most = usize::try_from(allowed).map_or(buffer.len(), |most| most.min(buffer.len()));
        let count = self.reader.read(&mut buffer[..most])?;
        left.fetch_sub(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// Creates a file, or empties it. A link there gives way to it: what it leads to is not ours.
pub(crate) fn create_file(path: &Path, mode: u32) -> io::Result<File> {
    remove_link(path)?;
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(mode)
        .custom_flags(libc::O_NOFOLLOW)
        .open(path)
}

/// Makes the directories of `inside` below `root`, which is there. A link among them gives way.
pub(crate) fn make_directories(root: &Path, inside: &Path) -> io::Result<PathBuf> {
    let mut reached = root.to_owned();
    for (depth, part) in inside.components().enumerate() {
        match part {
            Component::Normal(name) if depth < DEEPEST => reached.push(name),
            Component::CurDir => continue,
            _ => return Err(io::ErrorKind::InvalidFilename.into()),
        }
        remove_link(&reached)?;
        match fs::create_dir(&reached) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
    }
    Ok(reached)
}

fn remove_link(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_symlink() => fs::remove_file(path),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn nothing_is_written_through_a_link() {
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().join(name);
        fs::create_dir_all(at("workspace/scripts")).unwrap();
        fs::write(at("workspace/README"), "mine").unwrap();
        fs::create_dir(at("scratch")).unwrap();
        symlink(at("workspace/README"), at("scratch/README")).unwrap();
        symlink(at("workspace/scripts"), at("scratch/scripts")).unwrap();
        create_file(&at("scratch/README"), 0o644).unwrap();
        let made = make_directories(&at("scratch"), Path::new("./scripts/new")).unwrap();
        create_file(&made.join("x"), 0o644).unwrap();
        assert_eq!(fs::read(at("workspace/README")).unwrap(), b"mine");
        assert_eq!(fs::read_dir(at("workspace/scripts")).unwrap().count(), 0);
        assert!(at("scratch/scripts/new/x").is_file());
    }

    #[test]
    fn a_path_that_leads_out_or_goes_too_deep_is_refused() {
        let place = tempfile::tempdir().unwrap();
        for path in ["../x", "/x", &"d/".repeat(DEEPEST + 1)] {
            let made = make_directories(place.path(), Path::new(path));
            assert!(made.is_err(), "{path}");
        }
    }

    #[test]
    fn one_allowance_is_for_all_that_is_fetched() {
        let allowance = Allowance::new(10);
        let mut bytes = Vec::new();
        let first = allowance.bound(&[1; 8][..]).read_to_end(&mut bytes);
        assert_eq!((first.unwrap(), allowance.is_used_up()), (8, false));
        let second = allowance.clone();
        let error = second.bound(io::repeat(2)).read_to_end(&mut bytes);
        assert_eq!(error.unwrap_err().kind(), io::ErrorKind::FileTooLarge);
        assert_eq!((bytes.len(), allowance.is_used_up()), (10, true));
    }
}
