//! The standard output, shared by all builds of a run: whole lines, redacted and defused.

use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use super::defuse;
use crate::secret::Redactor;

/// Packer's human lines, or its machine-readable ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// For people.
    Human,
    /// `-machine-readable`.
    Machine,
}

/// Whether lines carry colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Colour {
    /// Packer colours even without a terminal.
    On,
    /// `-color=false`.
    Off,
    /// `PACKER_NO_COLOR`: no codes, but the legend stays.
    LegendOnly,
}

/// Whether lines of a build begin with the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Timestamps {
    /// `-timestamp-ui`.
    Rfc3339(time::UtcOffset),
    /// None.
    Off,
}

/// Who reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// A terminal: one progress line that is rewritten.
    Terminal,
    /// A pipe or file.
    Plain,
    /// GitHub's runner: groups, and commands are defused.
    Runner,
}

/// How lines are written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    /// Human or machine-readable.
    pub(crate) form: Form,
    /// Colours.
    pub(crate) colour: Colour,
    /// Times.
    pub(crate) timestamps: Timestamps,
    /// Who reads.
    pub(crate) reader: Reader,
}

/// The kinds of `ui` lines that the machine-readable form tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// What the program says.
    Say,
    /// What a command prints.
    Message,
    /// Errors, and what a command prints on its standard error.
    Error,
}

/// The standard output. Clones write to the same one.
#[derive(Clone)]
pub(crate) struct Console {
    inner: Arc<Inner>,
}

struct Inner {
    style: Style,
    redactor: Redactor,
    output: Mutex<Output>,
    /// Held by whoever asks something.
    turn: tokio::sync::Mutex<()>,
}

struct Output {
    writer: Box<dyn Write + Send>,
    /// Whether a progress line stands on the terminal and has to be wiped first.
    progress_shown: bool,
    /// Whether a question stands there, whose answer ends its line.
    question_shown: bool,
}

impl Console {
    /// A console that writes to `writer`.
    pub(crate) fn new(style: Style, redactor: Redactor, writer: Box<dyn Write + Send>) -> Self {
        let output = Mutex::new(Output {
            writer,
            progress_shown: false,
            question_shown: false,
        });
        Self {
            inner: Arc::new(Inner {
                style,
                redactor,
                output,
                turn: tokio::sync::Mutex::new(()),
            }),
        }
    }

    /// How lines are written.
    pub(crate) fn style(&self) -> Style {
        self.inner.style
    }

    /// The redactor that every line goes through.
    pub(crate) fn redactor(&self) -> &Redactor {
        &self.inner.redactor
    }

    /// Writes text of ours, without a build's name.
    pub(crate) fn say(&self, text: &str) {
        self.line(Line::Say, text, text);
    }

    /// Writes an error that belongs to no build.
    pub(crate) fn error(&self, text: &str) {
        self.line(Line::Error, text, text);
    }

    /// Writes one `ui` line: `plain` for machines, `painted` for people.
    pub(crate) fn line(&self, kind: Line, plain: &str, painted: &str) {
        match self.inner.style.form {
            Form::Human => self.write(painted),
            Form::Machine => self.event("", "ui", &[kind.word(), plain]),
        }
    }

    /// Writes a machine-readable event; nothing in the human form.
    pub(crate) fn event(&self, target: &str, kind: &str, arguments: &[&str]) {
        if self.inner.style.form == Form::Human {
            return;
        }
        let seconds = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |age| age.as_secs());
        let mut line = format!("{seconds},{},{kind}", escape(target));
        for argument in arguments {
            line.push(',');
            line.push_str(&escape(&self.inner.redactor.redact(argument)));
        }
        self.put(&line);
    }

    /// Writes a workflow command of our own, undefused. Only for the runner, never in the machine-readable form.
    pub(crate) fn command(&self, command: &str) {
        if self.inner.style.reader == Reader::Runner && self.inner.style.form == Form::Human {
            self.put(command);
        }
    }

    /// Shows a line that the next one replaces. Only on a terminal.
    pub(crate) fn transient(&self, text: &str) {
        if self.inner.style.reader != Reader::Terminal || self.inner.style.form != Form::Human {
            return;
        }
        let text = defuse::strip_escapes(&self.inner.redactor.redact(text));
        let mut output = self.output();
        if !output.question_shown {
            output.progress_shown = output.write(&format!("\r\u{1b}[K{text}"));
        }
    }

    /// Waits until nobody else asks something.
    pub(super) async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.inner.turn.lock().await
    }

    /// Shows a question. What is said before its answer begins a line of its own.
    pub(super) fn question(&self, text: &str) {
        let text = defuse::strip_escapes(&self.inner.redactor.redact(text));
        let mut output = self.output();
        output.write(&format!("{text} "));
        output.question_shown = true;
    }

    /// The terminal has ended the question's line by showing the answer.
    pub(super) fn answered(&self) {
        self.output().question_shown = false;
    }

    fn write(&self, text: &str) {
        let text = defuse::strip_escapes(&self.inner.redactor.redact(text));
        match self.inner.style.reader {
            Reader::Runner => self.put(&defuse::break_commands(&text)),
            Reader::Terminal | Reader::Plain => self.put(&text),
        }
    }

    fn put(&self, line: &str) {
        let mut output = self.output();
        let wipe = if std::mem::take(&mut output.progress_shown) {
            "\r\u{1b}[K"
        } else if std::mem::take(&mut output.question_shown) {
            "\n"
        } else {
            ""
        };
        output.write(&format!("{wipe}{line}\n"));
    }

    fn output(&self) -> MutexGuard<'_, Output> {
        self.inner
            .output
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Output {
    /// A reader that went away (`ami-build … | head`) must not end a build that has things to clean up.
    fn write(&mut self, text: &str) -> bool {
        let written = self
            .writer
            .write_all(text.as_bytes())
            .and_then(|()| self.writer.flush());
        if let Err(error) = &written {
            log::debug!("cannot write to the standard output: {error}");
        }
        written.is_ok()
    }
}

impl Line {
    fn word(self) -> &'static str {
        match self {
            Self::Say => "say",
            Self::Message => "message",
            Self::Error => "error",
        }
    }
}

/// Packer's escapes: a comma becomes `%!(PACKER_COMMA)`, line ends two characters.
fn escape(text: &str) -> String {
    text.replace(',', "%!(PACKER_COMMA)")
        .replace('\r', "\\r")
        .replace('\n', "\\n")
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A writer that tests read from.
    #[derive(Clone, Default)]
    pub(crate) struct Captured(Arc<Mutex<Vec<u8>>>);

    impl Captured {
        pub(crate) fn text(&self) -> String {
            String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
        }
    }

    impl Write for Captured {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    pub(crate) fn console(form: Form, reader: Reader) -> (Console, Captured) {
        let captured = Captured::default();
        let style = Style {
            form,
            colour: Colour::Off,
            timestamps: Timestamps::Off,
            reader,
        };
        (
            Console::new(style, Redactor::default(), Box::new(captured.clone())),
            captured,
        )
    }

    #[test]
    fn machine_readable_arguments_are_escaped_as_packer_does() {
        let (console, captured) = console(Form::Machine, Reader::Plain);
        console.event("one", "artifact", &["0", "a,b\nc\rd"]);
        assert!(
            captured
                .text()
                .ends_with(",one,artifact,0,a%!(PACKER_COMMA)b\\nc\\rd\n"),
            "{}",
            captured.text()
        );
    }

    #[test]
    fn the_machine_readable_form_carries_no_workflow_command() {
        let (console, captured) = console(Form::Machine, Reader::Runner);
        console.command("::group::x");
        assert_eq!(captured.text(), "");
    }

    #[test]
    fn on_the_runner_text_cannot_be_a_command() {
        let (console, captured) = console(Form::Human, Reader::Runner);
        console.say("::add-mask::x");
        assert_eq!(captured.text(), "\u{200b}::add-mask::x\n");
    }

    #[test]
    fn a_secret_does_not_reach_the_output() {
        let (console, captured) = console(Form::Machine, Reader::Plain);
        console.redactor().hide_credential("hunter2hunter2");
        console.say("password hunter2hunter2");
        assert!(!captured.text().contains("hunter2"), "{}", captured.text());
    }
}
