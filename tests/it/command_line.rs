//! The process itself: exit codes, output to the letter, and streams that do not take it.

use std::process::Stdio;

use crate::support::{Lab, Left, Run, Workspace};

const FILE: &str = r#"{
  "builders": [{ "type": "file", "target": "hello.txt", "content": "hello" }],
  "post-processors": [{ "type": "manifest", "output": "manifest.json" }]
}
"#;

const NULL: &str = r#"{
  "variables": { "who": "world" },
  "builders": [{ "type": "null", "communicator": "none" }],
  "provisioners": [{ "type": "shell-local", "inline": ["echo hello {{user `who`}}"] }]
}
"#;

/// The output with what differs from run to run left out.
fn steady(output: &str) -> String {
    let lines = output.lines().map(|line| {
        let line = line.split(" after ").next().unwrap_or(line);
        match line.split_once("/packer-shell") {
            Some((before, _)) => before.split(" /").next().unwrap_or(before).to_owned(),
            None => line.to_owned(),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Machine-readable output without its times.
fn untimed(output: &str) -> String {
    let lines = output
        .lines()
        .map(|line| line.split_once(',').map_or(line, |(_, rest)| rest));
    let lines = lines.map(|line| line.split(" after ").next().unwrap_or(line));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_file_builder_says_what_it_stored() {
    let workspace = Workspace::with("file.json", FILE);
    let finished = Run::new(&workspace, &["build", "file.json"])
        .finish()
        .expect_code(0);
    insta::assert_snapshot!(steady(&finished.output), @r"
    file: output will be in this color.

    ==> file: Running post-processor: manifest
    Build 'file' finished

    ==> Wait completed

    ==> Builds finished. The artifacts of successful builds are:
    --> file: Stored file: hello.txt
    --> file: Stored file: hello.txt
    ");
    assert_eq!(workspace.read("hello.txt"), "hello");
}

#[test]
fn a_null_builder_runs_its_provisioners() {
    let workspace = Workspace::with("null.json", NULL);
    let finished = Run::new(&workspace, &["build", "-var", "who=you", "null.json"])
        .finish()
        .expect_code(0);
    insta::assert_snapshot!(steady(&finished.output), @r"
    null: output will be in this color.

    ==> null: Running local shell script:
        null: hello you
    Build 'null' finished

    ==> Wait completed

    ==> Builds finished. The artifacts of successful builds are:
    --> null: Did not export anything. This is the null builder
    ");
}

#[test]
fn machine_readable_output_is_packers() {
    let workspace = Workspace::with("file.json", FILE);
    let finished = Run::new(&workspace, &["-machine-readable", "build", "file.json"])
        .finish()
        .expect_code(0);
    insta::assert_snapshot!(untimed(&finished.output), @r"
    ,ui,say,==> file: Running post-processor: manifest
    ,ui,say,Build 'file' finished
    ,ui,say,\n==> Wait completed
    ,ui,say,\n==> Builds finished. The artifacts of successful builds are:
    file,artifact-count,2
    file,artifact,0,builder-id,packer.file
    file,artifact,0,id,File
    file,artifact,0,string,Stored file: hello.txt
    file,artifact,0,files-count,1
    file,artifact,0,file,0,hello.txt
    file,artifact,0,end
    ,ui,say,--> file: Stored file: hello.txt
    file,artifact,1,builder-id,packer.file
    file,artifact,1,id,File
    file,artifact,1,string,Stored file: hello.txt
    file,artifact,1,files-count,1
    file,artifact,1,file,0,hello.txt
    file,artifact,1,end
    ,ui,say,--> file: Stored file: hello.txt
    ");
}

#[test]
fn an_image_is_a_machine_readable_artifact() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    let finished = Run::new(&workspace, &["build", "-machine-readable", "quick.json"])
        .lab(&lab)
        .finish()
        .expect_code(0);
    let id = lab.account().ids("images").remove(0);
    let id_line = format!(",quick,artifact,0,id,us-east-1:{id}");
    finished
        .expect_text(",quick,artifact-count,1")
        .expect_text(",quick,artifact,0,builder-id,mitchellh.amazonebs")
        .expect_text(&id_line)
        .expect_text(",quick,artifact,0,end");
}

#[test]
fn exit_codes_are_packers() {
    let workspace = Workspace::with("file.json", FILE);
    for (arguments, code) in [
        (vec!["version"], 0),
        (vec!["--help"], 0),
        (vec!["build", "-h"], 0),
        (vec!["validate", "file.json"], 0),
        (vec!["inspect", "file.json"], 0),
        (vec!["build", "missing.json"], 1),
        (vec!["build", "-bogus", "file.json"], 1),
        (vec!["build"], 1),
        (vec![], 127),
        (vec!["frobnicate"], 127),
    ] {
        let finished = Run::new(&workspace, &arguments).finish();
        assert_eq!(
            finished.code,
            Some(code),
            "{arguments:?}: {}",
            finished.output
        );
    }
}

#[test]
fn a_reader_that_went_away_does_not_stop_a_build() {
    let workspace = Workspace::with("file.json", FILE);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let finished = Run::new(&workspace, &["build", "file.json"])
        .stdout(Stdio::from(writer))
        .finish_as_is();
    let finished = finished.expect_code(0).expect_no_text("panicked");
    assert_eq!(finished.output, "");
    assert_eq!(workspace.read("hello.txt"), "hello");
}

#[test]
fn a_reader_that_went_away_does_not_keep_a_machine() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let finished = Run::new(&workspace, &["build", "quick.json"])
        .lab(&lab)
        .stdout(Stdio::from(writer))
        .finish_as_is();
    finished.expect_code(0);
    lab.account_at_rest().assert_holds(Left::Images(1));
}

#[test]
fn outputs_that_cannot_be_written_fail_the_run_but_the_image_is_listed() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    let run = Run::new(&workspace, &["build", "quick.json"]).lab(&lab);
    let finished = run
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_OUTPUT", "/dev/full")
        .finish();
    let account = lab.account_at_rest();
    account.assert_holds(Left::Images(1));
    finished
        .expect_code(1)
        .expect_text("cannot write to `/dev/full`")
        .expect_text(&format!("us-east-1: {}", account.ids("images")[0]));
}

#[test]
fn on_a_runner_the_command_line_writes_outputs_and_summary_too() {
    let workspace = Workspace::with("file.json", FILE);
    let (output, summary) = (
        workspace.path().join("output"),
        workspace.path().join("summary"),
    );
    let run = Run::new(&workspace, &["build", "file.json"]).env("GITHUB_ACTIONS", "true");
    let run = run
        .env("GITHUB_OUTPUT", output.to_str().unwrap())
        .env("GITHUB_STEP_SUMMARY", summary.to_str().unwrap());
    run.finish().expect_code(0);
    let output = workspace.read("output");
    assert!(
        output.contains("conclusion") && output.contains("success"),
        "{output}"
    );
    assert!(workspace.read("summary").contains("file.json"));
}

#[test]
fn variables_come_from_the_environment_below_var_files_below_var() {
    let workspace = Workspace::with("null.json", NULL);
    workspace.write("vars.json", r#"{"who": "the file"}"#);
    let said = |arguments: &[&str]| {
        let arguments = [&["build"], arguments, &["null.json"]].concat();
        Run::new(&workspace, &arguments)
            .env("PKR_VAR_who", "the environment")
            .finish()
            .expect_code(0)
    };
    said(&[]).expect_text("hello the environment");
    said(&["-var-file", "vars.json"]).expect_text("hello the file");
    said(&["-var-file", "vars.json", "-var", "who=the flag"]).expect_text("hello the flag");
}
