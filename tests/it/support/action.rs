//! The action as GitHub's runner runs it: inputs, command files, masks, the post step, and how a job is cancelled.

use std::process::{Command, Stdio};

use serde_json::Value;

use super::binary::{binary, python, repository};
use super::github::GitHub;
use super::lab::Lab;
use super::run::{SECRET_KEY, lab_environment};
use super::workspace::Workspace;

/// What opens the lab's token service.
const ID_TOKEN_REQUEST_TOKEN: &str = "lab-id-token-request-token";

/// A step of a job that uses the action.
#[derive(Debug)]
pub(crate) struct Step<'a> {
    workspace: &'a Workspace,
    arguments: Vec<String>,
    /// GitHub, where a test does not bring its own: on a pull request it is asked for the policy.
    github: Option<GitHub>,
}

/// Events about changes that are not in the branch yet, or that somebody else may have caused.
const WITH_BASE: [&str; 4] = [
    "pull_request",
    "pull_request_target",
    "merge_group",
    "issue_comment",
];

/// What a step left: one stage of it, or both.
#[derive(Debug)]
pub(crate) struct StepResult {
    main: Stage,
    post: Option<Stage>,
}

/// Main or post.
#[derive(Debug)]
pub(crate) struct Stage(Value);

impl<'a> Step<'a> {
    /// The action in this workspace, on this event, with the post step.
    pub(crate) fn new(workspace: &'a Workspace, event: &str) -> Self {
        let mut step = Self {
            workspace,
            arguments: Vec::new(),
            github: None,
        };
        if WITH_BASE.contains(&event) {
            let github = GitHub::new();
            step.option("--api-url", &github.url());
            step.github = Some(github);
        }
        step.option("--event", event);
        step.option("--workspace", &workspace.path().display().to_string());
        step.option("--temp", &workspace.beside("temp").display().to_string());
        step.option(
            "--action-yml",
            &repository().join("action.yml").display().to_string(),
        );
        step.option("--binary", &binary().display().to_string());
        step.option("--secret", SECRET_KEY);
        step.option("--limit", "120");
        step.option("--post", "");
        step
    }

    fn option(&mut self, name: &str, value: &str) {
        self.arguments.push(name.to_owned());
        if !value.is_empty() {
            self.arguments.push(value.to_owned());
        }
    }

    /// An input.
    pub(crate) fn input(mut self, name: &str, value: &str) -> Self {
        self.option("--with", &format!("{name}={value}"));
        self
    }

    /// A line of the step's `env:`.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.option("--env", &format!("{name}={value}"));
        self
    }

    /// A value that must not be seen anywhere.
    pub(crate) fn secret(mut self, value: &str) -> Self {
        self.option("--secret", value);
        self
    }

    /// EC2 is this lab.
    pub(crate) fn lab(mut self, lab: &Lab) -> Self {
        for (name, value) in lab_environment(lab) {
            self = self.env(name, &value);
        }
        self
    }

    /// The job has `id-token: write` and no keys, and EC2 is this lab.
    pub(crate) fn identified(mut self, lab: &Lab) -> Self {
        for (name, value) in lab_environment(lab) {
            if !name.starts_with("AWS_ACCESS") && !name.starts_with("AWS_SECRET") {
                self = self.env(name, &value);
            }
        }
        let url = format!("{}/oidc/token?api-version=2.0", lab.url());
        self.env("ACTIONS_ID_TOKEN_REQUEST_URL", &url)
            .env("ACTIONS_ID_TOKEN_REQUEST_TOKEN", ID_TOKEN_REQUEST_TOKEN)
            .secret(ID_TOKEN_REQUEST_TOKEN)
    }

    /// GitHub's API is this server.
    pub(crate) fn github(mut self, github: &GitHub) -> Self {
        self.option("--api-url", &github.url());
        self.github = None;
        self
    }

    /// What happened to the pull request, such as `closed`.
    pub(crate) fn action(mut self, action: &str) -> Self {
        self.option("--action", action);
        self
    }

    /// It was closed by merging it.
    pub(crate) fn merged(mut self) -> Self {
        self.option("--action", "closed");
        self.option("--merged", "");
        self
    }

    /// The commit that is pushed, or the head of the pull request.
    pub(crate) fn commit(mut self, sha: &str) -> Self {
        self.option("--sha", sha);
        self
    }

    /// It is this run; later ones have higher numbers.
    pub(crate) fn run_number(self, number: u64) -> Self {
        self.env("GITHUB_RUN_ID", &number.to_string())
    }

    /// The pull request comes from a fork.
    pub(crate) fn fork(mut self) -> Self {
        self.option("--fork", "");
        self
    }

    /// The job is cancelled when the lab has counted so many calls.
    pub(crate) fn cancel_at_call(self, number: usize, lab: &Lab) -> Self {
        self.at_call("--cancel-at-call", number, lab)
    }

    /// The process is killed when the lab has counted so many calls.
    pub(crate) fn kill_at_call(self, number: usize, lab: &Lab) -> Self {
        self.at_call("--kill-at-call", number, lab)
    }

    fn at_call(mut self, option: &str, number: usize, lab: &Lab) -> Self {
        self.option(option, &number.to_string());
        self.option("--calls-url", &format!("{}/_lab/calls", lab.url()));
        self
    }

    /// The job is cancelled when the log has this text.
    pub(crate) fn cancel_on(mut self, text: &str) -> Self {
        self.option("--cancel-on", text);
        self
    }

    /// The event is about the pull request of this number.
    pub(crate) fn number(mut self, number: u64) -> Self {
        self.option("--pr-number", &number.to_string());
        self
    }

    /// The runner is lost with its disk: nothing comes after main.
    pub(crate) fn without_post(mut self) -> Self {
        self.arguments.retain(|argument| argument != "--post");
        self
    }

    /// The process is killed when the log has this text.
    pub(crate) fn kill_on(mut self, text: &str) -> Self {
        self.option("--kill-on", text);
        self
    }

    /// Runs it.
    pub(crate) fn run(self) -> StepResult {
        let result = self.workspace.beside("result.json");
        let output = Command::new(python())
            .args(["-m", "lab.runner", "run"])
            .args(&self.arguments)
            .arg("--json")
            .arg(&result)
            .current_dir(repository().join("tests/lab"))
            .stdin(Stdio::null())
            .output()
            .expect("the lab's runner starts: run ./test");
        let text = std::fs::read_to_string(&result).unwrap_or_else(|_| {
            panic!(
                "the lab's runner failed: {}",
                String::from_utf8_lossy(&output.stderr)
            )
        });
        let mut value: Value = serde_json::from_str(&text).unwrap();
        StepResult::of(&mut value)
    }
}

impl StepResult {
    fn of(value: &mut Value) -> Self {
        let warnings = value["warnings"].take();
        let violations = value["violations"].take();
        let main = Stage(value["main"].take());
        let post = value["post"].take();
        assert_eq!(warnings, serde_json::json!([]), "the runner warns");
        assert_eq!(
            violations,
            serde_json::json!([]),
            "the log:\n{}",
            main.log()
        );
        Self {
            main,
            post: (!post.is_null()).then_some(Stage(post)),
        }
    }

    /// The main step.
    pub(crate) fn main(&self) -> &Stage {
        &self.main
    }

    /// The main step alone.
    pub(crate) fn into_main(self) -> Stage {
        self.main
    }

    /// The post step.
    pub(crate) fn post(&self) -> &Stage {
        self.post.as_ref().expect("the post step ran")
    }
}

impl Stage {
    /// The log as a reader sees it.
    pub(crate) fn log(&self) -> String {
        let lines = self.0["log"].as_array().map_or(&[][..], Vec::as_slice);
        lines
            .iter()
            .filter_map(Value::as_str)
            .collect::<Vec<_>>()
            .join("\n")
    }

    pub(crate) fn code(&self) -> i64 {
        self.0["exit_code"]
            .as_i64()
            .expect("a stage has an exit code")
    }

    /// Ends the test where the exit code is another one.
    pub(crate) fn expect_code(&self, code: i64) -> &Self {
        assert_eq!(self.code(), code, "the log:\n{}", self.log());
        self
    }

    /// The log has this text.
    pub(crate) fn expect_text(&self, text: &str) -> &Self {
        let log = self.log();
        assert!(log.contains(text), "no `{text}` in:\n{log}");
        self
    }

    /// Seconds from the first signal to the end.
    pub(crate) fn seconds_after_signal(&self) -> Option<f64> {
        self.0["seconds_after_signal"].as_f64()
    }

    /// An output; empty where it was not written.
    pub(crate) fn output(&self, name: &str) -> &str {
        self.0["outputs"][name].as_str().unwrap_or_default()
    }

    /// An output that holds JSON.
    pub(crate) fn json_output(&self, name: &str) -> Value {
        let text = self.output(name);
        serde_json::from_str(text)
            .unwrap_or_else(|error| panic!("output `{name}` is no JSON: {error}: `{text}`"))
    }

    /// The job summary.
    pub(crate) fn summary(&self) -> &str {
        self.0["summary"].as_str().unwrap_or_default()
    }

    /// What the runner hides from here on.
    pub(crate) fn masks(&self) -> Vec<&str> {
        let masks = self.0["masks"].as_array().map_or(&[][..], Vec::as_slice);
        masks.iter().filter_map(Value::as_str).collect()
    }

    /// The titles of the log's groups.
    pub(crate) fn groups(&self) -> Vec<&str> {
        let groups = self.0["groups"].as_array().map_or(&[][..], Vec::as_slice);
        groups.iter().filter_map(Value::as_str).collect()
    }

    /// The annotations of a kind: `error`, `warning` or `notice`.
    pub(crate) fn annotations(&self, kind: &str) -> Vec<&Value> {
        let annotations = self.0["annotations"]
            .as_array()
            .map_or(&[][..], Vec::as_slice);
        annotations
            .iter()
            .filter(|annotation| annotation["kind"] == kind)
            .collect()
    }
}
