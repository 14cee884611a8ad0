//! The same test at every call of a build in turn, on several labs side by side.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::lab::Lab;

/// Labs side by side: a build mostly waits, for EC2 and for sshd.
const WORKERS: usize = 4;

/// What a sweep goes over.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sweep {
    /// The first case, such as call number 1.
    pub(crate) from: usize,
    /// The last.
    pub(crate) to: usize,
}

/// Runs `case` for every number, each with a fresh account, and fails with everything that was wrong.
/// A case answers with what is wrong; nothing is wrong where that is empty.
pub(crate) fn sweep(range: Sweep, case: impl Fn(usize, &Lab) -> Vec<String> + Sync) {
    sweep_side_by_side(WORKERS, range, case);
}

/// The same with so many cases at once, where a case does nothing but wait for the most part.
pub(crate) fn sweep_side_by_side(
    workers: usize,
    range: Sweep,
    case: impl Fn(usize, &Lab) -> Vec<String> + Sync,
) {
    let next = AtomicUsize::new(range.from);
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number > range.to {
                        return;
                    }
                    let found = case(number, &Lab::new());
                    let found = found
                        .into_iter()
                        .map(|text| format!("case {number}: {text}"));
                    wrong.lock().unwrap().extend(found);
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
