//! What a promotion came to, for the console, the job summary and the outputs.

use serde_json::{Value, json};

use super::links;
use super::markdown::Scribe;
use crate::promote::Promoted;

impl Promoted {
    /// The last lines on the console.
    pub(crate) fn text(&self) -> String {
        let mut lines = vec![format!("Promoted: {}", self.name)];
        lines.extend(
            self.images
                .iter()
                .map(|(region, image)| format!("{region}: {image}")),
        );
        lines.join("\n")
    }

    /// For the job summary.
    pub(crate) fn markdown(&self, scribe: Scribe<'_>) -> String {
        let mut text = "### ami-build: promoted\n\n| Region | AMI |\n|---|---|\n".to_owned();
        for (region, image) in &self.images {
            let shown = scribe.code(image.as_str());
            let shown = match links::image(region, image) {
                Some(url) => format!("[{shown}]({url})"),
                None => shown,
            };
            text.push_str(&format!("| {} | {shown} |\n", scribe.text(region.as_str())));
        }
        let tested = scribe.code(self.tested.as_str());
        let name = scribe.code(&self.name);
        text.push_str(&format!("\nName {name}, tested as {tested}.\n\n"));
        for line in &self.published {
            text.push_str(&format!("- {}\n", scribe.text(line)));
        }
        text
    }

    /// The outputs, by name.
    pub(crate) fn outputs(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("ami-id", json!(self.images.get(&self.region))),
            ("ami-ids", json!(self.images)),
            ("ami-name", json!(self.name)),
            ("region", json!(self.region)),
            ("snapshot-ids", json!(self.snapshots)),
            ("promoted-from", json!(self.tested)),
        ]
    }
}
