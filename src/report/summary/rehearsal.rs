//! What a rehearsal found out, in the summary.

use super::build::{folded, list};
use super::section::{Rank, Section};
use crate::report::markdown::Scribe;
use crate::report::rehearsed::{self, CallLine, Rehearsed};
use crate::report::timeline::Step;
use crate::sandbox::Changes;

/// More files than this say nothing to a reader.
const MOST_FILES: usize = 2_000;

/// The sections, in the order of reading.
pub(super) fn sections(told: &Rehearsed, timeline: &[Step], scribe: Scribe<'_>) -> Vec<Section> {
    let mut sections = vec![Section::new(Rank::Images, head(told, timeline, scribe))];
    if !told.unchecked.is_empty() {
        let text = format!(
            "**Could not be checked:**\n\n{}",
            list(&told.unchecked, scribe)
        );
        sections.push(Section::new(Rank::Error, text));
    }
    if let Some(changes) = &told.changes {
        sections.extend(of_changes(changes, scribe));
    }
    if !told.calls.is_empty() {
        let table = folded("Calls that a build makes", &calls(&told.calls, scribe));
        sections.push(Section::new(Rank::Advice, table));
    }
    if let Some(policy) = &told.policy {
        let block = folded("The least IAM policy", &scribe.block(policy));
        sections.push(Section::new(Rank::Timeline, block));
    }
    sections
}

fn head(told: &Rehearsed, timeline: &[Step], scribe: Scribe<'_>) -> String {
    let mut text = format!("Machine: {}\n", scribe.sentence(&told.machine));
    let provisioners = rehearsed::provisioners(timeline);
    if !provisioners.is_empty() {
        text.push_str("\n| Provisioner | Time |\n|---|---|\n");
        for (title, took) in provisioners {
            let title = title.trim_start_matches("Provisioner ");
            text.push_str(&format!(
                "| {} | {:.1} s |\n",
                scribe.text(title),
                took.as_secs_f64()
            ));
        }
    }
    text
}

fn of_changes(changes: &Changes, scribe: Scribe<'_>) -> Vec<Section> {
    let mut sections = Vec::new();
    if !changes.packages.is_empty() {
        let lines: Vec<String> = changes.packages.iter().map(rehearsed::package).collect();
        let title = format!("Packages ({})", lines.len());
        let block = scribe.block(&lines.join("\n"));
        sections.push(Section::new(Rank::Advice, folded(&title, &block)));
    }
    let files = rehearsed::by_size(changes);
    let mut lines: Vec<String> = files
        .iter()
        .take(MOST_FILES)
        .map(|change| rehearsed::line(change))
        .collect();
    if files.len() > MOST_FILES {
        lines.push(format!("… and {} more", files.len() - MOST_FILES));
    }
    let title = format!("Files: {}", rehearsed::counted(changes));
    let block = scribe.block(&lines.join("\n"));
    sections.push(Section::new(Rank::Cleaned, folded(&title, &block)));
    sections
}

fn calls(calls: &[CallLine], scribe: Scribe<'_>) -> String {
    let mut table = "| Calls | Action | Region |\n|---:|---|---|\n".to_owned();
    for call in calls {
        table.push_str(&format!(
            "| {} | {} | {} |\n",
            call.count,
            scribe.code(&call.action),
            scribe.text(call.region.as_str())
        ));
    }
    table
}
