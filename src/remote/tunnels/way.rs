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

/// How far the local side is with what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Heard {
    /// More may come.
    More,
    /// It is done, and the machine has to be told.
    Ending,
    /// The machine knows.
    All,
}

/// One connection.
pub(super) struct Way {
    local: TcpStream,
    channel: Channel,
    to_channel: Pending,
    to_local: Pending,
    /// What the local side still has to say.
    heard: Heard,
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
            heard: Heard::More,
            told: false,
        })
    }

    /// Moves what can be moved, in both directions.
    pub(super) fn pump(&mut self, buffer: &mut [u8]) -> io::Result<Went> {
        Ok(self.outwards(buffer)? | self.inwards(buffer)?)
    }

    /// Whether both sides are done.
    pub(super) fn is_over(&self) -> bool {
        self.told && self.to_local.is_empty() && self.heard == Heard::All
    }

    /// Whether bytes wait for room on the other side.
    pub(super) fn is_stuck(&self) -> bool {
        self.heard == Heard::Ending || !self.to_channel.is_empty() || !self.to_local.is_empty()
    }

    /// The local socket, where something may still come from it.
    pub(super) fn readable(&self) -> Option<BorrowedFd<'_>> {
        (self.heard == Heard::More && self.to_channel.is_empty()).then(|| self.local.as_fd())
    }

    fn outwards(&mut self, buffer: &mut [u8]) -> io::Result<Went> {
        let mut went = Went::Nothing;
        if self.heard == Heard::More && self.to_channel.is_empty() {
            match self.local.read(buffer) {
                Ok(0) => self.heard = Heard::Ending,
                Ok(count) => {
                    self.to_channel.fill(&buffer[..count]);
                    went = Went::Something;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
        if self.heard == Heard::Ending {
            return self.end_input();
        }
        let channel = &mut self.channel;
        let moved = self.to_channel.drain(|bytes| channel.write_some(bytes))?;
        Ok(if moved > 0 { Went::Something } else { went })
    }

    /// Tells the machine that nothing more comes. Another way's packet may still fill the connection: then it is told later,
    /// and the answer that this way waits for is not lost.
    fn end_input(&mut self) -> io::Result<Went> {
        match self.channel.finish_input() {
            Ok(()) => {
                self.heard = Heard::All;
                Ok(Went::Something)
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(Went::Nothing),
            Err(error) => Err(error),
        }
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
