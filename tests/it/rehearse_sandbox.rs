//! Provisioners of a rehearsal in a sandbox: what they do is real there, and nothing of it is here.

use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::checksum::Checksum;
use crate::support::{Run, Running, Workspace, variable, wait_until};

const TEMPLATE: &str = "template.json";

fn template(provisioners: &Value) -> String {
    let template = json!({
        "builders": [{
            "type": "amazon-ebs",
            "name": "web",
            "region": "us-east-1",
            "source_ami": "ami-0123456789abcdef0",
            "instance_type": "t3.micro",
            "ami_name": "web-{{timestamp}}",
            "ssh_username": "builder",
        }],
        "provisioners": provisioners,
    });
    // Each value on a line of its own, so that a line number tells something.
    serde_json::to_string_pretty(&template).unwrap()
}

fn shell(lines: &[&str]) -> Workspace {
    let provisioners = json!([{ "type": "shell", "inline": lines }]);
    Workspace::with(TEMPLATE, &template(&provisioners))
}

fn run(workspace: &Workspace) -> Run<'_> {
    Run::new(workspace, &["rehearse", "-sandbox=host", TEMPLATE])
}

/// A number that no other process has on its command line.
fn unique() -> String {
    let now = std::time::SystemTime::now();
    let since = now.duration_since(std::time::UNIX_EPOCH).unwrap();
    format!("7{}", since.as_nanos() % 1_000_000_000)
}

fn command_lines() -> Vec<String> {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let lines = entries.filter_map(|entry| {
        let line = std::fs::read(entry.path().join("cmdline")).ok()?;
        Some(String::from_utf8_lossy(&line).replace('\0', " "))
    });
    lines.collect()
}

/// The processes that have this on their command line, but for those of the test itself.
fn processes(word: &str) -> Vec<String> {
    command_lines()
        .into_iter()
        .filter(|line| line.starts_with("sleep") && line.contains(word))
        .collect()
}

/// A script that runs until it is ended, and the run that it belongs to.
fn sleeping(workspace: &Workspace, number: &str) -> Running {
    let running = run(workspace).in_a_group().start();
    wait_until("the script in the sandbox", || {
        (!processes(number).is_empty()).then_some(())
    });
    running
}

fn expect_no_process(number: &str) {
    wait_until("the end of the sandbox", || {
        processes(number).is_empty().then_some(())
    });
}

#[test]
fn the_report_tells_what_the_provisioners_changed() {
    let provisioners = json!([
        { "type": "file", "source": "page.html", "destination": "/tmp/page.html" },
        { "type": "shell", "inline": [
            "sudo install -D -m 0644 /tmp/page.html /opt/rehearsed/page.html",
            "echo changed | sudo tee -a /etc/issue",
            "sudo rm /etc/issue.net || true",
            "test \"$(whoami)\" = builder",
        ] },
    ]);
    let workspace = Workspace::with(TEMPLATE, &template(&provisioners));
    workspace.write("page.html", "<p>here</p>\n");
    run(&workspace)
        .finish()
        .expect_code(0)
        .expect_text("+ /opt/rehearsed/page.html  12 B")
        .expect_text("~ /etc/issue")
        .expect_text("Provisioner 2: shell: ")
        .expect_text("Calls that a build makes: ");
}

#[test]
fn the_report_says_when_the_template_is_for_another_processor() {
    let other = match std::env::consts::ARCH {
        "aarch64" => "t3.micro",
        _ => "t4g.micro",
    };
    for (instance_type, is_told) in [(other, true), ("unknown9.large", false)] {
        let text = template(&json!([{ "type": "shell", "inline": ["true"] }]));
        let workspace = Workspace::with(TEMPLATE, &text.replace("t3.micro", instance_type));
        let finished = run(&workspace).finish().expect_code(0);
        let told = finished.output.contains("what depends on the processor");
        assert_eq!(told, is_told, "{}", finished.output);
    }
}

#[test]
fn this_machine_stays_as_it_is() {
    let home = PathBuf::from(variable("HOME").unwrap_or_else(|| "/root".to_owned()));
    let sums = || {
        let system = Checksum::of(&[Path::new("/etc"), Path::new("/usr"), Path::new("/opt")]);
        (system, Checksum::of_home(&home))
    };
    let before = sums();
    let workspace = shell(&[
        "sudo sh -c 'for directory in /etc /usr/bin /usr/sbin /usr/lib /usr/share /usr/local /opt /root; do echo here > $directory/rehearsed; done'",
        "sudo sh -c 'for file in /etc/passwd /etc/hosts /usr/bin/env; do printf x | dd of=$file conv=notrunc bs=1; touch -d 2001-01-01 $file; done'",
        "sudo rm -rf /usr/local/*",
        "sudo chmod 0700 /usr/share /etc",
    ]);
    run(&workspace).finish().expect_code(0);
    let after = sums();
    assert_eq!(before.0.differences(&after.0), Vec::<String>::new());
    assert_eq!(before.1.differences(&after.1), Vec::<String>::new());
}

#[test]
fn what_is_fetched_is_not_written_to_the_workspace_even_where_it_is_to_go_to_its_top() {
    let provisioners = json!([
        { "type": "shell", "inline": ["mkdir /tmp/scripts; for file in mine scripts/mine scripts/new; do echo theirs > /tmp/$file; done"] },
        { "type": "file", "direction": "download", "source": "/tmp/mine", "destination": "./" },
        { "type": "file", "direction": "download", "source": "/tmp/scripts/", "destination": "./" },
    ]);
    let workspace = Workspace::with(TEMPLATE, &template(&provisioners));
    workspace.write("mine", "mine");
    std::fs::create_dir(workspace.path().join("scripts")).unwrap();
    workspace.write("scripts/mine", "mine");
    run(&workspace).finish().expect_code(0);
    assert_eq!(workspace.read("mine"), "mine");
    assert_eq!(workspace.read("scripts/mine"), "mine");
    let names = std::fs::read_dir(workspace.path()).unwrap();
    let mut names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["mine", "scripts", TEMPLATE]);
    assert!(!workspace.path().join("scripts/new").exists());
}

#[test]
fn a_users_name_leads_to_no_other_place() {
    let text = template(&json!([{ "type": "shell", "inline": ["true"] }]));
    let text = text.replace("\"builder\"", "\"../../../../var/tmp/led-out\"");
    let workspace = Workspace::with(TEMPLATE, &text);
    run(&workspace)
        .finish()
        .expect_code(1)
        .expect_text("`../../../../var/tmp/led-out` cannot be the name of a user")
        .expect_text("correct `ssh_username`");
    assert!(!Path::new("/var/tmp/led-out").exists());
}

#[test]
fn a_failure_points_to_the_line_of_the_template() {
    let workspace = shell(&["true", "no-such-command --now", "true"]);
    let finished = run(&workspace).finish().expect_code(1);
    let text = workspace.read(TEMPLATE);
    let line = text
        .lines()
        .position(|line| line.contains("no-such-command"))
        .unwrap()
        + 1;
    finished
        .expect_text("Script exited with non-zero exit status: 127")
        .expect_text("in: provisioner 1 (shell), line 2 of the inline script")
        .expect_text(&format!("at {TEMPLATE}:{line}:"))
        .expect_text("/provisioners/0/inline/1")
        .expect_text("This was a rehearsal");
}

#[test]
fn what_a_sandbox_has_not_and_another_system_are_told_where_a_provisioner_fails() {
    let lines = ["curl -s http://169.254.169.254/latest/meta-data/ || exit 7"];
    let text = template(&json!([{ "type": "shell", "inline": lines }]));
    let mut text: Value = serde_json::from_str(&text).unwrap();
    text["builders"][0]["ssh_remote_tunnels"] = json!(["8443:example.org:443"]);
    let workspace = Workspace::with(TEMPLATE, &text.to_string());
    run(&workspace)
        .finish()
        .expect_code(1)
        .expect_text("hint: it ran in a copy of this machine, which is ")
        .expect_text("if `ami-0123456789abcdef0` is another system, `-sandbox=docker:IMAGE`")
        .expect_text("instance metadata, which provisioner 1 asks for")
        .expect_text("`ssh_remote_tunnels`: nobody logs in");
}

#[test]
fn a_script_that_has_no_place_is_not_uploaded_again_and_again() {
    let provisioners =
        json!([{ "type": "shell", "remote_folder": "/no/such/place", "inline": ["true"] }]);
    let workspace = Workspace::with(TEMPLATE, &template(&provisioners));
    let finished = run(&workspace)
        .finish()
        .expect_code(1)
        .expect_text("Error uploading script")
        .expect_text("/no/such/place");
    assert!(finished.duration < Duration::from_secs(30));
}

#[test]
fn ctrl_c_ends_the_sandbox_at_once() {
    let number = unique();
    let workspace = shell(&[&format!("sleep {number} & sleep {number}")]);
    let running = sleeping(&workspace, &number);
    let begin = std::time::Instant::now();
    running.signal(Signal::SIGINT);
    let finished = running.finish().expect_code(1);
    assert!(
        begin.elapsed() < Duration::from_secs(5),
        "{}",
        finished.output
    );
    expect_no_process(&number);
}

#[test]
fn after_a_kill_nothing_of_the_sandbox_is_left_once_the_next_run_is_over() {
    let number = unique();
    let workspace = shell(&[&format!("sleep {number} & sleep {number}")]);
    // The sandbox shows this machine's files by FUSE; nothing else in the tests does.
    let mounts = || {
        let all = std::fs::read_to_string("/proc/self/mountinfo").unwrap();
        all.lines().filter(|line| line.contains(" - fuse")).count()
    };
    let before = mounts();
    let running = sleeping(&workspace, &number);
    running.signal(Signal::SIGKILL);
    running.finish();
    run(&shell(&["true"])).finish().expect_code(0);
    expect_no_process(&number);
    assert_eq!(mounts(), before);
}

#[test]
fn a_kill_at_any_moment_of_the_opening_leaves_no_process() {
    let workspace = shell(&["sleep 60"]);
    let mut killed = Vec::new();
    for step in 0..30 {
        let running = run(&workspace).start();
        std::thread::park_timeout(Duration::from_millis(5 + step * 2));
        // What serves a sandbox its files knows whose it is.
        killed.push(format!("\"caller\":{}}}", running.id()));
        running.signal(Signal::SIGKILL);
        running.finish();
    }
    let begin = std::time::Instant::now();
    wait_until("the end of all processes", || {
        let lines = command_lines();
        let is_left = |line: &String| killed.iter().any(|caller| line.contains(caller));
        (!lines.iter().any(is_left)).then_some(())
    });
    assert!(begin.elapsed() < Duration::from_secs(10));
}

/// Rounds of which the median counts.
const ROUNDS: usize = 20;
/// What the script itself takes.
const OWN: Duration = Duration::from_millis(200);
/// What a rehearsal may add to it.
const MOST: Duration = Duration::from_secs(1);

#[test]
fn a_rehearsal_takes_at_most_a_second_longer_than_its_provisioners() {
    let workspace = shell(&["sleep 0.2"]);
    let mut took: Vec<Duration> = (0..ROUNDS)
        .map(|_| run(&workspace).finish().expect_code(0).duration)
        .collect();
    took.sort();
    let overhead = (took[ROUNDS / 2 - 1] + took[ROUNDS / 2]) / 2 - OWN;
    assert!(overhead < MOST, "{took:?}");
}
