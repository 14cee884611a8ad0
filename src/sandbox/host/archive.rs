//! Directories as tar streams.

use std::fs::{self, OpenOptions};
use std::io::{self, BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Component, Path};

use tar::{Archive, Builder, EntryType, Header};

use super::transfer::Side;
use crate::remote::{
    Exactly, Meter, OWNERS, RemoteError, Step, file_mode, is_closed, local_metadata, walk,
};

/// The deepest directory that is fetched.
const DEEPEST: usize = 100;

/// What one stream holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// Open to their owner until the files are there.
    Directories,
    Files,
    /// Those directories that are not to stay open.
    Closed,
}

/// Writes what is below `source`, or `source` itself under the name `prefix`, links followed.
pub(super) fn fill(
    to: &mut dyn Write,
    (source, holds): (&Path, Holds),
    prefix: &Path,
    meter: &Meter,
) -> Result<(), Side> {
    let mut archive = Builder::new(BufWriter::with_capacity(1 << 18, to));
    let enter = |archive: &mut Builder<_>, path: &Path, mode: u32| {
        let mode = match holds {
            Holds::Directories => mode | OWNERS,
            Holds::Closed if is_closed(mode) => mode,
            Holds::Closed | Holds::Files => return Ok(()),
        };
        add(archive, EntryType::Directory, (path, mode, 0), io::empty())
    };
    if prefix != Path::new("") {
        enter(&mut archive, prefix, file_mode(&local_metadata(source)?))?;
    }
    walk(source, &mut |step| match step {
        Step::Enter { inside, mode, .. } => enter(&mut archive, &prefix.join(inside), mode),
        Step::File {
            inside,
            local,
            mode,
            size,
            ..
        } if holds == Holds::Files => {
            let content = meter.count(Exactly::open(local, size)?);
            let path = prefix.join(inside);
            let kind = EntryType::Regular;
            add(&mut archive, kind, (&path, mode, size), content).map_err(|side| match side {
                Side::There(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                    RemoteError::local(local, error).into()
                }
                other => other,
            })
        }
        _ => Ok(()),
    })?;
    let written = archive.into_inner().and_then(|mut stream| stream.flush());
    written.map_err(Side::There)
}

fn add(
    archive: &mut Builder<impl Write>,
    kind: EntryType,
    (path, mode, size): (&Path, u32, u64),
    content: impl Read,
) -> Result<(), Side> {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_size(size);
    header.set_mtime(0);
    archive
        .append_data(&mut header, path, content)
        .map_err(Side::There)
}

/// Writes files and directories of a stream below `to`. What else is in it, or leads elsewhere, is left out.
pub(super) fn unpack(from: impl Read, to: &Path) -> Result<(), RemoteError> {
    let make =
        |path: &Path| fs::create_dir_all(path).map_err(|error| RemoteError::local(path, error));
    let broken = |error| RemoteError::broken("fetching a directory", error);
    make(to)?;
    let mut archive = Archive::new(from);
    for entry in archive.entries().map_err(broken)? {
        let mut entry = entry.map_err(broken)?;
        let inside = entry.path().map_err(broken)?.into_owned();
        if leads_elsewhere(&inside) {
            continue;
        }
        let path = to.join(&inside);
        match entry.header().entry_type() {
            EntryType::Directory => make(&path)?,
            EntryType::Regular => {
                let mode = entry.header().mode().unwrap_or(0o644) & 0o777;
                let opened = OpenOptions::new()
                    .write(true)
                    .create(true)
                    .truncate(true)
                    .mode(mode)
                    .open(&path);
                let mut file = opened.map_err(|error| RemoteError::local(&path, error))?;
                io::copy(&mut entry, &mut file)
                    .map_err(|error| RemoteError::local(&path, error))?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// Whoever walks a directory that is deeper than any that was meant needs a call for each of its steps.
fn leads_elsewhere(inside: &Path) -> bool {
    let mut parts = inside.components();
    parts.any(|part| !matches!(part, Component::Normal(_) | Component::CurDir))
        || inside.components().count() > DEEPEST
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_leads_out_is_left_out() {
        let place = tempfile::tempdir().unwrap();
        let mut bytes = Vec::new();
        let mut archive = Builder::new(&mut bytes);
        for name in ["good/x", "evil"] {
            let mut header = Header::new_gnu();
            header.set_size(1);
            header.set_mode(0o640);
            if name == "evil" {
                let path = b"../escaped";
                header.as_gnu_mut().unwrap().name[..path.len()].copy_from_slice(path);
                header.set_cksum();
                archive.append(&header, &b"x"[..]).unwrap();
            } else {
                let mut directory = Header::new_gnu();
                directory.set_entry_type(EntryType::Directory);
                directory.set_mode(0o755);
                directory.set_size(0);
                archive
                    .append_data(&mut directory, "good", io::empty())
                    .unwrap();
                archive.append_data(&mut header, name, &b"x"[..]).unwrap();
            }
        }
        archive.finish().unwrap();
        drop(archive);
        let to = place.path().join("to");
        unpack(&*bytes, &to).unwrap();
        assert_eq!(fs::read(to.join("good/x")).unwrap(), b"x");
        assert!(!place.path().join("escaped").exists());
    }
}
