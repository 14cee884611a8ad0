//! Carries what the sandbox sends and is sent, each connection by one of this process's.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Duration;

use ipstack::{
    IpStack, IpStackConfig, IpStackStream, IpStackTcpStream, IpStackUdpStream, TcpConfig,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket};
use tokio::sync::Semaphore;

use super::address::MTU;
use super::device::Device;
use super::gate::{self, Made};
use super::resolver::Resolver;

/// Conversations without a connection at a time: few enough that this process has a file for each.
const MOST: usize = 400;

/// How long a connection may be silent: what the kernel's own keep-alive takes.
const SILENCE: Duration = Duration::from_secs(7200);

/// How long an answer without a connection is awaited.
const ANSWER: Duration = Duration::from_secs(60);

/// The largest packet without a connection.
const LARGEST: usize = 65_536;

/// Carries what comes out of `device`, until that is gone.
pub(super) async fn carry(device: OwnedFd, resolver: Resolver) -> io::Result<()> {
    let mut tcp = TcpConfig::default();
    tcp.timeout = SILENCE;
    tcp.close_wait_timeout = SILENCE;
    let mut settings = IpStackConfig::default();
    settings.with_tcp_config(tcp);
    settings.mtu_unchecked(MTU);
    settings.udp_timeout = ANSWER;
    let resolver = Arc::new(resolver);
    let made = Made::default();
    let (gate, watching) = gate::open(Device::new(device)?, Arc::clone(&resolver), made.clone());
    let accepting = accept(IpStack::new(settings, gate), resolver, made);
    tokio::select! {
        gone = watching => gone,
        () = accepting => Ok(()),
    }
}

async fn accept(mut stack: IpStack, resolver: Arc<Resolver>, made: Made) {
    let places = Arc::new(Semaphore::new(MOST));
    while let Ok(stream) = stack.accept().await {
        match stream {
            IpStackStream::Tcp(inside) => {
                if let Some(outside) = made.take(inside.local_addr(), inside.peer_addr()) {
                    tokio::spawn(join(inside, outside));
                }
            }
            IpStackStream::Udp(inside) => {
                let place = Arc::clone(&places).try_acquire_owned();
                if let (Some(to), Ok(place)) = (resolver.route(inside.peer_addr()), place) {
                    tokio::spawn(async move {
                        if let Err(error) = exchange(inside, to).await {
                            log::debug!("packets of the sandbox were lost: {error}");
                        }
                        drop(place);
                    });
                }
            }
            IpStackStream::UnknownTransport(_) | IpStackStream::UnknownNetwork(_) => {}
        }
    }
}

async fn join(mut inside: IpStackTcpStream, mut outside: TcpStream) {
    let joined = async {
        outside.set_nodelay(true)?;
        tokio::io::copy_bidirectional(&mut inside, &mut outside).await
    };
    if let Err(error) = joined.await {
        log::debug!("a connection of the sandbox ended: {error}");
    }
}

async fn exchange(mut inside: IpStackUdpStream, to: SocketAddr) -> io::Result<()> {
    let any: SocketAddr = match to {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let outside = UdpSocket::bind(any).await?;
    outside.connect(to).await?;
    let mut sent = vec![0; LARGEST];
    let mut answered = vec![0; LARGEST];
    loop {
        tokio::select! {
            count = inside.read(&mut sent) => match count? {
                0 => return Ok(()),
                count => drop(outside.send(&sent[..count]).await),
            },
            count = outside.recv(&mut answered) => {
                inside.write_all(&answered[..count?]).await?;
            }
            () = tokio::time::sleep(ANSWER) => return Ok(()),
        }
    }
}
