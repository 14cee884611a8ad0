//! Provisioners against a scripted machine, and local scripts for real.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::facts::{Facts, FileFact};
use crate::plan::{PlannedProvisioner, Wrap, provision};
use crate::remote::fake::{Answer, Asked, FakeRemote};
use crate::remote::{Exit, Output};
use crate::report::console::tests::Captured;
use crate::report::console::{Form, Reader, tests as console};
use crate::report::ui::{Grouping, Ui};
use crate::stop::{Stop, StopHandle, StopReason};
use crate::template::document;
use crate::template::duration::GoDuration;
use crate::template::problem::{Place, Problems};
use crate::template::scope::{Scope, Section};
use crate::template::source::Source;

use super::{ChildEnding, Machine, ProvisionContext, ProvisionError, clean_up_after, run_all};

/// A build `web` of type `null` in a directory of its own.
struct Bench {
    directory: tempfile::TempDir,
    captured: Captured,
    cx: ProvisionContext,
    remote: FakeRemote,
}

impl Bench {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let (console, captured) = console::console(Form::Human, Reader::Plain);
        let section = Section::Provisioner { build_keys: &[] };
        let scope = Scope::new(&Facts::for_tests(), section, Arc::new(BTreeMap::new()))
            .with_build("web", "null");
        let path = "/usr/bin:/bin".to_owned();
        let temporary = directory.path().display().to_string();
        let cx = ProvisionContext {
            scope,
            data: BTreeMap::from([("ID".to_owned(), "i-1".to_owned())]),
            ui: Ui::new(console, "web", 0, Grouping::ByBuild),
            stop: Stop::never(),
            build_name: "web".into(),
            builder_kind: "null".into(),
            run_uuid: "uuid".into(),
            working_directory: directory.path().to_owned(),
            child_environment: BTreeMap::from([
                ("PATH".to_owned(), path),
                ("TMPDIR".to_owned(), temporary),
            ]),
            child_ending: ChildEnding::KillDescendants,
        };
        Self {
            directory,
            captured,
            cx,
            remote: FakeRemote::default(),
        }
    }

    fn plan(&self, kind: &str, json: &str) -> PlannedProvisioner {
        let document = Arc::new(document::parse(Arc::new(Source::new("t.json", json))).unwrap());
        let problems = Problems::of_component(Arc::clone(&document), kind);
        let mut facts = Facts::for_tests();
        for name in ["s.sh", "d", "d/"] {
            facts.add_file(name.into(), FileFact::Present);
        }
        let settings = provision::settings(
            kind,
            provision::Layers {
                base: &document.root,
                over: None,
            },
            &self.cx.scope,
            &facts,
            &problems,
        );
        let settings = settings.unwrap_or_else(|| panic!("{:?}", problems.into_parts().0));
        let place = Place {
            file: "t.json".into(),
            line: 1,
            column: 1,
            end_line: 1,
            end_column: 1,
            pointer: String::new(),
        };
        PlannedProvisioner {
            kind: kind.into(),
            wrap: Wrap::default(),
            settings,
            place,
            number: 1,
        }
    }

    async fn run(&mut self, provisioners: &[PlannedProvisioner]) -> Result<(), ProvisionError> {
        run_all(
            provisioners,
            &mut Machine::Reached(&mut self.remote),
            &self.cx,
        )
        .await
    }

    async fn run_one(&mut self, kind: &str, json: &str) -> Result<(), ProvisionError> {
        let planned = self.plan(kind, json);
        self.run(&[planned]).await
    }

    fn lines(&self) -> Vec<String> {
        self.captured.text().lines().map(str::to_owned).collect()
    }

    fn file(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.directory.path().join(name)).ok()
    }
}

const VARS: &str = "PACKER_BUILDER_TYPE='null' PACKER_BUILD_NAME='web' ";

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

#[tokio::test]
async fn a_file_goes_into_a_directory_that_ends_with_a_slash() {
    let mut bench = Bench::new();
    fs::write(bench.directory.path().join("s.sh"), "x").unwrap();
    bench
        .run_one(
            "file",
            r#"{"source": "s.sh", "destination": "/opt/{{build `ID`}}/"}"#,
        )
        .await
        .unwrap();
    bench
        .run_one("file", r#"{"content": "text", "destination": "/opt/t"}"#)
        .await
        .unwrap();
    let expected = [
        Asked::Upload("/opt/i-1/s.sh".into(), b"x".to_vec()),
        Asked::Upload("/opt/t".into(), b"text".to_vec()),
    ];
    assert_eq!(bench.remote.asked(), expected);
}

#[tokio::test]
async fn a_download_makes_the_directories_above_it() {
    let mut bench = Bench::new();
    bench
        .run_one(
            "file",
            r#"{"direction": "download", "source": "/etc/a", "destination": "got/sub/"}"#,
        )
        .await
        .unwrap();
    assert_eq!(bench.file("got/sub/a").as_deref(), Some("fetched"));
}

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

#[tokio::test]
async fn a_build_that_is_dropped_leaves_no_descendant_of_a_local_script() {
    let mut bench = Bench::new();
    let json = r#"{"inline": ["sleep 1; touch never"]}"#;
    let dropped = tokio::time::timeout(
        Duration::from_millis(300),
        bench.run_one("shell-local", json),
    );
    assert!(dropped.await.is_err());
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(bench.file("never"), None);
}

#[tokio::test]
async fn a_descendant_that_escapes_the_kill_does_not_hold_up_the_stop() {
    let mut bench = Bench::new();
    let (handle, stop) = StopHandle::new();
    bench.cx.stop = stop;
    let began = Instant::now();
    let (result, ()) = tokio::join!(
        bench.run_one("shell-local", r#"{"inline": ["setsid sleep 8 & sleep 30"]}"#),
        async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            handle.request(StopReason::Interrupt);
        }
    );
    assert!(result.is_err() && began.elapsed() < Duration::from_secs(5));
}

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
