//! How much may come out of a sandbox: what is fetched was written by scripts, and a file may have no end.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How much may still come out of one sandbox. Clones are the same one.
#[derive(Clone, Debug)]
pub(crate) struct Allowance(Arc<Bytes>);

#[derive(Debug)]
struct Bytes {
    whole: u64,
    left: AtomicU64,
}

/// A reader that gives no more than there is allowance for.
pub(crate) struct Bounded<'a, R> {
    reader: R,
    allowance: &'a Allowance,
}

impl Allowance {
    /// An allowance of so many bytes, all that is fetched taken together.
    pub(crate) fn new(bytes: u64) -> Self {
        Self(Arc::new(Bytes {
            whole: bytes,
            left: AtomicU64::new(bytes),
        }))
    }

    /// Bounds what is read from `reader`.
    pub(crate) fn bound<R>(&self, reader: R) -> Bounded<'_, R> {
        Bounded {
            reader,
            allowance: self,
        }
    }

    /// Whether nothing is left of it.
    pub(crate) fn is_used_up(&self) -> bool {
        self.0.left.load(Ordering::Relaxed) == 0
    }
}

impl<R: Read> Read for Bounded<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Bytes { whole, left } = &*self.allowance.0;
        let allowed = left.load(Ordering::Relaxed);
        if allowed == 0 {
            let text = format!(
                "more than {} MiB would come out of the sandbox, which is all that it may hold",
                whole >> 20
            );
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, text));
        }
        let most = usize::try_from(allowed).map_or(buffer.len(), |most| most.min(buffer.len()));
        let count = self.reader.read(&mut buffer[..most])?;
        left.fetch_sub(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_allowance_is_for_all_that_is_fetched() {
        let allowance = Allowance::new(10);
        let mut bytes = Vec::new();
        let first = allowance.bound(&[1; 8][..]).read_to_end(&mut bytes);
        assert_eq!((first.unwrap(), allowance.is_used_up()), (8, false));
        let second = allowance.clone();
        let error = second.bound(io::repeat(2)).read_to_end(&mut bytes);
        assert_eq!(error.unwrap_err().kind(), io::ErrorKind::FileTooLarge);
        assert_eq!((bytes.len(), allowance.is_used_up()), (10, true));
    }
}
