//! The inputs of a rehearsal.

use super::{Environment, InputError, boolean, template, text};
use crate::cli::options::BuildOptions;
use crate::cli::rehearse_options::{RehearsalTerms, RehearseOptions};
use crate::sandbox::SandboxChoice;

/// Whether a pull request from a fork, which has no credentials, is rehearsed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum RehearseForks {
    /// It is.
    #[default]
    Yes,
    /// It is built, and fails for want of credentials.
    No,
}

/// `command: rehearse`.
pub(super) fn rehearse(environment: &Environment) -> Result<RehearseOptions, InputError> {
    Ok(RehearseOptions {
        build: BuildOptions {
            template: template(environment)?,
            ..BuildOptions::default()
        },
        terms: terms(environment)?,
    })
}

/// `sandbox`, `network` and `local-commands`.
pub(super) fn terms(environment: &Environment) -> Result<RehearsalTerms, InputError> {
    let wrong = |name, value: &str, takes| InputError::Value {
        name,
        value: value.to_owned(),
        takes,
    };
    let mut terms = RehearsalTerms::default();
    if let Some(value) = text(environment, "sandbox") {
        let takes = "`auto`, `host`, `docker`, `docker:IMAGE` or `none`";
        terms.sandbox =
            SandboxChoice::parse(value).ok_or_else(|| wrong("sandbox", value, takes))?;
    }
    if let Some(value) = text(environment, "network") {
        terms.network = RehearsalTerms::network(value)
            .ok_or_else(|| wrong("network", value, "`host` or `none`"))?;
    }
    if let Some(value) = text(environment, "local-commands") {
        terms.local_commands = RehearsalTerms::local_commands(value)
            .ok_or_else(|| wrong("local-commands", value, "`list` or `run`"))?;
    }
    Ok(terms)
}

/// `rehearse-forks`.
pub(super) fn forks(environment: &Environment) -> Result<RehearseForks, InputError> {
    let given = text(environment, "rehearse-forks").is_some();
    Ok(if given && !boolean(environment, "rehearse-forks")? {
        RehearseForks::No
    } else {
        RehearseForks::Yes
    })
}

#[cfg(test)]
mod tests {
    use super::super::{ActionCommand, read};
    use super::*;
    use crate::sandbox::Network;

    const TEMPLATE: (&str, &str) = ("INPUT_TEMPLATE", "t.json");

    fn inputs<const N: usize>(
        given: [(&str, &str); N],
    ) -> Result<super::super::Inputs, InputError> {
        read(&Environment::of(given))
    }

    #[test]
    fn forks_are_rehearsed_unless_the_input_says_no() {
        assert_eq!(inputs([TEMPLATE]).unwrap().forks, RehearseForks::Yes);
        let no = inputs([TEMPLATE, ("INPUT_REHEARSE-FORKS", "false")]);
        assert_eq!(no.unwrap().forks, RehearseForks::No);
    }

    #[test]
    fn a_rehearsal_takes_its_terms_from_the_inputs() {
        let read = inputs([
            TEMPLATE,
            ("INPUT_COMMAND", "rehearse"),
            ("INPUT_SANDBOX", "none"),
            ("INPUT_NETWORK", "none"),
        ]);
        let ActionCommand::Rehearse(options) = read.unwrap().command else {
            panic!("not a rehearsal")
        };
        assert_eq!(options.terms.sandbox, SandboxChoice::None);
        assert_eq!(options.terms.network, Network::Nothing);
    }

    #[test]
    fn a_wrong_sandbox_is_named_whatever_the_command() {
        let error = inputs([TEMPLATE, ("INPUT_SANDBOX", "podman")]).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("the input `sandbox` is `podman`")
        );
    }
}
