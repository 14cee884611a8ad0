use std::collections::BTreeMap;

use crate::sandbox::ChangeKind;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_sandbox_in_which_nothing_was_done_has_no_changes() {
    for image in [PLAIN, FULL] {
        let Some(sandbox) = open(image).await else {
            return;
        };
        let mut remote = sandbox.connect().await.unwrap();
        said(&mut remote, "sudo true").await;
        let changes = sandbox.changes().await.unwrap();
        // Sudo notes whom it has lectured, and Debian's that somebody may use it.
        let files: Vec<_> = changes
            .files
            .iter()
            .filter(|it| !it.path.contains("sudo"))
            .collect();
        assert!(files.is_empty(), "{image}: {files:?}");
        assert!(changes.packages.is_empty());
        sandbox.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_added_changed_and_removed_is_told_with_sizes_and_hostile_names_do_no_harm() {
    let Some(sandbox) = open(PLAIN).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    let script = r#"set -e
        printf 12345 >/opt-file 2>/dev/null || printf 12345 | sudo tee /opt-file >/dev/null
        sudo mkdir -p /srv/new/deep
        echo 127.0.0.1 | sudo tee -a /etc/issue >/dev/null
        sudo rm /etc/debian_version
        sudo chmod 700 /opt
        echo more >>~/.bashrc
        rm ~/.profile
        sudo useradd service
        sudo touch '/srv/new/::error::x' "/srv/new/$(printf 'a\nb')" "/srv/new/$(printf 'c\377d')" '/srv/new/ f'
        sudo ln -s /etc/passwd /srv/new/link"#;
    said(&mut remote, script).await;
    let changes = sandbox.changes().await.unwrap();
    let told: BTreeMap<&str, (ChangeKind, u64)> = changes
        .files
        .iter()
        .map(|change| (&*change.path, (change.kind, change.bytes)))
        .collect();
    assert_eq!(told.get("/opt-file"), Some(&(ChangeKind::Added, 5)));
    assert_eq!(told.get("/srv/new/deep"), Some(&(ChangeKind::Added, 0)));
    assert_eq!(told.get("/srv/new/link"), Some(&(ChangeKind::Added, 0)));
    assert_eq!(
        told.get("/etc/debian_version"),
        Some(&(ChangeKind::Removed, 0))
    );
    assert_eq!(told.get("/opt"), Some(&(ChangeKind::Changed, 0)));
    assert_eq!(
        told.get("/srv/new/::error::x"),
        Some(&(ChangeKind::Added, 0))
    );
    assert_eq!(told.get("/srv/new/a\nb"), Some(&(ChangeKind::Added, 0)));
    assert_eq!(told.get("/srv/new/ f"), Some(&(ChangeKind::Added, 0)));
    assert!(told.keys().any(|path| path.starts_with("/srv/new/c")));
    assert_eq!(
        told.get("/home/ubuntu/.profile"),
        Some(&(ChangeKind::Removed, 0))
    );
    for changed in ["/etc/issue", "/home/ubuntu/.bashrc", "/etc/passwd"] {
        assert!(
            matches!(told.get(changed), Some((ChangeKind::Changed, 1..))),
            "{changed}: {told:?}"
        );
    }
    for unchanged in [
        "/etc",
        "/srv",
        "/home/ubuntu",
        "/usr/bin/sudo",
        "/.ami-build",
    ] {
        assert_eq!(told.get(unchanged), None, "{unchanged}");
    }
    sandbox.close().await;
}
