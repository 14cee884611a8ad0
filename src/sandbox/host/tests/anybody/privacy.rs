//! What is the host's stays the host's: nobody inside reads what is private, or changes anything outside.

use std::fs;

use super::*;

#[tokio::test]
async fn files_of_people_and_of_runners_are_not_there_however_open_they_are() {
    let Some(sandbox) = open(&order()).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    let place = tempfile::tempdir().unwrap();
    let secret = place.path().join("secret");
    fs::write(&secret, "secret").unwrap();
    let here = std::env::current_dir().unwrap();
    for path in [secret, here.join("Cargo.toml"), this_binary()] {
        let (text, exit) = run(&mut remote, &format!("sudo cat '{}'", path.display())).await;
        assert_ne!(exit.unwrap(), Exit::Status(0), "{}: {text}", path.display());
    }
    let text = said(&mut remote, "sudo find /root /home /mnt /media /srv /tmp /var/tmp /run -mindepth 1 | grep -v -e ubuntu -e ^/run/lock -e ^/run/sudo; true").await;
    assert_eq!(text, "");
    sandbox.close().await;
}

#[tokio::test]
async fn what_the_caller_left_open_is_closed_inside_and_its_keys_are_not_found() {
    let Some(sandbox) = open(&order()).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    let text = said(
        &mut remote,
        "ls -l /proc/self/fd | grep -v -e ' [012] -> ' -e /proc/ -e total; true",
    )
    .await;
    assert_eq!(text, "");
    let keys = said(&mut remote, "cat /proc/keys").await;
    assert!(!keys.contains("_uid."), "{keys}");
    sandbox.close().await;
}

#[tokio::test]
async fn hashes_keys_logs_and_sockets_are_not_there() {
    let Some(sandbox) = open(&order()).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    let hashes = said(
        &mut remote,
        "sudo cut -d: -f2 /etc/shadow /etc/gshadow | sort -u",
    )
    .await;
    assert_eq!(hashes, "*\n");
    let text = said(&mut remote, "sudo find / -xdev -type s; sudo find /var/log -type f; sudo cat /etc/ssh/ssh_host_*_key /etc/ssl/private/* 2>/dev/null; true").await;
    assert_eq!(text, "");
    sandbox.close().await;
}

#[tokio::test]
async fn what_the_hosts_kernel_was_told_is_not_told() {
    let Some(sandbox) = open(&order()).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    let line = said(&mut remote, "cat /proc/cmdline").await;
    assert!(line.starts_with("BOOT_IMAGE="), "{line}");
    assert_ne!(line, fs::read_to_string("/proc/cmdline").unwrap());
    let text = said(&mut remote, "find /dev/shm -mindepth 1").await;
    assert_eq!(text, "");
    sandbox.close().await;
}

/// Changes what a process runs that is no program of the system's, says how that went, and brings the shell back.
const CHANGE_OWN_FILE: &str = r#"
import os, time
end, said = time.time() + 10, None
while time.time() < end and not said:
    for name in filter(str.isdigit, os.listdir("/proc")):
        exe = f"/proc/{name}/exe"
        try:
            if not os.readlink(exe).startswith("/usr/"):
                os.chmod(exe, 0o755)
                said = "changed"
        except OSError as error:
            said = error.strerror if "Read-only" in error.strerror or "permitted" in error.strerror else said
open("/tmp/tried", "w").write(str(said))
os.system("sudo mv /usr/bin/kept /usr/bin/bash")
"#;

/// A shell whose interpreter is the program that starts it makes a process of the user's that runs the host's own file.
#[tokio::test]
async fn the_program_itself_is_found_inside_and_cannot_be_changed() {
    let Some(sandbox) = open(&order()).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    let shell = "sudo cp /bin/bash /usr/bin/kept; printf '#!/proc/self/exe\\n' | sudo tee /usr/bin/new >/dev/null; \
        sudo chmod 755 /usr/bin/new; sudo mv /usr/bin/new /usr/bin/bash";
    let both =
        format!("(setsid python3 -c '{CHANGE_OWN_FILE}' >/dev/null 2>&1 </dev/null &); {shell}");
    said(&mut remote, &both).await;
    let mut tried = (String::new(), Ok(Exit::Status(1)));
    let begin = std::time::Instant::now();
    while begin.elapsed() < Duration::from_secs(20) {
        tried = run(&mut remote, "cat /tmp/tried").await;
        if matches!(tried.1, Ok(Exit::Status(0))) {
            break;
        }
    }
    assert!(tried.0.contains("Read-only file system"), "{tried:?}");
    sandbox.close().await;
}

#[tokio::test]
async fn what_is_done_inside_with_every_right_reaches_no_file_outside() {
    let sums = "{ find /etc /usr/bin /usr/local -xdev -type f -print0 | sort -z | xargs -0 sha1sum; find /etc /usr/bin /usr/local -xdev -printf '%p %m %u %g %l\\n' | sort; } 2>/dev/null | sha1sum";
    let outside = || String::from_utf8(shell(sums).output().unwrap().stdout).unwrap();
    let before = outside();
    let Some(sandbox) = open(&order()).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    let script = "cd /; sudo rm -rf /usr/local /etc/apt; echo x | sudo tee -a /etc/hosts /etc/passwd /usr/bin/env >/dev/null; sudo chmod 777 /etc; sudo touch /usr/bin/new; sudo rm -f /bin/ls /usr/bin/ls";
    run(&mut remote, script).await.1.unwrap();
    assert_eq!(outside(), before);
    sandbox.close().await;
    assert_eq!(outside(), before);
}

#[tokio::test]
async fn roots_rights_inside_are_none_over_the_kernel() {
    let Some(sandbox) = open(&order()).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    let attempts = [
        "mount -t tmpfs x /mnt",
        "mount -o remount,rw /sys",
        "umount /proc",
        "unshare -U true",
        "unshare -m true",
        "mknod /tmp/disk b 254 0",
        "sh -c 'echo 1 > /proc/sys/kernel/panic'",
        "sh -c 'echo x > /proc/sys/kernel/core_pattern'",
        "sh -c 'echo h > /proc/sysrq-trigger'",
        "sh -c 'echo 0 > /proc/sys/user/max_user_namespaces; unshare -U true'",
        "sh -c 'echo 1 > /sys/kernel/mm/ksm/run'",
        "cat /proc/1/environ",
        "cat /proc/1/maps",
        "ls /proc/1/root/",
        "readlink /proc/1/fd/0",
        "sh -c 'cat </proc/1/fd/0'",
        "dd if=/proc/1/exe of=/dev/null",
        "cat /proc/kcore",
        "cat /dev/kmsg",
        "cat /dev/fuse",
        "dmesg",
        "kill -9 1 && sleep 0.2 && false",
        "nsenter -t 1 -m true",
        "chroot /proc/1/root true",
        "date -s 2001-01-01",
        "swapon /tmp/x",
        "insmod /tmp/x.ko",
        "ip link add dummy0 type dummy",
        "hostname changed",
    ];
    for attempt in attempts {
        let (text, exit) = run(&mut remote, &format!("sudo {attempt}")).await;
        assert_ne!(exit.unwrap(), Exit::Status(0), "`{attempt}`: {text}");
    }
    said(&mut remote, "true").await;
    sandbox.close().await;
}

#[tokio::test]
async fn only_its_own_processes_are_seen_and_their_user_is_nobody_outside() {
    let Some(sandbox) = open(&order()).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    let mark = mark();
    said(
        &mut remote,
        &format!("(sudo setsid sleep {mark} >/dev/null 2>&1 &)"),
    )
    .await;
    let names = said(
        &mut remote,
        "sleep 0.5; cat /proc/[0-9]*/comm 2>/dev/null | sort -u | tr '\\n' ' '",
    )
    .await;
    for name in names.split_whitespace() {
        let own = [
            "ami-build",
            "bash",
            "cat",
            "exe",
            "sed",
            "sh",
            "sleep",
            "sort",
            "sudo",
            "tr",
        ];
        assert!(own.iter().any(|own| name.starts_with(own)), "{names}");
    }
    let outside = format!("awk '/^Uid/ {{print $2}}' /proc/$(pgrep -fx 'sleep {mark}')/status");
    let out = shell(&outside).output().unwrap();
    let user: u32 = String::from_utf8(out.stdout)
        .unwrap()
        .trim()
        .parse()
        .unwrap();
    let caller = nix::unistd::geteuid();
    assert!(
        user == caller.as_raw() && !caller.is_root() || user >= 100_000,
        "{user}"
    );
    sandbox.close().await;
}
