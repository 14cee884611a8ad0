//! Runs a case's commands in an environment that holds nothing but what the case says.

use std::collections::BTreeMap;
use std::io::Read;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use nix::sys::signal;
use nix::unistd::Pid;

use super::case::{Case, Signal};
use super::machine::Machine;
use super::sandbox::Sandbox;

/// How long a command may take, on a machine that is busy with other tests.
const LIMIT: Duration = Duration::from_secs(60);

/// What came of a case.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) sandbox: Sandbox,
    /// `None` after a signal or the time limit.
    pub(crate) exits: Vec<Option<i32>>,
    pub(crate) stdout: String,
    /// Both streams, stdout first, without colours.
    pub(crate) output: String,
    /// The files that were written or changed.
    pub(crate) written: BTreeMap<String, Vec<u8>>,
    pub(crate) removed: Vec<String>,
    /// The commands that the machine saw.
    pub(crate) asked: Vec<String>,
}

/// Runs a case.
pub(crate) fn run(case: &Case) -> Outcome {
    let sandbox = Sandbox::of(case);
    let machine = case.head.machine.as_ref();
    // A port where nobody listens is what a case without a machine may want to reach.
    let wants_port = case
        .files
        .values()
        .any(|content| content.contains("SSHD_PORT"));
    let machine = (machine.is_some() || wants_port).then(|| Machine::start(&sandbox));
    let before = sandbox.files("work");
    let (mut exits, mut stdout, mut stderr) = (Vec::new(), String::new(), String::new());
    for line in &case.head.run {
        let mut command = command(case, &sandbox, machine.as_ref());
        command.args(words(line));
        let ended = finish(command, case.head.signal.as_ref(), &sandbox.path("work"));
        exits.push(ended.0);
        stdout.push_str(&ended.1);
        stderr.push_str(&ended.2);
    }
    let after = sandbox.files("work");
    let removed = before.keys().filter(|name| !after.contains_key(*name));
    let removed = removed.cloned().collect();
    let written = after
        .into_iter()
        .filter(|(name, content)| before.get(name) != Some(content));
    Outcome {
        exits,
        output: without_colours(&format!("{stdout}{stderr}")),
        stdout,
        written: written.collect(),
        removed,
        asked: machine.map(|machine| machine.asked()).unwrap_or_default(),
        sandbox,
    }
}

fn command(case: &Case, sandbox: &Sandbox, machine: Option<&Machine>) -> Command {
    let mut command = Command::new(binary());
    command
        .current_dir(sandbox.path("work"))
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")
        .env("HOME", sandbox.path("home"))
        .env("TMPDIR", sandbox.path("tmp"))
        .env("REMOTE", sandbox.path("remote"))
        .env("LANG", "C.UTF-8")
        .env("TZ", "UTC")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .envs(&case.head.environment)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0);
    if let Some(machine) = machine {
        command
            .env("SSHD_PORT", machine.port.to_string())
            .env("SSHD_KEY", machine.key());
    }
    command
}

/// Runs a command to its end: its exit code, stdout and stderr.
fn finish(
    mut command: Command,
    signal: Option<&Signal>,
    directory: &Path,
) -> (Option<i32>, String, String) {
    let mut child = command.spawn().expect("the binary starts");
    let stdout = collect(child.stdout.take().expect("it is piped"));
    let stderr = collect(child.stderr.take().expect("it is piped"));
    if let Some(signal) = signal {
        wait_until(|| directory.join(&signal.once_there_is).exists());
        send(&child, signal);
    }
    let mut status = None;
    let ended = wait_until(|| {
        status = child.try_wait().unwrap();
        status.is_some()
    });
    if !ended {
        let _ = signal::killpg(pid(&child), signal::Signal::SIGKILL);
        child.wait().unwrap();
    }
    let code = status.and_then(|status| status.code());
    (code, stdout.join().unwrap(), stderr.join().unwrap())
}

fn send(child: &Child, wanted: &Signal) {
    let name = format!("SIG{}", wanted.name);
    let number = name.parse::<signal::Signal>().expect("a signal's name");
    let sent = match wanted.to.as_str() {
        "group" => signal::killpg(pid(child), number),
        _ => signal::kill(pid(child), number),
    };
    sent.expect("the process is there");
}

fn pid(child: &Child) -> Pid {
    Pid::from_raw(i32::try_from(child.id()).expect("a process id fits"))
}

fn collect(mut stream: impl Read + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

#[expect(clippy::disallowed_methods, reason = "a test has no stop signal")]
fn wait_until(mut reached: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    while start.elapsed() < LIMIT {
        if reached() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    false
}

/// A command line's words; single quotes keep spaces.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for (index, part) in line.split('\'').enumerate() {
        if index % 2 == 1 {
            words.last_mut().expect("one is there").push_str(part);
            continue;
        }
        for (index, word) in part.split(' ').enumerate() {
            if index > 0 {
                words.push(String::new());
            }
            words.last_mut().expect("one is there").push_str(word);
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Without `ESC [ … m`.
fn without_colours(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |plain, part| {
        plain + part.split_once('m').map_or(part, |(_, rest)| rest)
    })
}

/// Cargo's own, or the one that `AMI_BUILD_BINARY` names, such as a release build.
#[expect(
    clippy::disallowed_methods,
    reason = "the binary under test may come from outside"
)]
fn binary() -> PathBuf {
    let named = std::env::var_os("AMI_BUILD_BINARY");
    named.map_or_else(|| env!("CARGO_BIN_EXE_ami-build").into(), PathBuf::from)
}
