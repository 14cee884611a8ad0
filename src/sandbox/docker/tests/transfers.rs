use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::remote::{DirectoryPart, Upload};

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_file_goes_there_with_its_mode_and_the_users_name_and_comes_back() {
    let Some(sandbox) = open(PLAIN).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    let local = tempfile::tempdir().unwrap();
    let file = local.path().join("a file");
    fs::write(&file, "content").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o750)).unwrap();
    remote
        .upload(&Upload::File(file), "~/it's here")
        .await
        .unwrap();
    assert_eq!(
        said(&mut remote, "stat -c '%a %U %G %n' *").await,
        "750 ubuntu ubuntu it's here"
    );
    let back = local.path().join("back");
    remote.download("it's\\ here", &back).await.unwrap_err();
    remote
        .download("/home/ubuntu/it\\'s here", &back)
        .await
        .unwrap();
    assert_eq!(fs::read(&back).unwrap(), b"content");
    let script = Upload::Bytes(b"#!/bin/sh\necho ran\n".to_vec(), 0o755);
    remote.upload(&script, "/tmp/script.sh").await.unwrap();
    assert_eq!(said(&mut remote, "/tmp/script.sh").await, "ran");
    sandbox.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_user_may_not_write_is_refused_in_scps_words() {
    let Some(sandbox) = open(PLAIN).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    let file = Upload::Bytes(b"x".to_vec(), 0o644);
    for (destination, words) in [
        ("/etc/nginx.conf", "scp: /etc/nginx.conf: Permission denied"),
        ("/tmp", "scp: /tmp: Is a directory"),
    ] {
        let error = remote
            .upload(&file, destination)
            .await
            .unwrap_err()
            .to_string();
        assert_eq!(error, words);
    }
    let target = tempfile::tempdir().unwrap();
    let error = remote
        .download("/nothing", &target.path().join("x"))
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "scp: /nothing: No such file or directory"
    );
    let error = remote
        .upload(&Upload::File("/no/such/local".into()), "/tmp/x")
        .await
        .unwrap_err();
    assert!(error.to_string().contains("/no/such/local"), "{error}");
    sandbox.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_goes_as_itself_or_by_its_contents_and_comes_back_under_its_name() {
    let Some(sandbox) = open(PLAIN).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    let local = tempfile::tempdir().unwrap();
    let source = local.path().join("site");
    fs::create_dir_all(source.join("sub/empty")).unwrap();
    for number in 0..300 {
        fs::write(source.join(format!("sub/{number}")), "x".repeat(number)).unwrap();
    }
    remote
        .upload_directory(&source, "/tmp", DirectoryPart::Itself)
        .await
        .unwrap();
    said(&mut remote, "mkdir /tmp/other").await;
    remote
        .upload_directory(&source, "/tmp/other", DirectoryPart::Contents)
        .await
        .unwrap();
    said(&mut remote, "diff -r /tmp/site /tmp/other").await;
    assert_eq!(
        said(
            &mut remote,
            "find /tmp/site -type f | wc -l; stat -c %U /tmp/site/sub"
        )
        .await,
        "300\nubuntu"
    );
    let back = local.path().join("back");
    fs::create_dir(&back).unwrap();
    remote.download_directory("/tmp/site", &back).await.unwrap();
    assert_eq!(fs::read(back.join("site/sub/299")).unwrap().len(), 299);
    assert!(back.join("site/sub/empty").is_dir());
    let nowhere = remote
        .upload_directory(&source, "/nowhere", DirectoryPart::Itself)
        .await;
    assert_eq!(
        nowhere.unwrap_err().to_string(),
        "scp: /nowhere: No such file or directory"
    );
    sandbox.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_file_passes_through_without_being_held() {
    let Some(sandbox) = open(PLAIN).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    let local = tempfile::tempdir().unwrap();
    let file = local.path().join("large");
    let mebibytes = setting("AMI_BUILD_TEST_UPLOAD_MIB").map_or(256, |it| it.parse().unwrap());
    let size: u64 = mebibytes << 20;
    fs::File::create(&file).unwrap().set_len(size).unwrap();
    let begin = std::time::Instant::now();
    let before = resident();
    let watching = tokio::spawn(async {
        let mut most = 0;
        loop {
            most = most.max(resident());
            MOST.store(most, std::sync::atomic::Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    remote
        .upload(&Upload::File(file), "/var/tmp/large")
        .await
        .unwrap();
    println!("{mebibytes} MiB there in {:?}", begin.elapsed());
    watching.abort();
    let most = MOST.load(std::sync::atomic::Ordering::Relaxed);
    println!("{before} kB, then at most {most} kB");
    assert!(most < before + (64 << 10), "{before} kB, then {most} kB");
    assert_eq!(
        said(&mut remote, "stat -c %s /var/tmp/large").await,
        size.to_string()
    );
    let back = local.path().join("back");
    remote.download("/var/tmp/large", &back).await.unwrap();
    assert_eq!(fs::metadata(&back).unwrap().len(), size);
    sandbox.close().await;
}

static MOST: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);

/// In kB.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
