//! All cases of a category, a few at a time.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::case::{self, Case};
use super::differences;
use super::judge::judge;
use super::run::run;

/// Cases side by side in each category. Most wait for a process.
const WORKERS: usize = 3;

/// Runs all cases of a category, and fails with everything that came out otherwise.
pub(crate) fn assert_agrees(category: &str) {
    let cases = cases(category);
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    wrong.lock().unwrap().extend(report(case));
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(
        wrong.is_empty(),
        "{} of {} cases of `{category}`:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

/// The categories that there are.
pub(crate) fn names() -> Vec<String> {
    let entries = std::fs::read_dir(directory()).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name());
    names
        .map(|name| name.to_string_lossy().into_owned())
        .collect()
}

/// What is wrong with a case, with all that it printed.
fn report(case: &Case) -> Option<String> {
    let outcome = run(case);
    let bad = judge(&case.head, &outcome);
    match (bad.is_empty(), differences::is_listed(&case.name)) {
        (true, false) | (false, true) => None,
        (true, true) => Some(format!(
            "-- {}: agrees, but is listed as a difference",
            case.name
        )),
        (false, false) => Some(format!(
            "-- {}\n   {}\n   it ran {:?} and printed:\n{}",
            case.name,
            bad.join("\n   "),
            case.head.run,
            outcome.output
        )),
    }
}

fn cases(category: &str) -> Vec<Case> {
    let wanted = wanted();
    let entries = std::fs::read_dir(directory().join(category)).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "no cases of `{category}`");
    let cases = paths.iter().map(|path| case::read(path));
    cases.filter(|case| case.name.contains(&wanted)).collect()
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/cases")
}

#[expect(
    clippy::disallowed_methods,
    reason = "the developer's choice of cases comes from outside"
)]
fn wanted() -> String {
    std::env::var("AMI_BUILD_CASE").unwrap_or_default()
}
