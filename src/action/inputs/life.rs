//! The inputs about the life of images: `kind` and those that count only beside it.

use super::{Environment, InputError, lines, names, text};
use crate::images::{Given, LifeOptions};

/// Reads them.
pub(super) fn life(environment: &Environment) -> Result<Option<LifeOptions>, InputError> {
    let word = |name| text(environment, name).map(str::to_owned);
    let given = Given {
        kind: word("kind"),
        ttl: word("ttl"),
        deprecate_at: word("deprecate-at"),
        reuse: word("reuse"),
        volatile_variables: names(environment, "volatile-vars"),
        files: lines(environment, "reuse-files"),
    };
    LifeOptions::read(given).map_err(|wrong| InputError::Value {
        name: wrong.name,
        value: wrong.value,
        takes: wrong.takes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_inputs_are_no_kind() {
        let environment = Environment::of([("INPUT_KIND", ""), ("INPUT_REUSE", "off")]);
        assert_eq!(life(&environment), Ok(None));
    }

    #[test]
    fn a_ttl_without_a_kind_is_refused_by_name() {
        let error = life(&Environment::of([("INPUT_TTL", "7d")])).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the input `ttl` is `7d`; it takes a value only beside `kind`, which is not set"
        );
    }
}
