//! The story of a run: what was asked for, and who does it.

mod inspect;
mod load;
mod problems;
mod validate;

use std::io::Write;

use crate::action::environment::Environment;
use crate::cli::command::{self, Command, Invocation};
pub use crate::report::console::Reader;
use crate::report::console::{Colour, Console, Form, Style, Timestamps};
use crate::secret::Redactor;
use crate::stop::Stop;
use crate::template::functions::time_ordered_uuid;
use crate::version;

/// How a command ended. Exit codes are Packer's: 0, 1, and 127 where there is no command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// All went well.
    Succeeded,
    /// Something did not, or something could not be removed.
    Failed,
    /// The command line made no sense.
    Usage(u8),
}

impl Outcome {
    fn code(self) -> u8 {
        match self {
            Self::Succeeded => 0,
            Self::Failed => 1,
            Self::Usage(code) => code,
        }
    }
}

/// What the process was started with.
#[derive(Debug)]
pub struct Start {
    /// The program's name: the action's post step runs under one of its own.
    pub program: String,
    /// The words after the program's name.
    pub arguments: Vec<String>,
    /// The environment.
    pub environment: Environment,
    /// Local time, for `-timestamp-ui`.
    pub offset: time::UtcOffset,
    /// Whether somebody sits at a terminal.
    pub reader: Reader,
    /// Hides secrets everywhere.
    pub redactor: Redactor,
}

/// Runs a command line to its end and gives the exit code.
pub async fn run(start: Start, stop: Stop) -> u8 {
    let Invocation { command, form } = command::read(&start.arguments);
    match command {
        Command::Version => print_version(&console(&start, form, Look::default())).code(),
        Command::Usage { complaint, text, exit } => usage(&console(&start, form, Look::default()), complaint, &text, exit).code(),
        Command::Inspect(options) => inspect::inspect(&options, &console(&start, form, Look::default()), &start.environment).code(),
        Command::Validate(options) => {
            let console = console(&start, form, Look::default());
            validate::validate(&options, &console, &start.environment, &new_run_uuid()).code()
        }
        Command::Build(_) | Command::Settle { .. } => {
            let _ = stop;
            Outcome::Failed.code()
        }
    }
}

/// What a command's flags say about how lines look.
#[derive(Clone, Copy, Debug, Default)]
struct Look {
    colourless: bool,
    timestamps: bool,
}

fn console(start: &Start, form: Form, look: Look) -> Console {
    let colour = match (look.colourless, start.environment.get("PACKER_NO_COLOR")) {
        (true, _) => Colour::Off,
        (false, Some(_)) => Colour::LegendOnly,
        (false, None) => Colour::On,
    };
    let timestamps = if look.timestamps { Timestamps::Rfc3339(start.offset) } else { Timestamps::Off };
    let style = Style { form, colour, timestamps, reader: start.reader };
    Console::new(style, start.redactor.clone(), Box::new(std::io::stdout()) as Box<dyn Write + Send>)
}

fn print_version(console: &Console) -> Outcome {
    console.event("", "version", &[version::PACKER]);
    console.event("", "version-prelease", &[""]);
    console.event("", "version-commit", &[""]);
    console.event("", "ami-build-version", &[version::OWN]);
    console.say(&format!("Packer v{}\nami-build v{}", version::PACKER, version::OWN));
    Outcome::Succeeded
}

fn usage(console: &Console, complaint: Option<String>, text: &str, exit: u8) -> Outcome {
    let complaint = complaint.map_or_else(String::new, |complaint| format!("{complaint}\n\n"));
    console.say(&format!("{complaint}{}", text.trim_end()));
    Outcome::Usage(exit)
}

/// `PACKER_RUN_UUID`: Packer's own form, which sorts by time.
fn new_run_uuid() -> String {
    let seconds = u64::try_from(time::OffsetDateTime::now_utc().unix_timestamp()).unwrap_or(0);
    let mut random = [0_u8; 12];
    // Without random bytes the id is merely less unique; nothing secret is made of it.
    if getrandom::fill(&mut random).is_err() {
        random = *b"no random(!)";
    }
    time_ordered_uuid(seconds, random)
}
