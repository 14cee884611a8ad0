//! Prints problems: on the console for people, and as annotations on the runner.

use crate::action::commands::{self, Level, Spot};
use crate::plan::{InvalidBuild, Plan};
use crate::report::console::Console;
use crate::template::problem::Problem;

/// Prints what is wrong with a template as a whole.
pub(crate) fn print_template(console: &Console, problems: &[Problem]) {
    for problem in problems {
        console.error(&format!("Error: {}", described(problem)));
        annotate(console, Level::Error, "Template", problem);
    }
}

/// Prints the builds that cannot be made, with Packer's headings.
pub(crate) fn print_invalid(console: &Console, invalid: &[InvalidBuild]) {
    for build in invalid {
        let count = build.problems.len();
        let list: Vec<String> = build
            .problems
            .iter()
            .map(|problem| format!("* {}", described(problem)))
            .collect();
        console.error(&format!(
            "Error: {}\n\n{count} error(s) occurred:\n\n{}\n",
            build.heading(),
            list.join("\n\n")
        ));
        for problem in &build.problems {
            annotate(console, Level::Error, &build.heading(), problem);
        }
    }
}

/// Prints a plan's warnings.
pub(crate) fn print_warnings(console: &Console, plan: &Plan) {
    for warning in &plan.warnings {
        console.say(&format!("Warning: {}\n", described(warning)));
        annotate(console, Level::Warning, "Template", warning);
    }
}

/// A problem with its place and what to do, each on a line of its own.
pub(crate) fn described(problem: &Problem) -> String {
    let mut text = problem.message.clone();
    if let Some(place) = &problem.place {
        text.push_str(&format!("\n  at {place}"));
    }
    if let Some(hint) = &problem.hint {
        text.push_str(&format!("\n  hint: {hint}"));
    }
    text
}

fn annotate(console: &Console, level: Level, title: &str, problem: &Problem) {
    let spot = problem.place.as_ref().map(|place| Spot {
        file: place.file.clone(),
        line: place.line,
        column: place.column,
    });
    let message = console.redactor().redact(&problem.message);
    console.command(&commands::annotation(level, title, spot.as_ref(), &message));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::console::tests::console;
    use crate::report::console::{Form, Reader};
    use crate::template::problem::Place;

    fn problem() -> Problem {
        let place = Place {
            file: "t.json".to_owned(),
            line: 3,
            column: 7,
            end_line: 3,
            end_column: 9,
            pointer: "/builders/0".to_owned(),
        };
        Problem::at(place, "odd").with_hint("mend it")
    }

    #[test]
    fn a_problem_says_what_where_and_what_to_do() {
        assert_eq!(
            described(&problem()),
            "odd\n  at t.json:3:7 /builders/0\n  hint: mend it"
        );
    }

    #[test]
    fn on_the_runner_a_problem_is_an_annotation_too() {
        let (console, captured) = console(Form::Human, Reader::Runner);
        print_template(&console, &[problem()]);
        assert!(
            captured
                .text()
                .contains("::error title=Template,file=t.json,line=3,col=7::odd\n"),
            "{}",
            captured.text()
        );
    }
}
