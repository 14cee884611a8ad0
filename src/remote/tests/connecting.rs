//! The way in: logins, host keys, bastion hosts, and giving up.

use super::*;
use crate::plan::communicator::{Bastion, Questions};

#[tokio::test]
async fn a_wrong_key_is_refused_as_often_as_the_template_allows() {
    let server = Server::start(KeyType::Ed25519);
    server.wait_until_it_listens().await;
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
    let kill = "kill -9 $PPID; sleep 5";
    assert_eq!(run(&mut remote, kill).await.2, Exit::Disconnected);
    server.end();
    server.new_host_key();
    server.run();
    server.wait_until_it_listens().await;
    let refused = remote.run("true", &mut |_| ()).await;
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
    ssh.bastion = Some(Bastion {
        host: "127.0.0.1".into(),
        port: bastion.port,
        username: "root".into(),
        password: None,
        private_key: Some(bastion.client.private_key.clone()),
        certificate: None,
        agent: false,
        questions: Questions::Unanswered,
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

#[tokio::test]
async fn a_certificate_that_the_servers_authority_signed_lets_us_in() {
    let server = Server::start(KeyType::Ed25519);
    fs::write(server.path("authorized_keys"), "").unwrap();
    let authority = KeyPair::generate(KeyType::Ed25519).unwrap();
    let write = |name: &str, text: &str| {
        let mut options = fs::OpenOptions::new();
        let mut file = options
            .write(true)
            .create(true)
            .mode(0o600)
            .open(server.path(name))
            .unwrap();
        file.write_all(text.as_bytes()).unwrap();
    };
    write("authority", authority.private_key.expose());
    write("authority.pub", &authority.public_key);
    write("user.pub", &server.client.public_key);
    let signed = Command::new("ssh-keygen")
        .args([
            "-q",
            "-s",
            &server.text("authority"),
            "-I",
            "test",
            "-n",
            "root",
        ])
        .arg(server.path("user.pub"))
        .status();
    assert!(signed.unwrap().success());
    let login = ResolvedLogin::Key {
        label: "the test's key".into(),
        private_key: server.client.private_key.clone(),
        certificate: Some(fs::read_to_string(server.path("user-cert.pub")).unwrap()),
        password: None,
    };
    let mut remote = SshDialer
        .dial(&server.target(), &login, &Stop::never(), &mut |_| ())
        .await
        .unwrap();
    assert_eq!(run(&mut remote, "echo in").await.0, "in\n");
}
