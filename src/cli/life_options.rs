//! The flags about the life of images, which Packer does not have: `-kind` and those that count only beside it.

use super::flags::{Flag, FlagError, Given as GivenFlag, Parsed, Takes};
use crate::images::{Given, LifeOptions};

/// The flags, for a command that makes images.
pub(super) const FLAGS: [Flag; 6] = [
    flag("kind"),
    flag("ttl"),
    flag("deprecate-at"),
    flag("reuse"),
    flag("volatile-vars"),
    flag("reuse-files"),
];

const fn flag(name: &'static str) -> Flag {
    Flag {
        name,
        takes: Takes::Value,
    }
}

/// Reads them; the last of each counts, and lists add up.
pub(super) fn life(parsed: &Parsed) -> Result<Option<LifeOptions>, FlagError> {
    let mut given = Given::default();
    for GivenFlag { name, value } in &parsed.flags {
        let list = || value.split(',').map(str::trim).map(str::to_owned);
        match *name {
            "kind" => given.kind = Some(value.clone()),
            "ttl" => given.ttl = Some(value.clone()),
            "deprecate-at" => given.deprecate_at = Some(value.clone()),
            "reuse" => given.reuse = Some(value.clone()),
            "volatile-vars" => given.volatile_variables.extend(list()),
            "reuse-files" => given.files.extend(list()),
            _ => {}
        }
    }
    LifeOptions::read(given).map_err(|wrong| FlagError::BadValue {
        name: wrong.name,
        value: wrong.value,
        reason: format!("takes {}", wrong.takes),
    })
}

#[cfg(test)]
mod tests {
    use crate::cli::options;
    use crate::images::{Reuse, Stay};

    fn read(line: &str) -> Result<options::BuildOptions, super::FlagError> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        options::build(&words)
    }

    #[test]
    fn a_build_has_no_kind_unless_it_is_given_one() {
        assert_eq!(read("t.json").unwrap().life, None);
        let life = read("-kind=release -reuse same-repo t.json").unwrap().life;
        let life = life.unwrap();
        assert_eq!(life.stay, Stay::Release { deprecate_at: None });
        assert_eq!(life.reuse, Reuse::SameRepository);
    }

    #[test]
    fn lists_are_split_at_commas_and_add_up() {
        let life = read("-kind=preview -volatile-vars=a,b -volatile-vars c t.json").unwrap();
        let life = life.life.unwrap();
        assert_eq!(life.inputs.volatile_variables, ["a", "b", "c"]);
    }

    #[test]
    fn a_wrong_word_is_told_with_what_it_takes() {
        assert_eq!(
            read("-kind=beta t.json").unwrap_err().to_string(),
            "invalid value \"beta\" for flag -kind: takes `preview` or `release`"
        );
    }
}
