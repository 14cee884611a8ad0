//! A template that is not valid: every problem with its place, and nothing is created.

use crate::support::{Lab, Left, Run, Step, Workspace};

/// Two problems that have a line of their own: a key that does not exist, and a provisioner without a script.
const INVALID: &str = r#"{
  "builders": [
    { "type": "file", "name": "good", "target": "good.txt", "content": "good" },
    {
      "type": "amazon-ebs",
      "ami_nam": "misspelt",
      "region": "us-east-1"
    }
  ],
  "provisioners": [
    { "type": "shell", "only": ["amazon-ebs"] }
  ]
}
"#;

#[test]
fn in_the_action_every_problem_is_an_annotation_with_file_line_and_column() {
    let (lab, workspace) = (Lab::new(), Workspace::with("bad.json", INVALID));
    let result = Step::new(&workspace, "push")
        .lab(&lab)
        .input("template", "bad.json")
        .input("comment", "never")
        .run();
    let main = result.main().expect_code(1);
    let places: Vec<String> = main
        .annotations("error")
        .iter()
        .map(|error| {
            let property = |name: &str| error["properties"][name].as_str().unwrap_or_default();
            format!(
                "{}:{}:{}",
                error["file"].as_str().unwrap(),
                property("line"),
                property("col")
            )
        })
        .collect();
    for place in ["bad.json:4:5", "bad.json:6:7", "bad.json:11:5"] {
        assert!(
            places.iter().any(|found| found == place),
            "no {place} in {places:?}"
        );
    }
    assert_eq!(main.output("conclusion"), "invalid");
    assert_eq!(main.output("builds"), "{}");
    assert!(main.summary().contains("ami_nam"), "{}", main.summary());
    assert_eq!(lab.calls().len(), 0, "an invalid template needs no call");
    assert!(!workspace.path().join("good.txt").exists(), "a build ran");
    result.post().expect_code(0);
}

#[test]
fn on_the_command_line_the_valid_builds_run_and_the_exit_code_is_1() {
    let (lab, workspace) = (Lab::new(), Workspace::with("bad.json", INVALID));
    Run::new(&workspace, &["build", "bad.json"])
        .lab(&lab)
        .finish()
        .expect_code(1)
        .expect_text("--> good: Stored file: good.txt");
    assert_eq!(workspace.read("good.txt"), "good");
    lab.account_at_rest().assert_holds(Left::Nothing);
}

#[test]
fn in_the_action_a_problem_of_a_build_that_only_leaves_out_does_not_count() {
    let (lab, workspace) = (Lab::new(), Workspace::with("bad.json", INVALID));
    let result = Step::new(&workspace, "push")
        .lab(&lab)
        .input("template", "bad.json")
        .input("only", "good")
        .input("comment", "never")
        .run();
    result.main().expect_code(0);
    assert_eq!(workspace.read("good.txt"), "good");
}

#[test]
fn a_template_that_is_no_json_is_shown_where_it_breaks() {
    let workspace = Workspace::with(
        "broken.json",
        "{\n  \"builders\": [\n    {\"type\": \"null\",,}\n  ]\n}\n",
    );
    let result = Step::new(&workspace, "push")
        .input("template", "broken.json")
        .input("comment", "never")
        .run();
    let main = result.main().expect_code(1);
    let error = main.annotations("error")[0].clone();
    assert_eq!(
        (&error["file"], &error["properties"]["line"]),
        (&"broken.json".into(), &"3".into())
    );
}

#[test]
fn what_windows_needs_and_is_not_done_yet_is_valid_and_refused_by_name_before_any_call() {
    let template = r#"{
      "builders": [
        { "type": "null", "communicator": "winrm", "winrm_host": "h", "winrm_username": "u", "winrm_password": "p" },
        { "type": "amazon-ebs", "name": "a", "region": "us-east-1", "source_ami": "ami-1", "instance_type": "t3.micro",
          "ami_name": "one", "communicator": "winrm", "winrm_username": "Administrator" },
        { "type": "amazon-ebs", "name": "b", "region": "us-east-1", "source_ami": "ami-1", "instance_type": "t3.micro",
          "ami_name": "two", "ssh_username": "u", "ssh_interface": "session_manager", "iam_instance_profile": "p" }
      ],
      "provisioners": [{ "type": "powershell", "inline": ["dir"] }]
    }"#;
    let (lab, workspace) = (Lab::new(), Workspace::with("t.json", template));
    Run::new(&workspace, &["validate", "t.json"])
        .finish()
        .expect_code(0)
        .expect_text("Warning")
        .expect_text("`communicator` is not supported yet")
        .expect_text("`ssh_interface` is not supported yet");
    Run::new(&workspace, &["build", "t.json"])
        .lab(&lab)
        .finish()
        .expect_code(1)
        .expect_text("Build \"null\" is refused before its first call")
        .expect_text("start OpenSSH from its `user_data`")
        .expect_text("connect by `private_ip`");
    assert_eq!(lab.calls().len(), 0);
}
