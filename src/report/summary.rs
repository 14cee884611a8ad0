//! The job summary and the comment: one renderer, two sizes.
//!
//! A build's facts are sections with a rank. Where all of them do not fit, the least important go first, and the text says so.

mod build;
mod rehearsal;
mod section;

use std::collections::BTreeMap;

use crate::secret::Redactor;
use crate::version;

use super::contents::Since;
use super::human;
use super::markdown::Scribe;
use super::rehearsed::HEADLINE;
use super::result::{Reality, RunReport};
use build::Around;
use section::{Rank, Section, fit};

/// A commit's hash as GitHub shortens it.
pub(super) const SHORT_COMMIT: usize = 7;

/// Why a build was not made.
const FORK: &str =
    "A pull request from a fork has no credentials, so its builds are rehearsed in a model of EC2.";

/// A job summary has at most 1 MiB a step, of which some is left to others. In bytes, which is never fewer than characters.
/// <https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits>
const SUMMARY_ROOM: usize = 900 * 1024;

/// What a report in a comment has around it.
#[derive(Clone, Debug)]
pub(crate) struct Frame<'a> {
    /// How many bytes are left to it.
    pub(crate) room: usize,
    /// How the images stand to those of the last push, by build name.
    pub(crate) since: BTreeMap<String, Since>,
    /// What could not be found out about earlier pushes.
    pub(crate) lost: Option<&'a str>,
}

/// The report as GitHub-flavoured Markdown, for the job summary.
pub(crate) fn render(report: &RunReport, redactor: &Redactor) -> String {
    let scribe = Scribe::new(redactor);
    let mut sections = sections(report, &BTreeMap::new(), scribe);
    sections.push(Section::new(Rank::Head, foot(report)));
    fit(sections, SUMMARY_ROOM)
}

/// The same for a comment, without its foot.
pub(crate) fn render_within(report: &RunReport, redactor: &Redactor, frame: &Frame<'_>) -> String {
    let scribe = Scribe::new(redactor);
    let mut sections = sections(report, &frame.since, scribe);
    let lost = frame.lost.map(|lost| format!("*{}*\n", scribe.text(lost)));
    sections.extend(lost.map(|lost| Section::new(Rank::Advice, lost)));
    fit(sections, frame.room)
}

/// The last line: who wrote it, and where the log is.
pub(crate) fn foot(report: &RunReport) -> String {
    let log = log_link(report).map_or_else(String::new, |log| format!(" · {log}"));
    format!("<sub>ami-build {}{log}</sub>\n", version::OWN)
}

fn sections(
    report: &RunReport,
    since: &BTreeMap<String, Since>,
    scribe: Scribe<'_>,
) -> Vec<Section> {
    let mut sections = vec![Section::new(Rank::Head, head(report, scribe))];
    if !report.problems.is_empty() {
        sections.push(Section::new(
            Rank::Error,
            scribe.block(&report.problems.join("\n")),
        ));
    }
    let log = log_link(report);
    for build in &report.builds {
        let around = Around {
            log: log.as_deref(),
            since: since.get(&build.facts().name),
        };
        sections.extend(build::sections(build, &around, scribe));
    }
    sections
}

fn head(report: &RunReport, scribe: Scribe<'_>) -> String {
    let template = scribe.code(&report.template);
    let outcome = report.conclusion().sentence();
    let took = human::duration(std::time::Duration::from_secs(report.duration.as_secs()));
    let (what, note) = match report.reality {
        Reality::Built => ("", String::new()),
        Reality::Rehearsed => (" rehearsal", format!("\n{HEADLINE}\n")),
        Reality::RehearsedForFork => (" rehearsal", format!("\n{HEADLINE} {FORK}\n")),
    };
    let commit = report.commit.as_ref().map_or_else(String::new, |commit| {
        let short: String = commit.chars().take(SHORT_COMMIT).collect();
        format!(", commit {}", scribe.code(&short))
    });
    format!("### ami-build{what}: {template}\n\n**{outcome}** after {took}{commit}.\n{note}")
}

/// GitHub's own address of the run: it comes from the runner.
fn log_link(report: &RunReport) -> Option<String> {
    let url = report.log_url.as_ref()?;
    Some(format!("[Log](<{}>)", url.replace(['<', '>', '\n'], "")))
}

#[cfg(test)]
mod tests;
