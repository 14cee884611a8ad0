//! The pulse of a connection that carries a command: keep-alives are sent, and a line that stays silent too long is given up.

use std::io;
use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

use crate::plan::communicator::SshSettings;

use super::ssh::Connection;

/// How often a silent line is looked at where the template sets no keep-alive.
pub(super) const TICK: Duration = Duration::from_secs(5);

/// The server answers every keep-alive; a line that stays silent for so long is gone.
const DEAD_AFTER: Duration = Duration::from_secs(300);

/// See the module.
pub(super) struct Pulse {
    interval: Duration,
    keep_alive: bool,
    longest_silence: Option<Duration>,
    heard: Instant,
    next_keep_alive: Instant,
}

impl Pulse {
    /// A line that was heard just now.
    pub(super) fn of(ssh: &SshSettings) -> Self {
        let interval = ssh
            .keep_alive
            .unwrap_or(TICK)
            .max(Duration::from_millis(100));
        let heard = Instant::now();
        Self {
            interval,
            keep_alive: ssh.keep_alive.is_some(),
            longest_silence: ssh
                .read_write_timeout
                .or(ssh.keep_alive.map(|_| DEAD_AFTER)),
            heard,
            next_keep_alive: heard + interval,
        }
    }

    /// Something came.
    pub(super) fn hear(&mut self) {
        self.heard = Instant::now();
    }

    /// Waits until the server or `other` has something, or a keep-alive is due, which is then sent.
    pub(super) fn rest(
        &mut self,
        connection: &Connection,
        other: Option<BorrowedFd<'_>>,
    ) -> io::Result<()> {
        let left = self
            .next_keep_alive
            .saturating_duration_since(Instant::now());
        if connection.wait(other, left)? {
            self.hear();
        }
        if self
            .longest_silence
            .is_some_and(|longest| self.heard.elapsed() > longest)
        {
            return Err(io::ErrorKind::TimedOut.into());
        }
        if Instant::now() >= self.next_keep_alive {
            self.next_keep_alive = Instant::now() + self.interval;
            if self.keep_alive {
                connection.keep_alive()?;
            }
        }
        Ok(())
    }
}
