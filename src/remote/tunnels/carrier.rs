//! The loop that carries the bytes of all tunnels of a machine, on the thread of their connection.

use std::io::{self, ErrorKind};
use std::net::TcpStream;
use std::os::fd::{AsFd as _, BorrowedFd};
use std::sync::mpsc::{self, TryRecvError};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::LocalEnd;
use super::way::{Way, Went};
use crate::plan::communicator::Tunnel;
use crate::remote::ConnectError;
use crate::remote::ssh::{Channel, Connection, RemoteListener, Stream, Waiting};

/// Nothing happens for so long: the connection is asked whether it is still there.
const TICK: Duration = Duration::from_secs(5);
/// Something waits for room on the other side, or for an address to answer.
const SHORT: Duration = Duration::from_millis(5);
/// Of one read.
const BUFFER: usize = 32 * 1024;

type Ready = Option<oneshot::Sender<Result<(), ConnectError>>>;

/// Carries until the connection breaks. `ready` is told once all ports are listened on, or why they cannot be.
pub(super) fn carry(
    connection: &Connection,
    ends: &[LocalEnd],
    remote: &[Tunnel],
    ready: Ready,
) -> io::Result<()> {
    let listeners: Result<Vec<_>, _> = remote
        .iter()
        .map(|tunnel| listen(connection, tunnel))
        .collect();
    let listeners = match (listeners, ready) {
        (Ok(listeners), ready) => {
            ready.map(|ready| ready.send(Ok(())));
            listeners
        }
        (Err(error), Some(ready)) => {
            let _gone = ready.send(Err(error));
            return Ok(());
        }
        (Err(error), None) => return Err(io::Error::other(error)),
    };
    let mut traffic = Traffic {
        connection,
        idle: connection.idle_channel()?,
        ends,
        listeners,
        opening: None,
        dialling: Vec::new(),
        ways: Vec::new(),
    };
    connection.set_waiting(Waiting::Never);
    traffic.flow()
}

fn listen<'a>(
    connection: &Connection,
    tunnel: &'a Tunnel,
) -> Result<(RemoteListener, &'a Tunnel), ConnectError> {
    let listener = connection
        .listen(tunnel.listen)
        .map_err(|source| ConnectError::TunnelPort {
            port: tunnel.listen,
            side: "the build machine",
            source,
        })?;
    Ok((listener, tunnel))
}

/// A connection that came from the machine, while its other end is dialled.
struct Dialling {
    channel: Channel,
    answer: mpsc::Receiver<io::Result<TcpStream>>,
}

struct Traffic<'a> {
    connection: &'a Connection,
    idle: Channel,
    ends: &'a [LocalEnd],
    listeners: Vec<(RemoteListener, &'a Tunnel)>,
    /// A connection that came to a local port, while its channel is opened.
    opening: Option<(TcpStream, &'a Tunnel)>,
    dialling: Vec<Dialling>,
    ways: Vec<Way>,
}

impl Traffic<'_> {
    fn flow(&mut self) -> io::Result<()> {
        let mut buffer = vec![0; BUFFER];
        let mut asked = Instant::now();
        loop {
            // Reading takes in what the server says about anything, and fails once the connection is gone.
            self.idle.read_some(Stream::Stdout, &mut buffer)?;
            let mut went = self.accept_local()? | self.accept_remote()? | self.finish_dialling();
            self.ways.retain_mut(|way| {
                let Ok(way_went) = way.pump(&mut buffer) else {
                    return false;
                };
                went = went | way_went;
                !way.is_over()
            });
            if asked.elapsed() >= TICK {
                self.connection.keep_alive()?;
                asked = Instant::now();
            }
            if went == Went::Nothing {
                self.rest()?;
            }
        }
    }

    /// Opens a channel for a connection that came to a local port; libssh2 opens one at a time.
    fn accept_local(&mut self) -> io::Result<Went> {
        if self.opening.is_none() {
            self.opening = next_connection(self.ends)?;
        }
        let Some((stream, tunnel)) = self.opening.take() else {
            return Ok(Went::Nothing);
        };
        match self.connection.tunnel_some(&tunnel.host, tunnel.port) {
            Ok(None) => {
                self.opening = Some((stream, tunnel));
                return Ok(Went::Nothing);
            }
            Ok(Some(channel)) => self.ways.push(Way::new(stream, channel)?),
            Err(error) => log::info!(
                "the build machine cannot reach {}:{}: {error}",
                tunnel.host,
                tunnel.port
            ),
        }
        Ok(Went::Something)
    }

    fn accept_remote(&mut self) -> io::Result<Went> {
        let mut went = Went::Nothing;
        for (listener, tunnel) in &mut self.listeners {
            while let Some(channel) = listener.accept_some()? {
                went = Went::Something;
                self.dialling.push(Dialling {
                    channel,
                    answer: dial(tunnel)?,
                });
            }
        }
        Ok(went)
    }

    fn finish_dialling(&mut self) -> Went {
        let mut went = Went::Nothing;
        for mut dialling in std::mem::take(&mut self.dialling) {
            match dialling.answer.try_recv() {
                Err(TryRecvError::Empty) => {
                    self.dialling.push(dialling);
                    continue;
                }
                Ok(Ok(stream)) => {
                    if let Ok(way) = Way::new(stream, dialling.channel) {
                        self.ways.push(way);
                    }
                }
                Ok(Err(error)) => {
                    log::info!("a tunnel of the build machine leads nowhere: {error}");
                    let _gone = dialling.channel.finish_input();
                }
                Err(TryRecvError::Disconnected) => {}
            }
            went = Went::Something;
        }
        went
    }

    fn rest(&self) -> io::Result<()> {
        let stuck = self.opening.is_some()
            || !self.dialling.is_empty()
            || self.ways.iter().any(Way::is_stuck);
        let listening = self.ends.iter().map(|end| end.listener.as_fd());
        let carrying = self.ways.iter().filter_map(Way::readable);
        let watched: Vec<BorrowedFd<'_>> = listening.chain(carrying).collect();
        let patience = if stuck { SHORT } else { TICK };
        self.connection.wait_any(&watched, patience)?;
        Ok(())
    }
}

/// The next connection that came to any of the local ports.
fn next_connection(ends: &[LocalEnd]) -> io::Result<Option<(TcpStream, &Tunnel)>> {
    for end in ends {
        match end.listener.accept() {
            Ok((stream, _)) => return Ok(Some((stream, &end.tunnel))),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

/// Dials on a thread of its own, so that an address that does not answer holds nothing up.
fn dial(tunnel: &Tunnel) -> io::Result<mpsc::Receiver<io::Result<TcpStream>>> {
    let (sender, answer) = mpsc::channel();
    let host = if tunnel.host.is_empty() {
        "localhost".to_owned()
    } else {
        tunnel.host.clone()
    };
    let port = tunnel.port;
    thread::Builder::new()
        .name(format!("tunnel to {host}"))
        .spawn(move || sender.send(TcpStream::connect((host, port))))?;
    Ok(answer)
}
