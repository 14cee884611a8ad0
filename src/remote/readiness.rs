//! Waits until a socket has something for us.

use std::io;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// Waits for `flags` on `socket`, or until `other` is readable, at most `patience`; says whether anything is ready.
pub(super) fn wait_for(
    socket: &OwnedFd,
    flags: PollFlags,
    other: Option<BorrowedFd<'_>>,
    patience: Duration,
) -> io::Result<bool> {
    wait_for_any(socket, flags, other.as_slice(), patience)
}

/// Waits for `flags` on `socket`, or until one of `others` is readable, at most `patience`; says whether anything is ready.
pub(super) fn wait_for_any(
    socket: &OwnedFd,
    flags: PollFlags,
    others: &[BorrowedFd<'_>],
    patience: Duration,
) -> io::Result<bool> {
    let mut watched = vec![PollFd::new(socket.as_fd(), flags)];
    watched.extend(
        others
            .iter()
            .map(|other| PollFd::new(*other, PollFlags::POLLIN)),
    );
    let timeout = PollTimeout::try_from(patience).unwrap_or(PollTimeout::MAX);
    match poll(&mut watched, timeout) {
        Ok(ready) => Ok(ready > 0),
        Err(Errno::EINTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
