//! One connection through a tunnel: a local socket on one side, a channel on the other.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::ops::BitOr;
use std::os::fd::{AsFd as _, BorrowedFd};

use crate::remote::ssh::{Channel, Stream};
use crate::remote::tunnel::Pending;

/// Whether anything moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Went {
    Nothing,
    Something,
}

impl BitOr for Went {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        if self == Self::Nothing { other } else { self }
    }
}

/// One connection.
pub(super) struct Way {
    local: TcpStream,
    channel: Channel,
    to_channel: Pending,
    to_local: Pending,
    /// The local side has said all that it has to say.
    heard: bool,
    /// The machine's side has.
    told: bool,
}

impl Way {
    pub(super) fn new(local: TcpStream, channel: Channel) -> io::Result<Self> {
        local.set_nonblocking(true)?;
        local.set_nodelay(true)?;
        Ok(Self {
            local,
            channel,
            to_channel: Pending::default(),
            to_local: Pending::default(),
            heard: false,
            told: false,
        })
    }

    /// Moves what can be moved, in both directions.
    pub(super) fn pump(&mut self, buffer: &mut [u8]) -> io::Result<Went> {
        Ok(self.outwards(buffer)? | self.inwards(buffer)?)
    }

    /// Whether both sides are done.
    pub(super) fn is_over(&self) -> bool {
        self.told && self.to_local.is_empty() && (self.heard && self.to_channel.is_empty())
    }

    /// Whether bytes wait for room on the other side.
    pub(super) fn is_stuck(&self) -> bool {
        !self.to_channel.is_empty() || !self.to_local.is_empty()
    }

    /// The local socket, where something may still come from it.
    pub(super) fn readable(&self) -> Option<BorrowedFd<'_>> {
        (!self.heard && self.to_channel.is_empty()).then(|| self.local.as_fd())
    }

    fn outwards(&mut self, buffer: &mut [u8]) -> io::Result<Went> {
        let mut went = Went::Nothing;
        if !self.heard && self.to_channel.is_empty() {
            match self.local.read(buffer) {
                Ok(0) => {
                    self.heard = true;
                    self.channel.finish_input()?;
                    return Ok(Went::Something);
                }
                Ok(count) => {
                    self.to_channel.fill(&buffer[..count]);
                    went = Went::Something;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
        let channel = &mut self.channel;
        let moved = self.to_channel.drain(|bytes| channel.write_some(bytes))?;
        Ok(if moved > 0 { Went::Something } else { went })
    }

    fn inwards(&mut self, buffer: &mut [u8]) -> io::Result<Went> {
        let mut went = Went::Nothing;
        if !self.told && self.to_local.is_empty() {
            match self.channel.read_some(Stream::Stdout, buffer)? {
                Some(0) | None if self.channel.at_end() => {
                    self.told = true;
                    let _gone = self.local.shutdown(Shutdown::Write);
                    return Ok(Went::Something);
                }
                Some(count) if count > 0 => {
                    self.to_local.fill(&buffer[..count]);
                    went = Went::Something;
                }
                Some(_) | None => {}
            }
        }
        let local = &mut self.local;
        let moved = self.to_local.drain(|bytes| match local.write(bytes) {
            Ok(count) => Ok(Some(count)),
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
        })?;
        Ok(if moved > 0 { Went::Something } else { went })
    }
}
