//! The other end of the sandbox's network device.

use std::io;
use std::os::fd::OwnedFd;
use std::task::{Context, Poll, ready};

use tokio::io::unix::AsyncFd;

/// The device. Each read and each write is one packet.
pub(super) struct Device(AsyncFd<OwnedFd>);

impl Device {
    /// A device that does not block.
    pub(super) fn new(file: OwnedFd) -> io::Result<Self> {
        let flags = rustix::fs::fcntl_getfl(&file)?;
        rustix::fs::fcntl_setfl(&file, flags | rustix::fs::OFlags::NONBLOCK)?;
        #[expect(
            deprecated,
            reason = "what replaces it is unsafe; an `OwnedFd` stays the file that it is, which is all that is asked"
        )]
        let file = AsyncFd::new(file)?;
        Ok(Self(file))
    }

    /// Waits for the next packet.
    pub(super) async fn receive(&self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let mut guard = self.0.readable().await?;
            let read = guard.try_io(|file| Ok(rustix::io::read(file.get_ref(), &mut *buffer)?));
            if let Ok(count) = read {
                return count;
            }
        }
    }

    /// Sends a packet. One that the device does not take, as when it is down, is lost, as in any network.
    pub(super) fn poll_send(
        &self,
        context: &mut Context<'_>,
        packet: &[u8],
    ) -> Poll<io::Result<()>> {
        loop {
            let mut guard = ready!(self.0.poll_write_ready(context))?;
            match guard.try_io(|file| Ok(rustix::io::write(file.get_ref(), packet)?)) {
                Ok(Ok(_)) => return Poll::Ready(Ok(())),
                Ok(Err(error)) => {
                    log::debug!("a packet for the sandbox was lost: {error}");
                    return Poll::Ready(Ok(()));
                }
                Err(_would_block) => {}
            }
        }
    }

    /// The same, awaited.
    pub(super) async fn send(&self, packet: &[u8]) -> io::Result<()> {
        std::future::poll_fn(|context| self.poll_send(context, packet)).await
    }
}
