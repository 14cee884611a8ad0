//! A build's steps as a Mermaid Gantt chart, which GitHub draws in summaries and comments.
//! <https://mermaid.js.org/syntax/gantt.html>

use super::human;
use super::markdown::Scribe;
use super::timeline::Step;

/// More bars than this cannot be read.
const MOST_BARS: usize = 60;

/// The chart, in its fence; nothing without steps.
pub(crate) fn chart(steps: &[Step], scribe: Scribe<'_>) -> String {
    if steps.is_empty() {
        return String::new();
    }
    // `X` is seconds since 1970, so that 0 is the start of the build; the axis shows minutes and seconds, which almost every
    // time zone has in common.
    let mut chart = "```mermaid\ngantt\n    dateFormat X\n    axisFormat %M:%S\n".to_owned();
    for step in steps.iter().take(MOST_BARS) {
        chart.push_str(&bar(step, scribe));
    }
    chart.push_str("```\n");
    chart
}

fn bar(step: &Step, scribe: Scribe<'_>) -> String {
    let title = scribe.chart_title(&step.title);
    let took = human::clock(step.end.saturating_sub(step.begin));
    let begin = step.begin.as_secs();
    // A bar without a length is not drawn at all.
    let end = step.end.as_secs().max(begin + 1);
    format!("    {title} ({took}) :{begin}, {end}\n")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::secret::Redactor;

    fn step(title: &str, begin: u64, end: u64) -> Step {
        Step {
            title: title.to_owned(),
            begin: Duration::from_secs(begin),
            end: Duration::from_secs(end),
        }
    }

    fn of(steps: &[Step]) -> String {
        chart(steps, Scribe::new(&Redactor::default()))
    }

    #[test]
    fn each_step_is_a_bar_with_its_length() {
        let text = of(&[step("Preflight", 0, 0), step("Provisioner 1: shell", 0, 75)]);
        assert_eq!(
            text,
            "```mermaid\ngantt\n    dateFormat X\n    axisFormat %M:%S\n    Preflight (0s) :0, 1\n    Provisioner 1 shell (1m15s) :0, 75\n```\n"
        );
    }

    #[test]
    fn without_steps_there_is_no_chart() {
        assert_eq!(of(&[]), "");
    }

    #[test]
    fn a_chart_has_an_end_however_many_steps_there_were() {
        let steps: Vec<Step> = (0..500)
            .map(|number| step("step", number, number + 1))
            .collect();
        assert_eq!(of(&steps).lines().count(), MOST_BARS + 5);
    }
}
