//! One try to connect: TCP, banner, key exchange, host key, login; each with its own error.

use std::io;
use std::net::TcpStream as StdTcpStream;
use std::os::fd::OwnedFd;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::plan::communicator::{Bastion, Proxy, Questions};

use super::login::{self, LoginFailure};
use super::methods::Methods;
use super::ssh::Connection;
use super::worker::{Cord, Worker};
use super::{
    ConnectError, HostKey, HostKeyChange, HostKeyPin, ResolvedLogin, Target, socks, transfer,
    tunnel,
};

/// A machine that drops packets is asked anew rather than waited for: the system's own repetition slows down.
const TCP_PATIENCE: Duration = Duration::from_secs(5);

/// Between two knocks at a port that does not answer.
const KNOCK_EVERY: Duration = Duration::from_millis(500);

/// A machine under load answers late, but one without a banner by then has to be asked anew.
const BANNER_PATIENCE: Duration = Duration::from_secs(10);

/// Of key exchange and login. Ten seconds are OpenSSH's delay for a slow name server, doubled and more.
const LOGIN_PATIENCE: Duration = Duration::from_secs(30);

/// Connects and logs in.
pub(super) async fn connect(
    target: &Target,
    login: &ResolvedLogin,
) -> Result<Worker, ConnectError> {
    let (host, port) = match &target.ssh.bastion {
        Some(bastion) => (bastion.host.clone(), bastion.port),
        None => (target.host.clone(), target.ssh.port),
    };
    let stream = reach(target.ssh.proxy.as_ref(), &host, port)
        .await
        .map_err(|error| behind_bastion(target, error))?;
    let failed = |source| ConnectError::Reset {
        host: host.clone(),
        phase: "the TCP connection",
        source: Some(source),
    };
    let cord = Cord::new(stream.try_clone().map_err(failed)?.into());
    let (name, keep_alive) = (target.host.clone(), target.ssh.keep_alive);
    let (target, login) = (target.clone(), login.clone());
    let work = move || log_in(&target, &login, stream.into());
    Worker::start(&name, cord, keep_alive, work)
        .await
        .map_err(failed)?
}

/// TCP, and the first letters of the banner, which stay in the socket for libssh2 to read.
async fn reach(proxy: Option<&Proxy>, host: &str, port: u16) -> Result<StdTcpStream, ConnectError> {
    let stream = match proxy {
        Some(proxy) => socks::through(proxy, host, port).await?,
        None => dial(host, port).await?,
    };
    let mut first = [0; 4];
    let no_banner = || ConnectError::NoBanner {
        host: host.to_owned(),
        port,
    };
    let reset = |source| ConnectError::Reset {
        host: host.to_owned(),
        phase: "the banner",
        source,
    };
    match timeout(BANNER_PATIENCE, stream.peek(&mut first)).await {
        Err(_) => return Err(no_banner()),
        Ok(Err(error)) => return Err(reset(Some(error))),
        Ok(Ok(0)) => return Err(reset(None)),
        // A server may write lines before its banner (RFC 4253, section 4.2), but an HTTP server speaks second.
        Ok(Ok(_)) => {}
    }
    let prepared = stream
        .set_nodelay(true)
        .and_then(|()| stream.into_std())
        .and_then(|stream| {
            stream.set_nonblocking(false)?;
            Ok(stream)
        });
    prepared.map_err(|error| reset(Some(error)))
}

/// TCP alone. A machine that starts does not answer, and the kernel asks again only after 1, 3 and 7 s: so we knock anew every
/// half second, and the first connection that stands is taken.
pub(super) async fn dial(host: &str, port: u16) -> Result<TcpStream, ConnectError> {
    match timeout(TCP_PATIENCE, knock(host, port)).await {
        Ok(connected) => connected.map_err(|error| ConnectError::from_tcp(host, port, error)),
        Err(_) => Err(ConnectError::Silent {
            host: host.to_owned(),
            port,
        }),
    }
}

async fn knock(host: &str, port: u16) -> std::io::Result<TcpStream> {
    let mut knocks = FuturesUnordered::new();
    loop {
        knocks.push(TcpStream::connect((host, port)));
        tokio::select! {
            // A refusal is an answer, too: somebody is there.
            Some(answer) = knocks.next() => return answer,
            () = tokio::time::sleep(KNOCK_EVERY) => {}
        }
    }
}

/// On the connection's thread: everything after TCP.
fn log_in(
    target: &Target,
    login: &ResolvedLogin,
    socket: OwnedFd,
) -> Result<Connection, ConnectError> {
    let socket = match &target.ssh.bastion {
        None => socket,
        Some(bastion) => through(target, bastion, socket)?,
    };
    let methods = Methods {
        ciphers: target.ssh.ciphers.clone(),
        key_exchanges: target.ssh.key_exchanges.clone(),
    };
    let who = Who {
        host: &target.host,
        username: &target.ssh.username,
        pin: Some(&target.host_key),
        questions: Questions::Unanswered,
    };
    open(&who, login, socket, &methods)
}

fn through(target: &Target, bastion: &Bastion, socket: OwnedFd) -> Result<OwnedFd, ConnectError> {
    let who = Who {
        host: &bastion.host,
        username: &bastion.username,
        pin: None,
        questions: bastion.questions,
    };
    let wrap = |error| ConnectError::Bastion(Box::new(error));
    let connection =
        open(&who, &bastion_login(bastion), socket, &Methods::default()).map_err(wrap)?;
    let port = target.ssh.port;
    tunnel::through(connection, &target.host, port).map_err(|source| ConnectError::Tunnel {
        host: target.host.clone(),
        port,
        source,
    })
}

fn bastion_login(bastion: &Bastion) -> ResolvedLogin {
    match (&bastion.private_key, &bastion.password) {
        (Some(key), password) => ResolvedLogin::Key {
            label: "the key of `ssh_bastion_private_key_file`".to_owned(),
            private_key: key.clone(),
            certificate: bastion.certificate.clone(),
            password: password.clone(),
        },
        (None, Some(password)) if !bastion.agent => ResolvedLogin::Password(password.clone()),
        (None, password) => ResolvedLogin::Agent {
            password: password.clone(),
        },
    }
}

struct Who<'a> {
    host: &'a str,
    username: &'a str,
    pin: Option<&'a HostKeyPin>,
    questions: Questions,
}

fn open(
    who: &Who<'_>,
    login: &ResolvedLogin,
    socket: OwnedFd,
    methods: &Methods,
) -> Result<Connection, ConnectError> {
    let host = || who.host.to_owned();
    let connection = Connection::handshake(socket, methods, LOGIN_PATIENCE)
        .map_err(|source| handshake_error(who.host, source))?;
    let shown = connection.host_key();
    if let Some(pin) = who.pin {
        pin.check(&shown)
            .map_err(|pinned| changed(who.host, pinned, shown))?;
    }
    login::log_in(&connection, (who.username, who.questions), login).map_err(|failure| {
        match failure {
            LoginFailure::Broken(source) => ConnectError::Reset {
                host: host(),
                phase: "the login",
                source: Some(source),
            },
            LoginFailure::Refused { offered, accepts } => ConnectError::LoginRefused {
                host: host(),
                username: who.username.to_owned(),
                offered,
                accepts,
            },
        }
    })?;
    connection.set_patience(Some(transfer::PATIENCE));
    Ok(connection)
}

fn changed(host: &str, pinned: HostKey, shown: HostKey) -> ConnectError {
    ConnectError::HostKeyChanged(Box::new(HostKeyChange {
        host: host.to_owned(),
        pinned,
        shown,
    }))
}

/// libssh2 names its own errors: what is not about methods is a connection that went.
fn handshake_error(host: &str, source: io::Error) -> ConnectError {
    let host = host.to_owned();
    // `LIBSSH2_ERROR_KEX_FAILURE` and `…_METHOD_NONE`; ssh2 keeps the number only in the text.
    let text = source.to_string();
    if text.contains("[Session(-5)]") || text.contains("[Session(-17)]") {
        return ConnectError::Handshake { host, source };
    }
    ConnectError::Reset {
        host,
        phase: "the key exchange",
        source: Some(source),
    }
}

fn behind_bastion(target: &Target, error: ConnectError) -> ConnectError {
    match &target.ssh.bastion {
        Some(_) => ConnectError::Bastion(Box::new(error)),
        None => error,
    }
}
