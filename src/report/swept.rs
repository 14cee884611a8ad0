//! What a sweep came to, for people and for programs.

use serde_json::{Value, json};

use super::conclusion::Conclusion;
use super::markdown::Scribe;
use crate::cloud::Region;
use crate::version;

/// What became of one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is still there although it should not be.
    Remains {
        /// Why.
        why: String,
        /// What removes it.
        command: String,
    },
    /// It would be removed.
    Planned,
    /// It is gone.
    Removed,
    /// It stays.
    Spared {
        /// Why.
        why: String,
    },
}

impl Fate {
    /// The word for it.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Remains { .. } => "remains",
            Self::Planned => "planned",
            Self::Removed => "removed",
            Self::Spared { .. } => "spared",
        }
    }

    /// Why it is there, where it is.
    pub(crate) fn why(&self) -> &str {
        match self {
            Self::Remains { why, .. } | Self::Spared { why } => why,
            Self::Planned | Self::Removed => "",
        }
    }

    /// What removes it, where somebody has to.
    pub(crate) fn command(&self) -> Option<&str> {
        match self {
            Self::Remains { command, .. } => Some(command),
            Self::Planned | Self::Removed | Self::Spared { .. } => None,
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Remains { .. } => 0,
            Self::Planned => 1,
            Self::Removed => 2,
            Self::Spared { .. } => 3,
        }
    }
}

/// One thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SweptThing {
    /// What it is.
    pub(crate) kind: &'static str,
    /// Its id or name.
    pub(crate) id: String,
    /// Where it is.
    pub(crate) region: Region,
    /// Which build made it.
    pub(crate) build_id: String,
    /// The deadline in its tags.
    pub(crate) deadline: String,
    /// What became of it.
    pub(crate) fate: Fate,
}

/// What could not be looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NotSearched {
    /// What.
    pub(crate) kind: &'static str,
    /// Where.
    pub(crate) region: Region,
    /// Why.
    pub(crate) why: String,
}

/// The whole of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SweepReport {
    /// Whose things.
    pub(crate) owners: Vec<String>,
    /// Where.
    pub(crate) regions: Vec<Region>,
    /// Every thing that no build declared finished.
    pub(crate) things: Vec<SweptThing>,
    /// What could not be looked for.
    pub(crate) not_searched: Vec<NotSearched>,
    /// How many things builds declared finished.
    pub(crate) finished: usize,
    /// In one word.
    pub(crate) conclusion: Conclusion,
}

const HEADS: [&str; 6] = ["FATE", "KIND", "ID", "REGION", "DEADLINE", "BUILD"];

impl SweepReport {
    /// Puts first what somebody has to do something about.
    pub(crate) fn sort(&mut self) {
        self.things.sort_by_key(|thing| thing.fate.rank());
    }

    /// How many things of a fate there are, in words, and what was not touched.
    pub(crate) fn sentence(&self) -> String {
        let count = |word: &str| {
            let same = self.things.iter().filter(|thing| thing.fate.word() == word);
            (same.count(), word.to_owned())
        };
        let mut parts: Vec<String> = ["remains", "planned", "removed", "spared"]
            .map(count)
            .into_iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, word)| format!("{number} {word}"))
            .collect();
        if parts.is_empty() {
            parts.push("nothing to sweep".to_owned());
        }
        if self.finished > 0 {
            parts.push(format!("{} finished by their builds", self.finished));
        }
        format!("{}.", parts.join(", "))
    }

    /// A table for a terminal; empty where there is nothing in it.
    pub(crate) fn table(&self) -> String {
        if self.things.is_empty() {
            return String::new();
        }
        let mut rows = vec![HEADS.map(str::to_owned)];
        rows.extend(self.things.iter().map(cells));
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
        let widths: Vec<usize> = (0..HEADS.len())
            .map(|column| width(column).unwrap_or(0))
            .collect();
        let line = |row: &[String; 6]| {
            let padded = row
                .iter()
                .zip(&widths)
                .map(|(cell, width)| format!("{cell:<width$}"));
            let padded: Vec<String> = padded.collect();
            padded.join("  ").trim_end().to_owned()
        };
        let lines: Vec<String> = rows.iter().map(line).collect();
        lines.join("\n")
    }

    /// For programs.
    pub(crate) fn json(&self) -> Value {
        let things: Vec<Value> = self.things.iter().map(thing).collect();
        let not_searched = self
            .not_searched
            .iter()
            .map(|one| json!({"kind": one.kind, "region": one.region, "why": one.why}));
        json!({
            "owners": self.owners,
            "regions": self.regions,
            "things": things,
            "not-searched": not_searched.collect::<Vec<Value>>(),
            "finished": self.finished,
            "conclusion": self.conclusion.word(),
        })
    }

    /// For the job summary.
    pub(crate) fn markdown(&self, scribe: Scribe<'_>) -> String {
        let mut text = format!(
            "### ami-build: sweep\n\n{}\n",
            scribe.text(&self.sentence())
        );
        for one in &self.not_searched {
            let (kind, region) = (scribe.text(one.kind), scribe.code(one.region.as_str()));
            let why = scribe.text(&one.why);
            text.push_str(&format!(
                "\n**Not looked for:** {kind} in {region}: {why}\n"
            ));
        }
        if !self.things.is_empty() {
            text.push_str(
                "\n| | What | Region | Deadline | Build | Why, and what removes it |\n|---|---|---|---|---|---|\n",
            );
        }
        for one in &self.things {
            let command = one.fate.command().map(|command| scribe.code(command));
            let why = [scribe.text(one.fate.why()), command.unwrap_or_default()];
            text.push_str(&format!(
                "| {} | {} {} | {} | {} | {} | {} |\n",
                one.fate.word(),
                one.kind,
                scribe.code(&one.id),
                scribe.code(one.region.as_str()),
                scribe.code(&one.deadline),
                scribe.code(&one.build_id),
                why.join(" ").trim(),
            ));
        }
        format!("{text}\n<sub>ami-build {}</sub>\n", version::OWN)
    }
}

fn cells(thing: &SweptThing) -> [String; 6] {
    [
        thing.fate.word().to_owned(),
        thing.kind.to_owned(),
        thing.id.clone(),
        thing.region.to_string(),
        thing.deadline.clone(),
        thing.build_id.clone(),
    ]
}

fn thing(thing: &SweptThing) -> Value {
    let mut value = json!({
        "fate": thing.fate.word(),
        "kind": thing.kind,
        "id": thing.id,
        "region": thing.region,
        "deadline": thing.deadline,
        "build-id": thing.build_id,
    });
    if !thing.fate.why().is_empty() {
        value["why"] = json!(thing.fate.why());
    }
    if let Some(command) = thing.fate.command() {
        value["command"] = json!(command);
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Redactor;

    fn report(things: Vec<SweptThing>) -> SweepReport {
        SweepReport {
            owners: vec!["github.com/1".to_owned()],
            regions: vec![Region::new("eu-west-1")],
            things,
            not_searched: Vec::new(),
            finished: 2,
            conclusion: Conclusion::Leftover,
        }
    }

    fn group(id: &str, fate: Fate) -> SweptThing {
        SweptThing {
            kind: "security group",
            id: id.to_owned(),
            region: Region::new("eu-west-1"),
            build_id: "b-1".to_owned(),
            deadline: "2026-01-01T00:00:00Z".to_owned(),
            fate,
        }
    }

    fn remains() -> Fate {
        Fate::Remains {
            why: "EC2 | said no".to_owned(),
            command: "aws ec2 delete-security-group".to_owned(),
        }
    }

    #[test]
    fn the_table_begins_with_what_somebody_has_to_remove() {
        let mut report = report(vec![
            group("sg-1", Fate::Removed),
            group("sg-22", remains()),
        ]);
        report.sort();
        assert_eq!(
            report.table(),
            "FATE     KIND            ID     REGION     DEADLINE              BUILD\n\
             remains  security group  sg-22  eu-west-1  2026-01-01T00:00:00Z  b-1\n\
             removed  security group  sg-1   eu-west-1  2026-01-01T00:00:00Z  b-1"
        );
        assert_eq!(
            report.sentence(),
            "1 remains, 1 removed, 2 finished by their builds."
        );
    }

    #[test]
    fn a_program_reads_the_same() {
        let json = report(vec![group("sg-1", remains()), group("sg-2", Fate::Planned)]).json();
        assert_eq!(
            json["things"][0]["command"],
            "aws ec2 delete-security-group"
        );
        assert_eq!(json["things"][1]["fate"], "planned");
        assert_eq!(json["things"][1].get("why"), None);
        assert_eq!(json["conclusion"], "leftover");
    }

    #[test]
    fn nothing_in_a_summary_breaks_its_table() {
        let redactor = Redactor::default();
        let text = report(vec![group("sg|-1", remains())]).markdown(Scribe::new(&redactor));
        let row = text
            .lines()
            .find(|line| line.contains("remains |"))
            .unwrap();
        assert_eq!(row.matches('|').count(), 7, "{row}");
    }

    #[test]
    fn nothing_at_all_is_said_too() {
        let mut report = report(Vec::new());
        report.finished = 0;
        assert_eq!(report.table(), "");
        assert_eq!(report.sentence(), "nothing to sweep.");
    }
}
