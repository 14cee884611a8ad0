//! libssh2's calls in our words. The only file that names `ssh2`.
//!
//! Every call blocks its thread (see `worker`), at most for the session's patience; where two streams have to be read
//! at once the session is switched to not blocking and the socket is polled.

mod proof;

use std::io::{self, Read, Write};
use std::os::fd::{BorrowedFd, OwnedFd};
use std::time::Duration;

use nix::poll::PollFlags;
use ssh2::{BlockDirections, MethodType, PtyModeOpcode, PtyModes};

use crate::plan::communicator::{Pty, SshSettings};

use ssh2::{Error as LibraryError, ErrorCode, KeyboardInteractivePrompt, Prompt};
pub(super) use ssh2::{FileStat, OpenFlags, OpenType, Sftp as Subsystem};

pub(super) use proof::Proof;

use super::HostKey;
use super::exec::Ending;
use super::methods::Methods;
use super::readiness::{wait_for, wait_for_any};

/// Connections to a remote listener that wait to be accepted: as many as sshd itself lets wait.
const BACKLOG: u32 = 16;

/// What may be on its way to us in a channel for files: as much as Linux lets a TCP connection buffer. libssh2's own 2 MiB
/// are 50 MB/s where the way there and back takes 40 ms.
const WINDOW: u32 = 8 * 1024 * 1024;

/// Of one packet; larger ones are not for everybody to take (RFC 4253, section 6.1).
const PACKET: u32 = 32 * 1024;

/// Packer's terminal speed.
const BAUD: u32 = 14_400;

/// A connection to an SSH server.
pub(super) struct Connection {
    session: ssh2::Session,
    socket: OwnedFd,
}

/// A command, or a tunnel, on a connection.
pub(super) struct Channel(ssh2::Channel);

/// A port that the server listens on.
pub(super) struct RemoteListener(ssh2::Listener);

impl RemoteListener {
    /// The next connection that came; `None` where none has.
    pub(super) fn accept_some(&mut self) -> io::Result<Option<Channel>> {
        match self.0.accept().map_err(io::Error::from) {
            Ok(channel) => Ok(Some(Channel(channel))),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// One of a command's two outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stream {
    Stdout,
    Stderr,
}

/// Whether calls wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Waiting {
    Blocking,
    Never,
}

impl Connection {
    /// Banner and key exchange over `socket`.
    pub(super) fn handshake(
        socket: OwnedFd,
        methods: &Methods,
        patience: Duration,
    ) -> io::Result<Self> {
        let kept = socket.try_clone()?;
        let mut session = ssh2::Session::new()?;
        prefer(&session, methods)?;
        session.set_timeout(milliseconds(patience));
        session.set_tcp_stream(socket);
        session.handshake()?;
        Ok(Self {
            session,
            socket: kept,
        })
    }

    /// The key that the server proved to have.
    pub(super) fn host_key(&self) -> HostKey {
        HostKey::new(
            self.session
                .host_key()
                .map(|(bytes, _)| bytes.to_vec())
                .unwrap_or_default(),
        )
    }

    /// Starts a command without a terminal, for files.
    pub(super) fn exec(&self, command: &str) -> io::Result<Channel> {
        let mut channel = self.session.channel_open("session", WINDOW, PACKET, None)?;
        channel.exec(command)?;
        Ok(Channel(channel))
    }

    /// Starts a command with the terminal and the agent that the template asks for.
    pub(super) fn exec_as_set(&self, command: &str, ssh: &SshSettings) -> io::Result<Channel> {
        let mut channel = self.session.channel_session()?;
        if ssh.agent_forwarding {
            // Refused where the server forbids it; the command runs without, as in Packer.
            let _refused = channel.request_auth_agent_forwarding();
        }
        if ssh.pty == Pty::Xterm {
            let mut modes = PtyModes::new();
            modes.set_boolean(PtyModeOpcode::ECHO, false);
            modes.set_u32(PtyModeOpcode::TTY_OP_ISPEED, BAUD);
            modes.set_u32(PtyModeOpcode::TTY_OP_OSPEED, BAUD);
            channel.request_pty("xterm", Some(modes), Some((80, 40, 0, 0)))?;
        }
        channel.exec(command)?;
        Ok(Channel(channel))
    }

    /// Opens a connection from the server to `host`.
    pub(super) fn tunnel(&self, host: &str, port: u16) -> io::Result<Channel> {
        Ok(Channel(
            self.session.channel_direct_tcpip(host, port, None)?,
        ))
    }

    /// The same without waiting: `None` where the answer is not there yet, and the call has to be made again.
    pub(super) fn tunnel_some(&self, host: &str, port: u16) -> io::Result<Option<Channel>> {
        match self.tunnel(host, port) {
            Ok(channel) => Ok(Some(channel)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Starts the SFTP subsystem, for [`super::sftp`].
    pub(super) fn sftp(&self) -> io::Result<Subsystem> {
        Ok(self.session.sftp()?)
    }

    /// Switches between waiting calls and polling.
    pub(super) fn set_waiting(&self, waiting: Waiting) {
        self.session.set_blocking(waiting == Waiting::Blocking);
    }

    /// The longest that a waiting call waits; `None` is for ever.
    pub(super) fn set_patience(&self, patience: Option<Duration>) {
        self.session.set_timeout(patience.map_or(0, milliseconds));
    }

    /// Sends `keepalive@openssh.com`, which the server answers, so that a silent line is noticed.
    pub(super) fn keep_alive(&self) -> io::Result<()> {
        self.session.set_keepalive(true, 1);
        match self.session.keepalive_send().map_err(io::Error::from) {
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => Err(error),
            _ => Ok(()),
        }
    }

    /// Waits until the socket has something for us, or `other` has, at most `patience`; says whether one has.
    pub(super) fn wait(
        &self,
        other: Option<BorrowedFd<'_>>,
        patience: Duration,
    ) -> io::Result<bool> {
        wait_for(&self.socket, self.directions(), other, patience)
    }

    /// The same with any number of others.
    pub(super) fn wait_any(
        &self,
        others: &[BorrowedFd<'_>],
        patience: Duration,
    ) -> io::Result<bool> {
        wait_for_any(&self.socket, self.directions(), others, patience)
    }

    /// A channel that nothing runs in: reading from it takes in whatever else the server says.
    pub(super) fn idle_channel(&self) -> io::Result<Channel> {
        Ok(Channel(self.session.channel_session()?))
    }

    /// Has the server listen on its `localhost`.
    pub(super) fn listen(&self, port: u16) -> io::Result<RemoteListener> {
        let (listener, _) =
            self.session
                .channel_forward_listen(port, Some("localhost"), Some(BACKLOG))?;
        Ok(RemoteListener(listener))
    }

    /// Whether a packet is half sent.
    pub(super) fn is_sending(&self) -> bool {
        self.directions().contains(PollFlags::POLLOUT)
    }

    /// Says goodbye.
    pub(super) fn hang_up(&self) {
        let _already_gone = self.session.disconnect(None, "done", None);
    }

    fn directions(&self) -> PollFlags {
        match self.session.block_directions() {
            BlockDirections::Outbound | BlockDirections::Both => {
                PollFlags::POLLIN | PollFlags::POLLOUT
            }
            _ => PollFlags::POLLIN,
        }
    }
}

impl Channel {
    /// Reads what is there; `None` where nothing is yet, 0 at the end.
    pub(super) fn read_some(
        &mut self,
        from: Stream,
        buffer: &mut [u8],
    ) -> io::Result<Option<usize>> {
        now(match from {
            Stream::Stdout => self.0.read(buffer),
            Stream::Stderr => self.0.stderr().read(buffer),
        })
    }

    /// Writes what fits; `None` where nothing fits now.
    pub(super) fn write_some(&mut self, bytes: &[u8]) -> io::Result<Option<usize>> {
        now(self.0.write(bytes))
    }

    /// Whether the other side has sent all, and all of it was read.
    pub(super) fn at_end(&self) -> bool {
        self.0.eof()
    }

    /// Bytes that came and were not read yet.
    pub(super) fn pending(&self) -> u32 {
        self.0.read_window().available
    }

    /// Nothing more is written.
    pub(super) fn finish_input(&mut self) -> io::Result<()> {
        Ok(self.0.send_eof()?)
    }

    /// Waits until the server closes the channel, which it does after the exit status.
    pub(super) fn wait_close(&mut self) -> io::Result<()> {
        Ok(self.0.wait_close()?)
    }

    /// After [`Self::wait_close`]: how the command ended. A server that closes without a word counts as 0: libssh2 cannot tell.
    pub(super) fn ending(&self) -> io::Result<Ending> {
        match self.0.exit_signal()?.exit_signal {
            Some(name) => Ok(Ending::Signal(name)),
            None => Ok(Ending::Status(self.0.exit_status()?)),
        }
    }
}

impl Read for Channel {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Channel {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn prefer(session: &ssh2::Session, methods: &Methods) -> io::Result<()> {
    let ciphers = methods.ciphers(&session.supported_algs(MethodType::CryptCs)?);
    session.method_pref(MethodType::CryptCs, &ciphers)?;
    session.method_pref(MethodType::CryptSc, &ciphers)?;
    if let Some(exchanges) = methods.key_exchanges() {
        session.method_pref(MethodType::Kex, &exchanges)?;
    }
    Ok(())
}

fn now(result: io::Result<usize>) -> io::Result<Option<usize>> {
    match result {
        Ok(count) => Ok(Some(count)),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
        Err(error) => Err(error),
    }
}

fn milliseconds(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)
}
