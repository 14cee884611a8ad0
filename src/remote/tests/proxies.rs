//! `ssh_proxy_*`: through a SOCKS5 proxy, which the test plays.

use std::io::{self, Read as _, Write as _};
use std::thread;

use super::*;
use crate::plan::communicator::Proxy;

/// RFC 1928: what a proxy answers, `0` for granted, `2` for "not allowed by ruleset".
#[derive(Clone, Copy)]
enum Rule {
    Grant,
    Forbid,
}

/// A proxy that wants `user` and `secret` (RFC 1929).
fn proxy(rule: Rule) -> Proxy {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for client in listener.incoming() {
            thread::spawn(move || drop(serve(client.unwrap(), rule)));
        }
    });
    Proxy {
        host: "127.0.0.1".to_owned(),
        port,
        credentials: Some(("user".to_owned(), Secret::new("secret"))),
    }
}

fn serve(mut client: TcpStream, rule: Rule) -> io::Result<()> {
    let methods = take(&mut client, 2)?;
    take(&mut client, methods[1].into())?;
    client.write_all(&[5, 2])?;
    let length = take(&mut client, 2)?[1];
    let user = take(&mut client, length.into())?;
    let length = take(&mut client, 1)?[0];
    let password = take(&mut client, length.into())?;
    let known = user == b"user" && password == b"secret";
    client.write_all(&[1, u8::from(!known)])?;
    let address = take(&mut client, 4)?[3];
    assert_eq!(address, 1, "an IPv4 address goes as such");
    let host: [u8; 4] = take(&mut client, 4)?.try_into().unwrap();
    let port = u16::from_be_bytes(take(&mut client, 2)?.try_into().unwrap());
    let granted = matches!(rule, Rule::Grant);
    client.write_all(&[5, if granted { 0 } else { 2 }, 0, 1, 0, 0, 0, 0, 0, 0])?;
    if granted {
        let server = TcpStream::connect((std::net::Ipv4Addr::from(host), port))?;
        let (mut from, mut to) = (server.try_clone()?, client.try_clone()?);
        thread::spawn(move || io::copy(&mut from, &mut to));
        io::copy(&mut client, &mut &server)?;
    }
    Ok(())
}

fn take(client: &mut TcpStream, count: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; count];
    client.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn behind(server: &Server, proxy: Proxy) -> Target {
    let mut ssh = settings(server.port);
    ssh.proxy = Some(proxy);
    ssh.timeout = Some(Duration::from_secs(3));
    Target::new("127.0.0.1", &ssh)
}

#[tokio::test]
async fn a_machine_behind_a_proxy_is_reached_through_it() {
    let server = Server::start(KeyType::Ed25519);
    server.wait_until_it_listens().await;
    let mut remote = server
        .connect_as(&behind(&server, proxy(Rule::Grant)))
        .await;
    assert_eq!(run(&mut remote, "echo in").await.0, "in\n");
}

#[tokio::test]
async fn a_proxy_that_forbids_the_way_says_so() {
    let server = Server::start(KeyType::Ed25519);
    let mut wrong = proxy(Rule::Grant);
    wrong.credentials = Some(("user".to_owned(), Secret::new("wrong")));
    for (proxy, why) in [(proxy(Rule::Forbid), "ruleset"), (wrong, "assword")] {
        let refused = SshDialer
            .dial(
                &behind(&server, proxy),
                &server.login(),
                &Stop::never(),
                &mut |_| (),
            )
            .await;
        let error = refused.err().expect("there is no way");
        assert!(
            matches!(error.root(), ConnectError::BehindProxy { .. }),
            "{error:?}"
        );
        assert!(
            crate::error::chain(&error).contains(why),
            "{}",
            crate::error::chain(&error)
        );
    }
}
