//! The inputs of `prune`.

use super::{Environment, InputError, boolean, names, pull_request, text};
use crate::cli::sweep_options::Earnest;
use crate::prune::{Expired, PruneOptions, Words};

/// Reads them.
pub(super) fn prune(environment: &Environment) -> Result<PruneOptions, InputError> {
    let word = |name| text(environment, name).map(str::to_owned);
    let switch = |name| match text(environment, name) {
        None => Ok(None),
        Some(_) => boolean(environment, name).map(Some),
    };
    let words = Words {
        regions: names(environment, "regions"),
        kinds: names(environment, "kinds"),
        keep_last: word("keep-last"),
        older_than: word("older-than"),
        expired: switch("expired")?.map(|goes| match goes {
            true => Expired::Goes,
            false => Expired::Stays,
        }),
        limit: word("max-removals"),
    };
    let options = PruneOptions::read(words).map_err(|wrong| InputError::Value {
        name: wrong.name,
        value: wrong.value,
        takes: wrong.takes,
    })?;
    Ok(PruneOptions {
        pull_request: pull_request(environment)?,
        earnest: switch("dry-run")?.map(|dry| match dry {
            true => Earnest::PlanOnly,
            false => Earnest::Remove,
        }),
        ..options
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_is_left_to_the_event() {
        let options = prune(&Environment::of([("INPUT_DRY-RUN", "")])).unwrap();
        assert_eq!((options.earnest, options.retention), (None, None));
        let options = prune(&Environment::of([("INPUT_DRY-RUN", "false")])).unwrap();
        assert_eq!(options.earnest, Some(Earnest::Remove));
    }

    #[test]
    fn a_wrong_number_is_told_by_the_inputs_name() {
        let error = prune(&Environment::of([("INPUT_KEEP-LAST", "few")])).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the input `keep-last` is `few`; it takes a number from 1"
        );
    }
}
