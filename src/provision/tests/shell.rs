//! `shell`, to the letter.

use super::*;

#[tokio::test]
async fn a_shell_script_is_uploaded_made_executable_run_and_removed() {
    let mut bench = Bench::new();
    bench
        .run_one(
            "shell",
            r#"{"inline": ["echo {{build `ID`}}"], "remote_path": "/tmp/s.sh"}"#,
        )
        .await
        .unwrap();
    let commands = [
        "chmod 0755 /tmp/s.sh\n".to_owned(),
        format!("chmod +x /tmp/s.sh; {VARS} /tmp/s.sh\n"),
        "rm -f /tmp/s.sh\n".into(),
        "rm -f \n".into(),
    ];
    assert_eq!(bench.remote.commands(), commands);
    assert_eq!(
        bench.remote.asked()[0],
        Asked::Upload("/tmp/s.sh".into(), b"#!/bin/sh -e\necho i-1\n".to_vec())
    );
}

#[tokio::test]
async fn variables_are_sorted_quoted_and_may_replace_packers_own() {
    let mut bench = Bench::new();
    let json = r#"{"inline": ["x"], "remote_path": "/s", "skip_clean": true,
                   "environment_vars": ["Z=it's", "PACKER_BUILD_NAME=mine"], "env": {"A": "{{build_name}}"}}"#;
    bench.run_one("shell", json).await.unwrap();
    let vars = r#"A='web' PACKER_BUILDER_TYPE='null' PACKER_BUILD_NAME='mine' Z='it'"'"'s' "#;
    assert_eq!(
        bench.remote.commands()[1],
        format!("chmod +x /s; {vars} /s\n")
    );
}

#[tokio::test]
async fn an_environment_file_is_uploaded_sourced_and_removed() {
    let mut bench = Bench::new();
    let json = r#"{"inline": ["x"], "remote_path": "/s", "use_env_var_file": true}"#;
    bench.run_one("shell", json).await.unwrap();
    let Asked::Upload(file, text) = &bench.remote.asked()[0] else {
        panic!("no upload")
    };
    assert_eq!(
        text,
        b"export PACKER_BUILDER_TYPE='null'\nexport PACKER_BUILD_NAME='web'\n"
    );
    let commands = bench.remote.commands();
    assert_eq!(commands[0], format!("chmod 0600 {file}\n"));
    assert_eq!(commands[2], format!("chmod +x /s; . {file} && /s\n"));
    assert_eq!(commands[4], format!("rm -f {file}\n"));
}

#[tokio::test]
async fn a_bad_status_fails_and_leaves_the_script_on_the_machine() {
    let mut bench = Bench::new();
    bench.remote.status("chmod +x", 42);
    let error = bench
        .run_one("shell", r#"{"inline": ["x"]}"#)
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "Script exited with non-zero exit status: 42.Allowed exit codes are: [0]"
    );
    assert_eq!(bench.remote.commands().len(), 2);
    bench.remote.status("chmod +x", 42);
    bench
        .run_one("shell", r#"{"inline": ["x"], "valid_exit_codes": [0, 42]}"#)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_disconnect_fails_unless_it_is_expected() {
    let mut bench = Bench::new();
    let cut = || Answer {
        output: Vec::new(),
        exit: Ok(Exit::Disconnected),
    };
    bench.remote.answer("chmod +x", cut());
    let listed = r#"{"inline": ["x"], "valid_exit_codes": [0, 2300218]}"#;
    assert!(matches!(
        bench.run_one("shell", listed).await,
        Err(ProvisionError::Disconnected)
    ));
    bench.remote.answer("chmod +x", cut());
    bench
        .run_one("shell", r#"{"inline": ["x"], "expect_disconnect": true}"#)
        .await
        .unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_upload_that_fails_is_repeated_until_the_retry_timeout() {
    let mut bench = Bench::new();
    bench.remote.break_uploads(2);
    bench
        .run_one("shell", r#"{"inline": ["x"]}"#)
        .await
        .unwrap();
    bench.remote.break_uploads(100);
    let error = bench
        .run_one("shell", r#"{"inline": ["x"], "start_retry_timeout": "5s"}"#)
        .await
        .unwrap_err();
    assert!(
        error.to_string().starts_with("Error uploading script: "),
        "{error}"
    );
}

#[tokio::test]
async fn output_is_shown_line_by_line_and_errors_stand_out() {
    let mut bench = Bench::new();
    let output = vec![
        Output::Stdout(b"one\ntw".to_vec()),
        Output::Stderr(b"oops\n".to_vec()),
        Output::Stdout(b"o\n".to_vec()),
    ];
    bench.remote.answer(
        "chmod +x",
        Answer {
            output,
            exit: Ok(Exit::Status(0)),
        },
    );
    bench
        .run_one("shell", r#"{"inline": ["x"]}"#)
        .await
        .unwrap();
    let lines = bench.lines();
    for line in ["    web: one", "==> web: oops", "    web: two"] {
        assert!(
            lines.iter().any(|shown| shown == line),
            "{line} in {lines:?}"
        );
    }
}

#[tokio::test]
async fn without_a_machine_a_script_fails_at_once() {
    let bench = Bench::new();
    let planned = bench.plan("shell", r#"{"inline": ["x"]}"#);
    let error = run_all::<FakeRemote>(&[planned], &mut Machine::None, &bench.cx)
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "Error uploading script: Upload is not implemented when communicator = 'none'"
    );
}
