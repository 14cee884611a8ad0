//! `fix`: prints a template with what is outdated in it brought up to date.

use super::{Outcome, load, problems};
use crate::cli::fix_options::{Checking, FixOptions};
use crate::file_error::FileError;
use crate::fix::fixed;
use crate::plan::check_references;
use crate::report::console::Console;
use crate::template::schema;
use crate::template::source::Source;

/// Prints the fixed template, and checks it unless told not to. What is printed is printed even where the check fails.
pub(crate) fn fix(options: &FixOptions, console: &Console) -> Outcome {
    let path = &options.template;
    let fixed = load::file(path)
        .map_err(|error| {
            format!(
                "Error opening template: {}",
                FileError::new("open", path, error)
            )
        })
        .and_then(|source| fixed(&source.text).map_err(|error| error.to_string()));
    match fixed {
        Err(message) => {
            console.error(&message);
            Outcome::Failed
        }
        Ok(text) => {
            console.say(&text);
            match options.checking {
                Checking::Off => Outcome::Succeeded,
                Checking::On => check(path, text, console),
            }
        }
    }
}

fn check(name: &str, text: String, console: &Console) -> Outcome {
    let found = match schema::read(Source::new(name, text)) {
        Ok(template) => check_references(&template),
        Err(found) => found,
    };
    if found.is_empty() {
        return Outcome::Succeeded;
    }
    console.error("Error! Fixed template failed to validate:");
    problems::print_template(console, &found);
    console.error(
        "This is usually caused by an error in the input template.\nPlease fix the error and try again.",
    );
    Outcome::Failed
}
