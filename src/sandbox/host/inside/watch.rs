//! Ends the sandbox when it uses more than it may. It is the machine's own look at its processes: no control group has to be
//! made on the host, and so none can be left there.

use std::fs::{self, File};
use std::io;
use std::time::{Duration, Instant};

use nix::sys::statvfs::fstatvfs;

use super::root::Layers;
use crate::sandbox::host::setup::Setup;

/// Between two looks.
const INTERVAL: Duration = Duration::from_millis(200);

/// What is watched.
pub(super) struct Watch {
    memory: u64,
    processes: u64,
    end: Instant,
    seconds: u64,
    written: File,
}

/// What is used at a moment.
#[derive(Debug, Default, PartialEq, Eq)]
struct Used {
    memory: u64,
    threads: u64,
}

impl Watch {
    /// Begins to count the time.
    pub(super) fn new(setup: &Setup, layers: &Layers) -> io::Result<Self> {
        Ok(Self {
            memory: setup.memory,
            processes: u64::from(setup.processes),
            end: Instant::now() + Duration::from_secs(setup.seconds),
            seconds: setup.seconds,
            written: layers.upper.try_clone()?,
        })
    }

    /// Waits until something is used up, and says what.
    pub(super) fn wait(&self) -> String {
        loop {
            if let Some(reason) = self.look() {
                return reason;
            }
            std::thread::park_timeout(INTERVAL);
        }
    }

    fn look(&self) -> Option<String> {
        if Instant::now() >= self.end {
            return Some(format!("its time of {} s is over", self.seconds));
        }
        let used = used();
        if used.threads > self.processes {
            return Some(format!("it had more than {} processes", self.processes));
        }
        let written = fstatvfs(&self.written).map_or(0, |space| {
            let blocks = space.blocks().saturating_sub(space.blocks_free());
            #[expect(
                clippy::unnecessary_cast,
                reason = "the types are others on other architectures and with other C libraries"
            )]
            let bytes = blocks as u64 * space.fragment_size() as u64;
            bytes
        });
        let total = used.memory + written;
        (total > self.memory).then(|| {
            format!(
                "it used more than its {} MiB of memory, what it wrote to files included",
                self.memory >> 20
            )
        })
    }
}

/// The sum over all processes but this one.
fn used() -> Used {
    let mut sum = Used::default();
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    for entry in entries {
        let name = entry.file_name();
        let is_process = name.as_encoded_bytes().iter().all(u8::is_ascii_digit);
        if !is_process || name == "1" {
            continue;
        }
        if let Ok(status) = fs::read_to_string(entry.path().join("status")) {
            let one = of_process(&status);
            sum.memory += one.memory;
            sum.threads += one.threads;
        }
    }
    sum
}

/// From the text of `/proc/PID/status`. What is mapped from files is the kernel's to take back; what is in memory's own files
/// is counted there.
fn of_process(status: &str) -> Used {
    let number = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let word = line.and_then(|line| line.split_whitespace().next());
        word.and_then(|word| word.parse::<u64>().ok()).unwrap_or(0)
    };
    Used {
        memory: (number("RssAnon:") + number("VmSwap:") + number("VmPTE:")) * 1024,
        threads: number("Threads:"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_counts_with_its_own_memory_and_all_its_threads() {
        let status = "Name:\tx\nVmPTE:\t      52 kB\nRssAnon:\t    1000 kB\nRssFile:\t 99999 kB\nVmSwap:\t 24 kB\nThreads:\t7\n";
        let expected = Used {
            memory: 1076 * 1024,
            threads: 7,
        };
        assert_eq!(of_process(status), expected);
    }

    #[test]
    fn a_process_that_is_over_counts_as_nothing_but_itself() {
        let zombie = "Name:\tx\nState:\tZ (zombie)\nThreads:\t1\n";
        assert_eq!(of_process(zombie).memory, 0);
    }
}
