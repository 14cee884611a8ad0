//! Files into a sandbox and out of it.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use tokio::sync::mpsc;

use super::*;
use crate::remote::{DirectoryPart, Piped, Terminal, Upload};

async fn put(remote: &mut HostRemote, bytes: &[u8], to: &str) -> Result<(), RemoteError> {
    remote
        .upload(&Upload::Bytes(bytes.to_vec(), 0o755), to)
        .await
}

#[tokio::test]
async fn a_file_arrives_with_bytes_and_mode_and_as_the_users() {
    let Some(sandbox) = open(&order()).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    let place = tempfile::tempdir().unwrap();
    let local = place.path().join("it is");
    let bytes: Vec<u8> = (0..1_000_000_u32).flat_map(u32::to_le_bytes).collect();
    fs::write(&local, &bytes).unwrap();
    fs::set_permissions(&local, fs::Permissions::from_mode(0o640)).unwrap();
    remote
        .upload(&Upload::File(local), "/tmp/it's a file")
        .await
        .unwrap();
    let text = said(
        &mut remote,
        "stat -c '%a %s' \"/tmp/it's a file\"; test -O \"/tmp/it's a file\"",
    )
    .await;
    assert_eq!(text, "640 4000000\n");
    let back = place.path().join("back");
    remote
        .download("/tmp/it's\\ a\\ file", &back)
        .await
        .unwrap_err();
    said(&mut remote, "mv /tmp/it* ~/plain").await;
    remote.download("~/plain", &back).await.unwrap();
    assert!(fs::read(back).unwrap() == bytes);
    put(&mut remote, b"#!/bin/sh\necho ran\n", "~/script.sh")
        .await
        .unwrap();
    assert_eq!(said(&mut remote, "./script.sh").await, "ran\n");
    sandbox.close().await;
}

#[tokio::test]
async fn what_scp_refuses_is_refused_in_words_that_say_why() {
    let Some(sandbox) = open(&order()).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    let cases = [
        ("/etc", "Is a directory"),
        ("/nowhere/file", "nowhere"),
        ("/proc/version", "ermission denied"),
    ];
    for (to, words) in cases {
        let error = put(&mut remote, b"x", to).await.unwrap_err();
        assert!(matches!(error, RemoteError::Refused(_)), "{to}: {error}");
        assert!(error.to_string().contains(words), "{to}: {error}");
    }
    let place = tempfile::tempdir().unwrap();
    let to = place.path().join("x");
    let error = remote.download("/nowhere", &to).await.unwrap_err();
    assert!(error.to_string().contains("No such file"), "{error}");
    sandbox.close().await;
}

/// Paths below `root` with modes and contents.
fn tree(root: &Path) -> BTreeMap<String, (u32, Vec<u8>)> {
    let mut found = BTreeMap::new();
    let mut left = vec![root.to_owned()];
    while let Some(directory) = left.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
            let name = path.strip_prefix(root).unwrap().display().to_string();
            if path.is_dir() {
                found.insert(name, (0, Vec::new()));
                left.push(path);
            } else {
                found.insert(name, (mode, fs::read(&path).unwrap()));
            }
        }
    }
    found
}

#[tokio::test]
async fn a_directory_goes_in_as_itself_or_by_its_contents_and_comes_back_the_same() {
    let Some(sandbox) = open(&order()).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    let place = tempfile::tempdir().unwrap();
    let source = place.path().join("source");
    fs::create_dir_all(source.join("deep/er")).unwrap();
    fs::create_dir(source.join("empty")).unwrap();
    fs::write(source.join("deep/er/ü file"), "content").unwrap();
    fs::write(source.join("run"), "#!/bin/sh\n").unwrap();
    fs::set_permissions(source.join("run"), fs::Permissions::from_mode(0o755)).unwrap();
    said(&mut remote, "mkdir there").await;
    for (part, at) in [
        (DirectoryPart::Itself, "there/source"),
        (DirectoryPart::Contents, "there"),
    ] {
        remote
            .upload_directory(&source, "there", part)
            .await
            .unwrap();
        let back = place.path().join(format!("{part:?}"));
        fs::create_dir(&back).unwrap();
        remote.download_directory(at, &back).await.unwrap();
        let name = Path::new(at).file_name().unwrap();
        let mut got = tree(&back.join(name));
        got.retain(|path, _| !path.starts_with("source"));
        assert_eq!(got, tree(&source), "{part:?}");
        said(
            &mut remote,
            "test -x there/source/run && ! test -x there/source/deep/er/*",
        )
        .await;
    }
    remote
        .upload_directory(&source, "made", DirectoryPart::Itself)
        .await
        .unwrap();
    said(&mut remote, "test -x made/run && ! test -e made/source").await;
    let error = remote
        .upload_directory(&source, "/nowhere", DirectoryPart::Contents)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("/nowhere"), "{error}");
    sandbox.close().await;
}

#[tokio::test]
async fn a_directory_that_its_owner_may_not_write_to_goes_in_with_what_is_in_it() {
    let Some(sandbox) = open(&order()).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    let place = tempfile::tempdir().unwrap();
    let source = place.path().join("source");
    fs::create_dir_all(source.join("closed")).unwrap();
    fs::write(source.join("closed/file"), "content").unwrap();
    let mode = fs::Permissions::from_mode;
    fs::set_permissions(source.join("closed"), mode(0o555)).unwrap();
    remote
        .upload_directory(&source, "/tmp", DirectoryPart::Contents)
        .await
        .unwrap();
    let text = said(&mut remote, "cat /tmp/closed/file; stat -c %a /tmp/closed").await;
    assert_eq!(text, "content555\n");
    // So that it can be removed.
    fs::set_permissions(source.join("closed"), mode(0o755)).unwrap();
    sandbox.close().await;
}

#[tokio::test]
async fn commands_beside_each_other_have_inputs_of_their_own() {
    let Some(sandbox) = open(&order()).await else {
        return;
    };
    let pipes = sandbox.connect().await.unwrap().pipes();
    let converse = |text: &'static str| {
        let (sender, input) = mpsc::channel(4);
        let (output, mut printed) = mpsc::channel(4);
        let end = Arc::clone(&pipes).run(Piped {
            command: "sort; echo over; exit 3".to_owned(),
            terminal: Terminal::Never,
            input,
            output,
        });
        async move {
            let talking = async move {
                sender.send(text.as_bytes().to_vec()).await.unwrap();
                drop(sender);
                let mut all = Vec::new();
                while let Some(Output::Stdout(piece) | Output::Stderr(piece)) = printed.recv().await
                {
                    all.extend(piece);
                }
                String::from_utf8(all).unwrap()
            };
            tokio::join!(end, talking)
        }
    };
    let (one, other) = tokio::join!(converse("b\na\n"), converse("d\nc\n"));
    assert_eq!((one.0.unwrap(), &*one.1), (Exit::Status(3), "a\nb\nover\n"));
    assert_eq!(
        (other.0.unwrap(), &*other.1),
        (Exit::Status(3), "c\nd\nover\n")
    );
    sandbox.close().await;
}

#[tokio::test]
async fn what_is_fetched_ends_where_the_sandboxs_memory_does() {
    let mut order = order();
    order.limits.memory = 16 << 20;
    let Some(sandbox) = open(&order).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    let place = tempfile::tempdir().unwrap();
    let to = place.path().join("to");
    let error = remote.download("/dev/zero", &to).await.unwrap_err();
    let text = crate::error::on_one_line(&error);
    assert!(text.contains("more than 16 MiB"), "{text}");
    assert_eq!(fs::metadata(&to).unwrap().len(), 16 << 20);
    sandbox.close().await;
}
