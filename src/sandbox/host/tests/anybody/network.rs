//! What a sandbox reaches. The server is one of the host's, at an address that others could reach too.

use std::net::{IpAddr, SocketAddr, UdpSocket};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, UdpSocket as AsyncUdpSocket};

use super::*;

/// The host's own address; nothing is sent to find it.
fn address() -> IpAddr {
    let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
    socket.connect("203.0.113.1:9").unwrap();
    socket.local_addr().unwrap().ip()
}

async fn connected() -> Option<(HostSandbox, HostRemote)> {
    let mut order = order();
    order.network = Network::AsHost;
    let sandbox = open(&order).await?;
    let remote = sandbox.connect().await.unwrap();
    Some((sandbox, remote))
}

/// Bash's own way to a socket: no program is needed.
fn exchange(to: SocketAddr) -> String {
    format!(
        "timeout 10 bash -c 'exec 3<>/dev/tcp/{}/{} && echo question >&3 && cat <&3'",
        to.ip(),
        to.port()
    )
}

#[tokio::test]
async fn a_server_of_the_hosts_network_answers_with_every_byte() {
    let Some((sandbox, mut remote)) = connected().await else {
        return;
    };
    let listener = TcpListener::bind((address(), 0)).await.unwrap();
    let at = listener.local_addr().unwrap();
    let serving = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut question = [0; 9];
        stream.read_exact(&mut question).await.unwrap();
        stream.write_all(&[b'x'; 3_000_000]).await.unwrap();
        question
    };
    let command = exchange(at) + " | wc -c";
    let (question, text) = tokio::join!(serving, said(&mut remote, &command));
    assert_eq!((&question, &*text), (b"question\n", "3000000\n"));
    sandbox.close().await;
}

#[tokio::test]
async fn a_packet_without_a_connection_is_answered() {
    let Some((sandbox, mut remote)) = connected().await else {
        return;
    };
    let server = AsyncUdpSocket::bind((address(), 0)).await.unwrap();
    let at = server.local_addr().unwrap();
    let serving = async {
        let mut question = [0; 64];
        let (count, from) = server.recv_from(&mut question).await.unwrap();
        server.send_to(b"answer\n", from).await.unwrap();
        count
    };
    let command = format!(
        "timeout 10 bash -c 'exec 3<>/dev/udp/{}/{} && echo question >&3 && head -n 1 <&3'",
        at.ip(),
        at.port()
    );
    let (count, text) = tokio::join!(serving, said(&mut remote, &command));
    assert_eq!((count, &*text), (9, "answer\n"));
    sandbox.close().await;
}

#[tokio::test]
async fn metadata_and_the_hosts_loopback_are_refused_at_once() {
    let Some((sandbox, mut remote)) = connected().await else {
        return;
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let loopback = listener.local_addr().unwrap();
    let hidden = [
        "169.254.169.254:80",
        "169.254.170.2:80",
        "168.63.129.16:80",
        "100.100.100.200:80",
        &loopback.to_string(),
        &format!("198.18.53.53:{}", loopback.port()),
        &format!("198.18.53.1:{}", loopback.port()),
    ];
    for at in hidden {
        let begin = std::time::Instant::now();
        let (text, exit) = run(&mut remote, &exchange(at.parse().unwrap())).await;
        assert_ne!(exit.unwrap(), Exit::Status(0), "{at}: {text}");
        assert!(begin.elapsed() < Duration::from_secs(5), "{at}: {text}");
    }
    // With root's rights the routes could be others; the way itself leads nowhere.
    let (text, exit) = run(&mut remote, "sudo ip route del unreachable 169.254.0.0/16").await;
    assert_ne!(exit.unwrap(), Exit::Status(0), "{text}");
    sandbox.close().await;
}

#[tokio::test]
async fn a_port_where_nobody_listens_is_refused_as_on_the_host() {
    let Some((sandbox, mut remote)) = connected().await else {
        return;
    };
    let listener = TcpListener::bind((address(), 0)).await.unwrap();
    let at = listener.local_addr().unwrap();
    drop(listener);
    let (text, exit) = run(&mut remote, &exchange(at)).await;
    assert_ne!(exit.unwrap(), Exit::Status(0));
    assert!(text.contains("Connection refused"), "{text}");
    sandbox.close().await;
}

#[tokio::test]
async fn without_a_network_there_is_only_the_loopback() {
    let Some(sandbox) = open(&order()).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    let listener = TcpListener::bind((address(), 0)).await.unwrap();
    let (text, exit) = run(&mut remote, &exchange(listener.local_addr().unwrap())).await;
    assert_ne!(exit.unwrap(), Exit::Status(0));
    assert!(text.contains("unreachable"), "{text}");
    let devices = said(&mut remote, "tail -n +3 /proc/net/dev | cut -d: -f1").await;
    assert_eq!(devices.trim(), "lo");
    sandbox.close().await;
}
