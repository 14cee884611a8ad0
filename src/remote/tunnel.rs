//! A way through a bastion host: a thread that carries bytes between a local socket and a channel of the bastion's connection.

use std::io::{self, Read, Write};
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

use super::ssh::{Channel, Connection, Stream, Waiting};

/// Wakes up now and then to keep the bastion's connection alive.
const TICK: Duration = Duration::from_secs(5);

/// Of one read.
const BUFFER: usize = 64 * 1024;

/// Opens a channel from the bastion to `host` and returns the local end of the way there.
/// The thread ends, and hangs up, when either side closes.
pub(super) fn through(bastion: Connection, host: &str, port: u16) -> io::Result<OwnedFd> {
    let channel = bastion.tunnel(host, port)?;
    let (ours, theirs) = UnixStream::pair()?;
    theirs.set_nonblocking(true)?;
    thread::Builder::new()
        .name(format!("bastion to {host}"))
        .spawn(move || {
            bastion.set_waiting(Waiting::Never);
            if let Err(error) = carry(&bastion, channel, &theirs) {
                log::debug!("the way through the bastion host ended: {error}");
            }
            let _already_gone = theirs.shutdown(std::net::Shutdown::Both);
            bastion.set_waiting(Waiting::Blocking);
            bastion.hang_up();
        })?;
    Ok(ours.into())
}

fn carry(bastion: &Connection, mut channel: Channel, local: &UnixStream) -> io::Result<()> {
    let mut buffer = vec![0; BUFFER];
    let mut to_channel = Pending::default();
    let mut to_local = Pending::default();
    loop {
        let mut moved = 0;
        if to_channel.is_empty() {
            match (&*local).read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(count) => to_channel.fill(&buffer[..count]),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
        moved += to_channel.drain(|bytes| channel.write_some(bytes))?;
        if to_local.is_empty()
            && let Some(count) = channel.read_some(Stream::Stdout, &mut buffer)?
        {
            to_local.fill(&buffer[..count]);
        }
        moved += to_local.drain(|bytes| local_write(local, bytes))?;
        if to_local.is_empty() && channel.at_end() {
            return Ok(());
        }
        if moved == 0 {
            let stuck = !to_channel.is_empty() || !to_local.is_empty();
            rest(bastion, (!stuck).then_some(local))?;
        }
    }
}

/// Waits for either side. `local` is absent where one side is full: both are tried again after a short rest.
fn rest(bastion: &Connection, local: Option<&UnixStream>) -> io::Result<()> {
    match local {
        None => drop(bastion.wait(None, Duration::from_millis(2))?),
        Some(local) if bastion.wait(Some(local.as_fd()), TICK)? => {}
        Some(_) => bastion.keep_alive()?,
    }
    Ok(())
}

fn local_write(mut local: &UnixStream, bytes: &[u8]) -> io::Result<Option<usize>> {
    match local.write(bytes) {
        Ok(count) => Ok(Some(count)),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
        Err(error) => Err(error),
    }
}

/// Bytes that were read on one side and not yet written on the other.
#[derive(Default)]
pub(super) struct Pending {
    bytes: Vec<u8>,
    written: usize,
}

impl Pending {
    pub(super) fn is_empty(&self) -> bool {
        self.written == self.bytes.len()
    }

    pub(super) fn fill(&mut self, bytes: &[u8]) {
        self.bytes.clear();
        self.bytes.extend_from_slice(bytes);
        self.written = 0;
    }

    pub(super) fn drain(
        &mut self,
        mut write: impl FnMut(&[u8]) -> io::Result<Option<usize>>,
    ) -> io::Result<usize> {
        let before = self.written;
        while !self.is_empty() {
            match write(&self.bytes[self.written..])? {
                Some(count) => self.written += count,
                None => break,
            }
        }
        Ok(self.written - before)
    }
}
