//! The parts of a comment that come from the chronicle: what became of the newest images, and the table of pushes.

use super::memory::Chronicle;
use super::push::{How, Made, Push};
use crate::report::links;
use crate::report::markdown::Scribe;
use crate::report::summary::SHORT_COMMIT;

/// What became of the images that the comment is about; empty where nothing did.
pub(super) fn turns(chronicle: &Chronicle, scribe: Scribe<'_>) -> String {
    let mut pushes = chronicle.pushes.iter();
    let newest = pushes.find(|push| !push.builds.is_empty());
    let turns = newest.map_or(&[][..], |push| &push.turns);
    turns
        .iter()
        .map(|turn| format!("> {}\n", turn.shown(scribe)))
        .collect::<Vec<_>>()
        .join(">\n")
}

/// The table of pushes, the newest first; empty where there was only one.
pub(super) fn pushes(chronicle: &Chronicle, scribe: Scribe<'_>) -> String {
    if chronicle.pushes.len() < 2 {
        return String::new();
    }
    let rows: String = chronicle
        .pushes
        .iter()
        .map(|push| row(push, scribe))
        .collect();
    format!(
        "<details><summary>The last {} pushes</summary>\n\n| Commit | Result | Images |\n|---|---|---|\n{rows}\n</details>\n",
        chronicle.pushes.len()
    )
}

fn row(push: &Push, scribe: Scribe<'_>) -> String {
    let commit = push.commit.as_deref().map_or_else(
        || "unknown".to_owned(),
        |commit| scribe.code(&commit[..SHORT_COMMIT.min(commit.len())]),
    );
    let images: Vec<String> = push
        .builds
        .iter()
        .map(|(name, made)| images(push, (name, made), scribe))
        .collect();
    let images = if images.is_empty() {
        "none".to_owned()
    } else {
        images.join("<br>")
    };
    format!("| {commit} | {} | {images} |\n", push.result.word())
}

/// `web: ami-… in us-east-1 (reused, promoted)`.
fn images(push: &Push, (name, made): (&str, &Made), scribe: Scribe<'_>) -> String {
    let shown: Vec<String> = made
        .images
        .iter()
        .map(|(region, image)| {
            let image = links::shown(region, image, scribe);
            format!("{image} in {}", scribe.text(region.as_str()))
        })
        .collect();
    let mut words: Vec<&str> = match made.how {
        How::Built => vec!["built"],
        How::Reused => vec!["reused"],
    };
    let of_these = push.turns.iter();
    let of_these = of_these.filter(|turn| made.images.values().any(|image| *image == turn.image));
    for turn in of_these {
        if !words.contains(&turn.word()) {
            words.push(turn.word());
        }
    }
    format!(
        "{}: {} ({})",
        scribe.code(name),
        shown.join(", "),
        words.join(", ")
    )
}
