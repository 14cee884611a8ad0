//! A pull request from a fork with a container for its provisioners: they run in there, and nobody is asked for anything.
//!
//! `AMI_BUILD_TEST_DOCKER` names an engine's socket with the images of `tests/sandbox/engine.sh`; where there is none the tests say so.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use crate::support::{SECRET_KEY, Step, Workspace, variable};

const TEMPLATE: &str = "template.json";
const SANDBOX: &str = "docker:ami-build-test:bookworm";

#[expect(
    clippy::print_stderr,
    reason = "whoever reads the tests' output should see what was not run"
)]
fn engine() -> Option<String> {
    let socket = variable("AMI_BUILD_TEST_DOCKER").filter(|socket| socket != "none");
    if socket.is_none() {
        eprintln!(
            "NOT RUN: no engine of Docker's (AMI_BUILD_TEST_DOCKER); `./test` starts one where it can"
        );
    }
    Some(format!("unix://{}", socket?))
}

/// Answers nobody, and counts who comes.
struct Ear {
    address: String,
    heard: Arc<AtomicUsize>,
}

impl Ear {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let heard = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&heard);
        std::thread::spawn(move || {
            while listener.accept().is_ok() {
                count.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self { address, heard }
    }

    fn heard(&self) -> usize {
        self.heard.load(Ordering::SeqCst)
    }
}

fn workspace(lines: &[&str]) -> Workspace {
    let template = json!({
        "builders": [{
            "type": "amazon-ebs",
            "name": "web",
            "region": "us-east-1",
            "source_ami_filter": {
                "filters": { "name": "debian-12-amd64-*" }, "owners": ["136693071363"], "most_recent": true,
            },
            "instance_type": "t3.micro",
            "ami_name": "web-{{timestamp}}",
            "ssh_username": "admin",
        }],
        "provisioners": [
            { "type": "file", "source": "page.html", "destination": "/tmp/page.html" },
            { "type": "shell", "inline": lines },
            { "type": "shell-local", "inline": ["touch beside"] },
            { "type": "file", "direction": "download", "source": "/tmp/.git/", "destination": "./" },
        ],
        "post-processors": [
            { "type": "manifest", "output": "manifest.json" },
            { "type": "shell-local", "inline": ["touch beside"] },
        ],
    });
    let workspace = Workspace::with(TEMPLATE, &template.to_string());
    workspace.write("page.html", "here");
    workspace
}

/// A step with everything at hand that could lead to AWS, and someone who listens wherever that would lead.
fn step<'a>(workspace: &'a Workspace, engine: &str, ear: &Ear) -> Step<'a> {
    let process = workspace.beside("credentials.sh");
    let asked = workspace.beside("asked");
    std::fs::write(&process, format!("#!/bin/sh\ntouch {}\n", asked.display())).unwrap();
    let mode = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(&process, mode).unwrap();
    let config = workspace.beside("config");
    let profile = format!(
        "[profile asked]\ncredential_process = {}\n",
        process.display()
    );
    std::fs::write(&config, profile).unwrap();
    Step::new(workspace, "pull_request")
        .fork()
        .input("template", TEMPLATE)
        .input("comment", "never")
        .input("role-to-assume", "arn:aws:iam::123456789012:role/images")
        .env("DOCKER_HOST", engine)
        .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
        .env("AWS_PROFILE", "asked")
        .env("AWS_CONFIG_FILE", &config.display().to_string())
        .env("AWS_ENDPOINT_URL", &ear.address)
        .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", &ear.address)
        .env("AWS_CONTAINER_CREDENTIALS_FULL_URI", &ear.address)
        .env("ACTIONS_ID_TOKEN_REQUEST_URL", &ear.address)
        .env("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "token")
        .env("HTTPS_PROXY", &ear.address)
}

#[test]
fn its_provisioners_run_in_the_container_and_nobody_is_asked() {
    let Some(engine) = engine() else { return };
    let ear = Ear::new();
    let workspace = workspace(&[
        "echo on $(hostname) as $(id -un): $(cat /tmp/page.html)",
        "env; sudo env",
        "mkdir -p /tmp/.git/hooks; echo touch beside >/tmp/.git/hooks/post-checkout",
    ]);
    let result = step(&workspace, &engine, &ear)
        .input("sandbox", SANDBOX)
        .run();
    let main = result.main().expect_code(0);
    main.expect_text("on rehearsal as admin: here");
    assert_eq!(main.output("conclusion"), "rehearsed");
    assert_eq!(main.output("ami-id"), "");
    assert_eq!(main.output("manifest"), "");
    assert_eq!(main.json_output("builds"), json!({}));
    let summary = main.summary();
    assert!(
        summary.contains("A pull request from a fork has no credentials"),
        "{summary}"
    );
    assert!(
        summary.contains("a container of ami-build-test&#58;bookworm"),
        "{summary}"
    );
    for word in ["AWS_", "ACTIONS_", "INPUT_", "GITHUB_", "AKIA"] {
        assert!(
            !main.log().contains(&format!("web: {word}")),
            "{}",
            main.log()
        );
    }
    result
        .post()
        .expect_code(0)
        .expect_text("Nothing to settle");
    assert_eq!(ear.heard(), 0);
    for name in ["asked", "work/beside"] {
        assert!(!workspace.beside(name).exists(), "{name}");
    }
    for name in ["beside", "manifest.json", ".git/hooks/post-checkout"] {
        assert!(!workspace.path().join(name).exists(), "{name}");
    }
}

#[test]
fn without_the_input_nothing_runs_and_nobody_is_asked_either() {
    let Some(engine) = engine() else { return };
    let ear = Ear::new();
    let workspace = workspace(&["echo ran"]);
    let result = step(&workspace, &engine, &ear).run();
    let main = result.main().expect_code(0);
    assert_eq!(main.output("conclusion"), "rehearsed");
    assert_eq!(main.output("ami-id"), "");
    assert!(!main.log().contains("web: ran"), "{}", main.log());
    assert!(
        main.summary().contains("the provisioners were not run"),
        "{}",
        main.summary()
    );
    assert_eq!(ear.heard(), 0);
    assert!(!workspace.beside("asked").exists());
}

#[test]
fn a_failure_in_the_container_fails_the_check() {
    let Some(engine) = engine() else { return };
    let ear = Ear::new();
    let workspace = workspace(&["exit 3"]);
    let result = step(&workspace, &engine, &ear)
        .input("sandbox", SANDBOX)
        .run();
    let main = result.main().expect_code(1);
    assert_eq!(main.output("conclusion"), "provision");
    assert_eq!(main.output("ami-id"), "");
    assert_eq!(ear.heard(), 0);
}
