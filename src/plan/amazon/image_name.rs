//! `ami_name`.

use crate::template::fields::Fields;

/// Bytes that EC2 takes for a name's length.
const LENGTHS: std::ops::RangeInclusive<usize> = 3..=128;

pub(super) fn read(fields: &mut Fields<'_>) -> String {
    let name = fields.text("ami_name");
    if name.is_empty() {
        fields.problem_with_hint(
            "ami_name",
            "ami_name must be specified",
            "an undeclared variable renders empty: see `variables`",
        );
        return name;
    }
    if !LENGTHS.contains(&name.len()) {
        fields.problem(
            "ami_name",
            format!(
                "ami_name must be between 3 and 128 characters long, not {}",
                name.len()
            ),
        );
    }
    // That problem is told already.
    if fields.is_unrendered("ami_name") {
        return name;
    }
    if let Some(odd) = name.chars().find(|character| !is_legal(*character)) {
        fields.problem_with_hint(
            "ami_name",
            format!(
                "AMIName should only contain alphanumeric characters, parentheses (()), square brackets ([]), spaces ( ), \
                 periods (.), slashes (/), dashes (-), single quotes ('), at-signs (@), or underscores(_). You can use the \
                 `clean_resource_name` template filter to automatically clean your ami name. The first other one is {odd:?}"
            ),
            clean_hint(odd),
        );
    }
    name
}

fn is_legal(character: char) -> bool {
    character.is_ascii_alphanumeric() || "()[] ./-'@_".contains(character)
}

fn clean_hint(odd: char) -> &'static str {
    match odd {
        ':' => {
            "`{{isotime}}` has colons: write `{{isotime | clean_resource_name}}`, or `{{timestamp}}`"
        }
        '<' => {
            "`<no value>` is what an unknown `{{ .Name }}` becomes: write ``{{user `name`}}`` for a variable"
        }
        _ => "pipe the part through it: ``{{user `name` | clean_resource_name}}``",
    }
}
