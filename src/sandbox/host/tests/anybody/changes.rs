//! What is told of a sandbox's files.

use super::*;
use crate::sandbox::{ChangeKind, Changes, Package, PackageChange};

fn told(changes: &Changes) -> Vec<(String, ChangeKind, u64)> {
    let files = changes.files.iter();
    files
        .map(|change| (change.path.clone(), change.kind, change.bytes))
        .filter(|(path, ..)| !path.ends_with(".sudo_as_admin_successful"))
        .collect()
}

#[tokio::test]
async fn a_sandbox_in_which_nothing_was_done_is_as_it_was() {
    let Some(sandbox) = open(&order()).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    said(&mut remote, "id; ls -R /etc >/dev/null 2>&1; echo x > /tmp/x; sudo touch /etc/hosts; sudo chmod 644 /etc/passwd; sudo sh -c ': >> /usr/lib/os-release'").await;
    assert_eq!(sandbox.changes().await.unwrap(), Changes::default());
    sandbox.close().await;
}

#[tokio::test]
async fn what_was_added_changed_and_removed_is_told_with_sizes_in_order() {
    let Some(sandbox) = open(&order()).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    let script = "set -e; cd /usr/lib; sudo mkdir -p new/deep; echo 12345 | sudo tee new/deep/file >/dev/null; \
        sudo ln -s /nowhere new/link; sudo chmod 600 /etc/passwd; echo y | sudo tee -a /etc/hostname >/dev/null; \
        sudo rm /etc/group; sudo rm -rf /etc/skel; sudo mkdir /etc/skel; sudo touch /etc/skel/mine; rm -r ~/.ssh";
    said(&mut remote, script).await;
    let changes = told(&sandbox.changes().await.unwrap());
    let of = |path: &str| {
        let found = changes.iter().find(|(found, ..)| found == path);
        found.map(|(_, kind, bytes)| (*kind, *bytes))
    };
    assert_eq!(of("/usr/lib/new"), Some((ChangeKind::Added, 0)));
    assert_eq!(of("/usr/lib/new/deep/file"), Some((ChangeKind::Added, 6)));
    assert_eq!(of("/usr/lib/new/link"), Some((ChangeKind::Added, 0)));
    assert_eq!(of("/etc/hostname"), Some((ChangeKind::Changed, 12)));
    assert!(matches!(
        of("/etc/passwd"),
        Some((ChangeKind::Changed, 1..))
    ));
    assert_eq!(of("/etc/group"), Some((ChangeKind::Removed, 0)));
    assert_eq!(of("/etc/skel/.bashrc"), Some((ChangeKind::Removed, 0)));
    assert_eq!(of("/etc/skel/mine"), Some((ChangeKind::Added, 0)));
    assert_eq!(of("/home/ubuntu/.ssh"), Some((ChangeKind::Removed, 0)));
    assert_eq!(
        of("/home/ubuntu/.ssh/authorized_keys"),
        Some((ChangeKind::Removed, 0))
    );
    assert_eq!(of("/etc/skel"), None, "it is there as it was");
    assert!(changes.is_sorted_by_key(|(path, ..)| path.clone()));
    sandbox.close().await;
}

#[tokio::test]
async fn a_directory_as_deep_as_a_path_can_name_is_told() {
    let Some(sandbox) = open(&order()).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    let script = "path=d; for i in 1 2 3 4 5 6 7 8 9 10; do path=$path/$path; done; \
        sudo mkdir -p /opt/$path; cd /opt/$path && sudo mkdir -p $path";
    said(&mut remote, script).await;
    let changes = told(&sandbox.changes().await.unwrap());
    assert!(changes.len() > 1000, "{}", changes.len());
    sandbox.close().await;
}

#[tokio::test]
async fn a_program_that_lists_packages_has_no_more_rights_than_a_provisioner() {
    let Some(sandbox) = open(&order()).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    let rights = said(&mut remote, "grep CapBnd /proc/self/status | cut -f2").await;
    let script = r#"sudo mkdir -p /var/lib/rpm; echo x | sudo tee /var/lib/rpm/Packages >/dev/null
        printf '#!/bin/sh\ncase $* in *dbpath*) exit;; esac; mount -t tmpfs x /mnt && echo "mounted\tx\t1"; echo "rights\tx\t$(grep CapBnd /proc/self/status | cut -f2)"\n' | sudo tee /usr/bin/rpm >/dev/null
        sudo chmod 755 /usr/bin/rpm"#;
    said(&mut remote, script).await;
    let changes = sandbox.changes().await.unwrap();
    let expected = Package {
        name: "rights".to_owned(),
        version: rights.trim().to_owned(),
    };
    assert_eq!(changes.packages, [PackageChange::Installed(expected)]);
    sandbox.close().await;
}

#[tokio::test]
async fn a_list_of_packages_that_never_ends_is_none() {
    let Some(sandbox) = open(&order()).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    said(&mut remote, "sudo ln -sf /dev/zero /var/lib/dpkg/status").await;
    let changes = sandbox.changes().await.unwrap();
    let status = |change: &crate::sandbox::Change| change.path == "/var/lib/dpkg/status";
    assert!(changes.files.iter().any(status), "{:?}", changes.files);
    sandbox.close().await;
}
