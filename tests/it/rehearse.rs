//! A rehearsal: the whole job without AWS, nothing asked, nothing left.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use crate::support::{Finished, Lab, Run, Workspace};

const HEADLINE: &str = "This was a rehearsal: nothing was built, and nothing of it exists in AWS.";

/// Without a sandbox: template, plan and model.
fn rehearse(workspace: &Workspace, arguments: &[&str]) -> Finished {
    let arguments = [&["rehearse", "-sandbox=none"], arguments].concat();
    Run::new(workspace, &arguments).finish()
}

fn files(workspace: &Workspace) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![workspace.path()];
    while let Some(directory) = waiting.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                let content = std::fs::read(&path).unwrap();
                found.insert(path.display().to_string(), content);
            }
        }
    }
    found
}

/// A server that nobody may turn to.
struct Counter {
    address: String,
    connections: Arc<AtomicUsize>,
}

impl Counter {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&connections);
        std::thread::spawn(move || {
            for _connection in listener.incoming() {
                counted.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self {
            address,
            connections,
        }
    }
}

#[test]
fn every_example_is_rehearsed_without_an_account_and_the_workspace_stays_as_it_is() {
    let workspace = Workspace::with_examples();
    let before = files(&workspace);
    for arguments in [
        vec!["-var", "version=1.0", "examples/nginx/template.json"],
        vec![
            "-var",
            "share_with=210987654321",
            "examples/encrypted/template.json",
        ],
        vec!["-var", "release=7", "examples/two-builders/template.json"],
    ] {
        rehearse(&workspace, &arguments)
            .expect_code(0)
            .expect_text(HEADLINE)
            .expect_text("ec2:RunInstances")
            .expect_text("no sandbox was wanted")
            .expect_text("`ami-build iam-policy examples/")
            .expect_no_text("AMIs were created");
    }
    assert_eq!(files(&workspace), before);
    assert_eq!(workspace.journals(), Vec::<std::path::PathBuf>::new());
}

#[test]
fn nobody_is_asked_for_anything() {
    let counter = Counter::new();
    let template = json!({
        "variables": {
            "vault": "{{vault `secret/data/app` `password`}}",
            "consul": "{{consul_key `app/size`}}",
            "aws": "{{aws_secretsmanager `app`}}",
        },
        "builders": [{
            "type": "amazon-ebs",
            "custom_endpoint_ec2": counter.address,
            "source_ami": "ami-0123456789abcdef0",
            "instance_type": "t3.micro",
            "ami_name": "quiet-{{timestamp}}",
            "ssh_username": "ubuntu",
            "tags": { "Size": "{{user `consul`}}" },
        }],
    });
    let workspace = Workspace::with("t.json", &template.to_string());
    let mut run = Run::new(&workspace, &["rehearse", "t.json"]);
    for name in [
        "AWS_ENDPOINT_URL",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "http_proxy",
        "https_proxy",
        "ALL_PROXY",
        "VAULT_ADDR",
        "CONSUL_HTTP_ADDR",
        "AMI_BUILD_ADDRESS_SERVICE",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    ] {
        run = run.env(name, &counter.address);
    }
    run.env("VAULT_TOKEN", "token")
        .finish()
        .expect_code(0)
        .expect_text("Vault's `secret/data/app`")
        .expect_text("Consul's key `app/size`")
        .expect_text("AWS Secrets Manager's `app`");
    assert_eq!(counter.connections.load(Ordering::SeqCst), 0);
}

#[test]
fn what_a_build_writes_goes_to_a_scratch_directory_that_is_gone_afterwards() {
    let template = json!({
        "builders": [{ "type": "file", "target": "out/made.txt", "content": "made" }],
        "post-processors": [[
            { "type": "checksum", "checksum_types": ["sha256"], "output": "out/{{.BuildName}}.sums" },
            { "type": "compress", "output": "../all.tar.gz" },
        ], { "type": "manifest", "output": "manifest.json" }],
    });
    let workspace = Workspace::with("t.json", &template.to_string());
    workspace.write("manifest.json", "{}");
    let before = files(&workspace);
    let temporary = workspace.beside("temp");
    Run::new(&workspace, &["rehearse", "t.json"])
        .env("TMPDIR", &temporary.display().to_string())
        .finish()
        .expect_code(0)
        .expect_text("Archive all.tar.gz completed");
    assert_eq!(files(&workspace), before);
    let left = std::fs::read_dir(temporary).unwrap().count();
    assert_eq!(left, 0, "the scratch directory is still there");
}

#[test]
fn local_commands_are_listed_with_the_flag_that_runs_them() {
    let template = json!({
        "builders": [{ "type": "null", "communicator": "none" }],
        "provisioners": [{ "type": "shell-local", "inline": ["echo spoken"] }],
        "post-processors": [{ "type": "shell-local", "inline": ["echo afterwards"] }],
    });
    let workspace = Workspace::with("t.json", &template.to_string());
    rehearse(&workspace, &["t.json"])
        .expect_code(0)
        .expect_text("provisioner 1 (`shell-local`) at t.json:1:")
        .expect_text("the post-processor `shell-local` at t.json:1:")
        .expect_text("`-local-commands=run`")
        .expect_no_text("null: spoken");
    rehearse(&workspace, &["-local-commands=run", "t.json"])
        .expect_code(0)
        .expect_text("null: spoken")
        .expect_text("null (shell-local): afterwards");
}

#[test]
fn what_ec2_would_refuse_fails_the_rehearsal() {
    let template = json!({
        "builders": [{
            "type": "amazon-ebs",
            "region": "us-east-1",
            "source_ami": "ami-0123456789abcdef0",
            "instance_type": "t3.micro",
            "ami_name": "wrong",
            "ami_regions": ["eu-nowhere"],
            "ssh_username": "ubuntu",
        }],
    });
    let workspace = Workspace::with("t.json", &template.to_string());
    rehearse(&workspace, &["t.json"])
        .expect_code(1)
        .expect_text("eu-nowhere")
        .expect_text(HEADLINE);
}

#[test]
fn a_refused_launch_with_a_profile_of_its_own_is_not_tried_again() {
    let template = json!({
        "builders": [{
            "type": "amazon-ebs",
            "region": "us-east-1",
            "source_ami_filter": { "filters": { "name": "ubuntu-*-arm64-server-*" }, "owners": ["099720109477"] },
            "instance_type": "t3.micro",
            "ami_name": "wrong",
            "ssh_username": "ubuntu",
            "temporary_iam_instance_profile_policy_document": { "Statement": [{ "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["*"] }] },
        }],
    });
    let workspace = Workspace::with("t.json", &template.to_string());
    let finished = rehearse(&workspace, &["t.json"])
        .expect_code(1)
        .expect_text("does not match the architecture 'arm64'");
    assert!(finished.duration < std::time::Duration::from_secs(10));
}

#[test]
fn fast_launch_is_refused_for_linux_alone() {
    let of = |name: &str| {
        let template = json!({
            "builders": [{
                "type": "amazon-ebs",
                "region": "us-east-1",
                "source_ami_filter": { "filters": { "name": name }, "owners": ["amazon"] },
                "instance_type": "t3.micro",
                "ami_name": "fast",
                "ssh_username": "admin",
                "fast_launch": { "enable_fast_launch": true },
            }],
        });
        let workspace = Workspace::with("t.json", &template.to_string());
        rehearse(&workspace, &["t.json"])
    };
    of("debian-12-amd64-*")
        .expect_code(1)
        .expect_text("Fast Launch is for Windows alone");
    of("Windows_Server-2022-English-Full-Base-*").expect_code(0);
    of("our-base-*").expect_code(0);
}

#[test]
fn a_template_that_is_not_valid_is_told_as_by_build() {
    let workspace = Workspace::with("t.json", r#"{"builders": [{"type": "amazon-ebs"}]}"#);
    rehearse(&workspace, &["t.json"])
        .expect_code(1)
        .expect_text("ami_name must be specified");
}

/// Calls by which a build waits: whether and how often they are made is a matter of time.
const LOOKS: [&str; 3] = ["DescribeInstances", "DescribeImages", "DescribeSnapshots"];

/// Calls that are made beside others, so that each may come first.
const BESIDE: [&str; 3] = ["ImportKeyPair", "DeleteKeyPair", "TerminateInstances"];

/// The calls of a rehearsal's table, each as often as it says.
fn told(output: &str) -> Vec<String> {
    let lines = output.lines().filter_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [count, action, _region] = words[..] else {
            return None;
        };
        let (_, action) = action.split_once(':')?;
        Some(vec![action.to_owned(); count.parse().ok()?])
    });
    lines.flatten().collect()
}

/// Without the looks; how often each call is made, and which comes first.
fn counted(calls: Vec<String>) -> (BTreeMap<String, usize>, Vec<String>) {
    let (mut counts, mut order) = (BTreeMap::new(), Vec::new());
    for call in calls {
        if LOOKS.contains(&call.as_str()) {
            continue;
        }
        if !counts.contains_key(&call) && !BESIDE.contains(&call.as_str()) {
            order.push(call.clone());
        }
        *counts.entry(call).or_default() += 1;
    }
    (counts, order)
}

#[test]
fn a_build_in_the_lab_makes_the_calls_that_its_rehearsal_told_in_their_order() {
    for template in ["quick.json", "surrogate.json", "volumes.json"] {
        let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
        let output = rehearse(&workspace, &[template]).expect_code(0).output;
        Run::new(&workspace, &["build", template])
            .lab(&lab)
            .finish()
            .expect_code(0);
        let real = lab.calls().into_iter().map(|call| call.action).collect();
        assert_eq!(counted(told(&output)), counted(real), "{template}");
    }
}
