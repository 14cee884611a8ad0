//! A line that is fast and long: 20 ms each way.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

/// The line that the benchmark measures with.
const DELAY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/delay.py");

/// A line that ends with the test.
pub(super) struct DelayedLine {
    child: Child,
    pub(super) port: u16,
}

impl DelayedLine {
    /// A line to `port`.
    pub(super) fn to(port: u16) -> Self {
        let mut child = Command::new("python3")
            .args([DELAY, &port.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let out = child.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut line).unwrap();
        let port = line.trim().parse().unwrap();
        Self { child, port }
    }
}

impl Drop for DelayedLine {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}
