//! A disk that gets full, and that stands still when its process is dead.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::scenario::{Demise, Fate};
use crate::cloud::model::Life;
use crate::ledger::Disk;

/// See the module.
#[derive(Debug)]
pub(super) struct MortalDisk {
    disk: Box<dyn Disk>,
    life: Life,
    fate: Fate,
    writes: Arc<AtomicUsize>,
}

impl MortalDisk {
    pub(super) fn over(disk: Box<dyn Disk>, life: &Life, fate: &Fate) -> Box<dyn Disk> {
        Box::new(Self {
            disk,
            life: life.clone(),
            fate: fate.clone(),
            writes: Arc::default(),
        })
    }

    /// How much of this write is done, where it is not all; the process dies of it or is told.
    fn cut_off(&self, length: usize) -> Option<usize> {
        let number = 1 + self.writes.fetch_add(1, Ordering::SeqCst);
        match (self.fate.death, self.fate.full_disk) {
            (Some(Demise::AtWrite(at, share)), _) if at == number => {
                self.life.end();
                Some(length * share / 1000)
            }
            (_, Some((from, count))) if (from..from + count).contains(&number) => Some(length / 2),
            _ => None,
        }
    }
}

impl Disk for MortalDisk {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.life.is_over() {
            return Ok(());
        }
        match self.cut_off(bytes.len()) {
            None => self.disk.append(bytes),
            Some(done) => {
                self.disk.append(&bytes[..done])?;
                Err(io::ErrorKind::StorageFull.into())
            }
        }
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        if self.life.is_over() {
            return Ok(());
        }
        self.disk.cut(length)
    }

    fn remove(&mut self) -> io::Result<()> {
        if self.life.is_over() {
            return Ok(());
        }
        match self.cut_off(1) {
            Some(_) if self.life.is_over() => Ok(()),
            _ => self.disk.remove(),
        }
    }
}
