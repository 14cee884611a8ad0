//! Takes a directory out of a sandbox. What comes is hostile: directories and files, by names that lead nowhere else.

use std::fs::{self, OpenOptions};
use std::io::{self, BufReader};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Component, Path};

use crate::remote::{Meter, RemoteError};

use super::carry::Drain;

/// Writes what the stream has below `destination`.
pub(super) fn take(drain: Drain, destination: &Path, meter: &Meter) -> Result<(), RemoteError> {
    extract(
        BufReader::with_capacity(256 * 1024, drain),
        destination,
        meter,
    )
}

fn extract(stream: impl io::Read, destination: &Path, meter: &Meter) -> Result<(), RemoteError> {
    let receiving = |error| RemoteError::broken("receiving a directory", error);
    let mut archive = tar::Archive::new(stream);
    for entry in archive.entries().map_err(receiving)? {
        let mut entry = entry.map_err(receiving)?;
        let inside = entry.path().map_err(receiving)?.into_owned();
        if !inside
            .components()
            .all(|part| matches!(part, Component::Normal(_)))
        {
            let words = format!("the sandbox sent the path `{}`", inside.display());
            return Err(RemoteError::Refused(words));
        }
        let path = destination.join(inside);
        let local = |error| RemoteError::local(&path, error);
        match entry.header().entry_type() {
            tar::EntryType::Directory => fs::create_dir_all(&path).map_err(local)?,
            tar::EntryType::Regular => {
                let mode = entry.header().mode().map_err(receiving)? & 0o777;
                let opened = OpenOptions::new()
                    .write(true)
                    .create(true)
                    .truncate(true)
                    .mode(mode)
                    .open(&path);
                let size = entry.size();
                let mut content = meter.count(&mut entry);
                let copied = io::copy(&mut content, &mut opened.map_err(local)?);
                if copied.map_err(local)? < size {
                    return Err(receiving(io::ErrorKind::UnexpectedEof.into()));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod unit {
    use super::*;

    fn archive(name: &[u8], kind: tar::EntryType) -> Vec<u8> {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_mode(0o777);
        header.set_size(0);
        header.as_old_mut().name[..name.len()].copy_from_slice(name);
        header.as_old_mut().linkname[..4].copy_from_slice(b"/etc");
        header.set_cksum();
        [header.as_bytes().to_vec(), vec![0; 1024]].concat()
    }

    #[test]
    fn a_path_that_leads_outside_is_refused() {
        let root = tempfile::tempdir().unwrap();
        for name in [&b"../out"[..], b"/etc/passwd", b"a/../../out"] {
            let bytes = archive(name, tar::EntryType::Regular);
            extract(&*bytes, root.path(), &Meter::default()).unwrap_err();
        }
    }

    #[test]
    fn a_link_is_not_made() {
        let root = tempfile::tempdir().unwrap();
        let bytes = archive(b"link", tar::EntryType::Symlink);
        extract(&*bytes, root.path(), &Meter::default()).unwrap();
        assert!(fs::symlink_metadata(root.path().join("link")).is_err());
    }
}
