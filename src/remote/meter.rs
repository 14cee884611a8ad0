//! How far the transfer is that runs: counted by the connection's thread, read by whoever shows it.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Stands for a total that nobody knows.
const UNKNOWN: u64 = u64::MAX;

/// The count of one machine's transfers. Clones are the same one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meter(Arc<Counts>);

#[derive(Debug)]
struct Counts {
    moved: AtomicU64,
    total: AtomicU64,
}

/// What a [`Meter`] shows, in bytes of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    /// Already under way.
    pub(crate) moved: u64,
    /// All, where that is known.
    pub(crate) total: Option<u64>,
}

/// A reader whose bytes are counted.
pub(crate) struct Metered<'a, R> {
    reader: R,
    meter: &'a Meter,
}

impl Default for Counts {
    fn default() -> Self {
        Self {
            moved: AtomicU64::new(0),
            total: AtomicU64::new(UNKNOWN),
        }
    }
}

impl Meter {
    /// A transfer begins, of so many bytes where that is known.
    pub(crate) fn begin(&self, total: Option<u64>) {
        self.0.moved.store(0, Ordering::Relaxed);
        self.0
            .total
            .store(total.unwrap_or(UNKNOWN), Ordering::Relaxed);
    }

    /// Counts what is read from `reader`.
    pub(crate) fn count<R>(&self, reader: R) -> Metered<'_, R> {
        Metered {
            reader,
            meter: self,
        }
    }

    /// How far the transfer is.
    pub(crate) fn reading(&self) -> Reading {
        let total = self.0.total.load(Ordering::Relaxed);
        Reading {
            moved: self.0.moved.load(Ordering::Relaxed),
            total: (total != UNKNOWN).then_some(total),
        }
    }
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.meter
            .0
            .moved
            .fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn a_meter_counts_what_was_read_since_the_transfer_began() {
        let meter = Meter::default();
        io::copy(&mut meter.count(&b"before"[..]), &mut io::sink()).unwrap();
        meter.begin(Some(10));
        io::copy(&mut meter.count(&b"four"[..]), &mut io::sink()).unwrap();
        let expected = Reading {
            moved: 4,
            total: Some(10),
        };
        assert_eq!(meter.clone().reading(), expected);
        meter.begin(None);
        assert_eq!(meter.reading().total, None);
    }
}
