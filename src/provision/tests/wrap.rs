//! What every provisioner has around it: retries, timeouts, pauses, and what follows a failure.

use super::*;

#[tokio::test]
async fn a_retry_says_how_many_tries_are_left_and_ends_with_success() {
    let mut bench = Bench::new();
    let mut planned = bench.plan(
        "shell-local",
        r#"{"inline": ["echo x >> log; test $(wc -l < log) = 2"]}"#,
    );
    planned.wrap.max_retries = 3;
    bench.run(&[planned]).await.unwrap();
    assert_eq!(bench.file("log").as_deref(), Some("x\nx\n"));
    let text = bench.captured.text();
    assert!(text.contains("Provisioner failed with \"Script exited with non-zero exit status: 1.Allowed exit codes are: [0]\", retrying with 3 trie(s) left"));
    assert!(!text.contains("retry limit reached"));
}

#[tokio::test]
async fn a_timeout_cancels_the_provisioner_for_good() {
    let mut bench = Bench::new();
    let mut planned = bench.plan("shell-local", r#"{"inline": ["echo x >> log; sleep 30"]}"#);
    planned.wrap = Wrap {
        pause_before: None,
        timeout: Some(GoDuration(500_000_000)),
        max_retries: 1,
    };
    let error = bench.run(&[planned]).await.unwrap_err();
    assert!(error.to_string().starts_with("Error executing script: "));
    let text = bench.captured.text();
    assert_eq!(
        text.matches("Setting a 500ms timeout for the next provisioner...")
            .count(),
        2
    );
    assert_eq!(
        text.matches("Cancelling provisioner after a timeout...")
            .count(),
        1
    );
    assert_eq!(text.matches("Running local shell script: ").count(), 2);
    assert!(text.contains("retry limit reached."));
    assert_eq!(bench.file("log").as_deref(), Some("x\n"));
}

#[tokio::test(start_paused = true)]
async fn a_pause_is_announced_and_wins_over_a_timeout() {
    let mut bench = Bench::new();
    let mut planned = bench.plan("sleep", r#"{"duration": "2s"}"#);
    planned.wrap = Wrap {
        pause_before: Some(GoDuration(100_000_000)),
        timeout: Some(GoDuration(1_000_000_000)),
        max_retries: 0,
    };
    bench.run(&[planned]).await.unwrap();
    assert!(
        bench
            .captured
            .text()
            .contains("Pausing 100ms before the next provisioner...")
    );
    assert!(!bench.captured.text().contains("Setting a"));
}

#[tokio::test]
async fn a_disabled_breakpoint_is_passed_over() {
    let mut bench = Bench::new();
    bench
        .run_one("breakpoint", r#"{"disable": true, "note": "n1"}"#)
        .await
        .unwrap();
    assert!(
        bench
            .captured
            .text()
            .contains("Breakpoint provisioner with note \"n1\" disabled; continuing...")
    );
}

#[tokio::test]
async fn the_error_of_a_cleanup_provisioner_stands_beside_the_first_one() {
    let mut bench = Bench::new();
    let original = bench
        .run_one("shell-local", r#"{"inline": ["exit 4"]}"#)
        .await
        .unwrap_err();
    let cleanup = bench.plan("shell-local", r#"{"inline": ["exit 2"]}"#);
    let error = clean_up_after(
        original,
        Some(&cleanup),
        &mut Machine::Reached(&mut bench.remote),
        &bench.cx,
    )
    .await;
    let status = |status| {
        format!("Script exited with non-zero exit status: {status}.Allowed exit codes are: [0]")
    };
    assert_eq!(
        error.to_string(),
        format!(
            "Cleanup failed: {}. Original Provisioning error: {}",
            status(2),
            status(4)
        )
    );
}

#[test]
fn provisioning_may_run_on_any_thread() {
    fn is_send<T: Send>(_: &T) {}
    let mut bench = Bench::new();
    is_send(&run_all(
        &[],
        &mut Machine::Reached(&mut bench.remote),
        &bench.cx,
    ));
}
