//! The job summary and the comment: one renderer, two sizes.
//!
//! A build's facts are sections with a rank. Where all of them do not fit, the least important go first, and the text says so.

mod build;
mod rehearsal;
mod section;

use crate::secret::Redactor;
use crate::version;

use super::human;
use super::markdown::Scribe;
use super::rehearsed::HEADLINE;
use super::result::{Reality, RunReport};
use section::{Rank, Section, fit};

/// Why a build was not made.
const FORK: &str =
    "A pull request from a fork has no credentials, so its builds are rehearsed in a model of EC2.";

/// Where the text goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// The job summary: at most 1 MiB a step, of which some is left to others.
    /// <https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits>
    Summary,
    /// A comment: at most 65,536 characters. The marker and what GitHub counts differently need room too.
    Comment,
}

impl Target {
    /// In bytes, which is never fewer than characters.
    fn room(self) -> usize {
        match self {
            Self::Summary => 900 * 1024,
            Self::Comment => 60_000 - 500,
        }
    }
}

/// The report as GitHub-flavoured Markdown.
pub(crate) fn render(report: &RunReport, redactor: &Redactor, target: Target) -> String {
    let scribe = Scribe::new(redactor);
    let mut sections = vec![Section::new(Rank::Head, head(report, scribe))];
    if !report.problems.is_empty() {
        sections.push(Section::new(
            Rank::Error,
            scribe.block(&report.problems.join("\n")),
        ));
    }
    for build in &report.builds {
        sections.extend(build::sections(build, scribe));
    }
    sections.push(Section::new(Rank::Head, foot(report)));
    fit(sections, target.room())
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
    format!("### ami-build{what}: {template}\n\n**{outcome}** after {took}.\n{note}")
}

fn foot(report: &RunReport) -> String {
    // GitHub's own address of the run: it comes from the runner.
    let log = report.log_url.as_ref().map_or_else(String::new, |url| {
        format!(" · [Log](<{}>)", url.replace(['<', '>', '\n'], ""))
    });
    format!("<sub>ami-build {}{log}</sub>\n", version::OWN)
}

#[cfg(test)]
mod tests;
