//! One build's part of the report.

use super::rehearsal;
use super::section::{Rank, Section};
use crate::cloud::{ImageId, Region, SnapshotId, VolumeId};
use crate::report::markdown::Scribe;
use crate::report::result::{
    BuildReport, Failure, Images, Intent, Outcome, Product, Remainder, Volumes,
};
use crate::report::{gantt, links};

/// More problems of one template than this are not read; the log has them all.
const MOST_PROBLEMS: usize = 50;

/// The sections, in the order of reading.
pub(super) fn sections(build: &BuildReport, scribe: Scribe<'_>) -> Vec<Section> {
    let mut sections = vec![Section::new(Rank::Head, head(build, scribe))];
    let facts = build.facts();
    match &facts.rehearsed {
        // Nothing that it made is there to be shown, nor to be linked to.
        Some(told) => {
            sections.extend(without_product(&facts.outcome, scribe));
            sections.extend(rehearsal::sections(told, &facts.timeline, scribe));
        }
        None => sections.extend(outcome(&facts.outcome, scribe)),
    }
    if !build.remaining().is_empty() {
        sections.push(Section::new(
            Rank::Remaining,
            remaining(build.remaining(), scribe),
        ));
    }
    sections.extend(details(build, scribe));
    sections
}

fn head(build: &BuildReport, scribe: Scribe<'_>) -> String {
    let name = scribe.code(&build.facts().name);
    let kind = scribe.text(&build.facts().kind);
    format!("#### {name} ({kind}): {}\n", build.conclusion().word())
}

fn outcome(outcome: &Outcome, scribe: Scribe<'_>) -> Vec<Section> {
    match outcome {
        Outcome::Succeeded(product) | Outcome::Cancelled(product) => {
            product_section(product, scribe).into_iter().collect()
        }
        Outcome::Failed(failure) => failure_sections(failure, scribe),
        Outcome::Invalid { problems } => {
            let shown: Vec<&str> = problems
                .iter()
                .take(MOST_PROBLEMS)
                .map(String::as_str)
                .collect();
            vec![Section::new(Rank::Error, scribe.block(&shown.join("\n")))]
        }
    }
}

/// Only what went wrong.
fn without_product(ended: &Outcome, scribe: Scribe<'_>) -> Vec<Section> {
    match ended {
        Outcome::Succeeded(_) | Outcome::Cancelled(_) => Vec::new(),
        Outcome::Failed(failure) => failure_sections(
            &Failure {
                product: Product::Nothing,
                ..failure.clone()
            },
            scribe,
        ),
        Outcome::Invalid { .. } => outcome(ended, scribe),
    }
}

fn product_section(product: &Product, scribe: Scribe<'_>) -> Option<Section> {
    match product {
        Product::Images(images) => Some(Section::new(Rank::Images, image_table(images, scribe))),
        Product::Volumes(volumes) => {
            Some(Section::new(Rank::Images, volume_table(volumes, scribe)))
        }
        Product::Other(text) => Some(Section::new(Rank::Images, scribe.block(text))),
        Product::Nothing => None,
    }
}

fn failure_sections(failure: &Failure, scribe: Scribe<'_>) -> Vec<Section> {
    let mut sections = vec![Section::new(Rank::Error, scribe.block(&failure.error))];
    sections.extend(product_section(&failure.product, scribe));
    if !failure.log_tail.is_empty() {
        let block = scribe.block(&failure.log_tail.join("\n"));
        sections.push(Section::new(
            Rank::Log,
            folded("The last lines of the log", &block),
        ));
    }
    sections
}

fn image_table(images: &Images, scribe: Scribe<'_>) -> String {
    let mut table = "| Region | AMI | Snapshots |\n|---|---|---|\n".to_owned();
    for (region, id) in &images.ids {
        let snapshots = images.snapshots.get(region).into_iter().flatten();
        let snapshots: Vec<String> = snapshots
            .map(|snapshot| scribe.code(snapshot.as_str()))
            .collect();
        let region_name = scribe.text(region.as_str());
        table.push_str(&format!(
            "| {region_name} | {} | {} |\n",
            linked(region, id, scribe),
            snapshots.join(" ")
        ));
    }
    let name = scribe.code(&images.name);
    let source = linked(&images.region, &images.source.id, scribe);
    let source_name = scribe.text(&images.source.name);
    let reuse = images.reuse.as_ref().map(ToString::to_string);
    let fast_volume = images.fast_volume.as_ref().map(ToString::to_string);
    let told: String = [reuse, fast_volume]
        .into_iter()
        .flatten()
        .map(|told| format!("\n{}\n", scribe.sentence(&told)))
        .collect();
    format!("{table}\nName {name}, made from {source} ({source_name}).\n{told}")
}

fn volume_table(volumes: &Volumes, scribe: Scribe<'_>) -> String {
    let codes = |ids: Vec<&str>| {
        let codes: Vec<String> = ids.into_iter().map(|id| scribe.code(id)).collect();
        codes.join(" ")
    };
    let ids = codes(volumes.volumes.iter().map(VolumeId::as_str).collect());
    let snapshots = codes(volumes.snapshots.iter().map(SnapshotId::as_str).collect());
    let region = scribe.text(volumes.region.as_str());
    let source = linked(&volumes.region, &volumes.source.id, scribe);
    let source_name = scribe.text(&volumes.source.name);
    format!(
        "| Region | Volumes | Snapshots |\n|---|---|---|\n| {region} | {ids} | {snapshots} |\n\nMade on {source} ({source_name}).\n"
    )
}

fn linked(region: &Region, id: &ImageId, scribe: Scribe<'_>) -> String {
    let shown = scribe.code(id.as_str());
    match links::image(region, id) {
        Some(url) => format!("[{shown}]({url})"),
        None => shown,
    }
}

fn remaining(things: &[Remainder], scribe: Scribe<'_>) -> String {
    let leftovers = left(
        things,
        Intent::Leftover,
        "Left behind; it may cost money until it is removed:",
        scribe,
    );
    let kept = left(things, Intent::Kept, "Kept on purpose:", scribe);
    format!("{leftovers}{kept}")
}

fn left(things: &[Remainder], intent: Intent, title: &str, scribe: Scribe<'_>) -> String {
    let (mut lines, mut commands) = (String::new(), Vec::new());
    for thing in things.iter().filter(|thing| thing.intent == intent) {
        lines.push_str(&format!(
            "- {}: {}\n",
            scribe.text(&thing.what),
            scribe.text(&thing.why)
        ));
        commands.push(thing.command.as_str());
    }
    if commands.is_empty() {
        return String::new();
    }
    format!(
        "**{title}**\n\n{lines}\n{}",
        scribe.block(&commands.join("\n"))
    )
}

fn details(build: &BuildReport, scribe: Scribe<'_>) -> Vec<Section> {
    let (facts, cleaned) = (build.facts(), build.cleaned());
    let mut sections = Vec::new();
    if !facts.advice.is_empty() {
        sections.push(Section::new(Rank::Advice, list(&facts.advice, scribe)));
    }
    if !facts.timeline.is_empty() {
        let chart = gantt::chart(&facts.timeline, scribe);
        sections.push(Section::new(Rank::Timeline, folded("Timeline", &chart)));
    }
    if !cleaned.is_empty() {
        let title = format!("Cleaned up ({})", cleaned.len());
        sections.push(Section::new(
            Rank::Cleaned,
            folded(&title, &list(cleaned, scribe)),
        ));
    }
    sections
}

pub(super) fn list(lines: &[String], scribe: Scribe<'_>) -> String {
    lines
        .iter()
        .map(|line| format!("- {}\n", scribe.sentence(line)))
        .collect()
}

/// Without the empty line after the summary, GitHub takes the inside for HTML.
pub(super) fn folded(title: &str, inside: &str) -> String {
    format!("<details><summary>{title}</summary>\n\n{inside}\n</details>\n")
}
