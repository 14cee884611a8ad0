//! What `plan` found out, for people.

use std::collections::BTreeMap;

use super::conclusion::Conclusion;
use super::markdown::Scribe;
use crate::build::outlook::{Check, Verdict};
use crate::matrix::Job;
use crate::version;

/// The whole of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct PlanReport {
    /// The template's path, as the user wrote it.
    pub(crate) template: String,
    /// The builds, where all of them can be told.
    pub(crate) jobs: Vec<Job>,
    /// Everything that is wrong, in words.
    pub(crate) problems: Vec<String>,
    /// Why nothing was asked of AWS, where that is so.
    pub(crate) unasked: Option<&'static str>,
    /// What was asked of AWS, with the build that it is about.
    pub(crate) checks: Vec<(String, Check)>,
}

const HEADS: [&str; 4] = ["BUILD", "TYPE", "REGION", "CHECKS"];

impl PlanReport {
    /// For a terminal.
    pub(crate) fn table(&self) -> String {
        let rows: Vec<[String; 4]> = std::iter::once(HEADS.map(str::to_owned))
            .chain(self.jobs.iter().map(|job| self.cells(job)))
            .collect();
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
        let widths = [0, 1, 2, 3].map(|column| width(column).unwrap_or(0));
        let lines: Vec<String> = rows
            .iter()
            .map(|row| {
                let cells = row.iter().zip(widths);
                let padded: Vec<String> = cells
                    .map(|(cell, width)| format!("{cell:<width$}"))
                    .collect();
                padded.join("  ").trim_end().to_owned()
            })
            .collect();
        lines.join("\n")
    }

    /// One line each for what could not be checked and for what works only just, whichever builds it is about.
    pub(crate) fn remarks(&self) -> Vec<String> {
        let mut builds: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for (build, check) in &self.checks {
            let text = match &check.verdict {
                Verdict::Unchecked(why) => format!("not checked: {}: {why}", check.what),
                Verdict::Doubtful(why) => format!("{}: {why}", check.what),
                Verdict::Fine | Verdict::Wrong(_) => continue,
            };
            builds.entry(text).or_default().push(build);
        }
        let line = |(text, builds): (String, Vec<&str>)| match builds.as_slice() {
            [one] => format!("`{one}`: {text}"),
            [one, others @ ..] => format!("`{one}` and {} more: {text}", others.len()),
            [] => text,
        };
        builds.into_iter().map(line).collect()
    }

    /// For the job summary.
    pub(crate) fn markdown(&self, conclusion: Conclusion, scribe: Scribe<'_>) -> String {
        let template = scribe.code(&self.template);
        let outcome = match conclusion {
            Conclusion::Success => "All is in order",
            other => other.sentence(),
        };
        let mut text = format!("### ami-build plan: {template}\n\n**{outcome}.**\n");
        if let Some(why) = self.unasked {
            text.push_str(&format!("\n{}.\n", scribe.text(why)));
        }
        if !self.problems.is_empty() {
            text.push_str(&format!("\n{}", scribe.block(&self.problems.join("\n"))));
        }
        if !self.jobs.is_empty() {
            text.push_str("\n| Build | Type | Region | Checks |\n|---|---|---|---|\n");
        }
        for job in &self.jobs {
            let [build, kind, region, checks] = self.cells(job);
            text.push_str(&format!(
                "| {} | {} | {} | {checks} |\n",
                scribe.code(&build),
                scribe.text(&kind),
                scribe.text(&region),
            ));
        }
        let remarks = self.remarks();
        if !remarks.is_empty() {
            let lines = remarks
                .iter()
                .map(|line| format!("- {}\n", scribe.sentence(line)));
            text.push_str(&format!("\n{}", lines.collect::<String>()));
        }
        format!("{text}\n<sub>ami-build {}</sub>\n", version::OWN)
    }

    fn cells(&self, job: &Job) -> [String; 4] {
        [
            job.build.clone(),
            job.kind.clone(),
            job.region.clone().unwrap_or_default(),
            self.counted(&job.build),
        ]
    }

    /// `12 fine, 1 wrong, 2 not checked`
    fn counted(&self, build: &str) -> String {
        let words = ["fine", "in doubt", "wrong", "not checked"];
        let mut counts = [0_u128; 4];
        for (_, check) in self.checks.iter().filter(|(of, _)| of == build) {
            let place = match check.verdict {
                Verdict::Fine => 0,
                Verdict::Doubtful(_) => 1,
                Verdict::Wrong(_) => 2,
                Verdict::Unchecked(_) => 3,
            };
            counts[place] += 1;
        }
        let parts = counts.into_iter().zip(words);
        let parts: Vec<String> = parts
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{count} {word}"))
            .collect();
        parts.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Redactor;

    fn check(what: &str, verdict: Verdict) -> Check {
        Check {
            what: what.to_owned(),
            keys: &[],
            verdict,
        }
    }

    fn report() -> PlanReport {
        let job = |build: &str| Job {
            build: build.to_owned(),
            kind: "amazon-ebs".to_owned(),
            region: Some("eu-west-1".to_owned()),
        };
        let denied = || Verdict::Unchecked("`DescribeKey` is not allowed".to_owned());
        PlanReport {
            template: "t.json".to_owned(),
            jobs: vec![job("web"), job("a|b")],
            checks: vec![
                ("web".to_owned(), check("the name", Verdict::Fine)),
                ("web".to_owned(), check("the key", denied())),
                ("a|b".to_owned(), check("the key", denied())),
            ],
            ..PlanReport::default()
        }
    }

    #[test]
    fn a_table_counts_the_checks_of_each_build() {
        assert_eq!(
            report().table(),
            "BUILD  TYPE        REGION     CHECKS\n\
             web    amazon-ebs  eu-west-1  1 fine, 1 not checked\n\
             a|b    amazon-ebs  eu-west-1  1 not checked"
        );
    }

    #[test]
    fn what_several_builds_cannot_have_checked_is_said_once() {
        assert_eq!(
            report().remarks(),
            ["`web` and 1 more: not checked: the key: `DescribeKey` is not allowed"]
        );
    }

    #[test]
    fn a_name_breaks_no_table_of_the_summary() {
        let redactor = Redactor::default();
        let text = report().markdown(Conclusion::Success, Scribe::new(&redactor));
        let row = text.lines().find(|line| line.contains("a&#124;b")).unwrap();
        assert_eq!(row.matches('|').count(), 5, "{row}");
        assert!(text.contains("All is in order"), "{text}");
    }
}
