//! A run of the binary as a command, in an environment that holds nothing but what the test says.

use std::io::{BufRead as _, BufReader};
use std::marker::PhantomData;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;

use super::binary::binary;
use super::lab::{Lab, wait_until};
use super::workspace::Workspace;

/// A template's secret key in the tests; it must never be seen.
pub(crate) const SECRET_KEY: &str = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY";

/// A command line to run.
#[derive(Debug)]
pub(crate) struct Run<'a> {
    command: Command,
    /// It has to be there until the run is over.
    workspace: PhantomData<&'a Workspace>,
}

/// What a run left to look at.
#[derive(Debug)]
pub(crate) struct Finished {
    /// The exit code; `None` after a signal.
    pub(crate) code: Option<i32>,
    /// Both streams.
    pub(crate) output: String,
    /// How long it took.
    pub(crate) duration: Duration,
}

/// A run that goes on.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    start: Instant,
    lines: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
}

impl<'a> Run<'a> {
    /// `ami-build ARGUMENTS…` in the workspace.
    pub(crate) fn new(workspace: &'a Workspace, arguments: &[&str]) -> Self {
        let mut command = Command::new(binary());
        command
            .args(arguments)
            .current_dir(workspace.path())
            .env_clear()
            .env(
                "PATH",
                "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            )
            .env("HOME", workspace.beside("home"))
            .env("XDG_STATE_HOME", workspace.beside("state"))
            .env("PACKER_NO_COLOR", "1")
            .stdin(Stdio::null());
        Self {
            command,
            workspace: PhantomData,
        }
    }

    /// With credentials for the lab, which answers in place of AWS.
    pub(crate) fn lab(mut self, lab: &Lab) -> Self {
        for (name, value) in lab_environment(lab) {
            self.command.env(name, value);
        }
        self
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Another place for stdout.
    pub(crate) fn stdout(mut self, stdout: Stdio) -> Self {
        self.command.stdout(stdout);
        self
    }

    /// In a process group of its own, as a shell starts it.
    pub(crate) fn in_a_group(mut self) -> Self {
        self.command.process_group(0);
        self
    }

    pub(super) fn command(&self) -> &Command {
        &self.command
    }

    /// Starts it with its standard output into a pipe that nobody reads.
    pub(crate) fn start_unread(mut self) -> Child {
        let command = self.command.stdout(Stdio::piped()).stderr(Stdio::null());
        command.spawn().expect("the binary starts")
    }

    /// Starts it.
    pub(crate) fn start(mut self) -> Running {
        let start = Instant::now();
        let mut child = self
            .command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let lines = Arc::new(Mutex::new(String::new()));
        let readers = vec![
            collect(child.stdout.take().expect("it is piped"), &lines),
            collect(child.stderr.take().expect("it is piped"), &lines),
        ];
        Running {
            child,
            start,
            lines,
            readers,
        }
    }

    /// Runs it to its end.
    pub(crate) fn finish(self) -> Finished {
        self.start().finish()
    }

    /// Runs it to its end with the stdout that was chosen; `output` is stderr alone.
    pub(crate) fn finish_as_is(mut self) -> Finished {
        let start = Instant::now();
        let output = self
            .command
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
            .wait_with_output()
            .unwrap();
        Finished {
            code: output.status.code(),
            output: String::from_utf8_lossy(&output.stderr).into_owned(),
            duration: start.elapsed(),
        }
    }
}

/// What leads to the lab instead of AWS.
pub(crate) fn lab_environment(lab: &Lab) -> Vec<(&'static str, String)> {
    vec![
        ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", SECRET_KEY.to_owned()),
        ("AWS_ENDPOINT_URL", lab.url()),
        ("EC2_ENDPOINT", lab.url()),
        (
            "AMI_BUILD_ADDRESS_SERVICE",
            format!("{}/checkip", lab.url()),
        ),
    ]
}

fn collect(
    stream: impl std::io::Read + Send + 'static,
    lines: &Arc<Mutex<String>>,
) -> JoinHandle<()> {
    let lines = Arc::clone(lines);
    std::thread::spawn(move || {
        let mut stream = BufReader::new(stream);
        let mut line = Vec::new();
        while stream
            .read_until(b'\n', &mut line)
            .is_ok_and(|read| read > 0)
        {
            lines
                .lock()
                .unwrap()
                .push_str(&String::from_utf8_lossy(&line));
            line.clear();
        }
    })
}

impl Running {
    /// Waits until a text was printed.
    pub(crate) fn wait_for(&self, text: &str) -> &Self {
        wait_until(&format!("the output `{text}`"), || {
            self.lines.lock().unwrap().contains(text).then_some(())
        });
        self
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn signal(&self, signal: Signal) -> &Self {
        let pid = i32::try_from(self.child.id()).expect("a process id fits");
        kill(Pid::from_raw(pid), signal).unwrap();
        self
    }

    /// The same to all that it started in its group.
    pub(crate) fn signal_group(&self, signal: Signal) -> &Self {
        let pid = i32::try_from(self.child.id()).expect("a process id fits");
        killpg(Pid::from_raw(pid), signal).unwrap();
        self
    }

    pub(crate) fn finish(mut self) -> Finished {
        let status = self.child.wait().unwrap();
        let duration = self.start.elapsed();
        for reader in self.readers {
            reader.join().unwrap();
        }
        let output = self.lines.lock().unwrap().clone();
        assert_hides_the_key(&output);
        Finished {
            code: status.code(),
            output,
            duration,
        }
    }
}

/// The runner swallows the lines that tell it what to mask.
fn assert_hides_the_key(output: &str) {
    let shown = output
        .lines()
        .filter(|line| !line.starts_with("::add-mask::"));
    let told = shown.into_iter().find(|line| line.contains(SECRET_KEY));
    assert_eq!(told, None, "the secret key is in the output");
}

impl Finished {
    /// It ended with this exit code.
    pub(crate) fn expect_code(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "the output:\n{}", self.output);
        self
    }

    /// The output has this text.
    pub(crate) fn expect_text(self, text: &str) -> Self {
        assert!(
            self.output.contains(text),
            "no `{text}` in:\n{}",
            self.output
        );
        self
    }

    /// The output does not have this text.
    pub(crate) fn expect_no_text(self, text: &str) -> Self {
        assert!(
            !self.output.contains(text),
            "`{text}` is in:\n{}",
            self.output
        );
        self
    }
}
