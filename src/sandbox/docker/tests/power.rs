use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_cuts_the_command_and_loses_nothing_on_disk() {
    let Some(sandbox) = open(PLAIN).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    for restart in [
        "sudo reboot",
        "sudo shutdown -r now",
        "sudo systemctl reboot",
    ] {
        let begins = said(&mut remote, "echo kept >>/tmp/kept; sleep 1000 & echo $!").await;
        let (words, exit) = run(&mut remote, &format!("{restart}; sleep 60")).await;
        assert_eq!(exit, Exit::Disconnected, "{restart}: {words}");
        let mut again = sandbox.connect().await.unwrap();
        assert_eq!(said(&mut again, "tail -n 1 /tmp/kept").await, "kept");
        let lives = format!("grep -q sleep /proc/{begins}/comm");
        assert_ne!(run(&mut again, &lives).await.1, Exit::Status(0));
        // The one that was there before goes on as well.
        assert_eq!(said(&mut remote, "id -un").await, "ubuntu");
    }
    sandbox.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_was_switched_off_says_so() {
    let Some(sandbox) = open(PLAIN).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    assert_eq!(
        run(&mut remote, "sudo poweroff; sleep 60").await.1,
        Exit::Disconnected
    );
    let error = sandbox.connect().await.err().unwrap().to_string();
    assert_eq!(error, "the sandbox ended: a provisioner switched it off");
    sandbox.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_there_can_be_started_and_enabled_and_another_is_named() {
    let Some(sandbox) = open(FULL).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    let script = "sudo systemctl daemon-reload && sudo systemctl disable ssh && sudo systemctl enable --now ssh && systemctl is-active ssh";
    let words = said(&mut remote, script).await;
    // What goes to the error output may come later.
    assert!(words.lines().any(|line| line == "active"), "{words}");
    let enabled = "readlink /etc/systemd/system/multi-user.target.wants/ssh.service";
    assert!(said(&mut remote, enabled).await.ends_with("/ssh.service"));
    let (words, exit) = run(&mut remote, "sudo systemctl restart nothing-of-the-kind").await;
    assert_eq!(
        (words.contains("not found"), exit),
        (true, Exit::Status(5)),
        "{words}"
    );
    sandbox.close().await;
}
