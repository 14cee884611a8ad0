//! A local directory tree as a series of steps, in the order in which scp sends it. Links are followed, as in Packer.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::Path;

use super::RemoteError;

/// One step of the walk. Paths with `inside` are relative to the directory that was walked.
pub(crate) enum Step<'a> {
    /// A directory begins.
    Enter {
        name: &'a str,
        inside: &'a Path,
        mode: u32,
    },
    /// A file.
    File {
        name: &'a str,
        inside: &'a Path,
        local: &'a Path,
        mode: u32,
        size: u64,
    },
    /// The directory that began last ends.
    Leave,
}

/// Is told every step.
pub(crate) type Visit<'a, E> = &'a mut dyn FnMut(Step<'_>) -> Result<(), E>;

/// Walks the contents of `directory`, names in order.
pub(crate) fn walk<E: From<RemoteError>>(directory: &Path, visit: Visit<'_, E>) -> Result<(), E> {
    let begin = metadata(directory)?;
    walk_below(directory, Path::new(""), &[identity(&begin)], visit)
}

/// Device and inode.
type Identity = (u64, u64);

fn identity(metadata: &Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt as _;
    (metadata.dev(), metadata.ino())
}

/// `above`: this directory and those that it lies in. A link to one of them has no end.
fn walk_below<E: From<RemoteError>>(
    directory: &Path,
    inside: &Path,
    above: &[Identity],
    visit: Visit<'_, E>,
) -> Result<(), E> {
    let failed = |error| E::from(RemoteError::local(directory, error));
    let listed: Result<Vec<_>, _> = fs::read_dir(directory)
        .map_err(failed)?
        .map(|entry| Ok(entry?.file_name()))
        .collect();
    let mut names = listed.map_err(failed)?;
    names.sort();
    for name in names {
        let local = directory.join(&name);
        let inside = inside.join(&name);
        let metadata = metadata(&local)?;
        let name = name.to_string_lossy();
        if metadata.is_dir() {
            let this = identity(&metadata);
            if above.contains(&this) {
                let reason = "the link leads back to a directory that it lies in";
                return Err(RemoteError::local(&local, io::Error::other(reason)).into());
            }
            visit(Step::Enter {
                name: &name,
                inside: &inside,
                mode: mode(&metadata),
            })?;
            walk_below(&local, &inside, &[above, &[this]].concat(), visit)?;
            visit(Step::Leave)?;
        } else {
            visit(Step::File {
                name: &name,
                inside: &inside,
                local: &local,
                mode: mode(&metadata),
                size: metadata.len(),
            })?;
        }
    }
    Ok(())
}

/// What is at `path`, links followed: a file or a directory, and nothing else, since a pipe would never end.
pub(crate) fn metadata(path: &Path) -> Result<Metadata, RemoteError> {
    let metadata = fs::metadata(path).map_err(|error| RemoteError::local(path, error))?;
    if metadata.is_file() || metadata.is_dir() {
        return Ok(metadata);
    }
    Err(RemoteError::local(
        path,
        io::Error::other("neither a file nor a directory"),
    ))
}

/// The bytes of all files below `directory`.
pub(crate) fn size(directory: &Path) -> Result<u64, RemoteError> {
    let mut total = 0;
    walk(directory, &mut |step| {
        if let Step::File { size, .. } = step {
            total += size;
        }
        Ok::<_, RemoteError>(())
    })?;
    Ok(total)
}

/// What the owner of a directory needs to fill it.
pub(crate) const OWNERS: u32 = 0o700;

/// Whether the owner of a directory of that mode cannot fill it.
pub(crate) fn is_closed(mode: u32) -> bool {
    mode & OWNERS != OWNERS
}

/// Whether `directory` or one below it is closed to its owner.
pub(crate) fn has_closed(directory: &Path) -> Result<bool, RemoteError> {
    let mut found = is_closed(mode(&metadata(directory)?));
    walk(directory, &mut |step| {
        if let Step::Enter { mode, .. } = step {
            found |= is_closed(mode);
        }
        Ok::<_, RemoteError>(())
    })?;
    Ok(found)
}

/// The permission bits.
#[cfg(unix)]
pub(crate) fn mode(metadata: &Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o777
}

/// A file's first `size` bytes; an error if it has fewer, since its size was already promised to the other side.
pub(crate) struct Exactly {
    file: File,
    left: u64,
}

impl Exactly {
    /// Opens `path`.
    pub(crate) fn open(path: &Path, size: u64) -> Result<Self, RemoteError> {
        let file = File::open(path).map_err(|error| RemoteError::local(path, error))?;
        Ok(Self { file, left: size })
    }
}

impl Read for Exactly {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = buffer
            .len()
            .min(usize::try_from(self.left).unwrap_or(usize::MAX));
        if wanted == 0 {
            return Ok(0);
        }
        let count = self.file.read(&mut buffer[..wanted])?;
        if count == 0 {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the file became shorter while it was read",
            ));
        }
        self.left -= count as u64;
        Ok(count)
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn a_link_that_leads_back_up_is_refused_and_one_to_a_neighbour_is_followed() {
        let root = tempfile::tempdir().unwrap();
        for name in ["one", "two"] {
            fs::create_dir(root.path().join(name)).unwrap();
        }
        std::os::unix::fs::symlink("../two", root.path().join("one/neighbour")).unwrap();
        let walk = || walk::<RemoteError>(root.path(), &mut |_| Ok(()));
        walk().unwrap();
        std::os::unix::fs::symlink("..", root.path().join("two/up")).unwrap();
        let error = walk().unwrap_err();
        assert!(error.to_string().contains("one/neighbour/up"), "{error}");
    }
}
