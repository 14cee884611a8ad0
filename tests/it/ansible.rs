//! A real ansible works on a real machine: through the proxy, directly, and on the machine itself.

use std::path::Path;

use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::support::{Finished, Lab, Left, Run, Sshd, Workspace, python};

const PLAYBOOK: &str = r"
- hosts: default
  gather_facts: false
  tasks:
    - copy: {src: source.bin, dest: '{{ target }}/copied', mode: '0640'}
    - command: sh -c 'tr a-z A-Z > {{ target }}/ran'
      args: {stdin: told}
    - template: {src: page.j2, dest: '{{ target }}/page'}
    - slurp: {src: '{{ target }}/copied'}
";

/// A tool of the lab's virtual environment.
fn tool(name: &str) -> String {
    let python = python();
    Path::new(&python)
        .with_file_name(name)
        .display()
        .to_string()
}

/// A workspace with a playbook, what it copies, and a template of a null builder for `machine`.
fn workspace(playbook: &str, machine: &Sshd, provisioner: &Value) -> Workspace {
    let workspace = Workspace::with("play.yml", playbook);
    std::fs::create_dir(workspace.path().join("target")).unwrap();
    workspace.write("source.bin", &"some bytes ".repeat(50_000));
    workspace.write(
        "page.j2",
        "{{ packer_build_name }} by {{ packer_builder_type }}\n",
    );
    let template = json!({
        "builders": [{
            "type": "null", "name": "web", "ssh_host": "127.0.0.1", "ssh_port": machine.port, "ssh_username": "root",
            "ssh_private_key_file": machine.key(),
        }],
        "provisioners": [provisioner],
    });
    workspace.write("template.json", &template.to_string());
    workspace
}

fn ansible(more: &Value) -> Value {
    let mut provisioner = json!({
        "type": "ansible", "playbook_file": "play.yml", "command": tool("ansible-playbook"), "extra_arguments": ["-e", "target={{pwd}}/target ansible_python_interpreter=/usr/bin/python3"],
    });
    let fields = provisioner.as_object_mut().unwrap();
    fields.extend(more.as_object().unwrap().clone());
    provisioner
}

fn run<'a>(workspace: &'a Workspace) -> Run<'a> {
    let temporary = workspace.beside("temp").display().to_string();
    Run::new(workspace, &["build", "template.json"]).env("TMPDIR", &temporary)
}

/// The playbook did its work, and no key or inventory is left.
fn expect_work(workspace: &Workspace, finished: Finished) {
    finished.expect_code(0).expect_text("failed=0");
    assert_eq!(
        workspace.read("target/copied"),
        workspace.read("source.bin")
    );
    assert_eq!(workspace.read("target/ran"), "TOLD\n");
    assert_eq!(workspace.read("target/page"), "web by null\n");
    assert_eq!(left_behind(workspace), Vec::<String>::new());
}

fn left_behind(workspace: &Workspace) -> Vec<String> {
    let entries = std::fs::read_dir(workspace.beside("temp")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    names.filter(|name| name.contains("ansible")).collect()
}

fn works_through_the_proxy(more: &Value) {
    let machine = Sshd::start();
    let workspace = workspace(PLAYBOOK, &machine, &ansible(more));
    let finished = run(&workspace).finish();
    let finished = finished.expect_text("Setting up proxy adapter for Ansible....");
    expect_work(&workspace, finished);
}

#[test]
fn a_playbook_works_through_the_proxy_by_sftp() {
    works_through_the_proxy(
        &json!({"use_sftp": true, "ansible_env_vars": ["ANSIBLE_SSH_TRANSFER_METHOD=sftp"]}),
    );
}

#[test]
fn a_playbook_works_through_the_proxy_by_scp() {
    let variables = [
        "ANSIBLE_SSH_TRANSFER_METHOD=scp",
        "ANSIBLE_SCP_EXTRA_ARGS=-O",
    ];
    works_through_the_proxy(
        &json!({"ansible_env_vars": variables, "ansible_proxy_key_type": "RSA"}),
    );
}

#[test]
fn a_playbook_works_through_the_proxy_by_pipes_and_without_shared_connections() {
    let variables = [
        "ANSIBLE_SSH_TRANSFER_METHOD=piped",
        "ANSIBLE_SSH_ARGS=-o ControlMaster=no",
        "ANSIBLE_PIPELINING=True",
    ];
    works_through_the_proxy(&json!({"ansible_env_vars": variables}));
}

#[test]
fn a_playbook_works_without_the_proxy() {
    let machine = Sshd::start();
    let workspace = workspace(PLAYBOOK, &machine, &ansible(&json!({"use_proxy": false})));
    let finished = run(&workspace).finish();
    let finished = finished.expect_text("Not using Proxy adapter for Ansible run:");
    expect_work(&workspace, finished);
}

#[test]
fn a_playbook_that_fails_fails_the_build_with_its_status() {
    let playbook = "- hosts: default\n  gather_facts: false\n  tasks: [{command: sh -c 'echo the reason; exit 9'}]\n";
    let machine = Sshd::start();
    let workspace = workspace(playbook, &machine, &ansible(&json!({})));
    run(&workspace)
        .finish()
        .expect_code(1)
        .expect_text("the reason")
        .expect_text("Error executing Ansible: Non-zero exit status: exit status 2");
    assert_eq!(left_behind(&workspace), Vec::<String>::new());
}

#[test]
fn a_stop_ends_ansible_in_the_middle_of_a_task() {
    let playbook = "- hosts: default\n  gather_facts: false\n  tasks: [{command: \"sh -c 'echo > {{ target }}/begun; sleep 40'\"}]\n";
    let machine = Sshd::start();
    let workspace = workspace(playbook, &machine, &ansible(&json!({})));
    let running = run(&workspace).start();
    let begun = workspace.path().join("target/begun");
    crate::support::wait_until("the task", || begun.exists().then_some(()));
    running.signal(Signal::SIGINT);
    let finished = running.finish().expect_code(1);
    assert!(
        finished.duration.as_secs() < 20,
        "it took {:?}",
        finished.duration
    );
    finished.expect_text("Cleanly cancelled builds after being interrupted.");
    assert_eq!(left_behind(&workspace), Vec::<String>::new());
}

#[test]
fn ansible_on_the_machine_itself_plays_with_roles_and_variables() {
    let playbook = "- hosts: web\n  gather_facts: false\n  roles: [page]\n";
    let machine = Sshd::start();
    let bin = Path::new(&python()).parent().unwrap().display().to_string();
    let provisioner = json!({
        "type": "ansible-local", "playbook_file": "play.yml", "command": format!("PATH={bin}:$PATH ansible-playbook"),
        "extra_arguments": ["-e", "target={{pwd}}/target", "-e", "ansible_python_interpreter=/usr/bin/python3"], "inventory_groups": "web", "role_paths": ["page"], "group_vars": "vars",
        "staging_directory": "{{pwd}}/staging", "clean_staging_directory": true,
    });
    let workspace = workspace(playbook, &machine, &provisioner);
    std::fs::create_dir_all(workspace.path().join("page/tasks")).unwrap();
    std::fs::create_dir(workspace.path().join("vars")).unwrap();
    workspace.write(
        "page/tasks/main.yml",
        "- copy: {content: '{{ word }} {{ packer_build_name }}', dest: '{{ target }}/page'}\n",
    );
    workspace.write("vars/web.yml", "word: hello\n");
    run(&workspace)
        .finish()
        .expect_code(0)
        .expect_text("failed=0");
    assert_eq!(workspace.read("target/page"), "hello web");
    assert!(!workspace.path().join("staging").exists());
}

#[test]
fn what_a_playbook_did_is_in_the_image() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    let mut template: Value = serde_json::from_str(&workspace.read("quick.json")).unwrap();
    template["provisioners"] = json!([{
        "type": "ansible", "playbook_file": "play.yml", "command": tool("ansible-playbook"), "user": "ubuntu",
        "extra_arguments": ["--become", "-e", "ansible_python_interpreter=/usr/bin/python3"],
    }]);
    workspace.write("quick.json", &template.to_string());
    workspace.write(
        "play.yml",
        "- hosts: default\n  tasks: [{copy: {content: made here, dest: /opt/marker}}]\n",
    );
    Run::new(&workspace, &["build", "quick.json"])
        .lab(&lab)
        .finish()
        .expect_code(0);
    let account = lab.account_at_rest();
    account.assert_holds(Left::Images(1));
    let image = account.image("us-east-1");
    assert_eq!(
        lab.file(image["id"].as_str().unwrap(), "/opt/marker")
            .as_deref(),
        Some("made here")
    );
}
