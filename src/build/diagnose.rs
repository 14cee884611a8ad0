//! What EC2 knows about a machine that did not let us in, asked for before the machine goes.

use std::fmt;
use std::time::Duration;

use super::cx::Cx;
use super::launch;
use crate::cloud::instance::InstanceState;
use crate::cloud::{Cloud, InstanceId};

/// The last lines of the console are the ones that say why.
const CONSOLE_LINES: usize = 20;
/// The build has failed already; nobody waits long for the reasons.
const ASKING: Duration = Duration::from_secs(20);

/// The machine's side of a failed connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Diagnosis {
    /// Its state, where that is not "running", with EC2's reason.
    pub(crate) state: Option<String>,
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.state {
            Some(state) => write!(formatter, " (the instance is {state})"),
            None => Ok(()),
        }
    }
}

/// Asks EC2, and shows the console's end. A refusal (Packer's policy does not allow the console) costs only the lines.
pub(super) async fn examine<C: Cloud, D>(cx: &Cx<'_, C, D>, id: &InstanceId) -> Diagnosis {
    let asked = async {
        tokio::join!(
            launch::describe(cx.cloud, cx.region, id),
            cx.cloud.console_output(cx.region, id)
        )
    };
    let Ok((instance, console)) = tokio::time::timeout(ASKING, asked).await else {
        return Diagnosis::default();
    };
    let instance = instance
        .ok()
        .flatten()
        .filter(|instance| instance.state != InstanceState::Running);
    let state = instance.map(|instance| match instance.state_reason {
        Some(reason) => format!("{}: {reason}", word(instance.state)),
        None => word(instance.state).to_owned(),
    });
    let console = match console {
        Ok(text) => last_lines(&text.unwrap_or_default()),
        Err(error) => {
            cx.ui
                .message(&format!("The console output is not shown: {error}"));
            Vec::new()
        }
    };
    show(cx, &console);
    Diagnosis { state }
}

fn show<C, D>(cx: &Cx<'_, C, D>, console: &[String]) {
    if console.is_empty() {
        return;
    }
    cx.ui.say("The last lines of the instance's console:");
    for line in console {
        cx.ui.message(line);
    }
}

fn last_lines(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim_end)
        .filter(|line| !line.is_empty())
        .collect();
    lines[lines.len().saturating_sub(CONSOLE_LINES)..]
        .iter()
        .map(|line| (*line).to_owned())
        .collect()
}

fn word(state: InstanceState) -> &'static str {
    match state {
        InstanceState::Pending => "pending",
        InstanceState::Running => "running",
        InstanceState::Stopping => "stopping",
        InstanceState::Stopped => "stopped",
        InstanceState::ShuttingDown => "shutting down",
        InstanceState::Terminated => "terminated",
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn only_the_end_of_the_console_is_kept_and_empty_lines_are_not() {
        let text: String = (1..=30)
            .map(|number| format!("line {number}\r\n\n"))
            .collect();
        let lines = last_lines(&text);
        assert_eq!(
            (lines.len(), lines[0].as_str(), lines[19].as_str()),
            (20, "line 11", "line 30")
        );
    }
}
