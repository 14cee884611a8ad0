//! The SSH side against a real OpenSSH server on a loopback port.

mod commands;
mod connecting;
mod delayed_line;
mod pipes;
mod proxies;
mod slow_line;
mod speed;
mod transfers;
mod tunnels;

use std::fs;
use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::plan::communicator::{
    FileTransfer, Interface, KeyType, Login, Pty, SshSettings, Tunnels,
};
use crate::secret::Secret;
use crate::stop::{Stop, StopHandle, StopReason};

use super::host_key::Verdict;
use super::{
    ConnectError, Dial as _, DirectoryPart, Exit, HostKeyPin, KeyPair, Output, Remote as _,
    RemoteError, ResolvedLogin,
};
use super::{SshDialer, SshRemote, Target, Upload};

/// An SSH server with a directory of its own; it ends with the test.
struct Server {
    child: Child,
    directory: tempfile::TempDir,
    port: u16,
    client: KeyPair,
    /// Lines for its configuration.
    further: &'static str,
}

impl Server {
    fn start(client: KeyType) -> Self {
        Self::start_with(client, "")
    }

    fn start_with(client: KeyType, further: &'static str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let client = KeyPair::generate(client).unwrap();
        fs::write(
            directory.path().join("authorized_keys"),
            format!("{}\n", client.public_key),
        )
        .unwrap();
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let mut server = Self {
            child: Command::new("true").spawn().unwrap(),
            directory,
            port,
            client,
            further,
        };
        server.new_host_key();
        server.run();
        server
    }

    fn new_host_key(&self) {
        let host = KeyPair::generate(KeyType::Ed25519).unwrap();
        let mut options = fs::OpenOptions::new();
        let file = options
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(self.path("host"));
        file.unwrap()
            .write_all(host.private_key.expose().as_bytes())
            .unwrap();
    }

    fn run(&mut self) {
        let path = self.directory.path().display();
        let config = format!(
            "Port {}\nListenAddress 127.0.0.1\nHostKey {path}/host\nPidFile none\nAuthorizedKeysFile {path}/authorized_keys\n\
             StrictModes no\nUsePAM no\nPermitRootLogin yes\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nAllowTcpForwarding yes\nSubsystem sftp internal-sftp\n\
             TrustedUserCAKeys {path}/authority.pub\n{}",
            self.port, self.further
        );
        fs::write(self.path("config"), config).unwrap();
        fs::create_dir_all("/run/sshd").unwrap();
        let mut command = Command::new("/usr/sbin/sshd");
        command
            .args(["-D", "-e", "-f"])
            .arg(self.path("config"))
            .stderr(Stdio::null());
        self.child = command.spawn().expect("OpenSSH's server is installed");
    }

    async fn wait_until_it_listens(&self) {
        for _ in 0..100 {
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("nobody listens on port {}", self.port);
    }

    fn end(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    fn target(&self) -> Target {
        Target::new("127.0.0.1", &settings(self.port))
    }

    fn login(&self) -> ResolvedLogin {
        key(&self.client)
    }

    async fn connect(&self) -> SshRemote {
        self.connect_as(&self.target()).await
    }

    async fn connect_as(&self, target: &Target) -> SshRemote {
        SshDialer
            .dial(target, &self.login(), &Stop::never(), &mut |_| ())
            .await
            .unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

fn key(pair: &KeyPair) -> ResolvedLogin {
    ResolvedLogin::Key {
        label: "the test's key".into(),
        private_key: pair.private_key.clone(),
        certificate: None,
        password: None,
    }
}

fn settings(port: u16) -> SshSettings {
    SshSettings {
        host: None,
        port,
        username: "root".into(),
        login: Login::Password {
            password: Secret::default(),
            key_pair: None,
        },
        interface: Interface::Automatic,
        timeout: Some(Duration::from_secs(20)),
        handshake_attempts: Some(10),
        pty: Pty::None,
        agent_forwarding: false,
        bastion: None,
        proxy: None,
        tunnels: Tunnels::default(),
        file_transfer: None,
        ciphers: Vec::new(),
        key_exchanges: Vec::new(),
        keep_alive: Some(Duration::from_secs(5)),
        read_write_timeout: None,
        pause_before_connecting: Duration::ZERO,
        clear_authorized_keys: false,
    }
}

async fn run(remote: &mut SshRemote, command: &str) -> (String, String, Exit) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut collect = |piece| match piece {
        Output::Stdout(bytes) => out.extend(bytes),
        Output::Stderr(bytes) => err.extend(bytes),
    };
    let exit = remote.run(command, &mut collect).await.unwrap();
    (
        String::from_utf8(out).unwrap(),
        String::from_utf8(err).unwrap(),
        exit,
    )
}
