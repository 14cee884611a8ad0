//! `survive_disconnect`: a script outlives the connection, and nothing of what it says is lost.

use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::support::{Cutter, Finished, Lab, Left, Run, Sshd, Workspace};

/// A machine behind a way that can be cut.
struct Bench {
    _machine: Sshd,
    way: Cutter,
    workspace: Workspace,
}

impl Bench {
    /// With a template whose only provisioner is a `shell` with these settings.
    fn new(settings: &Value) -> Self {
        let machine = Sshd::start();
        let way = Cutter::to(machine.port);
        let workspace = Workspace::empty();
        let mut provisioner = json!({
            "type": "shell", "survive_disconnect": true, "remote_folder": workspace.beside("temp"),
        });
        for (key, value) in settings.as_object().unwrap() {
            provisioner[key] = value.clone();
        }
        let template = json!({
            "builders": [{
                "type": "null", "ssh_host": "127.0.0.1", "ssh_port": way.port, "ssh_username": "root",
                "ssh_private_key_file": machine.key(), "ssh_timeout": "20s",
            }],
            "provisioners": [provisioner],
        });
        workspace.write("t.json", &template.to_string());
        Self {
            _machine: machine,
            way,
            workspace,
        }
    }

    fn run(&self) -> Run<'_> {
        Run::new(&self.workspace, &["build", "t.json"])
    }

    /// What is in the directory of the scripts.
    fn remains(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.workspace.beside("temp")).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().display().to_string());
        names.collect()
    }
}

/// What the script printed on one output, as numbers.
fn numbers(finished: &Finished, prefix: &str) -> Vec<u32> {
    let lines = finished.output.lines();
    let texts = lines.filter_map(|line| line.strip_prefix(prefix));
    texts.map(|text| text.parse().unwrap()).collect()
}

/// Xorshift: the instants are the same in every run.
fn next(seed: &mut u64) -> u64 {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    *seed
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test has no stop signal")]
fn fifty_cuts_at_random_instants_cost_no_line_and_no_status() {
    let script = "i=0; while [ $i -lt 10000 ]; do i=$((i+1)); echo out $i; echo err $i >&2; \
                  [ $((i % 20)) = 0 ] && sleep 0.05; done; exit 7";
    let bench = Bench::new(
        &json!({"inline": [script], "inline_shebang": "/bin/sh", "valid_exit_codes": [7]}),
    );
    let running = bench.run().start();
    running.wait_for(": out 1\n");
    let (mut seed, mut cuts) = (20_240_601, 0);
    while cuts < 50 {
        std::thread::sleep(Duration::from_millis(next(&mut seed) % 600));
        cuts += usize::from(bench.way.cut());
    }
    let finished = running.finish().expect_code(0);
    assert!(
        bench.way.connections() > 50,
        "the script was over too early"
    );
    let all: Vec<u32> = (1..=10_000).collect();
    assert!(
        numbers(&finished, "    null: out ") == all,
        "stdout:\n{}",
        finished.output
    );
    assert!(
        numbers(&finished, "==> null: err ") == all,
        "stderr:\n{}",
        finished.output
    );
}

#[test]
fn an_outage_is_told_and_the_status_that_comes_after_it_counts() {
    let bench = Bench::new(&json!({"inline": ["echo begun", "sleep 2", "echo over", "exit 3"]}));
    let running = bench.run().start();
    running.wait_for(": begun");
    bench.way.close();
    running.wait_for("The connection to the machine was lost");
    // The script goes on and ends while nobody is there.
    std::thread::park_timeout(Duration::from_secs(3));
    bench.way.reopen();
    let finished = running.finish().expect_code(1);
    finished
        .expect_text("Connected again after")
        .expect_text("    null: over")
        .expect_text("Script exited with non-zero exit status: 3");
}

#[test]
fn the_words_of_the_template_keep_their_meaning() {
    let bench = Bench::new(&json!({
        "inline": ["echo \"$GREETING from $0\"", "printf 'no end'"],
        "environment_vars": ["GREETING=it's me"], "use_env_var_file": true, "skip_clean": true,
        "execute_command": "chmod +x {{.Path}}; . {{.EnvVarFile}} && FROM=here sh -e {{.Path}}",
    }));
    let finished = bench.run().finish().expect_code(0);
    let line = finished
        .output
        .lines()
        .find(|line| line.contains("it's me"))
        .unwrap();
    let script = line.rsplit('/').next().unwrap().to_owned();
    finished.expect_text("    null: no end");
    let mut left = bench.remains();
    left.retain(|name| !name.starts_with("varfile_"));
    assert_eq!(
        left,
        [script],
        "`skip_clean` leaves the script, and nothing else of ours"
    );
}

#[test]
fn a_script_that_kills_its_process_group_is_told_by_its_status() {
    let bench = Bench::new(&json!({"inline": ["echo last words", "kill -9 0"]}));
    let finished = bench.run().finish().expect_code(1);
    finished
        .expect_text("    null: last words")
        .expect_text("exit status: 137");
}

#[test]
fn sigint_reaches_a_script_as_it_does_over_a_connection() {
    let script = "python3 -c 'import signal; print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)'";
    let bench = Bench::new(&json!({ "inline": [script] }));
    bench
        .run()
        .finish()
        .expect_code(0)
        .expect_text("    null: True");
}

#[test]
fn a_large_output_arrives_whole_though_the_machine_keeps_little_of_it() {
    let script = "seq -f 'a line that is long enough to make this large %.0f' 1 1000000 | tail -c 50000000; \
                  du -sk /run/ami-build-* /dev/shm/ami-build-* 2>/dev/null | head -n 1";
    let bench = Bench::new(&json!({ "inline": [script] }));
    let finished = bench.run().finish().expect_code(0);
    let shown: usize = finished
        .output
        .lines()
        .filter(|line| line.contains("a line that is long"))
        .count();
    let expected = 50_000_000 / "a line that is long enough to make this large 100000\n".len();
    assert!(
        shown > expected * 9 / 10,
        "{shown} lines of about {expected}"
    );
    finished.expect_text("large 1000000");
}

#[test]
fn a_stop_ends_the_script_on_the_machine_within_seconds() {
    let bench = Bench::new(&json!({"inline": ["echo pid $$", "sleep 300 & wait"]}));
    let running = bench.run().start();
    running.wait_for(": pid ");
    running.signal(Signal::SIGINT);
    let begin = Instant::now();
    let finished = running.finish().expect_code(1);
    assert!(
        begin.elapsed() < Duration::from_secs(5),
        "{:?}",
        begin.elapsed()
    );
    assert_ended(&bench, &finished);
}

#[test]
fn a_script_whose_time_is_over_is_ended_on_the_machine() {
    let bench = Bench::new(
        &json!({"inline": ["echo pid $$", "trap '' TERM", "sleep 300 & wait"], "timeout": "10s"}),
    );
    let finished = bench.run().finish().expect_code(1);
    assert_ended(&bench, &finished);
}

/// The process that the script named is gone, and so is what kept it.
fn assert_ended(bench: &Bench, finished: &Finished) {
    let pid = numbers(finished, "    null: pid ")[0];
    let state = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = state.rsplit(") ").next().unwrap_or_default();
    assert!(
        state.is_empty() || state.starts_with('Z'),
        "it is still there: {state}"
    );
    let kept: Vec<String> = bench
        .remains()
        .into_iter()
        .filter(|name| name.starts_with("keeper_"))
        .collect();
    assert_eq!(kept, Vec::<String>::new());
}

#[test]
fn one_flag_is_for_all_provisioners_but_those_that_say_no() {
    let bench = Bench::new(&json!({"inline": ["true"]}));
    let flag = ["build", "-survive-disconnect", "t.json"];
    let parent =
        "ps -o ppid= -p $PPID | xargs ps -o args= -p | grep -q keeper_ && echo kept || echo plain";
    for (value, word) in [(json!(false), "plain"), (Value::Null, "kept")] {
        let mut template: Value = serde_json::from_str(&bench.workspace.read("t.json")).unwrap();
        let provisioner = template["provisioners"][0].as_object_mut().unwrap();
        provisioner.insert("inline".into(), json!([parent]));
        provisioner.insert(
            "execute_command".into(),
            json!("{{.Vars}} sh {{.Path}}; true"),
        );
        provisioner.insert("survive_disconnect".into(), value.clone());
        if value.is_null() {
            provisioner.remove("survive_disconnect");
        }
        bench.workspace.write("t.json", &template.to_string());
        let finished = Run::new(&bench.workspace, &flag).finish().expect_code(0);
        finished.expect_text(&format!("    null: {word}"));
    }
}

/// A build in the lab with one provisioner of these settings; it has printed `begun`, and then `act` does something to its
/// machine.
fn in_the_lab(settings: &Value, act: impl Fn(&Lab, &str)) -> (Lab, Finished) {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    let mut template: Value = serde_json::from_str(&workspace.read("slow.json")).unwrap();
    let mut provisioner = json!({"type": "shell", "survive_disconnect": true});
    for (key, value) in settings.as_object().unwrap() {
        provisioner[key] = value.clone();
    }
    template["provisioners"] = json!([provisioner]);
    workspace.write("t.json", &template.to_string());
    let running = Run::new(&workspace, &["build", "t.json"]).lab(&lab).start();
    running.wait_for(": begun");
    let machine = lab.account().ids("instances").remove(0);
    act(&lab, &machine);
    let finished = running.finish();
    (lab, finished)
}

#[test]
fn a_reboot_is_told_as_such() {
    let script = json!({"inline": ["echo begun", "sleep 60"]});
    let (lab, finished) = in_the_lab(&script, |lab, machine| lab.machine(machine, "reboot"));
    finished
        .expect_code(1)
        .expect_text("The machine rebooted while the script ran")
        .expect_text("`expect_disconnect`");
    lab.account_at_rest().assert_holds(Left::Nothing);
}

#[test]
fn a_reboot_that_is_expected_ends_the_script_and_not_the_build() {
    let script = json!({"inline": ["echo begun", "sleep 60"], "expect_disconnect": true});
    let (lab, finished) = in_the_lab(&script, |lab, machine| lab.machine(machine, "reboot"));
    finished.expect_code(0);
    lab.account_at_rest().assert_holds(Left::Images(1));
}

#[test]
fn a_server_that_goes_away_and_comes_back_costs_nothing_and_leaves_nothing_in_the_image() {
    let script = json!({"inline": ["echo begun", "sleep 3", "echo over", "id -un"]});
    let (lab, finished) = in_the_lab(&script, |lab, machine| {
        lab.machine(machine, "kill-sshd");
        std::thread::park_timeout(Duration::from_secs(1));
        lab.machine(machine, "start-sshd");
    });
    finished
        .expect_code(0)
        .expect_text("    slow: over")
        .expect_text("    slow: ubuntu");
    let account = lab.account_at_rest();
    account.assert_holds(Left::Images(1));
    let paths = lab.tree(&account.ids("images")[0]);
    let ours: Vec<&String> = paths
        .iter()
        .filter(|path| path.contains("keeper_") || path.contains("ami-build"))
        .collect();
    assert_eq!(ours, Vec::<&String>::new());
}

#[test]
fn packets_that_vanish_are_noticed_and_outlived() {
    let script = json!({"inline": ["echo begun", "sleep 3", "echo over"]});
    let (lab, finished) = in_the_lab(&script, |lab, machine| {
        lab.machine(machine, "blackhole");
        std::thread::park_timeout(Duration::from_secs(5));
        lab.machine(machine, "start-sshd");
    });
    finished.expect_code(0).expect_text("    slow: over");
    lab.account_at_rest().assert_holds(Left::Images(1));
}
