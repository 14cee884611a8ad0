//! Files and directories, by every way that they can travel.

use super::super::meter::Reading;
use super::*;

#[tokio::test]
async fn an_uploaded_file_has_its_bytes_and_its_mode() {
    let server = Server::start(KeyType::Ed25519);
    let mut remote = server.connect().await;
    for way in [None, Some(FileTransfer::Scp), Some(FileTransfer::Sftp)] {
        let mut ssh = settings(server.port);
        ssh.file_transfer = way;
        let mut remote = server.connect_as(&Target::new("127.0.0.1", &ssh)).await;
        let bytes: Vec<u8> = (0..3_000_000_u32).flat_map(u32::to_le_bytes).collect();
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
async fn every_cipher_carries_every_byte_both_ways() {
    // Two kinds of digest: over what is encrypted, and over what is not.
    for further in [
        "Ciphers +aes128-cbc,aes256-cbc\n",
        "Ciphers +aes128-cbc,aes256-cbc\nMACs hmac-sha2-256,hmac-sha1\n",
    ] {
        let server = Server::start_with(KeyType::Ed25519, further);
        for cipher in [
            "aes128-gcm@openssh.com",
            "aes256-gcm@openssh.com",
            "chacha20-poly1305@openssh.com",
            "aes128-ctr",
            "aes256-ctr",
            "aes128-cbc",
            "aes256-cbc",
        ] {
            let mut ssh = settings(server.port);
            ssh.ciphers = vec![cipher.to_owned()];
            let mut remote = server.connect_as(&Target::new("127.0.0.1", &ssh)).await;
            for length in [0, 1, 15, 16, 17, 32_700, 32_701, 1_000_003] {
                let bytes: Vec<u8> = (0..length)
                    .map(|number: u32| number.to_le_bytes()[0] ^ number.to_le_bytes()[1])
                    .collect();
                let upload = Upload::Bytes(bytes.clone(), 0o600);
                remote.upload(&upload, &server.text("there")).await.unwrap();
                remote
                    .download(&server.text("there"), &server.path("back"))
                    .await
                    .unwrap();
                assert!(
                    fs::read(server.path("there")).unwrap() == bytes,
                    "{cipher} {length}"
                );
                assert!(
                    fs::read(server.path("back")).unwrap() == bytes,
                    "{cipher} {length}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_full_disk_is_told_with_the_file_here_or_there_and_the_connection_stays() {
    let server = Server::start(KeyType::Ed25519);
    let mut ssh = settings(server.port);
    ssh.file_transfer = Some(FileTransfer::Scp);
    let mut remote = server.connect_as(&Target::new("127.0.0.1", &ssh)).await;
    // More than may be under way, so that the other side is stopped in the middle.
    fs::write(server.path("much"), vec![0; 40_000_000]).unwrap();
    let failed = remote
        .download(&server.text("much"), Path::new("/dev/full"))
        .await;
    assert!(
        matches!(&failed, Err(RemoteError::Local { path, .. }) if path == Path::new("/dev/full")),
        "{failed:?}"
    );
    // The answer to a file comes with the next file's, or at the end.
    for further in [None, Some("b")] {
        let (source, there) = (server.path("source"), server.path("there"));
        fs::create_dir_all(&source).unwrap();
        fs::create_dir_all(&there).unwrap();
        for name in ["a"].into_iter().chain(further) {
            fs::write(source.join(name), "content").unwrap();
        }
        if further.is_none() {
            std::os::unix::fs::symlink("/dev/full", there.join("a")).unwrap();
        }
        let failed = remote
            .upload_directory(&source, &server.text("there"), DirectoryPart::Contents)
            .await;
        assert!(
            matches!(&failed, Err(RemoteError::Refused(words)) if words.contains("there/a: No space left")),
            "{failed:?}"
        );
    }
    assert_eq!(run(&mut remote, "echo fine").await.0, "fine\n");
}

#[tokio::test]
async fn the_meter_has_counted_every_file_of_a_transfer() {
    let server = Server::start(KeyType::Ed25519);
    make_tree(&server.path("source"));
    // `a` twice, since the link is followed, and `run`.
    let expected = |total| Reading { moved: 5, total };
    for way in [None, Some(FileTransfer::Scp), Some(FileTransfer::Sftp)] {
        let mut ssh = settings(server.port);
        ssh.file_transfer = way;
        let mut remote = server.connect_as(&Target::new("127.0.0.1", &ssh)).await;
        fs::create_dir_all(server.path("there")).unwrap();
        remote
            .upload_directory(
                &server.path("source"),
                &server.text("there"),
                DirectoryPart::Contents,
            )
            .await
            .unwrap();
        assert_eq!(remote.meter().reading(), expected(Some(5)), "{way:?}");
        fs::create_dir_all(server.path("back")).unwrap();
        remote
            .download_directory(&server.text("source/"), &server.path("back"))
            .await
            .unwrap();
        assert_eq!(remote.meter().reading(), expected(None), "{way:?}");
    }
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
