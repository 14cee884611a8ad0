//! The variables that lead to EC2, from the environment that the program was started with.
//!
//! A variable that is set to nothing counts as unset: a workflow sets `AWS_REGION: ${{ inputs.region }}` whether or not there
//! is an input. The SDK treats some empty variables as values, so we look them up ourselves.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// The environment as it was when the program started.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Environment<'a>(pub(crate) &'a BTreeMap<String, String>);

impl<'a> Environment<'a> {
    /// The variable's value, where it has one besides white space.
    pub(crate) fn get(self, name: &str) -> Option<&'a str> {
        self.0
            .get(name)
            .map(|value| value.trim())
            .filter(|value| !value.is_empty())
    }

    /// The first of the variables that has a value.
    pub(crate) fn first(self, names: &[&str]) -> Option<&'a str> {
        names.iter().find_map(|name| self.get(name))
    }

    /// Whether the variable says `true`.
    pub(crate) fn is_true(self, name: &str) -> bool {
        self.get(name)
            .is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// `~` and what follows it, from the home directory on.
    pub(crate) fn expand_home(self, path: &str) -> PathBuf {
        match (path.strip_prefix("~/"), self.get("HOME")) {
            (Some(rest), Some(home)) => PathBuf::from(home).join(rest),
            _ => PathBuf::from(path),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn an_empty_variable_counts_as_unset() {
        let variables = variables(&[("AWS_REGION", " "), ("AWS_DEFAULT_REGION", "eu-west-1")]);
        let region = Environment(&variables).first(&["AWS_REGION", "AWS_DEFAULT_REGION"]);
        assert_eq!(region, Some("eu-west-1"));
    }

    #[test]
    fn a_tilde_is_the_home_directory() {
        let variables = variables(&[("HOME", "/home/me")]);
        assert_eq!(
            Environment(&variables).expand_home("~/x"),
            PathBuf::from("/home/me/x")
        );
        assert_eq!(
            Environment(&variables).expand_home("/x"),
            PathBuf::from("/x")
        );
    }
}
