//! What a long line must not cost. The limits are a fraction of what waiting for each answer takes, and many times what the
//! transfers take, since the machine may be busy.

use super::delayed_line::DelayedLine;
use super::*;

/// More than one advance of scp's consent.
const FILES: u32 = 5_000;

/// One answer for each file alone would take 200 s.
const SOON: Duration = Duration::from_secs(40);

async fn far(server: &Server, line: &DelayedLine, way: Option<FileTransfer>) -> SshRemote {
    server.wait_until_it_listens().await;
    let mut ssh = settings(line.port);
    ssh.file_transfer = way;
    server.connect_as(&Target::new("127.0.0.1", &ssh)).await
}

#[tokio::test]
async fn small_files_do_not_wait_for_an_answer_each() {
    let server = Server::start(KeyType::Ed25519);
    let line = DelayedLine::to(server.port);
    let mut remote = far(&server, &line, None).await;
    for directory in ["source", "there", "back"] {
        fs::create_dir(server.path(directory)).unwrap();
    }
    for number in 0..FILES {
        let path = server.path("source").join(number.to_string());
        fs::write(path, number.to_string()).unwrap();
    }
    let began = Instant::now();
    remote
        .upload_directory(
            &server.path("source"),
            &server.text("there"),
            DirectoryPart::Contents,
        )
        .await
        .unwrap();
    assert!(began.elapsed() < SOON, "upload: {:?}", began.elapsed());
    let began = Instant::now();
    remote
        .download_directory(&server.text("there/"), &server.path("back"))
        .await
        .unwrap();
    assert!(began.elapsed() < SOON, "download: {:?}", began.elapsed());
    for number in 0..FILES {
        let path = server.path("back/there").join(number.to_string());
        assert_eq!(fs::read_to_string(path).unwrap(), number.to_string());
    }
    assert_eq!(run(&mut remote, "echo fine").await.0, "fine\n");
}

#[tokio::test]
async fn one_large_file_does_not_wait_for_an_answer_to_each_piece() {
    let server = Server::start(KeyType::Ed25519);
    let line = DelayedLine::to(server.port);
    // A way there and back for each 256 KiB would take 12 s, for each 32 KiB 100 s.
    let bytes: Vec<u8> = (0..20_000_000_u32).flat_map(u32::to_le_bytes).collect();
    fs::write(server.path("large"), &bytes).unwrap();
    for way in [None, Some(FileTransfer::Sftp)] {
        let mut remote = far(&server, &line, way).await;
        let began = Instant::now();
        remote
            .upload(&Upload::File(server.path("large")), &server.text("there"))
            .await
            .unwrap();
        let there = began.elapsed();
        remote
            .download(&server.text("there"), &server.path("back"))
            .await
            .unwrap();
        let back = began.elapsed() - there;
        assert!(fs::read(server.path("back")).unwrap() == bytes);
        let limit = Duration::from_secs(11);
        eprintln!("{way:?} {there:?} {back:?}");
        assert!(there < limit && back < limit, "{way:?}: {there:?} {back:?}");
    }
}
