//! Long file work that a stop ends: on a thread of its own, and looking at the signal with every block it reads.

use std::io::{self, Read};

use crate::stop::Stop;

/// A reader that fails once a stop is asked for.
pub(super) struct Stoppable<R> {
    inner: R,
    stop: Stop,
}

impl<R: Read> Stoppable<R> {
    pub(super) fn new(inner: R, stop: &Stop) -> Self {
        Self {
            inner,
            stop: stop.clone(),
        }
    }
}

impl<R: Read> Read for Stoppable<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.stop.requested() {
            // Not `ErrorKind::Interrupted`: `io::copy` tries again after that.
            Some(request) => {
                let word = request.reason.word();
                Err(io::Error::other(format!("stopped by {word}")))
            }
            None => self.inner.read(buffer),
        }
    }
}

/// Runs `work` where it may block. A panic in it goes on here.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stop::{StopHandle, StopReason};

    #[test]
    fn a_copy_ends_with_an_error_after_a_stop() {
        let (handle, stop) = StopHandle::new();
        let mut endless = Stoppable::new(io::repeat(0), &stop);
        endless.read_exact(&mut [0; 8]).unwrap();
        handle.request(StopReason::Interrupt);
        let error = io::copy(&mut endless, &mut io::sink()).unwrap_err();
        assert_eq!(error.to_string(), "stopped by interrupt");
    }
}
