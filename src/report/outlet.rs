//! The way to the standard output: a thread that writes, so that a reader who stalls holds up neither a stop nor what has
//! to be cleaned up after one.
//!
//! Until a stop, a full queue holds up whoever writes, as a full pipe does: then a script that prints faster than somebody
//! reads is slowed down, and nothing is lost. After a stop nobody waits any more; what does not fit is left out.

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Bytes that wait for the reader: enough for all that is said after a stop.
const CAPACITY: usize = 256 * 1024;

/// After a stop the reader gets so long for the last lines. The runner kills after ten seconds, and cleaning up has had its four.
const LAST_LINES: Duration = Duration::from_millis(500);

/// The writing end. Clones write to the same queue.
#[derive(Clone)]
pub struct Outlet {
    shared: Arc<Shared>,
}

struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
}

#[derive(Default)]
struct Queue {
    waiting: Vec<u8>,
    /// The thread has taken bytes that are not written yet.
    writing: bool,
    /// Nobody waits any more.
    released: bool,
    /// Bytes that did not fit since then.
    left_out: usize,
}

impl std::fmt::Debug for Outlet {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Outlet")
    }
}

impl Outlet {
    /// An outlet to `writer`.
    pub fn new(writer: impl Write + Send + 'static) -> Self {
        let shared = Arc::new(Shared {
            queue: Mutex::default(),
            changed: Condvar::new(),
        });
        let theirs = Arc::clone(&shared);
        thread::spawn(move || theirs.pump(writer));
        Self { shared }
    }

    /// From here on nobody waits for the reader.
    pub fn release(&self) {
        self.shared.queue().released = true;
        self.shared.changed.notify_all();
    }

    /// Waits until everything is written; after [`Outlet::release`] no longer than half a second.
    pub fn drain(&self) {
        let mut queue = self.shared.queue();
        let mut deadline = None;
        while queue.writing || !queue.waiting.is_empty() {
            if !queue.released {
                queue = self.shared.wait(queue);
                continue;
            }
            let end = *deadline.get_or_insert_with(|| Instant::now() + LAST_LINES);
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            let waited = self.shared.changed.wait_timeout(queue, left);
            queue = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Write for Outlet {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut queue = self.shared.queue();
        while !queue.released && !queue.takes(bytes) {
            queue = self.shared.wait(queue);
        }
        if queue.takes(bytes) {
            queue.say_what_is_missing();
            queue.waiting.extend_from_slice(bytes);
        } else {
            queue.left_out += bytes.len();
        }
        self.shared.changed.notify_all();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Queue {
    fn takes(&self, bytes: &[u8]) -> bool {
        self.waiting.is_empty() || self.waiting.len() + bytes.len() <= CAPACITY
    }

    fn say_what_is_missing(&mut self) {
        let missing = std::mem::take(&mut self.left_out);
        if missing > 0 {
            let notice = format!("[{missing} bytes are missing here: nobody read them]\n");
            self.waiting.extend_from_slice(notice.as_bytes());
        }
    }
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, queue: MutexGuard<'a, Queue>) -> MutexGuard<'a, Queue> {
        self.changed
            .wait(queue)
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what comes, for as long as the process lives.
    fn pump(&self, mut writer: impl Write) {
        loop {
            let mut queue = self.queue();
            queue.writing = false;
            self.changed.notify_all();
            while queue.waiting.is_empty() {
                queue = self.wait(queue);
            }
            queue.writing = true;
            let bytes = std::mem::take(&mut queue.waiting);
            drop(queue);
            self.changed.notify_all();
            // A reader that went away (`ami-build … | head`) must not end a build that has things to clean up.
            if let Err(error) = writer.write_all(&bytes).and_then(|()| writer.flush()) {
                log::debug!("cannot write to the standard output: {error}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    /// Writes nothing until it is told to.
    struct Stalled {
        go_on: mpsc::Receiver<()>,
        written: Arc<Mutex<Vec<u8>>>,
    }

    impl Write for Stalled {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _: Result<(), mpsc::RecvError> = self.go_on.recv();
            self.written.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn stalled() -> (Outlet, mpsc::Sender<()>, Arc<Mutex<Vec<u8>>>) {
        let (sender, go_on) = mpsc::channel();
        let written = Arc::new(Mutex::new(Vec::new()));
        let writer = Stalled {
            go_on,
            written: Arc::clone(&written),
        };
        (Outlet::new(writer), sender, written)
    }

    #[test]
    fn everything_is_written_in_order_before_it_is_drained() {
        let (mut outlet, go_on, written) = stalled();
        drop(go_on);
        for number in 0..1000 {
            writeln!(outlet, "line {number}").unwrap();
        }
        outlet.drain();
        let text = String::from_utf8(written.lock().unwrap().clone()).unwrap();
        assert_eq!(text.lines().count(), 1000);
        assert!(text.ends_with("line 999\n"));
    }

    #[test]
    fn a_full_queue_holds_up_the_writer_until_a_stop() {
        let (mut outlet, go_on, _) = stalled();
        let mut other = outlet.clone();
        let (said, heard) = mpsc::channel();
        thread::spawn(move || {
            for _ in 0..10 {
                other.write_all(&vec![b'x'; CAPACITY / 2]).unwrap();
            }
            said.send(()).unwrap();
        });
        assert!(heard.recv_timeout(Duration::from_millis(200)).is_err());
        outlet.release();
        heard.recv_timeout(Duration::from_secs(20)).unwrap();
        let begin = Instant::now();
        outlet.write_all(&[b'y'; CAPACITY]).unwrap();
        outlet.drain();
        assert!(begin.elapsed() < Duration::from_secs(20));
        drop(go_on);
    }

    #[test]
    fn what_is_left_out_is_told() {
        let (mut outlet, go_on, written) = stalled();
        outlet.write_all(b"first\n").unwrap();
        outlet.release();
        while !outlet.shared.queue().writing {
            thread::yield_now();
        }
        outlet.write_all(&[b'x'; CAPACITY]).unwrap();
        outlet.write_all(b"lost\n").unwrap();
        drop(go_on);
        outlet.drain();
        outlet.write_all(b"last\n").unwrap();
        outlet.drain();
        let text = String::from_utf8(written.lock().unwrap().clone()).unwrap();
        assert!(
            text.ends_with("[5 bytes are missing here: nobody read them]\nlast\n"),
            "{}",
            text.len()
        );
    }
}
