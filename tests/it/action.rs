//! The action as the runner runs it: outputs, summary, log and masks.

use serde_json::{Value, json};

use crate::support::{GitHub, Lab, Left, Stage, Step, Workspace};

fn quick<'a>(workspace: &'a Workspace, lab: &Lab) -> Step<'a> {
    Step::new(workspace, "push")
        .lab(lab)
        .input("template", "quick.json")
        .input("comment", "never")
}

fn assert_image_id(text: &str) {
    let digits = text.strip_prefix("ami-").unwrap_or_default();
    assert!(
        digits.len() >= 8 && digits.chars().all(|digit| digit.is_ascii_hexdigit()),
        "`{text}`"
    );
}

#[test]
fn the_outputs_of_one_build_are_the_image_that_is_in_the_account() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    let result = quick(&workspace, &lab).run();
    let main = result.main().expect_code(0);
    let account = lab.account_at_rest();
    account.assert_holds(Left::Images(1));
    let image = account.image("us-east-1");
    let id = image["id"].as_str().unwrap();
    assert_image_id(id);
    assert_eq!(main.output("ami-id"), id);
    assert_eq!(main.json_output("ami-ids"), json!({ "us-east-1": id }));
    assert_eq!(main.output("ami-name"), image["name"]);
    assert_eq!(main.output("region"), "us-east-1");
    assert_eq!(main.output("instance-id"), image["source_instance_id"]);
    assert_eq!(
        main.json_output("snapshot-ids"),
        json!({ "us-east-1": account.ids("snapshots") })
    );
    assert_image_id(main.output("source-ami-id"));
    assert_eq!(main.json_output("builds")["quick"]["ami-id"], id);
    let tag = image["tags"]["ami-build:build-id"].as_str().unwrap();
    assert!(tag.starts_with(main.output("build-id")), "{tag}");
    assert!(main.output("duration-seconds").parse::<u32>().is_ok());
    assert_eq!(main.output("conclusion"), "success");
    result
        .post()
        .expect_code(0)
        .expect_text("Nothing to settle");
}

#[test]
fn the_summary_shows_the_image_its_source_the_timeline_and_what_was_cleaned_up() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    let result = quick(&workspace, &lab).run();
    let main = result.main().expect_code(0);
    let summary = main.summary();
    let console =
        "https://us-east-1.console.aws.amazon.com/ec2/home?region=us-east-1#ImageDetails:imageId=";
    for expected in [
        "**Succeeded**",
        &format!("{console}{}", main.output("ami-id")),
        &format!("{console}{}", main.output("source-ami-id")),
        "```mermaid\ngantt",
        "Cleaned up (3)",
        main.output("instance-id"),
    ] {
        assert!(summary.contains(expected), "no `{expected}` in:\n{summary}");
    }
    assert_eq!(main.groups().first(), Some(&"Preflight"));
    assert_eq!(main.groups().last(), Some(&"Clean up"));
}

#[test]
fn several_builds_have_their_values_in_builds_alone() {
    let (lab, workspace) = (Lab::new(), Workspace::with_examples());
    let result = Step::new(&workspace, "push")
        .lab(&lab)
        .input("working-directory", "examples/two-builders")
        .input("template", "template.json")
        .input("comment", "never")
        .run();
    let main = result.main().expect_code(0);
    let account = lab.account_at_rest();
    account.assert_holds(Left::Images(2));
    assert_eq!(main.output("ami-id"), "");
    let builds = main.json_output("builds");
    for name in ["app-x86_64", "app-arm64"] {
        let id = builds[name]["ami-id"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        assert!(account.ids("images").contains(&id), "{builds}");
        assert!(
            main.groups().iter().any(|title| title.contains(name)),
            "{:?}",
            main.groups()
        );
        assert!(main.summary().contains(&id), "{}", main.summary());
    }
    assert!(main.output("manifest").ends_with("manifest.json"));
    assert!(
        workspace
            .read("examples/two-builders/manifest.json")
            .contains("packer_run_uuid")
    );
}

#[test]
fn the_only_input_leaves_one_build_with_outputs_of_its_own() {
    let (lab, workspace) = (Lab::new(), Workspace::with_examples());
    let result = Step::new(&workspace, "push")
        .lab(&lab)
        .input("template", "examples/two-builders/template.json")
        .input("only", "app-x86_64")
        .input("var", "release=42\nregion=eu-west-1")
        .input("comment", "never")
        .run();
    let main = result.main().expect_code(0);
    lab.account_at_rest().assert_holds(Left::Images(1));
    assert_eq!(main.output("region"), "eu-west-1");
    assert!(main.output("ami-name").starts_with("app-42-x86_64-"));
}

#[test]
fn a_failed_build_says_why_in_the_log_the_summary_and_an_annotation() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    workspace.write(
        "failing.json",
        &workspace
            .read("slow.json")
            .replace("sleep 60", "echo so sad; exit 3"),
    );
    let result = quick(&workspace, &lab)
        .input("template", "failing.json")
        .run();
    let main = result
        .main()
        .expect_code(1)
        .expect_text("Script exited with non-zero exit status: 3");
    lab.account_at_rest().assert_holds(Left::Nothing);
    assert_eq!(main.output("conclusion"), "provision");
    assert_eq!(main.output("builds"), "{}");
    assert!(
        main.summary().contains("so sad"),
        "the end of the output is missing:\n{}",
        main.summary()
    );
    let told = main
        .annotations("error")
        .iter()
        .any(|error| text(error, "message").contains("exit status: 3"));
    assert!(told, "{:?}", main.annotations("error"));
}

fn text<'a>(thing: &'a Value, name: &str) -> &'a str {
    thing[name].as_str().unwrap_or_default()
}

const PASSWORD: &str = "correct-horse-battery";

fn telling_secrets(workspace: &Workspace, lab: &Lab) -> Stage {
    let template = workspace.read("quick.json").replace(
        "echo made here | sudo tee /opt/marker",
        "echo the password is {{user `password`}}; echo the key is {{user `key`}}",
    );
    let variables =
        r#"{ "variables": {"password": null, "key": null}, "sensitive-variables": ["password"],"#;
    workspace.write("telling.json", &template.replacen('{', variables, 1));
    let result = quick(workspace, lab)
        .input("template", "telling.json")
        .env("PKR_VAR_password", PASSWORD)
        .env("PKR_VAR_key", crate::support::SECRET_KEY)
        .secret(PASSWORD)
        .run();
    result.into_main()
}

#[test]
fn secrets_are_masked_for_the_runner_and_hidden_by_ourselves() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    let main = telling_secrets(&workspace, &lab);
    main.expect_code(0)
        .expect_text("the password is <sensitive>")
        .expect_text("the key is ***");
    assert!(main.masks().contains(&PASSWORD), "{:?}", main.masks());
    assert!(
        main.masks().contains(&crate::support::SECRET_KEY),
        "later steps show it: {:?}",
        main.masks()
    );
}

#[test]
fn text_of_the_machine_is_neither_a_command_nor_a_title_nor_markdown() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    let hostile = r"printf '::error::forged\\n##[error]forged\\n::set-output name=ami-id::forged\\n\\033[2J\\033]0;title\\007kept\\n'; echo '</details>'; exit 1";
    let template = workspace
        .read("quick.json")
        .replace("echo made here | sudo tee /opt/marker", hostile);
    workspace.write("hostile.json", &template);
    let result = quick(&workspace, &lab)
        .input("template", "hostile.json")
        .run();
    let main = result.main().expect_code(1).expect_text("kept");
    let forged = main
        .annotations("error")
        .iter()
        .any(|error| text(error, "message") == "forged");
    assert!(!forged, "{:?}", main.annotations("error"));
    assert_eq!(main.output("ami-id"), "");
    let log = main.log();
    assert!(
        !log.contains("\u{1b}[2J") && !log.contains("\u{1b}]0"),
        "{log}"
    );
    assert!(
        !log.lines().any(|line| line.contains("##[error]forged")),
        "{log}"
    );
    assert!(
        main.summary().contains("forged"),
        "the output is not in the summary:\n{}",
        main.summary()
    );
    let github = GitHub::new();
    let result = quick(&workspace, &lab)
        .input("template", "hostile.json")
        .input("comment", "auto")
        .github(&github)
        .run();
    result.main().expect_code(1);
    let (_, body, _) = &github.comments()[0];
    let outside_of_fences: String = body.split("```").step_by(2).collect();
    assert!(!outside_of_fences.contains("forged"), "{body}");
    github.assert_no_violation();
}

#[test]
fn validate_and_inspect_work_in_the_action_and_touch_nothing() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    quick(&workspace, &lab)
        .input("command", "validate")
        .run()
        .main()
        .expect_code(0)
        .expect_text("The configuration is valid.");
    quick(&workspace, &lab)
        .input("command", "inspect")
        .run()
        .main()
        .expect_code(0)
        .expect_text("quick (amazon-ebs)");
    assert_eq!(lab.calls().len(), 0);
}
