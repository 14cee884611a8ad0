//! `shell-local`, with real children.

use super::*;

#[tokio::test]
async fn a_local_script_has_its_variables_and_its_output_is_shown() {
    let mut bench = Bench::new();
    let json = r#"{"inline": ["echo \"$A $PACKER_BUILD_NAME $PACKER_RUN_UUID {{build `ID`}}\"", "echo err >&2", "touch made"], "environment_vars": ["A=it's"]}"#;
    bench.run_one("shell-local", json).await.unwrap();
    let lines = bench.lines();
    assert!(
        lines.contains(&"    web: it's web uuid i-1".to_owned()),
        "{lines:?}"
    );
    assert!(lines.contains(&"==> web: err".to_owned()));
    assert!(bench.file("made").is_some());
    let left = fs::read_dir(bench.directory.path()).unwrap().count();
    assert_eq!(left, 1, "the temporary script is gone");
}

#[tokio::test]
async fn a_local_script_inherits_only_what_it_is_given() {
    let mut bench = Bench::new();
    bench
        .run_one("shell-local", r#"{"inline": ["env > seen"]}"#)
        .await
        .unwrap();
    assert!(!bench.file("seen").unwrap().contains("CARGO"));
}

#[tokio::test]
async fn a_local_status_counts_as_on_the_machine() {
    let mut bench = Bench::new();
    let error = bench
        .run_one(
            "shell-local",
            r#"{"inline": ["exit 9"], "valid_exit_codes": [0, 3]}"#,
        )
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "Script exited with non-zero exit status: 9.Allowed exit codes are: [0 3]"
    );
    bench
        .run_one(
            "shell-local",
            r#"{"command": "exit 3", "valid_exit_codes": [0, 3]}"#,
        )
        .await
        .unwrap();
}

#[tokio::test]
async fn a_script_for_another_system_is_skipped() {
    let mut bench = Bench::new();
    bench
        .run_one(
            "shell-local",
            r#"{"inline": ["touch ran"], "only_on": ["windows"]}"#,
        )
        .await
        .unwrap();
    assert_eq!(bench.file("ran"), None);
    assert!(
        bench
            .captured
            .text()
            .contains("Skipping shell-local due to runtime OS")
    );
}

#[tokio::test]
async fn a_missing_shell_is_explained() {
    let mut bench = Bench::new();
    let json = r#"{"inline": ["x"], "execute_command": ["/no/such/sh", "-c", "{{.Script}}"]}"#;
    let error = bench.run_one("shell-local", json).await.unwrap_err();
    assert!(
        matches!(&error, ProvisionError::NoProgram { program, .. } if program == "/no/such/sh")
    );
    assert!(error.hint().is_some());
}

#[tokio::test]
async fn a_stop_kills_a_local_script_with_its_descendants() {
    let mut bench = Bench::new();
    let (handle, stop) = StopHandle::new();
    bench.cx.stop = stop;
    let began = Instant::now();
    let (result, ()) = tokio::join!(
        bench.run_one("shell-local", r#"{"inline": ["sleep 30; touch never"]}"#),
        async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            handle.request(StopReason::Interrupt);
        }
    );
    assert!(result.is_err() && began.elapsed() < Duration::from_secs(5));
    assert_eq!(bench.file("never"), None);
}
