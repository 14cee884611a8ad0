//! The SSH side against a real OpenSSH server on a loopback port.

use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::plan::communicator::{FileTransfer, Interface, KeyType, Login, Pty, SshSettings};
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
}

impl Server {
    fn start(client: KeyType) -> Self {
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
             StrictModes no\nUsePAM no\nPermitRootLogin yes\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nAllowTcpForwarding yes\nSubsystem sftp internal-sftp\n",
            self.port
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

#[tokio::test]
async fn both_outputs_and_the_status_of_a_command_come_back() {
    let server = Server::start(KeyType::Rsa);
    let mut remote = server.connect().await;
    let expected = ("out\n".to_owned(), "err\n".to_owned(), Exit::Status(3));
    assert_eq!(
        run(&mut remote, "echo out; echo err >&2; exit 3\n").await,
        expected
    );
    assert_eq!(run(&mut remote, "kill -TERM $$").await.2, Exit::Status(143));
}

#[tokio::test]
async fn a_command_that_reads_its_input_finds_the_end_of_it() {
    let server = Server::start(KeyType::Ed25519);
    let mut remote = server.connect().await;
    let read = tokio::time::timeout(Duration::from_secs(10), run(&mut remote, "cat; echo end"));
    assert_eq!(read.await.unwrap().0, "end\n");
}

#[tokio::test]
async fn a_large_output_arrives_whole() {
    let server = Server::start(KeyType::Ed25519);
    let mut remote = server.connect().await;
    let (out, err, _) = run(&mut remote, "seq 1 200000; seq 1 1000 >&2").await;
    assert_eq!((out.lines().count(), err.lines().count()), (200_000, 1000));
}

#[tokio::test]
async fn a_pty_is_there_only_when_asked_for() {
    let server = Server::start(KeyType::Ed25519);
    assert_eq!(
        run(&mut server.connect().await, "tty").await.2,
        Exit::Status(1)
    );
    let mut with = settings(server.port);
    with.pty = Pty::Xterm;
    let mut remote = server.connect_as(&Target::new("127.0.0.1", &with)).await;
    let (out, _, exit) = run(&mut remote, "stty size; echo $TERM").await;
    assert_eq!(
        (out.as_str(), exit),
        ("40 80\r\nxterm\r\n", Exit::Status(0))
    );
}

#[tokio::test]
async fn a_killed_session_is_a_disconnect_and_the_next_command_connects_anew() {
    let server = Server::start(KeyType::Ed25519);
    let mut remote = server.connect().await;
    let kill = "kill -9 $PPID; sleep 5";
    assert_eq!(run(&mut remote, kill).await.2, Exit::Disconnected);
    assert_eq!(run(&mut remote, "echo back").await.0, "back\n");
}

#[tokio::test]
async fn a_dropped_command_is_cut_and_the_remote_stays_usable() {
    let server = Server::start(KeyType::Ed25519);
    let mut remote = server.connect().await;
    let began = Instant::now();
    let cut = tokio::time::timeout(
        Duration::from_millis(300),
        remote.run("sleep 60", &mut |_| ()),
    )
    .await;
    assert!(cut.is_err() && began.elapsed() < Duration::from_secs(5));
    assert_eq!(run(&mut remote, "echo again").await.0, "again\n");
}

#[tokio::test]
async fn an_uploaded_file_has_its_bytes_and_its_mode() {
    let server = Server::start(KeyType::Ed25519);
    let mut remote = server.connect().await;
    for way in [None, Some(FileTransfer::Scp), Some(FileTransfer::Sftp)] {
        let mut ssh = settings(server.port);
        ssh.file_transfer = way;
        let mut remote = server.connect_as(&Target::new("127.0.0.1", &ssh)).await;
        let bytes: Vec<u8> = (0..700_000_u32).flat_map(u32::to_le_bytes).collect();
        fs::write(server.path("local"), &bytes).unwrap();
        fs::set_permissions(server.path("local"), fs::Permissions::from_mode(0o750)).unwrap();
        let there = server.text(&format!("there {way:?}"));
        remote
            .upload(&Upload::File(server.path("local")), &there)
            .await
            .unwrap();
        assert!(fs::read(&there).unwrap() == bytes, "{way:?}");
        assert_eq!(
            fs::metadata(&there).unwrap().permissions().mode() & 0o777,
            0o750
        );
    }
    remote
        .upload(&Upload::Bytes(b"x".to_vec(), 0o644), &server.text("empty"))
        .await
        .unwrap();
    assert_eq!(fs::read(server.path("empty")).unwrap(), b"x");
}

#[tokio::test]
async fn a_file_does_not_replace_a_directory() {
    let server = Server::start(KeyType::Ed25519);
    fs::create_dir(server.path("d")).unwrap();
    let mut remote = server.connect().await;
    let refused = remote
        .upload(&Upload::Bytes(b"x".to_vec(), 0o644), &server.text("d"))
        .await;
    assert!(
        matches!(refused, Err(RemoteError::Refused(words)) if words.contains("Is a directory"))
    );
    assert_eq!(run(&mut remote, "echo fine").await.0, "fine\n");
}

fn tree(root: &Path) -> Vec<String> {
    let listed = Command::new("find")
        .arg(root)
        .args(["-printf", "%P %m %Y\n"])
        .output()
        .unwrap();
    let mut lines: Vec<String> = String::from_utf8(listed.stdout)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect();
    lines.sort();
    lines
}

fn make_tree(root: &Path) {
    fs::create_dir_all(root.join("sub/empty")).unwrap();
    fs::write(root.join("a"), "a").unwrap();
    fs::write(root.join("sub/run"), "run").unwrap();
    fs::set_permissions(root.join("sub/run"), fs::Permissions::from_mode(0o755)).unwrap();
    std::os::unix::fs::symlink("a", root.join("link")).unwrap();
}

#[tokio::test]
async fn a_directory_arrives_the_same_by_tar_by_scp_and_by_sftp() {
    let server = Server::start(KeyType::Ed25519);
    let source = server.path("source");
    make_tree(&source);
    for (number, way) in [None, Some(FileTransfer::Scp), Some(FileTransfer::Sftp)]
        .into_iter()
        .enumerate()
    {
        let mut ssh = settings(server.port);
        ssh.file_transfer = way;
        let mut remote = server.connect_as(&Target::new("127.0.0.1", &ssh)).await;
        let there = server.path(&format!("there-{number}"));
        fs::create_dir(&there).unwrap();
        remote
            .upload_directory(
                &source,
                &there.display().to_string(),
                DirectoryPart::Contents,
            )
            .await
            .unwrap();
        assert_eq!(tree(&there), tree_followed(&source), "{way:?}");
        remote
            .upload_directory(&source, &there.display().to_string(), DirectoryPart::Itself)
            .await
            .unwrap();
        assert_eq!(
            tree(&there.join("source")),
            tree_followed(&source),
            "{way:?}"
        );
    }
}

fn tree_followed(root: &Path) -> Vec<String> {
    tree(root)
        .into_iter()
        .map(|line| line.replace("link 777 f", "link 644 f"))
        .collect()
}

#[tokio::test]
async fn what_exists_is_written_through_links_and_keeps_its_directory_modes() {
    let server = Server::start(KeyType::Ed25519);
    let (source, there) = (server.path("source"), server.path("there"));
    make_tree(&source);
    fs::create_dir_all(there.join("sub")).unwrap();
    fs::set_permissions(there.join("sub"), fs::Permissions::from_mode(0o700)).unwrap();
    fs::write(server.path("real"), "longer than before").unwrap();
    std::os::unix::fs::symlink("../real", there.join("a")).unwrap();
    let mut remote = server.connect().await;
    remote
        .upload_directory(
            &source,
            &there.display().to_string(),
            DirectoryPart::Contents,
        )
        .await
        .unwrap();
    assert_eq!(fs::read_to_string(server.path("real")).unwrap(), "a");
    assert_eq!(
        fs::metadata(there.join("sub"))
            .unwrap()
            .permissions()
            .mode()
            & 0o777,
        0o700
    );
}

#[tokio::test]
async fn files_and_directories_are_fetched_as_packer_fetches_them() {
    let server = Server::start(KeyType::Ed25519);
    make_tree(&server.path("source"));
    fs::create_dir(server.path("got")).unwrap();
    let mut remote = server.connect().await;
    remote
        .download(&server.text("source/sub/run"), &server.path("run"))
        .await
        .unwrap();
    assert_eq!(fs::read(server.path("run")).unwrap(), b"run");
    remote
        .download_directory(&server.text("source/"), &server.path("got"))
        .await
        .unwrap();
    assert_eq!(fs::read(server.path("got/source/sub/run")).unwrap(), b"run");
    let missing = remote
        .download(&server.text("nope"), &server.path("x"))
        .await;
    assert!(matches!(missing, Err(RemoteError::Refused(words)) if words.contains("No such file")));
}

#[tokio::test]
async fn a_wrong_key_is_refused_as_often_as_the_template_allows() {
    let server = Server::start(KeyType::Ed25519);
    let mut ssh = settings(server.port);
    ssh.handshake_attempts = Some(2);
    let stranger = key(&KeyPair::generate(KeyType::Ed25519).unwrap());
    let mut tries = 0;
    let target = Target::new("127.0.0.1", &ssh);
    let refused = SshDialer
        .dial(&target, &stranger, &Stop::never(), &mut |_| tries += 1)
        .await
        .err()
        .unwrap();
    let ConnectError::LoginRefused {
        offered, accepts, ..
    } = &refused
    else {
        panic!("{refused}")
    };
    assert_eq!(
        (offered.as_slice(), accepts.as_slice()),
        (
            &["the test's key".to_owned()][..],
            &["publickey".to_owned()][..]
        )
    );
    assert_eq!(tries, 1);
}

#[tokio::test]
async fn a_port_without_a_server_times_out_and_says_that_it_was_refused() {
    let mut ssh = settings(
        TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port(),
    );
    ssh.timeout = Some(Duration::from_millis(700));
    let login = key(&KeyPair::generate(KeyType::Ed25519).unwrap());
    let error = SshDialer
        .dial(
            &Target::new("127.0.0.1", &ssh),
            &login,
            &Stop::never(),
            &mut |_| (),
        )
        .await
        .err()
        .unwrap();
    assert_eq!(error.to_string(), "Timeout waiting for SSH");
    assert!(matches!(error.root(), ConnectError::Refused { .. }));
}

#[tokio::test]
async fn a_stop_ends_the_wait_for_a_machine_at_once() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let target = Target::new(
        "127.0.0.1",
        &settings(listener.local_addr().unwrap().port()),
    );
    let login = key(&KeyPair::generate(KeyType::Ed25519).unwrap());
    let (handle, stop) = StopHandle::new();
    handle.request(StopReason::Interrupt);
    let error = SshDialer
        .dial(&target, &login, &stop, &mut |_| ())
        .await
        .err()
        .unwrap();
    assert!(matches!(error, ConnectError::Stopped));
}

#[tokio::test]
async fn a_new_host_key_is_refused_unless_the_judge_accepts_it() {
    let mut server = Server::start(KeyType::Ed25519);
    let mut target = server.target();
    target.host_key = HostKeyPin::default();
    let mut remote = server.connect_as(&target).await;
    server.end();
    server.new_host_key();
    server.run();
    let refused = remote.reconnect().await;
    assert!(
        matches!(refused, Err(RemoteError::Reconnect(error)) if matches!(*error, ConnectError::HostKeyChanged(_)))
    );
    target.judge = Some(Arc::new(|_| Box::pin(async { Verdict::Accept })));
    let mut remote = server.connect_as(&target).await;
    assert_eq!(run(&mut remote, "echo in").await.0, "in\n");
}

#[tokio::test]
async fn a_machine_behind_a_bastion_host_is_reached_through_it() {
    let (bastion, server) = (
        Server::start(KeyType::Ed25519),
        Server::start(KeyType::Ed25519),
    );
    let mut ssh = settings(server.port);
    ssh.bastion = Some(crate::plan::communicator::Bastion {
        host: "127.0.0.1".into(),
        port: bastion.port,
        username: "root".into(),
        password: None,
        private_key: Some(bastion.client.private_key.clone()),
        certificate: None,
        agent: false,
    });
    let mut remote = server.connect_as(&Target::new("127.0.0.1", &ssh)).await;
    let (out, _, exit) = run(&mut remote, "seq 1 100000").await;
    assert_eq!((out.lines().count(), exit), (100_000, Exit::Status(0)));
    let bytes = vec![7; 3_000_000];
    remote
        .upload(&Upload::Bytes(bytes.clone(), 0o600), &server.text("there"))
        .await
        .unwrap();
    assert!(fs::read(server.path("there")).unwrap() == bytes);
}
