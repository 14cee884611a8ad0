//! Writes and reads directories, as tar streams with nothing in them but directories and files.

use std::fs;
use std::io::{self, BufReader, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Component, Path};

use super::files::{masked, named, write};

const PIECE: usize = 256 * 1024;

/// Writes what the input has below `DESTINATION`. Directories that exist keep their mode, as with scp.
pub(super) fn put(words: &[String]) -> io::Result<()> {
    let [destination] = words else {
        return Err(io::Error::other("wrong number of words"));
    };
    let destination = Path::new(destination);
    let found = fs::metadata(destination).map_err(|error| named(destination, &error))?;
    if !found.is_dir() {
        let error = io::Error::from_raw_os_error(libc::ENOTDIR);
        return Err(named(destination, &error));
    }
    extract(io::stdin().lock(), destination, masked())
}

/// Writes each `SOURCE` to the output, under its own name: the user's shell makes several of one pattern.
pub(super) fn get(sources: &[String]) -> io::Result<()> {
    let output = io::BufWriter::with_capacity(PIECE, io::stdout().lock());
    pack(sources, output)?.flush()
}

fn pack<W: io::Write>(sources: &[String], output: W) -> io::Result<W> {
    let mut archive = tar::Builder::new(output);
    for source in sources {
        let source = Path::new(source);
        let found = fs::metadata(source).map_err(|error| named(source, &error))?;
        // `.` and `..` have no name of their own.
        let whole = source.canonicalize()?;
        let name = source.file_name().or(whole.file_name());
        let name = Path::new(name.unwrap_or_default());
        add(&mut archive, source, name, &found, &mut Vec::new())?;
    }
    archive.into_inner()
}

fn extract(input: impl io::Read, destination: &Path, mask: u32) -> io::Result<()> {
    let mut archive = tar::Archive::new(BufReader::with_capacity(PIECE, input));
    for entry in archive.entries()? {
        let mut entry = entry?;
        let inside = entry.path()?.into_owned();
        if !inside
            .components()
            .all(|part| matches!(part, Component::Normal(_)))
        {
            return Err(io::Error::other("a path leads outside"));
        }
        let path = destination.join(inside);
        let mode = entry.header().mode()? & 0o777;
        if entry.header().entry_type().is_dir() {
            make_directory(&path, mode & !mask)?;
        } else {
            let size = entry.size();
            write(&path, mode & !mask, (&mut entry, size))?;
        }
    }
    Ok(())
}

/// As scp: what is written into it comes before a mode that forbids it.
fn make_directory(path: &Path, mode: u32) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let made = fs::DirBuilder::new().mode(mode | 0o700).create(path);
    made.map_err(|error| named(path, &error))
}

/// Adds a file or a directory with what is in it, links followed. `above` are the directories that it lies in.
fn add<W: io::Write>(
    archive: &mut tar::Builder<W>,
    path: &Path,
    inside: &Path,
    found: &fs::Metadata,
    above: &mut Vec<(u64, u64)>,
) -> io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_mode(found.permissions().mode() & 0o777);
    header.set_mtime(0);
    // Looked at before it is opened: a pipe would never end.
    if found.is_file() {
        return add_file(archive, path, inside, header);
    }
    if !found.is_dir() {
        let words = format!("scp: {}: not a regular file", path.display());
        return Err(io::Error::other(words));
    }
    let this = (found.dev(), found.ino());
    if above.contains(&this) {
        let words = format!("scp: {}: leads back to where it lies in", path.display());
        return Err(io::Error::other(words));
    }
    header.set_entry_type(tar::EntryType::Directory);
    header.set_size(0);
    archive.append_data(&mut header, inside, io::empty())?;
    above.push(this);
    let listed = fs::read_dir(path).map_err(|error| named(path, &error))?;
    let mut names = listed
        .map(|entry| Ok(entry?.file_name()))
        .collect::<io::Result<Vec<_>>>()?;
    names.sort();
    for name in names {
        let path = path.join(&name);
        let found = fs::metadata(&path).map_err(|error| named(&path, &error))?;
        add(archive, &path, &inside.join(&name), &found, above)?;
    }
    above.pop();
    Ok(())
}

fn add_file<W: io::Write>(
    archive: &mut tar::Builder<W>,
    path: &Path,
    inside: &Path,
    mut header: tar::Header,
) -> io::Result<()> {
    let file = fs::File::open(path).map_err(|error| named(path, &error))?;
    let found = file.metadata()?;
    header.set_entry_type(tar::EntryType::Regular);
    header.set_size(found.len());
    archive.append_data(&mut header, inside, io::Read::take(file, found.len()))
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn a_path_that_leads_outside_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let mut header = tar::Header::new_gnu();
        header.set_size(0);
        header.set_mode(0o644);
        header.as_old_mut().name[..4].copy_from_slice(b"../x");
        header.set_cksum();
        let mut bytes = header.as_bytes().to_vec();
        bytes.extend([0; 1024]);
        extract(&*bytes, root.path(), 0).unwrap_err();
    }

    #[test]
    fn directories_and_files_come_back_as_they_went_under_the_names_that_were_asked_for() {
        let root = tempfile::tempdir().unwrap();
        let from = root.path().join("from");
        fs::create_dir_all(from.join("sub")).unwrap();
        fs::write(from.join("sub/file"), "content").unwrap();
        std::os::unix::fs::symlink("from", root.path().join("current")).unwrap();
        let asked = ["from/", "current", "from/sub/file"];
        let asked = asked.map(|path| root.path().join(path).display().to_string());
        let bytes = pack(&asked, Vec::new()).unwrap();
        let to = root.path().join("to");
        fs::create_dir(&to).unwrap();
        extract(&*bytes, &to, 0o022).unwrap();
        for file in ["from/sub/file", "current/sub/file", "file"] {
            assert_eq!(fs::read(to.join(file)).unwrap(), b"content", "{file}");
        }
    }
}
