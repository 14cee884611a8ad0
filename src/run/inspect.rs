//! `inspect`: what a template consists of, in Packer's lines.

use super::load::{self, Loaded};
use super::{Outcome, problems};
use crate::action::environment::Environment;
use crate::cli::options::TemplateOptions;
use crate::plan::check_template;
use crate::report::console::Console;
use crate::template::inspect::{Inspection, inspect as look_over};
use crate::template::schema;
use crate::template::source::Source;
use crate::template::variables::resolve;

/// Shown where no template is named, as Packer does.
const EMPTY: &str = r#"{"builders": [{"type": "null"}]}"#;

const NOTE: &str = "\nNote: If your build names contain user variables or template\nfunctions such as 'timestamp', these are processed at build time,\nand therefore only show in their raw form here.";

/// Prints what a template consists of.
pub(crate) fn inspect(
    options: &TemplateOptions,
    console: &Console,
    environment: &Environment,
) -> Outcome {
    let template = if options.template.is_empty() {
        schema::read(Source::new("<none>", EMPTY))
    } else {
        load::load(options, environment).map(|loaded| {
            hide_sensitive(&loaded, console);
            loaded.template
        })
    };
    match template {
        Ok(template) => {
            print(&look_over(&template), console);
            Outcome::Succeeded
        }
        Err(found) => {
            problems::print_template(console, &found);
            Outcome::Failed
        }
    }
}

/// Where the variables can be rendered, sensitive values are hidden in all that is shown, as in Packer. Where not, nothing is said.
fn hide_sensitive(loaded: &Loaded, console: &Console) {
    if !check_template(&loaded.template).is_empty() {
        return;
    }
    if let Ok(variables) = resolve(&loaded.template, &loaded.given, &loaded.facts) {
        for value in &variables.sensitive {
            console.redactor().hide_sensitive(value);
        }
    }
}

fn print(inspection: &Inspection, console: &Console) {
    console.say("Packer Inspect: JSON mode");
    if let Some(description) = &inspection.description {
        console.say("Description:\n");
        console.say(&format!("{description}\n"));
    }
    print_variables(inspection, console);
    console.say("");
    print_builders(inspection, console);
    console.say("");
    console.say("Provisioners:\n");
    if inspection.provisioners.is_empty() {
        console.say("  <No provisioners>");
    }
    for kind in &inspection.provisioners {
        console.event("", "template-provisioner", &[kind]);
        console.say(&format!("  {kind}"));
    }
    console.say(NOTE);
}

fn print_variables(inspection: &Inspection, console: &Console) {
    if inspection.required.is_empty() && inspection.optional.is_empty() {
        console.say("Variables:\n");
        console.say("  <No variables>");
        return;
    }
    if !inspection.required.is_empty() {
        console.say("Required variables:\n");
        for variable in &inspection.required {
            console.event(
                "",
                "template-variable",
                &[&variable.name, &variable.default, "1"],
            );
            console.say(&format!("  {}", variable.name));
        }
        console.say("");
    }
    console.say("Optional variables and their defaults:\n");
    let all = inspection.required.iter().chain(&inspection.optional);
    let width = all
        .map(|variable| variable.name.len())
        .max()
        .unwrap_or_default();
    for variable in &inspection.optional {
        console.event(
            "",
            "template-variable",
            &[&variable.name, &variable.default, "0"],
        );
        let name = padded(&variable.name, width);
        console.say(&format!("  {name} = {}", variable.default));
    }
}

fn print_builders(inspection: &Inspection, console: &Console) {
    console.say("Builders:\n");
    if inspection.builders.is_empty() {
        console.say("  <No builders>");
    }
    let width = inspection
        .builders
        .iter()
        .map(|builder| builder.name.len())
        .max()
        .unwrap_or(0);
    for builder in &inspection.builders {
        console.event("", "template-builder", &[&builder.name, &builder.kind]);
        let kind = if builder.name == builder.kind {
            String::new()
        } else {
            format!(" ({})", builder.kind)
        };
        console.say(&format!("  {}{kind}", padded(&builder.name, width)));
    }
}

/// Packer counts bytes, so that a name beyond ASCII stands further left than it looks.
fn padded(name: &str, width: usize) -> String {
    format!("{name}{}", " ".repeat(width - name.len()))
}
