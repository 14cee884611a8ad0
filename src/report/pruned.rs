//! What a pruning came to, for people and for programs.

use serde_json::{Value, json};

use super::conclusion::Conclusion;
use super::links;
use super::markdown::Scribe;
use crate::cloud::{ImageId, Region};
use crate::version;

/// Images that stay are named up to so many: a summary and an output have a limit, and a repository's images have none.
const MOST_KEPT: usize = 200;

/// What became of a thing, in the order in which somebody wants to know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum PrunedFate {
    /// It should be gone and is not, or not all of it.
    Remains,
    /// It would go.
    Planned,
    /// It is gone.
    Removed,
    /// It stays, and a pull request uses it no more, or would not.
    LetGo,
    /// It stays.
    Kept,
}

impl PrunedFate {
    const ALL: [Self; 5] = [
        Self::Remains,
        Self::Planned,
        Self::Removed,
        Self::LetGo,
        Self::Kept,
    ];

    /// The word for it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Remains => "remains",
            Self::Planned => "planned",
            Self::Removed => "removed",
            Self::LetGo => "let go",
            Self::Kept => "kept",
        }
    }
}

/// One image, or a snapshot of an earlier run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PrunedThing {
    /// What became of it.
    pub(crate) fate: PrunedFate,
    /// Its id.
    pub(crate) id: String,
    /// Its name; a snapshot has none.
    pub(crate) name: String,
    /// Where it is.
    pub(crate) region: Region,
    /// `preview`, `release` or `snapshot`.
    pub(crate) kind: &'static str,
    /// When it was made, as EC2 tells it; of a snapshot nothing.
    pub(crate) made: String,
    /// Why.
    pub(crate) why: String,
    /// What removes it by hand, where somebody has to.
    pub(crate) command: Option<String>,
}

/// A region that could not be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PruneUnsearched {
    /// Which.
    pub(crate) region: Region,
    /// Why.
    pub(crate) why: String,
}

/// The whole of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PruneReport {
    /// Whose images.
    pub(crate) repository: String,
    /// What was to go, in words.
    pub(crate) aim: String,
    /// Whether nothing was done.
    pub(crate) is_dry: bool,
    /// Every image of the repository, and every snapshot of an earlier run.
    pub(crate) things: Vec<PrunedThing>,
    /// Regions that could not be looked at.
    pub(crate) not_searched: Vec<PruneUnsearched>,
    /// What nobody could be asked for, in words.
    pub(crate) unchecked: Vec<String>,
    /// In one word.
    pub(crate) conclusion: Conclusion,
}

const HEADS: [&str; 7] = ["FATE", "ID", "REGION", "KIND", "MADE", "NAME", "WHY"];

impl PruneReport {
    /// Puts first what somebody has to do something about.
    pub(crate) fn sort(&mut self) {
        self.things.sort_by_key(|thing| thing.fate);
    }

    /// How many things of a fate there are, in words.
    pub(crate) fn sentence(&self) -> String {
        let count = |fate: PrunedFate| {
            let same = self.things.iter().filter(|thing| thing.fate == fate);
            (same.count(), fate.word())
        };
        let counts = PrunedFate::ALL.into_iter().map(count);
        let counts = counts.filter(|(number, _)| *number > 0);
        let parts: Vec<String> = counts
            .map(|(number, word)| format!("{number} {word}"))
            .collect();
        let text = match parts.is_empty() {
            true => "no images".to_owned(),
            false => parts.join(", "),
        };
        match self.is_dry {
            true => format!("{text}; nothing was done, this is a dry run."),
            false => format!("{text}."),
        }
    }

    /// What is shown by name: all but the last of those that stay.
    fn shown(&self) -> (Vec<&PrunedThing>, usize) {
        let is_kept = |thing: &&PrunedThing| thing.fate == PrunedFate::Kept;
        let (kept, others): (Vec<_>, Vec<_>) = self.things.iter().partition(is_kept);
        let more = kept.len().saturating_sub(MOST_KEPT);
        let shown = others.into_iter().chain(kept.into_iter().take(MOST_KEPT));
        (shown.collect(), more)
    }

    /// A table for a terminal; empty where there is nothing in it.
    pub(crate) fn table(&self) -> String {
        let (shown, more) = self.shown();
        if shown.is_empty() {
            return String::new();
        }
        let mut rows = vec![HEADS.map(str::to_owned)];
        rows.extend(shown.into_iter().map(cells));
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
        let widths: Vec<usize> = (0..HEADS.len())
            .map(|column| width(column).unwrap_or(0))
            .collect();
        let line = |row: &[String; 7]| {
            let cells = row.iter().zip(&widths);
            let padded = cells.map(|(cell, width)| format!("{cell:<width$}"));
            padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        };
        let mut lines: Vec<String> = rows.iter().map(line).collect();
        if more > 0 {
            lines.push(format!("and {more} more that are kept"));
        }
        lines.join("\n")
    }

    /// For programs.
    pub(crate) fn json(&self) -> Value {
        let (shown, more) = self.shown();
        let not_searched = self.not_searched.iter();
        let not_searched = not_searched.map(|one| json!({"region": one.region, "why": one.why}));
        json!({
            "repository": self.repository,
            "aim": self.aim,
            "dry-run": self.is_dry,
            "things": shown.into_iter().map(thing).collect::<Vec<_>>(),
            "more-kept": more,
            "not-searched": not_searched.collect::<Vec<_>>(),
            "not-checked": self.unchecked,
            "conclusion": self.conclusion.word(),
        })
    }

    /// For the job summary.
    pub(crate) fn markdown(&self, scribe: Scribe<'_>) -> String {
        let mut text = format!(
            "### ami-build: prune\n\n{}: {}\n",
            scribe.text(&self.aim),
            scribe.text(&self.sentence())
        );
        for one in &self.not_searched {
            let (region, why) = (scribe.code(one.region.as_str()), scribe.text(&one.why));
            text.push_str(&format!("\n**Not looked at:** {region}: {why}\n"));
        }
        for what in &self.unchecked {
            text.push_str(&format!("\n**Not checked:** {}\n", scribe.text(what)));
        }
        let (shown, more) = self.shown();
        if !shown.is_empty() {
            text.push_str(
                "\n| | What | Name | Region | Kind | Made | Why |\n|---|---|---|---|---|---|---|\n",
            );
        }
        for thing in shown {
            text.push_str(&row(thing, scribe));
        }
        if more > 0 {
            text.push_str(&format!("\nAnd {more} more that are kept.\n"));
        }
        format!("{text}\n<sub>ami-build {}</sub>\n", version::OWN)
    }
}

fn row(thing: &PrunedThing, scribe: Scribe<'_>) -> String {
    let id = scribe.code(&thing.id);
    let is_there = !matches!(thing.fate, PrunedFate::Removed) && thing.id.starts_with("ami-");
    let link = links::image(&thing.region, &ImageId::new(&thing.id)).filter(|_| is_there);
    let id = match link {
        Some(url) => format!("[{id}]({url})"),
        None => id,
    };
    let command = thing.command.as_deref().map(|command| scribe.code(command));
    let why = [scribe.text(&thing.why), command.unwrap_or_default()];
    format!(
        "| {} | {id} | {} | {} | {} | {} | {} |\n",
        thing.fate.word(),
        scribe.code(&thing.name),
        scribe.code(thing.region.as_str()),
        thing.kind,
        scribe.text(day(&thing.made)),
        why.join(" ").trim(),
    )
}

fn cells(thing: &PrunedThing) -> [String; 7] {
    [
        thing.fate.word().to_owned(),
        thing.id.clone(),
        thing.region.to_string(),
        thing.kind.to_owned(),
        day(&thing.made).to_owned(),
        thing.name.clone(),
        thing.why.clone(),
    ]
}

/// The date alone.
fn day(made: &str) -> &str {
    made.split('T').next().unwrap_or_default()
}

fn thing(thing: &PrunedThing) -> Value {
    let mut value = json!({
        "fate": thing.fate.word(),
        "id": thing.id,
        "name": thing.name,
        "region": thing.region,
        "kind": thing.kind,
        "made": thing.made,
        "why": thing.why,
    });
    if let Some(command) = &thing.command {
        value["command"] = json!(command);
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Redactor;

    fn image(number: usize, fate: PrunedFate) -> PrunedThing {
        PrunedThing {
            fate,
            id: format!("ami-{number:08}"),
            name: "web|1".to_owned(),
            region: Region::new("eu-west-1"),
            kind: "preview",
            made: "2026-11-01T10:00:00.000Z".to_owned(),
            why: "pull request 7 is closed".to_owned(),
            command: None,
        }
    }

    fn report(things: Vec<PrunedThing>) -> PruneReport {
        PruneReport {
            repository: "github.com/7".to_owned(),
            aim: "Previews of pull request 7".to_owned(),
            is_dry: false,
            things,
            not_searched: Vec::new(),
            unchecked: Vec::new(),
            conclusion: Conclusion::Success,
        }
    }

    #[test]
    fn what_somebody_has_to_do_something_about_comes_first() {
        let mut report = report(vec![
            image(1, PrunedFate::Kept),
            image(2, PrunedFate::Removed),
            image(3, PrunedFate::Remains),
        ]);
        report.sort();
        assert_eq!(report.sentence(), "1 remains, 1 removed, 1 kept.");
        let table = report.table();
        let words: Vec<_> = table
            .lines()
            .filter_map(|line| line.split_whitespace().next())
            .collect();
        assert_eq!(words, ["FATE", "remains", "removed", "kept"]);
    }

    #[test]
    fn thousands_that_stay_are_counted_and_every_one_that_goes_is_named() {
        let kept = (0..5000).map(|number| image(number, PrunedFate::Kept));
        let gone = (5000..5300).map(|number| image(number, PrunedFate::Removed));
        let report = report(kept.chain(gone).collect());
        let json = report.json();
        assert_eq!(json["things"].as_array().map(Vec::len), Some(500));
        assert_eq!(json["more-kept"], 4800);
        assert!(report.table().ends_with("and 4800 more that are kept"));
    }

    #[test]
    fn nothing_in_a_summary_breaks_its_table() {
        let redactor = Redactor::default();
        let text = report(vec![image(1, PrunedFate::Planned)]).markdown(Scribe::new(&redactor));
        let row = text
            .lines()
            .find(|line| line.contains("planned |"))
            .unwrap();
        assert_eq!(row.matches('|').count(), 8, "{row}");
    }

    #[test]
    fn a_dry_run_says_so_even_where_there_is_nothing() {
        let report = PruneReport {
            is_dry: true,
            ..report(Vec::new())
        };
        assert_eq!(report.table(), "");
        assert_eq!(
            report.sentence(),
            "no images; nothing was done, this is a dry run."
        );
    }
}
