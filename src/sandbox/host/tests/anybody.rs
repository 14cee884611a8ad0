//! What holds for root and for an ordinary user.

mod changes;
mod ends;
mod limits;
mod network;
mod privacy;
mod transfers;

use super::*;

#[tokio::test]
async fn commands_run_as_the_templates_user_in_its_home_with_the_environment_of_a_login() {
    let Some(sandbox) = open(&order()).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    let text = said(&mut remote, "pwd; echo $USER; env | cut -d= -f1 | sort").await;
    let expected = "/home/ubuntu\nubuntu\nHOME\nLANG\nLOGNAME\nPATH\nPWD\nSHELL\nSHLVL\nSSH_CLIENT\nSSH_CONNECTION\nUSER\n_\n";
    assert_eq!(text, expected);
    sandbox.close().await;
}

#[tokio::test]
async fn sudo_needs_no_password_and_becomes_root() {
    let Some(sandbox) = open(&order()).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    assert_eq!(said(&mut remote, "sudo id -u").await, "0\n");
    assert_eq!(said(&mut remote, "sudo -E sh -c 'id -un'").await, "root\n");
    assert_eq!(
        said(&mut remote, "echo 'id -u' | sudo -n bash -s").await,
        "0\n"
    );
    assert_eq!(
        said(&mut remote, "X=1 sudo -u root env Y=2 sh -c 'echo $Y'").await,
        "2\n"
    );
    sandbox.close().await;
}

#[tokio::test]
async fn files_are_given_to_others_and_packages_may_add_users() {
    let Some(sandbox) = open(&order()).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    let script = "set -e; touch f; sudo chown nobody f; sudo chgrp adm f; sudo chown -R ubuntu:ubuntu /usr/lib/tmpfiles.d; \
        sudo install -o www-data -g adm -m 640 /dev/null /var/log/x; sudo useradd -r -m other; sudo -u other id -un";
    said(&mut remote, script).await;
    sandbox.close().await;
}

#[tokio::test]
async fn a_command_ends_with_its_status_and_a_signal_counts_as_128_and_its_number() {
    let Some(sandbox) = open(&order()).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    for (command, status) in [
        ("exit 7", 7),
        ("kill -TERM $$", 143),
        ("no-such-thing", 127),
    ] {
        let (_, exit) = run(&mut remote, command).await;
        assert_eq!(exit.unwrap(), Exit::Status(status), "{command}");
    }
    sandbox.close().await;
}

#[tokio::test]
async fn every_byte_of_a_long_output_comes() {
    let Some(sandbox) = open(&order()).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    let mut count = 0;
    let mut take = |piece| match piece {
        Output::Stdout(piece) | Output::Stderr(piece) => count += piece.len(),
    };
    let command = "head -c 30000000 /dev/zero; head -c 3000000 /dev/zero >&2";
    let exit = remote.run(command, &mut take).await.unwrap();
    assert_eq!((exit, count), (Exit::Status(0), 33_000_000));
    sandbox.close().await;
}

#[tokio::test]
async fn after_a_restart_the_command_is_cut_off_and_the_next_one_finds_the_files() {
    let Some(sandbox) = open(&order()).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    said(
        &mut remote,
        "echo kept > kept; (setsid sleep 1000 >/dev/null 2>&1 &)",
    )
    .await;
    for command in [
        "sudo reboot; sleep 100",
        "sudo shutdown -r now; sleep 100",
        "sudo systemctl reboot; sleep 100",
    ] {
        let (_, exit) = run(&mut remote, command).await;
        assert_eq!(exit.unwrap(), Exit::Disconnected, "{command}");
    }
    assert_eq!(
        said(&mut remote, "cat kept; pgrep -c sleep || true").await,
        "kept\n0\n"
    );
    sandbox.close().await;
}

#[tokio::test]
async fn a_unit_is_enabled_and_said_not_to_be_started_and_a_misspelt_one_is_refused() {
    let Some(sandbox) = open(&order()).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    said(&mut remote, "printf '[Service]\\nExecStart=/bin/true\\n[Install]\\nWantedBy=multi-user.target\\n' | sudo tee /etc/systemd/system/mine.service").await;
    let text = said(
        &mut remote,
        "sudo systemctl daemon-reload && sudo systemctl start mine && systemctl is-active mine",
    )
    .await;
    assert!(
        text.contains("mine is not started") && text.ends_with("active\n"),
        "{text}"
    );
    let (text, exit) = run(&mut remote, "sudo systemctl restart miin").await;
    assert_eq!(exit.unwrap(), Exit::Status(5));
    assert!(text.contains("Unit miin.service not found"), "{text}");
    sandbox.close().await;
}

#[tokio::test]
async fn two_sandboxes_at_a_time_know_nothing_of_each_other() {
    let (Some(one), Some(other)) = (open(&order()).await, open(&order()).await) else {
        return;
    };
    let mut first = one.connect().await.unwrap();
    let mut second = other.connect().await.unwrap();
    said(
        &mut first,
        "echo mine > file; (setsid sleep 1000 >/dev/null 2>&1 &)",
    )
    .await;
    assert_eq!(said(&mut second, "ls; pgrep -c sleep || true").await, "0\n");
    one.close().await;
    assert_eq!(said(&mut second, "echo still here").await, "still here\n");
    other.close().await;
}

#[tokio::test]
async fn opening_and_closing_take_no_time_to_speak_of() {
    let Some(first) = open(&order()).await else {
        return;
    };
    first.close().await;
    let begin = std::time::Instant::now();
    let mut best = Duration::MAX;
    for _ in 0..5 {
        let begin = std::time::Instant::now();
        open(&order()).await.unwrap().close().await;
        best = best.min(begin.elapsed());
    }
    assert!(
        best < Duration::from_millis(300),
        "{best:?} of {:?}",
        begin.elapsed()
    );
}
