//! Stands before the stack: a connection is made on the outside first, and only then does the stack hear that one is wanted. So
//! what is refused outside is refused inside, and what takes long takes long.

use std::collections::{HashMap, HashSet};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use super::address::MTU;
use super::device::Device;
use super::packet::Opening;
use super::resolver::Resolver;

/// How long the other side of a connection is awaited: somewhat longer than the sandbox itself tries.
const CONNECTING: Duration = Duration::from_secs(150);

/// Packets that wait for the stack; those that find no place are lost, and sent again by whoever misses them.
const QUEUE: usize = 1024;

/// Connections at a time: few enough that this process has a file for each.
const MOST: usize = 400;

/// From where to where.
type Ends = (SocketAddr, SocketAddr);

/// The connections that wait for the stack.
#[derive(Clone, Default)]
pub(super) struct Made(Arc<Mutex<Waiting>>);

#[derive(Default)]
struct Waiting {
    under_way: HashSet<Ends>,
    made: HashMap<Ends, TcpStream>,
}

impl Made {
    /// The one that the stack has heard of.
    pub(super) fn take(&self, from: SocketAddr, to: SocketAddr) -> Option<TcpStream> {
        self.lock().made.remove(&(from, to))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The stack's device.
pub(super) struct Gate {
    device: Arc<Device>,
    packets: mpsc::Receiver<Vec<u8>>,
}

/// Opens the gate: the device for the stack, and what lets packets through until the device is gone.
pub(super) fn open(
    device: Device,
    resolver: Arc<Resolver>,
    made: Made,
) -> (Gate, impl Future<Output = io::Result<()>>) {
    let device = Arc::new(device);
    let (through, packets) = mpsc::channel(QUEUE);
    let gate = Gate {
        device: Arc::clone(&device),
        packets,
    };
    (gate, watch(device, resolver, made, through))
}

async fn watch(
    device: Arc<Device>,
    resolver: Arc<Resolver>,
    made: Made,
    through: mpsc::Sender<Vec<u8>>,
) -> io::Result<()> {
    let mut buffer = vec![0; usize::from(MTU) + 64];
    loop {
        let count = device.receive(&mut buffer).await?;
        let packet = &buffer[..count];
        let Some(opening) = Opening::of(packet) else {
            // Where the queue is full the packet is lost.
            let _full = through.try_send(packet.to_vec());
            continue;
        };
        let ends = (opening.from, opening.to);
        {
            let mut waiting = made.lock();
            if waiting.made.contains_key(&ends) || !waiting.under_way.insert(ends) {
                // It is asked for again, because it takes long.
                continue;
            }
        }
        let full = made.lock().under_way.len() > MOST;
        let to = resolver.route(opening.to).filter(|_| !full);
        let (packet, through) = (packet.to_vec(), through.clone());
        let (device, made) = (Arc::clone(&device), made.clone());
        tokio::spawn(async move {
            match connect(to).await {
                Ok(stream) => {
                    made.lock().made.insert(ends, stream);
                    let _it_ended = through.send(packet).await;
                }
                // Nothing answers: nothing is answered.
                Err(error) if error.kind() == io::ErrorKind::TimedOut => {}
                Err(_) => drop(device.send(&opening.refusal()).await),
            }
            made.lock().under_way.remove(&ends);
        });
    }
}

async fn connect(to: Option<SocketAddr>) -> io::Result<TcpStream> {
    let to = to.ok_or(io::ErrorKind::ConnectionRefused)?;
    tokio::time::timeout(CONNECTING, TcpStream::connect(to)).await?
}

impl AsyncRead for Gate {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match ready!(self.packets.poll_recv(context)) {
            Some(packet) => {
                let count = packet.len().min(buffer.remaining());
                buffer.put_slice(&packet[..count]);
                Poll::Ready(Ok(()))
            }
            // The stack takes an end for a packet, again and again; it ends with this process.
            None => Poll::Pending,
        }
    }
}

impl AsyncWrite for Gate {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        packet: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.device.poll_send(context, packet))?;
        Poll::Ready(Ok(packet.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
