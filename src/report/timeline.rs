//! What a build did when: the steps behind the log groups and the summary's chart.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

/// One step of a build.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Step {
    /// What was done.
    pub(crate) title: String,
    /// When it began, counted from the build's start.
    pub(crate) begin: Duration,
    /// When it ended.
    pub(crate) end: Duration,
}

/// The steps of one build, in order.
#[derive(Clone, Debug)]
pub(crate) struct Timeline {
    start: Instant,
    done: Vec<Step>,
    open: Option<(String, Duration)>,
}

impl Timeline {
    /// A timeline that starts now.
    pub(crate) fn start() -> Self {
        Self {
            start: Instant::now(),
            done: Vec::new(),
            open: None,
        }
    }

    /// Begins a step; the one before ends.
    pub(crate) fn begin(&mut self, title: &str) {
        self.end();
        self.open = Some((title.to_owned(), self.start.elapsed()));
    }

    /// Ends the step that is open, if one is.
    pub(crate) fn end(&mut self) {
        if let Some((title, begin)) = self.open.take() {
            self.done.push(Step {
                title,
                begin,
                end: self.start.elapsed(),
            });
        }
    }

    /// The steps that have ended.
    pub(crate) fn steps(&self) -> &[Step] {
        &self.done
    }

    /// Since the start.
    pub(crate) fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_ends_where_the_next_one_begins() {
        let mut timeline = Timeline::start();
        timeline.begin("launch");
        timeline.begin("provision");
        timeline.end();
        let titles: Vec<&str> = timeline
            .steps()
            .iter()
            .map(|step| step.title.as_str())
            .collect();
        assert_eq!(titles, ["launch", "provision"]);
        assert!(timeline.steps()[0].end <= timeline.steps()[1].begin);
    }
}
