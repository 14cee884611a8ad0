//! The header of a tar's member as Packer writes it, so that the archive of the same files is the same bytes, today and tomorrow.

use std::fs::Metadata;
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use nix::unistd::{Gid, Group, Uid, User};
use tar::Header;

/// The checksum's place: <https://www.gnu.org/software/tar/manual/html_node/Standard.html>.
const CHECKSUM: std::ops::Range<usize> = 148..156;

/// A header with everything but name and checksum: no time, the permission bits alone, and the owner's names.
pub(super) fn header(metadata: &Metadata) -> io::Result<Header> {
    let mut header = Header::new_gnu();
    header.set_size(metadata.len());
    header.set_mode(metadata.permissions().mode() & 0o7777);
    header.set_mtime(0);
    header.set_entry_type(tar::EntryType::Regular);
    header.set_uid(metadata.uid().into());
    header.set_gid(metadata.gid().into());
    // A system without such a database, as a container may be, has no names: that is no error.
    if let Ok(Some(user)) = User::from_uid(Uid::from_raw(metadata.uid())) {
        header.set_username(&user.name)?;
    }
    if let Ok(Some(group)) = Group::from_gid(Gid::from_raw(metadata.gid())) {
        header.set_groupname(&group.name)?;
    }
    header.set_device_major(0)?;
    header.set_device_minor(0)?;
    Ok(header)
}

/// Sets a name that fits the header; where it does not fit, says so.
pub(super) fn seal(header: &mut Header, name: &Path) -> io::Result<()> {
    header.set_path(name)?;
    header.set_cksum();
    // Go ends it as GNU tar does: six digits, NUL, blank.
    let text = format!("{:06o}\0 ", header.cksum()?);
    header.as_mut_bytes()[CHECKSUM].copy_from_slice(text.as_bytes());
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_header_has_no_time_and_go_s_checksum() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mode = std::fs::Permissions::from_mode(0o640);
        std::fs::set_permissions(file.path(), mode).unwrap();
        let mut header = header(&file.path().metadata().unwrap()).unwrap();
        seal(&mut header, Path::new("out.txt")).unwrap();
        let bytes = header.as_bytes();
        assert_eq!(&bytes[100..108], b"0000640\0");
        assert_eq!(&bytes[136..148], b"00000000000\0");
        assert_eq!(&bytes[154..157], b"\0 0");
        assert_eq!(header.path().unwrap(), Path::new("out.txt"));
    }

    #[test]
    fn a_name_that_does_not_fit_is_refused() {
        let mut header = Header::new_gnu();
        assert!(seal(&mut header, Path::new(&"x".repeat(200))).is_err());
    }
}
