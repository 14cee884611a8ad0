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

/// What the host is to keep, in parts of its memory, and in kilobytes where that is less.
const SPARE: u64 = 32;
const SPARE_KILOBYTES: u64 = 256 << 10;

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
    /// Memory of one process each.
    own: u64,
    /// Memory that may be shared, as often as a process has it: files in memory, and what is in no file.
    shared: u64,
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
        if let Some(reason) = host_runs_short() {
            return Some(reason);
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
        // What several processes share is counted once, which takes a look at every page: only where it may matter.
        let is_too_much = used.own + written > self.memory
            || used.own + used.shared + written > self.memory
                && used.own + written + shared_once() > self.memory;
        is_too_much.then(|| {
            format!(
                "it used more than its {} MiB of memory, what it wrote to files included",
                self.memory >> 20
            )
        })
    }
}

/// What no list shows, such as pipes or files in memory that nobody has mapped, shows in what the host has left.
fn host_runs_short() -> Option<String> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let kilobytes = |name| number(&text, name);
    let (all, left) = (kilobytes("MemTotal:"), kilobytes("MemAvailable:"));
    (all > 0 && left < (all / SPARE).min(SPARE_KILOBYTES))
        .then(|| format!("this machine has only {} MiB of memory left", left >> 10))
}

/// The sum over all processes but this one.
fn used() -> Used {
    let mut sum = Used::default();
    for status in of_processes("status") {
        let one = of_process(&status);
        sum.own += one.own;
        sum.shared += one.shared;
        sum.threads += one.threads;
    }
    sum
}

/// What all processes share, each page once: every process's part of it. What files in memory take is in it too, although that
/// is counted where they lie; so programs that were installed may count twice while they run.
fn shared_once() -> u64 {
    let parts = of_processes("smaps_rollup");
    parts.map(|text| number(&text, "Pss_Shmem:") * 1024).sum()
}

/// The texts of that name of all processes but this one.
fn of_processes(name: &'static str) -> impl Iterator<Item = String> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(move |entry| {
        let process = entry.file_name();
        let is_process = process.as_encoded_bytes().iter().all(u8::is_ascii_digit);
        if !is_process || process == "1" {
            return None;
        }
        fs::read_to_string(entry.path().join(name)).ok()
    })
}

/// From the text of `/proc/PID/status`. What is mapped from files is the kernel's to take back; what is in memory's own files
/// is counted there.
fn of_process(status: &str) -> Used {
    let bytes = |name| number(status, name) * 1024;
    Used {
        own: bytes("RssAnon:") + bytes("VmSwap:") + bytes("VmPTE:"),
        shared: bytes("RssShmem:"),
        threads: number(status, "Threads:"),
    }
}

/// The number after a name at the beginning of a line.
fn number(text: &str, name: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let word = line.and_then(|line| line.split_whitespace().next());
    word.and_then(|word| word.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_counts_with_its_own_memory_and_all_its_threads() {
        let status = "Name:\tx\nVmPTE:\t      52 kB\nRssAnon:\t    1000 kB\nRssFile:\t 99999 kB\nVmSwap:\t 24 kB\nRssShmem:\t 8 kB\nThreads:\t7\n";
        let expected = Used {
            own: 1076 * 1024,
            shared: 8 * 1024,
            threads: 7,
        };
        assert_eq!(of_process(status), expected);
    }

    #[test]
    fn a_process_that_is_over_counts_as_nothing_but_itself() {
        let zombie = "Name:\tx\nState:\tZ (zombie)\nThreads:\t1\n";
        assert_eq!(of_process(zombie).own, 0);
    }
}
