//! libssh2's calls in our words. The only file that names `ssh2`.
//!
//! Every call blocks its thread (see `worker`), at most for the session's patience; where two streams have to be read
//! at once the session is switched to not blocking and the socket is polled.

use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use ssh2::{BlockDirections, ErrorCode, MethodType, OpenFlags, OpenType, PtyModeOpcode, PtyModes};

use crate::plan::communicator::{Pty, SshSettings};
use crate::secret::Secret;

use super::{HostKey, ResolvedLogin};

/// AES-GCM first: with the processor's AES it is several times faster than libssh2's portable ChaCha20.
const FAST_CIPHERS: [&str; 2] = ["aes128-gcm@openssh.com", "aes256-gcm@openssh.com"];

/// `LIBSSH2_ERROR_AUTHENTICATION_FAILED` and `…_PUBLICKEY_UNVERIFIED`: the server said no.
const REFUSALS: [i32; 2] = [-18, -19];

/// The socket's errors and the timeout of libssh2.h: SEND, TIMEOUT, DISCONNECT, RECV, BAD_SOCKET.
const BREAKS: [i32; 5] = [-7, -9, -13, -43, -45];

/// Packer's terminal speed.
const BAUD: u32 = 14_400;

/// A connection to an SSH server.
pub(super) struct Connection {
    session: ssh2::Session,
    socket: OwnedFd,
}

/// A command, or a tunnel, on a connection.
pub(super) struct Channel(ssh2::Channel);

/// The SFTP subsystem of a connection.
pub(super) struct Sftp(ssh2::Sftp);

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

/// What the template limits the handshake to; empty is libssh2's whole list.
#[derive(Clone, Debug, Default)]
pub(super) struct Methods {
    pub(super) ciphers: Vec<String>,
    pub(super) key_exchanges: Vec<String>,
}

/// A login that did not succeed.
#[derive(Debug)]
pub(super) enum LoginFailure {
    /// What was offered, and what the server says it takes.
    Refused { offered: Vec<String>, accepts: Vec<String> },
    /// The connection went.
    Broken(io::Error),
}

/// How a command ended on the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    Status(i32),
    /// Without the `SIG` prefix.
    Signal(String),
}

impl Connection {
    /// Banner and key exchange over `socket`.
    pub(super) fn handshake(socket: OwnedFd, methods: &Methods, patience: Duration) -> io::Result<Self> {
        let kept = socket.try_clone()?;
        let mut session = ssh2::Session::new()?;
        prefer(&session, methods)?;
        session.set_timeout(milliseconds(patience));
        session.set_tcp_stream(socket);
        session.handshake()?;
        Ok(Self { session, socket: kept })
    }

    /// The key that the server proved to have.
    pub(super) fn host_key(&self) -> HostKey {
        HostKey::new(self.session.host_key().map(|(bytes, _)| bytes.to_vec()).unwrap_or_default())
    }

    /// Key or agent first, then the password, plain and as the answer to every question.
    pub(super) fn login(&self, username: &str, login: &ResolvedLogin) -> Result<(), LoginFailure> {
        let accepts = match self.session.auth_methods(username) {
            Ok(list) => list.split(',').map(str::to_owned).collect(),
            Err(_) if self.session.authenticated() => return Ok(()),
            Err(error) => return Err(LoginFailure::Broken(error.into())),
        };
        let mut offers = Offers { session: &self.session, username, offered: Vec::new() };
        if offers.show(login)? {
            return Ok(());
        }
        Err(LoginFailure::Refused { offered: offers.offered, accepts })
    }

    /// Starts a command without a terminal, for files.
    pub(super) fn exec(&self, command: &str) -> io::Result<Channel> {
        let mut channel = self.session.channel_session()?;
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
        Ok(Channel(self.session.channel_direct_tcpip(host, port, None)?))
    }

    /// Starts the SFTP subsystem.
    pub(super) fn sftp(&self) -> io::Result<Sftp> {
        Ok(Sftp(self.session.sftp()?))
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

    /// Waits until the socket has something for us, at most `patience`; says whether it has.
    pub(super) fn wait(&self, patience: Duration) -> io::Result<bool> {
        wait_for(&self.socket, self.directions(), None, patience)
    }

    /// As [`Self::wait`], and returns too when `other` is readable.
    pub(super) fn wait_with(&self, other: &impl AsFd, patience: Duration) -> io::Result<bool> {
        wait_for(&self.socket, self.directions(), Some(other.as_fd()), patience)
    }

    /// Says goodbye.
    pub(super) fn hang_up(&self) {
        let _already_gone = self.session.disconnect(None, "done", None);
    }

    fn directions(&self) -> PollFlags {
        match self.session.block_directions() {
            BlockDirections::Outbound | BlockDirections::Both => PollFlags::POLLIN | PollFlags::POLLOUT,
            _ => PollFlags::POLLIN,
        }
    }
}

fn wait_for(socket: &OwnedFd, flags: PollFlags, other: Option<std::os::fd::BorrowedFd<'_>>, patience: Duration) -> io::Result<bool> {
    let mut watched = vec![PollFd::new(socket.as_fd(), flags)];
    watched.extend(other.map(|other| PollFd::new(other, PollFlags::POLLIN)));
    let timeout = PollTimeout::try_from(patience).unwrap_or(PollTimeout::MAX);
    match poll(&mut watched, timeout) {
        Ok(ready) => Ok(ready > 0),
        Err(nix::errno::Errno::EINTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

impl Channel {
    /// Reads what is there; `None` where nothing is yet, 0 at the end.
    pub(super) fn read_some(&mut self, stream: Stream, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        let read = match stream {
            Stream::Stdout => self.0.read(buffer),
            Stream::Stderr => self.0.stderr().read(buffer),
        };
        match read {
            Ok(count) => Ok(Some(count)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Writes what fits; `None` where nothing fits now.
    pub(super) fn write_some(&mut self, bytes: &[u8]) -> io::Result<Option<usize>> {
        match self.0.write(bytes) {
            Ok(count) => Ok(Some(count)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
        }
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

impl Sftp {
    /// Creates or empties `path` and opens it for writing.
    pub(super) fn create(&self, path: &str) -> io::Result<impl Write> {
        let flags = OpenFlags::WRITE | OpenFlags::TRUNCATE;
        Ok(self.0.open_mode(Path::new(path), flags, 0o644, OpenType::File)?)
    }

    /// Opens `path` for reading.
    pub(super) fn open(&self, path: &str) -> io::Result<impl Read> {
        Ok(self.0.open(Path::new(path))?)
    }

    /// Sets the permission bits.
    pub(super) fn set_mode(&self, path: &str, mode: u32) -> io::Result<()> {
        let stat = ssh2::FileStat { size: None, uid: None, gid: None, perm: Some(mode), atime: None, mtime: None };
        Ok(self.0.setstat(Path::new(path), stat)?)
    }

    /// Makes a directory; one that exists is fine.
    pub(super) fn make_directory(&self, path: &str) -> io::Result<()> {
        match self.0.mkdir(Path::new(path), 0o755) {
            Ok(()) => Ok(()),
            Err(_) if self.0.stat(Path::new(path)).is_ok_and(|stat| stat.is_dir()) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// Shows one means after the other, and keeps a list of them for the message.
struct Offers<'a> {
    session: &'a ssh2::Session,
    username: &'a str,
    offered: Vec<String>,
}

impl Offers<'_> {
    fn show(&mut self, login: &ResolvedLogin) -> Result<bool, LoginFailure> {
        match login {
            ResolvedLogin::Agent => self.agent(),
            ResolvedLogin::Password(password) => self.password(password),
            ResolvedLogin::Key { label, private_key, certificate, password } => {
                let certificate = certificate.as_deref().map(str::trim);
                let result = self.session.userauth_pubkey_memory(self.username, certificate, private_key.expose(), None);
                if self.accepted(label.clone(), result)? {
                    return Ok(true);
                }
                password.as_ref().map_or(Ok(false), |password| self.password(password))
            }
        }
    }

    fn password(&mut self, password: &Secret) -> Result<bool, LoginFailure> {
        let plain = self.session.userauth_password(self.username, password.expose());
        if self.accepted("the password".to_owned(), plain)? {
            return Ok(true);
        }
        let mut answers = SameAnswer(password);
        let asked = self.session.userauth_keyboard_interactive(self.username, &mut answers);
        self.accepted("the password (keyboard-interactive)".to_owned(), asked)
    }

    fn agent(&mut self) -> Result<bool, LoginFailure> {
        let listed = self.session.agent().and_then(|mut agent| {
            agent.connect()?;
            agent.list_identities()?;
            let identities = agent.identities()?;
            Ok((agent, identities))
        });
        let (agent, identities) = match listed {
            Ok(listed) => listed,
            Err(error) => {
                self.offered.push(format!("no agent key ({})", error.message()));
                return Ok(false);
            }
        };
        for identity in identities {
            let label = format!("agent key `{}`", identity.comment());
            let result = agent.userauth(self.username, &identity);
            if self.accepted(label, result)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn accepted(&mut self, label: String, result: Result<(), ssh2::Error>) -> Result<bool, LoginFailure> {
        let Err(error) = result else { return Ok(self.session.authenticated()) };
        match error.code() {
            ErrorCode::Session(code) if BREAKS.contains(&code) => return Err(LoginFailure::Broken(error.into())),
            ErrorCode::Session(code) if REFUSALS.contains(&code) => self.offered.push(label),
            _ => self.offered.push(format!("{label} ({})", error.message())),
        }
        Ok(false)
    }
}

/// Answers every question of a keyboard-interactive login with the password, as Packer does.
struct SameAnswer<'a>(&'a Secret);

impl ssh2::KeyboardInteractivePrompt for SameAnswer<'_> {
    fn prompt<'a>(&mut self, _username: &str, _instructions: &str, prompts: &[ssh2::Prompt<'a>]) -> Vec<String> {
        prompts.iter().map(|_| self.0.expose().to_owned()).collect()
    }
}

fn prefer(session: &ssh2::Session, methods: &Methods) -> io::Result<()> {
    let ciphers = if methods.ciphers.is_empty() {
        let all = session.supported_algs(MethodType::CryptCs)?;
        let fast = FAST_CIPHERS.iter().copied().filter(|name| all.contains(name));
        fast.chain(all.iter().copied().filter(|name| !FAST_CIPHERS.contains(name))).collect::<Vec<_>>().join(",")
    } else {
        methods.ciphers.join(",")
    };
    session.method_pref(MethodType::CryptCs, &ciphers)?;
    session.method_pref(MethodType::CryptSc, &ciphers)?;
    if !methods.key_exchanges.is_empty() {
        session.method_pref(MethodType::Kex, &methods.key_exchanges.join(","))?;
    }
    Ok(())
}

fn milliseconds(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)
}
