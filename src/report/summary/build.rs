//! One build's part of the report.

use super::rehearsal;
use super::section::{Rank, Section};
use crate::cloud::{SnapshotId, VolumeId};
use crate::report::contents::{self, Since};
use crate::report::markdown::Scribe;
use crate::report::result::{
    BuildReport, Failure, Images, Intent, Outcome, Product, Remainder, Volumes,
};
use crate::report::timeline::{self, Step};
use crate::report::{cost, gantt, human, launch_command, links};

/// More problems of one template than this are not read; the log has them all.
const MOST_PROBLEMS: usize = 50;
/// Longer lines of a log are cut: one of them must not cost all others.
const LONGEST_LINE: usize = 400;

/// What a build's part needs of the whole.
#[derive(Clone, Copy, Debug)]
pub(super) struct Around<'a> {
    /// A link to the run's log.
    pub(super) log: Option<&'a str>,
    /// How its image stands to that of the last push.
    pub(super) since: Option<&'a Since>,
}

/// The sections, in the order of reading.
pub(super) fn sections(
    build: &BuildReport,
    around: &Around<'_>,
    scribe: Scribe<'_>,
) -> Vec<Section> {
    let mut sections = vec![Section::new(Rank::Head, head(build, scribe))];
    let facts = build.facts();
    if matches!(facts.outcome, Outcome::Failed(_)) {
        let place = failed_in(&facts.timeline, around.log, scribe);
        sections.extend(place.map(|place| Section::new(Rank::Head, place)));
    }
    match &facts.rehearsed {
        // Nothing that it made is there to be shown, nor to be linked to.
        Some(told) => {
            sections.extend(without_product(&facts.outcome, scribe));
            sections.extend(rehearsal::sections(told, &facts.timeline, scribe));
        }
        None => {
            sections.extend(outcome(&facts.outcome, scribe));
            sections.extend(holdings(&facts.outcome, around.since, scribe));
        }
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
            product_sections(product, scribe)
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

fn product_sections(product: &Product, scribe: Scribe<'_>) -> Vec<Section> {
    match product {
        Product::Images(images) => {
            let table = Section::new(Rank::Images, image_table(images, scribe));
            let launch = launch_section(images, scribe);
            std::iter::once(table).chain(launch).collect()
        }
        Product::Volumes(volumes) => {
            vec![Section::new(Rank::Images, volume_table(volumes, scribe))]
        }
        Product::Other(text) => vec![Section::new(Rank::Images, scribe.block(text))],
        Product::Nothing => Vec::new(),
    }
}

/// What the image holds beside others, how large it is, and what it costs.
fn holdings(outcome: &Outcome, since: Option<&Since>, scribe: Scribe<'_>) -> Vec<Section> {
    let Some(Product::Images(images)) = outcome.product() else {
        return Vec::new();
    };
    let told = [
        since.map(|since| contents::since_push(since, scribe)),
        contents::since_base(images, scribe),
    ];
    let mut sections = Vec::new();
    let mut lists = Vec::new();
    for (line, list) in told.into_iter().flatten() {
        sections.push(Section::new(Rank::Changes, line));
        lists.extend(list.map(|list| Section::new(Rank::Packages, list)));
    }
    let size = contents::size(images);
    sections.extend(size.map(|size| Section::new(Rank::Changes, size)));
    sections.extend(lists);
    let cost = cost::sentences(images);
    if !cost.is_empty() {
        let text = format!("**Cost**:\n\n{}", list(&cost, scribe));
        sections.push(Section::new(Rank::Cost, text));
    }
    sections
}

/// One command for the build region, and one for each of the others where somebody looks for it.
fn launch_section(images: &Images, scribe: Scribe<'_>) -> Option<Section> {
    let command = |region| {
        let image = images.ids.get(region)?;
        launch_command::of(region, image, &images.instance_type)
    };
    let own = scribe.commands(&command(&images.region)?);
    let others = images.ids.keys().filter(|region| **region != images.region);
    let others: Vec<String> = others.filter_map(command).collect();
    let others = if others.is_empty() {
        String::new()
    } else {
        let title = "Launch one in another region";
        folded(title, &scribe.commands(&others.join("\n")))
    };
    Some(Section::new(
        Rank::Launch,
        format!("Launch one:\n\n{own}\n{others}"),
    ))
}

/// Which step a build did not get past, and where the log is.
fn failed_in(steps: &[Step], log: Option<&str>, scribe: Scribe<'_>) -> Option<String> {
    let step = timeline::last_of(steps)?;
    let title = scribe.text(&step.title);
    let took = human::clock(step.end.saturating_sub(step.begin));
    let log = log.map_or_else(String::new, |log| format!(" · {log}"));
    Some(format!("**Failed in** {title}, after {took}{log}\n"))
}

fn failure_sections(failure: &Failure, scribe: Scribe<'_>) -> Vec<Section> {
    let mut sections = vec![Section::new(Rank::Error, scribe.block(&failure.error))];
    sections.extend(product_sections(&failure.product, scribe));
    if !failure.log_tail.is_empty() {
        let lines: Vec<String> = failure.log_tail.iter().map(|line| cut(line)).collect();
        let block = scribe.block(&lines.join("\n"));
        sections.push(Section::new(
            Rank::Log,
            folded("The last lines of the log", &block),
        ));
    }
    sections
}

fn cut(line: &str) -> String {
    match line.char_indices().nth(LONGEST_LINE) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
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
            links::shown(region, id, scribe),
            snapshots.join(" ")
        ));
    }
    let name = scribe.code(&images.name);
    let source = links::shown(&images.region, &images.source.id, scribe);
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
    let source = links::shown(&volumes.region, &volumes.source.id, scribe);
    let source_name = scribe.text(&volumes.source.name);
    format!(
        "| Region | Volumes | Snapshots |\n|---|---|---|\n| {region} | {ids} | {snapshots} |\n\nMade on {source} ({source_name}).\n"
    )
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
