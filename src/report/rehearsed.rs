//! What a rehearsal found out beside what a build tells, and how the console shows it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::console::Console;
use super::human;
use super::result::{BuildReport, RunReport};
use super::timeline::Step;
use crate::cloud::Region;
use crate::sandbox::{Change, ChangeKind, Changes, PackageChange};

/// What a rehearsed build tells.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Rehearsed {
    /// Where its provisioners ran, or why they did not.
    pub(crate) machine: String,
    /// What they changed there, where somebody could look.
    #[serde(skip)]
    pub(crate) changes: Option<Changes>,
    /// The calls that a build would make.
    pub(crate) calls: Vec<CallLine>,
    /// The least IAM policy for them.
    #[serde(skip)]
    pub(crate) policy: Option<String>,
    /// What could not be checked.
    pub(crate) unchecked: Vec<String>,
}

/// A line of the table of calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CallLine {
    /// Such as `ec2:RunInstances`.
    pub(crate) action: String,
    /// Where.
    pub(crate) region: Region,
    /// How often.
    pub(crate) count: usize,
}

/// What nobody may miss.
pub(crate) const HEADLINE: &str =
    "This was a rehearsal: nothing was built, and nothing of it exists in AWS.";

/// Files that the console shows; the largest come first.
const SHOWN_FILES: usize = 10;
/// Packages that it shows.
const SHOWN_PACKAGES: usize = 20;

/// Shows it all.
pub(crate) fn print(report: &RunReport, console: &Console) {
    for build in &report.builds {
        if let Some(told) = &build.facts().rehearsed {
            console.say(&of_build(build, told).join("\n"));
        }
    }
    console.say(&format!("\n==> {HEADLINE}"));
    if report.builds.iter().any(has_policy) {
        console.say(&format!(
            "    `ami-build iam-policy {}` prints the least IAM policy for it.",
            report.template
        ));
    }
}

/// The provisioners among the steps of a build, with the time of each.
pub(crate) fn provisioners(timeline: &[Step]) -> Vec<(&str, Duration)> {
    let steps = timeline.iter();
    let steps = steps.filter(|step| step.title.starts_with("Provisioner "));
    steps
        .map(|step| (step.title.as_str(), step.end.saturating_sub(step.begin)))
        .collect()
}

/// `214 files added (4.50 MiB), 3 changed, 1 removed`.
pub(crate) fn counted(changes: &Changes) -> String {
    let of = |kind| {
        changes
            .files
            .iter()
            .filter(move |change| change.kind == kind)
    };
    let bytes = |kind| of(kind).map(|change| change.bytes).sum::<u64>();
    let added = human::counted(of(ChangeKind::Added).count() as u128, "path");
    format!(
        "{added} added ({}), {} changed, {} removed",
        human::bytes(bytes(ChangeKind::Added)),
        of(ChangeKind::Changed).count(),
        of(ChangeKind::Removed).count()
    )
}

/// A path as a line: `+ /usr/sbin/nginx  1.20 MiB`.
pub(crate) fn line(change: &Change) -> String {
    let sign = match change.kind {
        ChangeKind::Added => '+',
        ChangeKind::Changed => '~',
        ChangeKind::Removed => '-',
    };
    let path = on_a_line(&change.path);
    match change.bytes {
        0 => format!("{sign} {path}"),
        bytes => format!("{sign} {path}  {}", human::bytes(bytes)),
    }
}

/// A package as a line: `nginx 1.22 installed`.
pub(crate) fn package(change: &PackageChange) -> String {
    match change {
        PackageChange::Installed(package) => {
            on_a_line(&format!("{} {} installed", package.name, package.version))
        }
        PackageChange::Removed(package) => {
            on_a_line(&format!("{} {} removed", package.name, package.version))
        }
        PackageChange::Replaced { now, before } => on_a_line(&format!(
            "{} {before} replaced by {}",
            now.name, now.version
        )),
    }
}

/// The largest of them, and then by name.
pub(crate) fn by_size(changes: &Changes) -> Vec<&Change> {
    let mut files: Vec<&Change> = changes.files.iter().collect();
    files.sort_by(|one, other| {
        let size = other.bytes.cmp(&one.bytes);
        size.then_with(|| one.path.cmp(&other.path))
    });
    files
}

fn has_policy(build: &BuildReport) -> bool {
    let told = build.facts().rehearsed.as_ref();
    told.is_some_and(|told| told.policy.is_some())
}

fn of_build(build: &BuildReport, told: &Rehearsed) -> Vec<String> {
    let facts = build.facts();
    let mut lines = vec![format!("\n==> Rehearsal of '{}':", facts.name)];
    lines.push(format!("    Machine: {}", told.machine));
    for (title, took) in provisioners(&facts.timeline) {
        lines.push(format!("    {title}: {:.1} s", took.as_secs_f64()));
    }
    lines.extend(told.changes.iter().flat_map(of_changes));
    lines.extend(of_calls(&told.calls));
    if !told.unchecked.is_empty() {
        lines.push("    Could not be checked:".to_owned());
        lines.extend(told.unchecked.iter().map(|what| format!("      - {what}")));
    }
    lines
}

fn of_changes(changes: &Changes) -> Vec<String> {
    let mut lines = Vec::new();
    if !changes.packages.is_empty() {
        let all = changes.packages.iter().map(package);
        let shown: Vec<String> = all.take(SHOWN_PACKAGES).collect();
        lines.push(format!(
            "    {}: {}{}",
            human::counted(changes.packages.len() as u128, "package"),
            shown.join(", "),
            more(changes.packages.len(), SHOWN_PACKAGES)
        ));
    }
    lines.push(format!("    Files: {}", counted(changes)));
    let shown = by_size(changes).into_iter().take(SHOWN_FILES);
    lines.extend(shown.map(|change| format!("      {}", line(change))));
    let rest = more(changes.files.len(), SHOWN_FILES);
    if !rest.is_empty() {
        lines.push(format!("      {}", rest.trim_start_matches(", ")));
    }
    lines
}

fn of_calls(calls: &[CallLine]) -> Vec<String> {
    if calls.is_empty() {
        return Vec::new();
    }
    let all: usize = calls.iter().map(|call| call.count).sum();
    let wide = calls
        .iter()
        .map(|call| call.action.len())
        .max()
        .unwrap_or(0);
    let mut lines = vec![format!("    Calls that a build makes: {all}")];
    lines.extend(calls.iter().map(|call| {
        format!(
            "      {:>3}  {:wide$}  {}",
            call.count, call.action, call.region
        )
    }));
    lines
}

fn more(all: usize, shown: usize) -> String {
    match all.saturating_sub(shown) {
        0 => String::new(),
        more => format!(", … and {more} more"),
    }
}

/// A name from the machine may have line ends in it.
fn on_a_line(text: &str) -> String {
    text.chars()
        .map(|letter| {
            if letter.is_control() {
                '\u{fffd}'
            } else {
                letter
            }
        })
        .collect()
}
