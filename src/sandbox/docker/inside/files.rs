//! Writes and reads single files, as scp's other side does.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use nix::sys::stat::{Mode, umask};

/// Of one read or write.
const PIECE: usize = 256 * 1024;

/// What is read of a content that cannot be written: as much as may be on its way.
const DRAINED: u64 = 1 << 20;

/// Writes the input into `DIRECTORY` under `NAME`, with `MODE` (octal) and `SIZE` bytes. Where the directory is none, scp takes
/// it for the file's name; so does this.
pub(super) fn put(words: &[String]) -> io::Result<()> {
    let [directory, name, mode, size] = words else {
        return Err(io::Error::other("wrong number of words"));
    };
    let mode = u32::from_str_radix(mode, 8).map_err(io::Error::other)?;
    let size = size.parse().map_err(io::Error::other)?;
    let mut path = PathBuf::from(directory);
    if path.is_dir() {
        path.push(name);
    }
    let mut content = io::stdin().lock().take(size);
    let written = write(&path, mode & !masked(), (&mut content, size));
    if written.is_err() {
        // Podman breaks the connection, and with it what is still to be said, where nobody reads what it has.
        let rest = content.limit().min(DRAINED);
        let _unread = io::copy(&mut content.take(rest), &mut io::sink());
    }
    written
}

/// Writes `SOURCE`'s size as a line, then its bytes.
pub(super) fn get(words: &[String]) -> io::Result<()> {
    let [source] = words else {
        return Err(io::Error::other("wrong number of words"));
    };
    let path = Path::new(source);
    // Looked at before it is opened: a pipe would never end.
    let found = fs::metadata(path).map_err(|error| named(path, &error))?;
    if !found.is_file() {
        let words = format!("scp: {source}: not a regular file");
        return Err(io::Error::other(words));
    }
    let mut file = File::open(path).map_err(|error| named(path, &error))?;
    let mut output = io::stdout().lock();
    writeln!(output, "{}", found.len())?;
    pour(&mut file, &mut output, found.len())
}

/// Writes a file in place, through links.
pub(super) fn write(
    path: &Path,
    mode: u32,
    (content, size): (&mut impl Read, u64),
) -> io::Result<()> {
    let opened = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(mode)
        .open(path);
    let mut file = opened.map_err(|error| named(path, &error))?;
    let is_file = file.metadata()?.is_file();
    pour(content, &mut file, size).map_err(|error| named(path, &error))?;
    if is_file {
        file.set_len(size).map_err(|error| named(path, &error))?;
        let _another_owner = fs::set_permissions(path, fs::Permissions::from_mode(mode));
    }
    Ok(())
}

/// The bits that a new file does not get.
pub(super) fn masked() -> u32 {
    let mask = umask(Mode::empty());
    umask(mask);
    mask.bits()
}

/// The error with its path, in scp's words.
pub(super) fn named(path: &Path, error: &io::Error) -> io::Error {
    let words = match error.raw_os_error() {
        Some(code) => nix::errno::Errno::from_raw(code).desc().to_owned(),
        None => error.to_string(),
    };
    io::Error::new(error.kind(), format!("scp: {}: {words}", path.display()))
}

/// Moves exactly so many bytes.
pub(super) fn pour(from: &mut impl Read, to: &mut impl io::Write, size: u64) -> io::Result<()> {
    let mut buffer = vec![0; usize::try_from(size).map_or(PIECE, |size| size.clamp(1, PIECE))];
    let mut left = size;
    while left > 0 {
        let wanted = usize::try_from(left).map_or(buffer.len(), |left| left.min(buffer.len()));
        let count = from.read(&mut buffer[..wanted])?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        to.write_all(&buffer[..count])?;
        left -= count as u64;
    }
    to.flush()
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn a_file_that_is_there_is_written_in_place_and_gets_the_mode() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("file");
        fs::write(&path, "much longer than before").unwrap();
        fs::hard_link(&path, root.path().join("other")).unwrap();
        write(&path, 0o640, (&mut &b"new"[..], 3)).unwrap();
        assert_eq!(fs::read(root.path().join("other")).unwrap(), b"new");
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
    }

    #[test]
    fn an_error_is_said_in_scps_words() {
        let root = tempfile::tempdir().unwrap();
        let error = write(root.path(), 0o644, (&mut &b""[..], 0)).unwrap_err();
        let expected = format!("scp: {}: Is a directory", root.path().display());
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn a_content_that_ends_early_is_an_error() {
        let root = tempfile::tempdir().unwrap();
        let content = (&mut &b"abc"[..], 4);
        write(&root.path().join("file"), 0o644, content).unwrap_err();
    }
}
