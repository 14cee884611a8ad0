//! `ssh_local_tunnels` and `ssh_remote_tunnels`.

use std::io::{Read as _, Write as _};
use std::thread;

use super::slow_line::SlowLine;
use super::*;
use crate::plan::communicator::Tunnel;

/// A server that answers `heard: ` and what it was told, once the other side is done.
fn parrot() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut told = Vec::new();
            stream.read_to_end(&mut told).unwrap();
            stream.write_all(b"heard: ").unwrap();
            stream.write_all(&told).unwrap();
        }
    });
    port
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn tunnel(listen: u16, port: u16) -> Tunnel {
    Tunnel {
        listen,
        host: "127.0.0.1".to_owned(),
        port,
    }
}

async fn say(port: u16, what: Vec<u8>) -> Vec<u8> {
    let talk = move || {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        let mut writing = stream.try_clone().unwrap();
        let writer = thread::spawn(move || {
            writing.write_all(&what).unwrap();
            writing.shutdown(std::net::Shutdown::Write).unwrap();
        });
        let mut answer = Vec::new();
        let _cut = stream.read_to_end(&mut answer);
        writer.join().unwrap();
        answer
    };
    tokio::task::spawn_blocking(talk).await.unwrap()
}

fn with_tunnels(server: &Server, tunnels: Tunnels) -> Target {
    let mut ssh = settings(server.port);
    ssh.tunnels = tunnels;
    Target::new("127.0.0.1", &ssh)
}

#[tokio::test]
async fn tunnels_of_both_kinds_carry_both_ways_while_a_command_runs() {
    let server = Server::start(KeyType::Ed25519);
    let (parrot, here, there) = (parrot(), free_port(), free_port());
    let tunnels = Tunnels {
        local: vec![tunnel(here, parrot)],
        remote: vec![tunnel(there, parrot)],
    };
    let mut remote = server.connect_as(&with_tunnels(&server, tunnels)).await;
    let much = vec![b'x'; 3_000_000];
    let (out, outwards, inwards) = tokio::join!(
        run(&mut remote, "seq 1 50000"),
        say(here, much.clone()),
        say(there, b"hello".to_vec())
    );
    assert_eq!(out.0.lines().count(), 50_000);
    assert_eq!(outwards.len(), much.len() + b"heard: ".len());
    assert_eq!(inwards, b"heard: hello");
}

#[tokio::test]
async fn a_way_whose_input_ends_while_another_is_half_sent_gets_its_answer() {
    let server = Server::start(KeyType::Ed25519);
    server.wait_until_it_listens().await;
    let slow = SlowLine::to(server.port);
    let (parrot, here) = (parrot(), free_port());
    let mut ssh = settings(slow.port);
    ssh.tunnels = Tunnels {
        local: vec![tunnel(here, parrot)],
        remote: Vec::new(),
    };
    let _remote = server.connect_as(&Target::new("127.0.0.1", &ssh)).await;
    let much = vec![b'x'; 3_000_000];
    let (outwards, nothing) = tokio::join!(say(here, much.clone()), async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        say(here, Vec::new()).await
    });
    assert_eq!(nothing, b"heard: ");
    assert_eq!(outwards.len(), much.len() + b"heard: ".len());
}

#[tokio::test]
async fn tunnels_are_opened_again_after_a_reboot_and_close_with_the_session() {
    let mut server = Server::start(KeyType::Ed25519);
    let (parrot, here) = (parrot(), free_port());
    let tunnels = Tunnels {
        local: vec![tunnel(here, parrot)],
        remote: Vec::new(),
    };
    let mut remote = server.connect_as(&with_tunnels(&server, tunnels)).await;
    assert_eq!(say(here, b"1".to_vec()).await, b"heard: 1");
    server.end();
    let _broken = remote.run("true", &mut |_| ()).await;
    server.run();
    server.wait_until_it_listens().await;
    let mut answer = Vec::new();
    for _ in 0..100 {
        answer = say(here, b"2".to_vec()).await;
        if !answer.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(answer, b"heard: 2");
    remote.hang_up().await;
    let mut closed = false;
    for _ in 0..100 {
        closed = TcpStream::connect(("127.0.0.1", here)).is_err();
        if closed {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(closed, "port {here} is still listened on");
}

#[tokio::test]
async fn a_port_that_is_taken_is_told_with_its_number() {
    let server = Server::start(KeyType::Ed25519);
    let here = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = here.local_addr().unwrap().port();
    // The server takes either family of `localhost`.
    let _there = TcpListener::bind(("::1", port));
    let taken = || vec![tunnel(port, 1)];
    let ours = Tunnels {
        local: taken(),
        remote: Vec::new(),
    };
    let theirs = Tunnels {
        local: Vec::new(),
        remote: taken(),
    };
    for (tunnels, side) in [(ours, "this machine"), (theirs, "the build machine")] {
        let target = with_tunnels(&server, tunnels);
        let refused = SshDialer
            .dial(&target, &server.login(), &Stop::never(), &mut |_| ())
            .await;
        let error = refused.err().expect("the port is taken");
        assert_eq!(
            error.to_string(),
            format!("cannot open the tunnel from port {port} of {side}")
        );
    }
}
