//! The commonest fix: a key has another name now.

use super::value::{Object, Value};

/// What happens where the new name is there too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clash {
    /// The old value takes its place.
    OldWins,
    /// The old value is dropped.
    NewWins,
}

/// Moves the value at `old`, where it is one that `fits`, to `new`.
pub(super) fn rename(
    object: &mut Object,
    (old, new): (&str, &str),
    fits: fn(&Value) -> bool,
    clash: Clash,
) {
    if !object.get(old).is_some_and(fits) {
        return;
    }
    let Some(value) = object.remove(old) else {
        return;
    };
    if clash == Clash::OldWins || !object.contains_key(new) {
        object.insert(new.to_owned(), value);
    }
}

/// As [`rename`], but where the new name is there the old one is dropped whatever its value is.
pub(super) fn rename_or_drop(
    object: &mut Object,
    (old, new): (&str, &str),
    fits: fn(&Value) -> bool,
) {
    if object.contains_key(new) {
        object.remove(old);
    } else {
        rename(object, (old, new), fits, Clash::NewWins);
    }
}

/// Any value will do.
pub(super) fn anything(_: &Value) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(members: &[(&str, Value)]) -> Object {
        members
            .iter()
            .map(|(key, value)| ((*key).to_owned(), value.clone()))
            .collect()
    }

    #[test]
    fn a_value_of_another_type_stays_where_it_is() {
        let before = object(&[("old", Value::Bool(true))]);
        let mut after = before.clone();
        rename(&mut after, ("old", "new"), Value::is_text, Clash::OldWins);
        assert_eq!(after, before);
    }

    #[test]
    fn where_both_names_are_there_the_rule_says_which_value_stays() {
        let both = object(&[("new", Value::text("n")), ("old", Value::text("o"))]);
        for (clash, left) in [(Clash::OldWins, "o"), (Clash::NewWins, "n")] {
            let mut after = both.clone();
            rename(&mut after, ("old", "new"), anything, clash);
            assert_eq!(after, object(&[("new", Value::text(left))]));
        }
    }

    #[test]
    fn a_superfluous_old_name_is_dropped_whatever_stands_there() {
        let mut after = object(&[("new", Value::text("n")), ("old", Value::Null)]);
        rename_or_drop(&mut after, ("old", "new"), Value::is_text);
        assert_eq!(after, object(&[("new", Value::text("n"))]));
    }
}
