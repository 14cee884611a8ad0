//! Commands: output, status, terminals, and connections that are cut.

use super::*;

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
