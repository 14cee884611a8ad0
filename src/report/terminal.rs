//! The terminal that the process belongs to, whatever its standard input is: where questions are answered.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

const TERMINAL: &str = "/dev/tty";

/// Of one line, more than anybody types.
const LONGEST: usize = 4096;

/// Somebody's keyboard.
pub(crate) struct Terminal(AsyncFd<File>);

impl Terminal {
    /// The terminal; `None` where there is none, as in a job.
    pub(crate) fn open() -> Option<Self> {
        // Without blocking, so that a stop ends the wait and no thread stays behind to swallow the next answer.
        let file = OpenOptions::new()
            .read(true)
            .custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY)
            .open(TERMINAL)
            .ok()?;
        register(file).ok().map(Self)
    }

    /// Whether there is one.
    pub(crate) fn exists() -> bool {
        File::open(TERMINAL).is_ok()
    }

    /// The next line, without its end; `None` once the terminal is closed.
    pub(crate) async fn line(&self) -> Option<String> {
        let mut typed = Vec::new();
        loop {
            let mut buffer = [0; 256];
            let read = |file: &File| {
                let mut file: &File = file;
                file.read(&mut buffer)
            };
            match self.0.async_io(Interest::READABLE, read).await {
                Ok(1..) if typed.len() >= LONGEST => return None,
                Ok(count @ 1..) => typed.extend_from_slice(&buffer[..count]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(0) | Err(_) => return None,
            }
            if typed.ends_with(b"\n") {
                let line = String::from_utf8_lossy(&typed);
                return Some(line.trim_end_matches(['\n', '\r']).to_owned());
            }
        }
    }
}

#[expect(
    deprecated,
    reason = "its successor is unsafe to call; this file keeps its descriptor for as long as it is registered"
)]
fn register(file: File) -> io::Result<AsyncFd<File>> {
    AsyncFd::with_interest(file, Interest::READABLE)
}
