//! The line between this program and the sandbox's side of it: whole messages, with open files beside them.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, SocketFlags, SocketType,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The longest message: the kernel's own limit for a socket is not much more, and that for a command's text is less.
const LONGEST: usize = 160 * 1024;

/// The most files beside a message.
const FILES: usize = 4;

/// A new line with both its ends.
pub(super) fn pair() -> io::Result<(OwnedFd, OwnedFd)> {
    let ends = rustix::net::socketpair(
        AddressFamily::UNIX,
        SocketType::SEQPACKET,
        SocketFlags::CLOEXEC,
        None,
    )?;
    Ok(ends)
}

/// Sends one message.
pub(super) fn send(
    line: impl AsFd,
    message: &impl Serialize,
    files: &[BorrowedFd<'_>],
) -> io::Result<()> {
    let bytes = serde_json::to_vec(message)?;
    if bytes.len() > LONGEST {
        return Err(io::Error::new(
            io::ErrorKind::ArgumentListTooLong,
            "the message is longer than the kernel lets a command be",
        ));
    }
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(FILES))];
    let mut beside = SendAncillaryBuffer::new(&mut space);
    if !files.is_empty() && !beside.push(SendAncillaryMessage::ScmRights(files)) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let parts = [IoSlice::new(&bytes)];
    rustix::net::sendmsg(line, &parts, &mut beside, SendFlags::NOSIGNAL)?;
    Ok(())
}

/// Waits for the next message; `None` when the other end is gone.
pub(super) fn receive<T: DeserializeOwned>(
    line: impl AsFd,
) -> io::Result<Option<(T, Vec<OwnedFd>)>> {
    let mut bytes = vec![0; LONGEST];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(FILES))];
    let mut beside = RecvAncillaryBuffer::new(&mut space);
    let count = loop {
        let mut parts = [IoSliceMut::new(&mut bytes)];
        match rustix::net::recvmsg(&line, &mut parts, &mut beside, RecvFlags::CMSG_CLOEXEC) {
            Ok(received) => break received.bytes,
            Err(rustix::io::Errno::INTR) => {}
            Err(rustix::io::Errno::CONNRESET) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
    };
    if count == 0 {
        return Ok(None);
    }
    let mut files = Vec::new();
    for message in beside.drain() {
        if let RecvAncillaryMessage::ScmRights(received) = message {
            files.extend(received);
        }
    }
    Ok(Some((serde_json::from_slice(&bytes[..count])?, files)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read as _, Write as _};
    use std::os::unix::net::UnixStream;

    #[test]
    fn a_message_comes_whole_with_the_files_beside_it() {
        let (here, there) = pair().unwrap();
        let (mut kept, given) = UnixStream::pair().unwrap();
        send(&here, &"one", &[given.as_fd()]).unwrap();
        send(&here, &"two", &[]).unwrap();
        drop(given);
        let (text, mut files) = receive::<String>(&there).unwrap().unwrap();
        assert_eq!((text.as_str(), files.len()), ("one", 1));
        kept.write_all(b"through").unwrap();
        let mut through = [0; 7];
        UnixStream::from(files.remove(0))
            .read_exact(&mut through)
            .unwrap();
        assert_eq!(&through, b"through");
        let (text, files) = receive::<String>(&there).unwrap().unwrap();
        assert_eq!((text.as_str(), files.len()), ("two", 0));
        drop(here);
        assert!(receive::<String>(&there).unwrap().is_none());
    }

    #[test]
    fn a_message_of_the_longest_command_fits_and_a_longer_one_is_refused() {
        let (here, there) = pair().unwrap();
        send(&here, &"x".repeat(128 * 1024), &[]).unwrap();
        assert!(receive::<String>(&there).unwrap().is_some());
        assert!(send(&here, &"x".repeat(LONGEST), &[]).is_err());
    }
}
