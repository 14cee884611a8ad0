//! The texts of one build with everything standing still that does not count.

use super::hash::Hash;
use crate::template::scope::Scope;

/// How texts are rendered for the digest, and how for the disk.
#[derive(Clone, Debug)]
pub(super) struct Texts {
    /// With a stopped clock and without volatile variables.
    pub(super) still: Scope,
    /// As the build has them.
    pub(super) real: Scope,
}

impl Texts {
    /// The same for another component.
    pub(super) fn with_section(&self, section: crate::template::scope::Section) -> Self {
        Self {
            still: self.still.with_section(section),
            real: self.real.with_section(section),
        }
    }

    /// Adds a text: as it is written and as it is rendered. What it will be rendered with on the machine is not known, so where it
    /// asks for that, all variables count.
    pub(super) fn add(&self, text: &str, hash: &mut Hash) {
        hash.add(text);
        if !text.contains("{{") {
            return;
        }
        let rendered = self
            .still
            .render_until_stable(text, &self.still.data_at_prepare());
        let is_known = rendered.is_ok() && !asks_for_data(text);
        hash.add(rendered.unwrap_or_default());
        if !is_known {
            for (name, value) in self.still.variables().iter() {
                hash.add(name);
                hash.add(value);
            }
        }
    }

    /// A path as the build takes it; a text that cannot be rendered is none.
    pub(super) fn path(&self, text: &str) -> Option<String> {
        let rendered = self
            .real
            .render_until_stable(text, &self.real.data_at_prepare());
        rendered.ok()
    }
}

/// Whether an action of the text refers to data: `.Name`, `$`, or the function `build`.
fn asks_for_data(text: &str) -> bool {
    text.split("{{").skip(1).any(|action| {
        let action = action.split("}}").next().unwrap_or_default();
        let code = outside_of_quotes(action);
        let mut words =
            code.split(|character: char| !character.is_alphanumeric() && character != '_');
        code.contains(['.', '$']) || words.any(|word| word == "build")
    })
}

/// The action without the texts in it.
fn outside_of_quotes(action: &str) -> String {
    let mut quote = None;
    let mut code = String::new();
    for character in action.chars() {
        match quote {
            Some(open) if open == character => quote = None,
            Some(_) => {}
            None if matches!(character, '"' | '`' | '\'') => quote = Some(character),
            None => code.push(character),
        }
    }
    // An action that ends within a text is not understood here.
    if quote.is_some() {
        code.push('.');
    }
    code
}

#[cfg(test)]
mod unit {
    use super::asks_for_data;

    #[test]
    fn data_is_told_from_the_text_around_it() {
        for text in [
            "{{ .Vars }} {{.Path}}",
            "{{build `ID`}}",
            "{{$x := 1}}",
            "{{user \"a}}",
            "{{if eq .X \"a\"}}",
        ] {
            assert!(asks_for_data(text), "{text}");
        }
        for text in [
            "v{{user `a.b`}}.deb",
            "{{timestamp}}",
            "{{build_name}}",
            "no action. at all",
            "{{isotime \"2006.01\"}}",
        ] {
            assert!(!asks_for_data(text), "{text}");
        }
    }
}
