//! `powershell`, `windows-shell` and `windows-restart`: what a Windows machine is told.

use super::*;

const SOURCED: &str = "& { if (Test-Path variable:global:ProgressPreference){set-variable -name variable:global:ProgressPreference -value 'SilentlyContinue'};";

fn uploads(bench: &Bench) -> Vec<(String, String)> {
    let uploads = bench
        .remote
        .asked()
        .into_iter()
        .filter_map(|asked| match asked {
            Asked::Upload(path, bytes) => Some((path, String::from_utf8(bytes).unwrap())),
            _ => None,
        });
    uploads.collect()
}

fn says(text: &str) -> Answer {
    Answer {
        output: vec![Output::Stdout(text.as_bytes().to_vec())],
        exit: Ok(Exit::Status(0)),
    }
}

const PATHS: &str = r#""remote_path": "c:/x.ps1", "remote_env_var_path": "c:/e.ps1""#;

#[tokio::test]
async fn a_powershell_file_runs_after_the_file_of_its_variables_and_both_are_removed() {
    let mut bench = Bench::new();
    fs::write(bench.directory.path().join("s.sh"), "Write-Host 1\r\nx").unwrap();
    let json = format!(
        r#"{{"script": "s.sh", {PATHS}, "debug_mode": 1, "environment_vars": ["A=a$b\"c`d'e"]}}"#
    );
    bench.run_one("powershell", &json).await.unwrap();
    let uploads = uploads(&bench);
    let variables = r#"$env:A="a`$b`"c``d`'e"; $env:PACKER_BUILDER_TYPE="null"; $env:PACKER_BUILD_NAME="web"; "#;
    assert_eq!(uploads[0], ("c:/e.ps1".into(), variables.into()));
    assert_eq!(uploads[1], ("c:/x.ps1".into(), "Write-Host 1\r\nx".into()));
    let (removal, text) = &uploads[2];
    let gone = |path: &str| format!("if (Test-Path '{path}') {{Remove-Item '{path}'}}\n");
    assert_eq!(*text, gone("c:/e.ps1") + &gone("c:/x.ps1") + &gone(removal));
    let command = |path: &str| {
        format!(
            "powershell -executionpolicy bypass \"{SOURCED}Set-PsDebug -Trace 1;. c:/e.ps1; &'{path}'; exit $LastExitCode }}\"\n"
        )
    };
    assert_eq!(
        bench.remote.commands(),
        [command("c:/x.ps1"), command(removal)]
    );
}

#[tokio::test]
async fn inline_lines_are_one_file_that_ends_at_an_error() {
    let mut bench = Bench::new();
    let json = format!(r#"{{"inline": ["one", "Write-Host {{{{build `ID`}}}}"], {PATHS}}}"#);
    bench.run_one("powershell", &json).await.unwrap();
    let script = &uploads(&bench)[1].1;
    assert!(
        script.contains("\ntry {\none\nWrite-Host i-1\n} catch {\n"),
        "{script}"
    );
    assert!(
        script.contains("$env:PACKER_BUILD_NAME=\"web\"; \n"),
        "{script}"
    );
    assert_eq!(
        bench.remote.commands()[0],
        "powershell -executionpolicy bypass -file c:/x.ps1\n"
    );
}

#[tokio::test]
async fn lines_that_have_to_come_first_and_commands_of_the_template_leave_a_script_as_it_is() {
    for (lines, more) in [
        (r#"["param($a)", "x"]"#, ""),
        (
            r#"["x"]"#,
            r#", "execute_command": "run {{.Path}} {{.Vars}}""#,
        ),
        (r#"["x"]"#, r#", "execution_policy": "none""#),
    ] {
        let mut bench = Bench::new();
        let json = format!(r#"{{"inline": {lines}, {PATHS}, "skip_clean": true {more}}}"#);
        bench.run_one("powershell", &json).await.unwrap();
        assert!(!uploads(&bench)[1].1.contains("try"), "{lines}{more}");
        let command = &bench.remote.commands()[0];
        match more {
            "" => assert!(command.starts_with("powershell -executionpolicy bypass \"& {")),
            own if own.contains("execute") => assert_eq!(command, "run c:/x.ps1 c:/e.ps1\n"),
            _ => assert!(command.starts_with("& { if"), "{command}"),
        }
    }
}

#[tokio::test]
async fn the_newer_powershell_is_called_by_its_name() {
    let mut bench = Bench::new();
    fs::write(bench.directory.path().join("s.sh"), "x").unwrap();
    let json = format!(
        r#"{{"script": "s.sh", {PATHS}, "use_pwsh": true, "execution_policy": "AllSigned", "skip_clean": true}}"#
    );
    bench.run_one("powershell", &json).await.unwrap();
    let command = &bench.remote.commands()[0];
    assert!(
        command.starts_with("pwsh -executionpolicy allsigned -command \"& {"),
        "{command}"
    );
}

#[tokio::test]
async fn an_elevated_script_runs_by_a_task_with_a_password_that_is_known_only_then() {
    let mut bench = Bench::new();
    bench.cx.data.insert("Password".into(), "p'w".into());
    let json = format!(
        r#"{{"inline": ["x"], {PATHS}, "skip_clean": true, "elevated_user": "Administrator",
            "elevated_password": "{{{{build `Password`}}}}", "elevated_env_var_format": "E%s=%s;"}}"#
    );
    bench.run_one("powershell", &json).await.unwrap();
    let uploads = uploads(&bench);
    assert_eq!(
        uploads[0].1,
        "EPACKER_BUILDER_TYPE=null;EPACKER_BUILD_NAME=web;"
    );
    let (runner, text) = &uploads[2];
    assert!(runner.starts_with("C:/Windows/Temp/packer-elevated-shell-"));
    assert!(text.contains("$password = 'p''w'\n"), "{text}");
    assert!(text.contains("/c powershell -executionpolicy bypass -file c:/x.ps1 &gt; "));
    assert_eq!(
        bench.remote.commands(),
        [format!(
            "powershell -executionpolicy bypass -file \"{runner}\"\n"
        )]
    );
}

#[tokio::test]
async fn a_status_that_is_not_allowed_fails_and_a_lost_connection_is_one() {
    let mut bench = Bench::new();
    bench.remote.status("x.ps1", 3);
    let json = format!(r#"{{"inline": ["x"], {PATHS}}}"#);
    let error = bench.run_one("powershell", &json).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Script exited with non-zero exit status: 3.Allowed exit codes are: [0]"
    );
    let cut = || Answer {
        output: Vec::new(),
        exit: Ok(Exit::Disconnected),
    };
    bench.remote.answer("script.bat", cut());
    let json = r#"{"inline": ["x"], "valid_exit_codes": [0, 2300218]}"#;
    bench.run_one("windows-shell", json).await.unwrap();
    bench.remote.answer("script.bat", cut());
    let error = bench
        .run_one("windows-shell", r#"{"inline": ["x"]}"#)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("2300218"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn scripts_that_cannot_be_removed_do_not_fail_the_build() {
    let mut bench = Bench::new();
    let broken = || Answer {
        output: Vec::new(),
        exit: Err(RemoteError::Refused("no".into())),
    };
    (0..20).for_each(|_| bench.remote.answer("packer-cleanup", broken()));
    let json = format!(r#"{{"inline": ["x"], {PATHS}}}"#);
    bench.run_one("powershell", &json).await.unwrap();
    let tries = bench.remote.commands();
    assert_eq!(
        tries
            .iter()
            .filter(|command| command.contains("cleanup"))
            .count(),
        7
    );
}

#[tokio::test]
async fn a_batch_file_runs_after_its_variables_and_stays() {
    let mut bench = Bench::new();
    let json = r#"{"inline": ["echo 1", "echo {{build `ID`}}"], "environment_vars": ["A=a b%c"], "env": {"B": "{{build `ID`}}"}}"#;
    bench.run_one("windows-shell", json).await.unwrap();
    let path = "c:/Windows/Temp/script.bat";
    assert_eq!(
        uploads(&bench),
        [(path.into(), "echo 1\necho i-1\n".into())]
    );
    let command = format!(
        "set \"A=a b%c\" && set \"B=i-1\" && set \"PACKER_BUILDER_TYPE=null\" && set \"PACKER_BUILD_NAME=web\" && \"{path}\"\n"
    );
    assert_eq!(bench.remote.commands(), [command]);
}

const CHECK: &str = "powershell.exe -EncodedCommand";

#[tokio::test(start_paused = true)]
async fn a_restart_is_over_when_powershell_answers_and_nothing_is_pending() {
    let mut bench = Bench::new();
    bench.remote.status("/t 60", 1190);
    bench.remote.status("/t 60", 1);
    bench.remote.status(CHECK, 1);
    for answer in [
        "HOST restarted.\r\n",
        "True\r\n",
        "HOST restarted.\r\n",
        "False\r\n",
    ] {
        bench.remote.answer(CHECK, says(answer));
    }
    let json =
        r#"{"check_registry": true, "registry_keys": ["HKLM:x"], "restart_check_command": "mine"}"#;
    bench.run_one("windows-restart", json).await.unwrap();
    let commands = bench.remote.commands();
    assert_eq!(commands[0], "shutdown /r /f /t 0 /c \"packer restart\"\n");
    assert_eq!(
        commands[1],
        "shutdown /r /f /t 60 /c \"packer restart test\"\n"
    );
    assert_eq!(commands[2], commands[1]);
    assert_eq!(commands[3], "mine\n");
    assert_eq!(commands.len(), 9);
    let last = bench.lines().pop().unwrap();
    assert_eq!(last, "==> web: Machine successfully restarted, moving on");
}

#[tokio::test(start_paused = true)]
async fn a_restart_that_was_only_tried_is_taken_back() {
    let mut bench = Bench::new();
    bench.remote.answer(CHECK, says("HOST restarted."));
    bench.run_one("windows-restart", "{}").await.unwrap();
    assert_eq!(bench.remote.commands()[2], "shutdown /a\n");
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_cuts_the_line_restarts_and_one_that_stays_away_is_given_up() {
    let mut bench = Bench::new();
    let cut = Answer {
        output: Vec::new(),
        exit: Ok(Exit::Disconnected),
    };
    bench.remote.answer("/t 0", cut);
    let error = bench
        .run_one("windows-restart", r#"{"restart_timeout": "30s"}"#)
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), "Timeout waiting for machine to restart.");
    bench.remote.status("/t 0", 5);
    let error = bench.run_one("windows-restart", "{}").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Restart script exited with non-zero exit status: 5"
    );
}
