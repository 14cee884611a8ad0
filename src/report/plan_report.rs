//! What `plan` found out, for people.

use super::conclusion::Conclusion;
use super::markdown::Scribe;
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
}

const HEADS: [&str; 3] = ["BUILD", "TYPE", "REGION"];

impl PlanReport {
    /// For a terminal.
    pub(crate) fn table(&self) -> String {
        let rows: Vec<[String; 3]> = std::iter::once(HEADS.map(str::to_owned))
            .chain(self.jobs.iter().map(cells))
            .collect();
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
        let widths = [0, 1, 2].map(|column| width(column).unwrap_or(0));
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
            text.push_str("\n| Build | Type | Region |\n|---|---|---|\n");
        }
        for job in &self.jobs {
            text.push_str(&format!(
                "| {} | {} | {} |\n",
                scribe.code(&job.build),
                scribe.text(&job.kind),
                scribe.text(job.region.as_deref().unwrap_or_default()),
            ));
        }
        format!("{text}\n<sub>ami-build {}</sub>\n", version::OWN)
    }
}

fn cells(job: &Job) -> [String; 3] {
    [
        job.build.clone(),
        job.kind.clone(),
        job.region.clone().unwrap_or_default(),
    ]
}
