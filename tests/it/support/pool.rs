//! Servers that tests take and give back: starting one costs more than a build does.
//!
//! A server ends with the test process, however that ends: it runs under a shell that waits for the end of its input.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::binary::{python, repository};

/// Runs its arguments, and ends them when its own input ends.
const UNTIL_INPUT_ENDS: &str =
    r#""$@" </dev/null & server=$!; read -r _; kill "$server"; wait "$server""#;

/// How long a server may take to start, on a machine that is busy with other tests.
const START: Duration = Duration::from_secs(60);

/// A server of the lab that runs.
#[derive(Debug)]
pub(crate) struct Server {
    /// `127.0.0.1:PORT`
    pub(crate) address: String,
    // The shell waits at this child's input, which closes with the process.
    _child: Child,
    _directory: tempfile::TempDir,
}

impl Server {
    /// Starts `python -m MODULE serve …` and waits until it is ready. `further` gives the arguments that depend on the
    /// server's own directory, and `port` reads the port from the ready file.
    pub(crate) fn start(
        arguments: &[&str],
        further: fn(&Path) -> Vec<String>,
        port: fn(&str) -> Option<u16>,
    ) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let ready = directory.path().join("ready");
        let log = std::fs::File::create(directory.path().join("log")).unwrap();
        let child = Command::new("sh")
            .args(["-c", UNTIL_INPUT_ENDS, "lab", &python(), "-m"])
            .args(arguments)
            .arg("--ready-file")
            .arg(&ready)
            .args(further(directory.path()))
            .current_dir(repository().join("tests/lab"))
            .stdin(Stdio::piped())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .expect("the lab's Python starts: run ./test");
        let port = wait_for(&ready, port).unwrap_or_else(|| {
            let log = std::fs::read_to_string(directory.path().join("log")).unwrap_or_default();
            panic!("the lab does not start; run ./test. Its log:\n{log}")
        });
        Self {
            address: format!("127.0.0.1:{port}"),
            _child: child,
            _directory: directory,
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a test has no stop signal")]
fn wait_for(ready: &Path, port: fn(&str) -> Option<u16>) -> Option<u16> {
    let start = Instant::now();
    while start.elapsed() < START {
        if let Some(port) = std::fs::read_to_string(ready)
            .ok()
            .as_deref()
            .and_then(port)
        {
            return Some(port);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    None
}

/// Servers that nobody uses at this moment.
#[derive(Debug)]
pub(crate) struct Pool(Mutex<Vec<Server>>);

impl Pool {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// One that is free, or a new one.
    pub(crate) fn take(&self, start: fn() -> Server) -> Server {
        let free = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        free.unwrap_or_else(start)
    }

    /// Gives it back.
    pub(crate) fn give_back(&self, server: Server) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(server);
    }
}
