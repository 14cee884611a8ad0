//! Which command the command line asks for.

use super::fix_options::{self, FixOptions};
use super::flags::FlagError;
use super::options::{self, BuildOptions, TemplateOptions, ValidateOptions};
use super::plan_options::{self, PlanOptions};
use super::promote_options::{self, PromoteRequest};
use super::rehearse_options::{self, RehearseOptions};
use super::sweep_options::{self, SweepOptions};
use super::{prune_options, usage};
use crate::prune::PruneOptions;
use crate::report::console::Form;

/// A command line that could be read, and how its output looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Invocation {
    /// What to do.
    pub(crate) command: Command,
    /// `-machine-readable`, which stands anywhere.
    pub(crate) form: Form,
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// Build.
    Build(Box<BuildOptions>),
    /// Build without an account.
    Rehearse(Box<RehearseOptions>),
    /// Check.
    Validate(Box<ValidateOptions>),
    /// Show.
    Inspect(TemplateOptions),
    /// Bring up to date.
    Fix(FixOptions),
    /// Print the least IAM policy.
    IamPolicy(TemplateOptions),
    /// Check builds against the account, and print them as a matrix.
    Plan(Box<PlanOptions>),
    /// Say the version.
    Version,
    /// Undo what the builds of some journals left.
    Settle {
        /// A journal, or a directory of journals.
        path: String,
    },
    /// Make a tested image the release.
    Promote(Box<PromoteRequest>),
    /// Remove images that nobody needs any more.
    Prune(Box<PruneOptions>),
    /// Remove by tag what earlier builds left.
    Sweep(SweepOptions),
    /// Print a usage text and end.
    Usage {
        /// What is wrong, where something is.
        complaint: Option<String>,
        /// The text.
        text: String,
        /// Packer's exit code: 0 where help was asked for, 1 for a wrong command line, 127 for no command.
        exit: u8,
    },
}

/// Reads the arguments after the program's name.
pub(crate) fn read(arguments: &[String]) -> Invocation {
    // Packer takes the flag out before anything is parsed, wherever it stands; the first one only.
    let mut words = arguments.to_vec();
    let form = match words.iter().position(|word| word == "-machine-readable") {
        Some(place) => {
            words.remove(place);
            Form::Machine
        }
        None => Form::Human,
    };
    Invocation {
        command: command(&words),
        form,
    }
}

fn command(words: &[String]) -> Command {
    let Some((name, rest)) = words.split_first() else {
        return overview(127);
    };
    if asks_for_help(rest)
        && let Some(text) = usage::of(name)
    {
        return Command::Usage {
            complaint: None,
            text,
            exit: 0,
        };
    }
    match name.as_str() {
        "build" => checked(
            usage::BUILD,
            options::build(rest).map(|options| Command::Build(Box::new(options))),
        ),
        "rehearse" => checked(
            usage::REHEARSE,
            rehearse_options::rehearse(rest).map(|options| Command::Rehearse(Box::new(options))),
        ),
        "validate" => checked(
            usage::VALIDATE,
            options::validate(rest).map(|options| Command::Validate(Box::new(options))),
        ),
        "inspect" => checked(usage::INSPECT, options::inspect(rest).map(Command::Inspect)),
        "fix" => checked(&usage::fix(), fix_options::fix(rest).map(Command::Fix)),
        "iam-policy" => checked(
            usage::IAM_POLICY,
            // It has `validate`'s flags.
            options::validate(rest).map(|options| Command::IamPolicy(options.template)),
        ),
        "plan" => checked(
            usage::PLAN,
            plan_options::plan(rest).map(|options| Command::Plan(Box::new(options))),
        ),
        "settle" => settle(rest),
        "promote" => checked(
            usage::PROMOTE,
            promote_options::promote(rest).map(|options| Command::Promote(Box::new(options))),
        ),
        "prune" => checked(
            usage::PRUNE,
            prune_options::prune(rest).map(|options| Command::Prune(Box::new(options))),
        ),
        "sweep" => checked(usage::SWEEP, sweep_options::sweep(rest).map(Command::Sweep)),
        "version" | "-v" | "--version" | "-version" => Command::Version,
        "-h" | "--help" | "-help" => overview(0),
        _ => overview(127),
    }
}

/// Packer looks for it among all arguments, those after the template and the values of flags included.
fn asks_for_help(rest: &[String]) -> bool {
    rest.iter()
        .take_while(|word| *word != "--")
        .any(|word| matches!(word.as_str(), "-h" | "-help" | "--help"))
}

fn settle(rest: &[String]) -> Command {
    match rest {
        [path] if !path.starts_with('-') => Command::Settle { path: path.clone() },
        _ => Command::Usage {
            complaint: None,
            text: usage::SETTLE.to_owned(),
            exit: 1,
        },
    }
}

fn checked(text: &str, read: Result<Command, FlagError>) -> Command {
    match read {
        Ok(command) => command,
        Err(FlagError::Help) => Command::Usage {
            complaint: None,
            text: text.to_owned(),
            exit: 0,
        },
        Err(FlagError::NotOneTemplate) => Command::Usage {
            complaint: None,
            text: text.to_owned(),
            exit: 1,
        },
        Err(error) => Command::Usage {
            complaint: Some(error.to_string()),
            text: text.to_owned(),
            exit: 1,
        },
    }
}

fn overview(exit: u8) -> Command {
    Command::Usage {
        complaint: None,
        text: usage::OVERVIEW.to_owned(),
        exit,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    fn exit(line: &str) -> Option<u8> {
        match read(&words(line)).command {
            Command::Usage { exit, .. } => Some(exit),
            _ => None,
        }
    }

    #[test]
    fn no_command_and_an_unknown_one_end_with_127() {
        assert_eq!(exit(""), Some(127));
        assert_eq!(exit("frobnicate"), Some(127));
    }

    #[test]
    fn help_that_was_asked_for_ends_with_0() {
        assert_eq!(exit("--help"), Some(0));
        assert_eq!(exit("build -h"), Some(0));
    }

    #[test]
    fn help_may_be_asked_for_anywhere_behind_the_command() {
        for line in [
            "build t.json -h",
            "validate -var -help t.json",
            "fix -bogus --help",
            "version -h",
            "settle x -h",
        ] {
            assert_eq!(exit(line), Some(0), "{line}");
        }
        assert_eq!(exit("inspect -- -h"), None);
    }

    #[test]
    fn machine_readable_has_one_dash() {
        assert_eq!(exit("validate --machine-readable t.json"), Some(1));
        assert_eq!(
            read(&words("build --machine-readable t.json")).form,
            Form::Human
        );
        assert_eq!(exit("build --machine-readable t.json"), None);
        assert_eq!(
            exit("build -machine-readable t.json -machine-readable"),
            Some(1)
        );
    }

    #[test]
    fn a_wrong_command_line_ends_with_1() {
        assert_eq!(exit("build"), Some(1));
        assert_eq!(exit("validate -bogus t.json"), Some(1));
        assert_eq!(exit("build -parallel=false t.json"), Some(1));
    }

    #[test]
    fn machine_readable_stands_anywhere() {
        for line in [
            "-machine-readable version",
            "version -machine-readable",
            "build -machine-readable t.json",
        ] {
            assert_eq!(read(&words(line)).form, Form::Machine, "{line}");
        }
    }
}
