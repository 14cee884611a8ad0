//! One build's voice on the console: Packer's prefixes and colours, log groups, progress.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::console::{Colour, Console, Form, Line, Reader, Timestamps};
use super::human;
use super::timeline::{Step, Timeline};

/// Packer's palette, in its order: green, cyan, magenta, yellow, blue.
const PALETTE: [u8; 5] = [32, 36, 35, 33, 34];
/// Errors are red, whoever speaks.
const RED: u8 = 31;
/// Between two progress lines in a log; a terminal's line is rewritten every time.
const PROGRESS_EVERY: Duration = Duration::from_secs(15);

/// What is awaited, how long already, how far.
#[derive(Clone, Debug)]
pub(crate) struct Progress<'a> {
    /// Such as `AMI ami-… to become ready`.
    pub(crate) awaited: &'a str,
    /// Since the wait began.
    pub(crate) elapsed: Duration,
    /// Percent, where it is known.
    pub(crate) percent: Option<u8>,
}

/// How the lines of a build are grouped on the runner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grouping {
    /// One build: a group for each step.
    BySteps,
    /// Several: lines as they come, and one group per build as it ends.
    ByBuild,
}

/// One build's voice. Clones speak for the same build.
#[derive(Clone)]
pub(crate) struct Ui {
    console: Console,
    name: String,
    colour: u8,
    grouping: Grouping,
    record: Arc<Mutex<Record>>,
}

struct Record {
    timeline: Timeline,
    group_open: bool,
    lines: VecDeque<String>,
    last_progress: Option<Instant>,
}

/// What is kept of a build's lines for the group that is written as it ends.
const MOST_LINES: usize = 5_000;
/// What is kept of them otherwise: the tail that a failed build's report shows.
const TAIL: usize = 40;

impl Ui {
    /// The voice of build `name`, the `number`th of the run, from 0.
    pub(crate) fn new(console: Console, name: &str, number: usize, grouping: Grouping) -> Self {
        let record = Record {
            timeline: Timeline::start(),
            group_open: false,
            lines: VecDeque::new(),
            last_progress: None,
        };
        Self {
            console,
            name: name.to_owned(),
            colour: PALETTE[number % PALETTE.len()],
            grouping,
            record: Arc::new(Mutex::new(record)),
        }
    }

    /// The build begins now: it had to wait for its turn.
    pub(crate) fn begin(&self) {
        self.record().timeline = Timeline::start();
    }

    /// The same build, speaking as one of its post-processors: `NAME (manifest)`.
    pub(crate) fn sub(&self, suffix: &str) -> Self {
        Self {
            name: format!("{} ({suffix})", self.name),
            ..self.clone()
        }
    }

    /// `NAME: output will be in this color.`
    pub(crate) fn legend(&self) {
        if self.console.style().form == Form::Human && self.console.style().colour != Colour::Off {
            let text = format!("{}: output will be in this color.", self.name);
            self.console
                .say(&self.paint(&text, self.colour, Weight::Bold));
        }
    }

    /// `==> NAME: text`: what the program does.
    pub(crate) fn say(&self, text: &str) {
        self.put((Line::Say, "==> "), text, self.colour, Weight::Bold);
    }

    /// `    NAME: text`: what a command prints.
    pub(crate) fn message(&self, text: &str) {
        self.put((Line::Message, "    "), text, self.colour, Weight::Normal);
    }

    /// `==> NAME: text` in red: errors, and what a command prints on its standard error.
    pub(crate) fn error(&self, text: &str) {
        self.put((Line::Error, "==> "), text, RED, Weight::Bold);
    }

    /// `==> NAME: text` without a line end, for an answer.
    pub(super) fn question(&self, text: &str) {
        let text = format!("==> {}: {text}", self.name);
        let painted = self.paint(&text, self.colour, Weight::Bold);
        self.console
            .question(&format!("{}{painted}", self.timestamp()));
    }

    /// Who reads: people or programs.
    pub(crate) fn form(&self) -> Form {
        self.console.style().form
    }

    /// Where all builds speak.
    pub(super) fn console(&self) -> &Console {
        &self.console
    }

    /// A line in the build's colour without its prefix: `Build 'x' finished after …`.
    pub(crate) fn closing(&self, kind: Line, text: &str) {
        let colour = if kind == Line::Error {
            RED
        } else {
            self.colour
        };
        self.emit(kind, text.to_owned(), &|line| {
            self.paint(line, colour, Weight::Bold)
        });
    }

    /// Begins a step: a log group on the runner where one build runs, and a bar of the summary's chart.
    pub(crate) fn step(&self, title: &str) {
        let mut record = self.record();
        record.timeline.begin(title);
        if self.grouping == Grouping::BySteps {
            if std::mem::replace(&mut record.group_open, true) {
                self.console.command("::endgroup::");
            }
            self.console.command(&format!(
                "::group::{}",
                crate::report::defuse::strip_escapes(title)
            ));
        }
    }

    /// Ends the open step and its group.
    pub(crate) fn end_step(&self) {
        let mut record = self.record();
        record.timeline.end();
        if std::mem::take(&mut record.group_open) {
            self.console.command("::endgroup::");
        }
    }

    /// The steps that have ended.
    pub(crate) fn steps(&self) -> Vec<Step> {
        self.record().timeline.steps().to_vec()
    }

    /// The last lines of the build.
    pub(crate) fn tail(&self) -> Vec<String> {
        let record = self.record();
        record
            .lines
            .iter()
            .skip(record.lines.len().saturating_sub(TAIL))
            .cloned()
            .collect()
    }

    /// The same without the build's name before them.
    pub(crate) fn last_lines(&self) -> Vec<String> {
        let prefixes = [
            format!("==> {}: ", self.name),
            format!("    {}: ", self.name),
        ];
        let bare = |line: String| {
            let bare = prefixes.iter().find_map(|prefix| line.strip_prefix(prefix));
            bare.map(str::to_owned).unwrap_or(line)
        };
        self.tail().into_iter().map(bare).collect()
    }

    /// Since the build began.
    pub(crate) fn elapsed(&self) -> Duration {
        self.record().timeline.elapsed()
    }

    /// Tells what is awaited: on a terminal in a line that is rewritten, in a log every 15 seconds.
    pub(crate) fn progress(&self, progress: &Progress<'_>) {
        let percent = progress
            .percent
            .map_or_else(String::new, |percent| format!(", {percent} %"));
        let text = format!(
            "Waiting for {}: {}{percent}",
            progress.awaited,
            human::clock(progress.elapsed)
        );
        if self.console.style().reader == Reader::Terminal {
            self.transient(&text);
            return;
        }
        let due = {
            let mut record = self.record();
            let due = record
                .last_progress
                .is_none_or(|last| last.elapsed() >= PROGRESS_EVERY)
                && progress.elapsed >= PROGRESS_EVERY;
            if due {
                record.last_progress = Some(Instant::now());
            }
            due
        };
        if due {
            self.message(&text);
        }
    }

    /// Shows a line that the next one replaces. Only on a terminal.
    pub(super) fn transient(&self, text: &str) {
        self.console
            .transient(&format!("    {}: {text}", self.name));
    }

    /// Writes the build's lines again as one group, where several builds shared the log.
    pub(crate) fn replay(&self, title: &str) {
        if self.is_replayed() {
            let lines = std::mem::take(&mut self.record().lines);
            self.console.command(&format!(
                "::group::{}",
                crate::report::defuse::strip_escapes(title)
            ));
            for line in lines {
                self.console.say(&line);
            }
            self.console.command("::endgroup::");
        }
    }

    fn put(&self, (kind, mark): (Line, &str), text: &str, colour: u8, weight: Weight) {
        let prefixed: Vec<String> = text
            .split('\n')
            .map(|line| {
                let line = format!("{mark}{}: {line}", self.name);
                line.trim_end_matches(' ').to_owned()
            })
            .collect();
        self.emit(kind, prefixed.join("\n"), &|line| {
            self.paint(line, colour, weight)
        });
    }

    fn emit(&self, kind: Line, plain: String, paint: &dyn Fn(&str) -> String) {
        let stamped = format!("{}{plain}", self.timestamp());
        self.console.line(kind, &stamped, &paint(&stamped));
        let mut record = self.record();
        record.lines.extend(plain.split('\n').map(str::to_owned));
        let most = if self.is_replayed() { MOST_LINES } else { TAIL };
        let surplus = record.lines.len().saturating_sub(most);
        record.lines.drain(..surplus);
    }

    fn is_replayed(&self) -> bool {
        self.grouping == Grouping::ByBuild && self.console.style().reader == Reader::Runner
    }

    fn paint(&self, text: &str, colour: u8, weight: Weight) -> String {
        match self.console.style().colour {
            Colour::On => format!("\u{1b}[{};{colour}m{text}\u{1b}[0m", weight as u8),
            Colour::Off | Colour::LegendOnly => text.to_owned(),
        }
    }

    fn timestamp(&self) -> String {
        let Timestamps::Rfc3339(offset) = self.console.style().timestamps else {
            return String::new();
        };
        let now = time::OffsetDateTime::now_utc()
            .to_offset(offset)
            .replace_nanosecond(0);
        let stamp = now.ok().and_then(|now| {
            now.format(&time::format_description::well_known::Rfc3339)
                .ok()
        });
        stamp.map_or_else(String::new, |stamp| format!("{stamp}: "))
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Clone, Copy)]
enum Weight {
    Normal = 0,
    Bold = 1,
}

#[cfg(test)]
mod tests {
    use super::super::console::tests::console;
    use super::*;

    #[test]
    fn every_line_of_a_message_gets_the_prefix() {
        let (console, captured) = console(Form::Human, Reader::Plain);
        Ui::new(console, "web", 0, Grouping::BySteps).say("one \n\n  two");
        assert_eq!(captured.text(), "==> web: one\n==> web:\n==> web:   two\n");
    }

    #[test]
    fn a_post_processor_speaks_under_its_own_name() {
        let (console, captured) = console(Form::Human, Reader::Plain);
        Ui::new(console, "web", 0, Grouping::BySteps)
            .sub("manifest")
            .message("x");
        assert_eq!(captured.text(), "    web (manifest): x\n");
    }

    #[test]
    fn a_step_is_a_group_on_the_runner_and_closes_the_one_before() {
        let (console, captured) = console(Form::Human, Reader::Runner);
        let ui = Ui::new(console, "web", 0, Grouping::BySteps);
        ui.step("launch");
        ui.step("provision");
        ui.end_step();
        assert_eq!(
            captured.text(),
            "::group::launch\n::endgroup::\n::group::provision\n::endgroup::\n"
        );
    }

    #[test]
    fn with_several_builds_a_group_repeats_a_builds_lines_as_it_ends() {
        let (console, captured) = console(Form::Human, Reader::Runner);
        let ui = Ui::new(console, "web", 0, Grouping::ByBuild);
        ui.say("working");
        ui.replay("web: finished");
        assert_eq!(
            captured.text(),
            "==> web: working\n::group::web: finished\n==> web: working\n::endgroup::\n"
        );
    }

    #[test]
    fn short_waits_leave_no_progress_line_in_a_log() {
        let (console, captured) = console(Form::Human, Reader::Plain);
        let ui = Ui::new(console, "web", 0, Grouping::BySteps);
        ui.progress(&Progress {
            awaited: "the image",
            elapsed: Duration::from_secs(3),
            percent: None,
        });
        assert_eq!(captured.text(), "");
        ui.progress(&Progress {
            awaited: "the image",
            elapsed: Duration::from_secs(65),
            percent: Some(40),
        });
        assert_eq!(
            captured.text(),
            "    web: Waiting for the image: 1m05s, 40 %\n"
        );
    }
}
