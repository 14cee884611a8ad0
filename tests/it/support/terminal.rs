//! A run at a terminal of its own, by `script`, which every Linux has.

use std::cell::Cell;
use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Instant;

use super::lab::wait_until;
use super::run::{Finished, Run};

/// Somebody who types, and reads what is shown.
#[derive(Debug)]
pub(crate) struct Terminal {
    child: Child,
    start: Instant,
    shown: Arc<Mutex<Vec<u8>>>,
    reader: JoinHandle<()>,
    /// So much was waited for already.
    seen: Cell<usize>,
}

impl Terminal {
    /// Starts a run at a new terminal.
    pub(crate) fn start(run: &Run<'_>) -> Self {
        let inner = run.command();
        let quoted = std::iter::once(inner.get_program())
            .chain(inner.get_args())
            .map(|word| format!("'{}'", word.to_string_lossy()));
        let line = format!("exec {}", quoted.collect::<Vec<_>>().join(" "));
        let mut command = Command::new("script");
        command
            .args(["-qefc", &line, "/dev/null"])
            .env_clear()
            .envs(
                inner
                    .get_envs()
                    .filter_map(|(name, value)| Some((name, value?))),
            )
            .current_dir(inner.get_current_dir().expect("a run has one"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().expect("`script` is installed");
        let mut stdout = child.stdout.take().expect("it is piped");
        let shown = Arc::new(Mutex::new(Vec::new()));
        let theirs = Arc::clone(&shown);
        let reader = std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = stdout.read(&mut buffer) {
                theirs.lock().unwrap().extend_from_slice(&buffer[..count]);
            }
        });
        Self {
            child,
            start: Instant::now(),
            shown,
            reader,
            seen: Cell::new(0),
        }
    }

    /// Waits until a text is shown after all that was waited for before.
    pub(crate) fn wait_for(&mut self, text: &str) -> &mut Self {
        let end = wait_until(&format!("`{text}` at the terminal"), || {
            let shown = self.shown.lock().unwrap();
            let rest = shown.get(self.seen.get()..)?;
            let place = rest
                .windows(text.len())
                .position(|part| part == text.as_bytes())?;
            Some(self.seen.get() + place + text.len())
        });
        self.seen.set(end);
        self
    }

    /// Types a line.
    pub(crate) fn enter(&mut self, line: &str) -> &mut Self {
        self.type_bytes(format!("{line}\r").as_bytes());
        self
    }

    /// Ctrl-C: whatever runs in front gets SIGINT.
    pub(crate) fn press_ctrl_c(&mut self) -> &mut Self {
        self.type_bytes(&[3]);
        self
    }

    fn type_bytes(&mut self, bytes: &[u8]) {
        let stdin = self.child.stdin.as_mut().expect("it is piped");
        stdin.write_all(bytes).unwrap();
        stdin.flush().unwrap();
    }

    /// Waits for the end.
    pub(crate) fn finish(mut self) -> Finished {
        let stdin = self.child.stdin.take();
        let status = self.child.wait().unwrap();
        drop(stdin);
        self.reader.join().unwrap();
        let shown = self.shown.lock().unwrap();
        Finished {
            code: status.code(),
            output: String::from_utf8_lossy(&shown).replace('\r', ""),
            duration: self.start.elapsed(),
        }
    }
}
