//! Lists in a tag's value, and texts that a tag can hold.

use super::tags::LONGEST_VALUE;

/// The entries with blanks between. Where they do not fit, the first ones give way: they are the oldest.
pub(super) fn joined(entries: &[String]) -> String {
    let mut first = 0;
    loop {
        let text = entries[first..].join(" ");
        if text.len() <= LONGEST_VALUE || first + 1 >= entries.len() {
            return text;
        }
        first += 1;
    }
}

/// The entries of a value.
pub(super) fn split(value: &str) -> Vec<String> {
    value.split_whitespace().map(str::to_owned).collect()
}

/// The list with `entry` as its last.
pub(super) fn with_last(mut list: Vec<String>, entry: &str) -> Vec<String> {
    list.retain(|one| one != entry);
    list.push(entry.to_owned());
    list
}

/// With `_` for whatever a tag may not hold everywhere, and no longer than one can be.
pub(super) fn as_value(text: &str) -> String {
    let fits = |character: char| {
        character.is_alphanumeric() || character == ' ' || "_.:/=+-@".contains(character)
    };
    let replaced = text
        .chars()
        .map(|character| if fits(character) { character } else { '_' });
    replaced.take(LONGEST_VALUE).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_entries_give_way_where_a_value_is_full() {
        let heads: Vec<String> = (0..9)
            .map(|number| format!("{number}").repeat(40))
            .collect();
        let kept = split(&joined(&heads));
        assert_eq!(kept, heads[3..]);
    }

    #[test]
    fn an_entry_that_comes_again_is_the_newest() {
        let list = vec!["5".to_owned(), "6".to_owned()];
        assert_eq!(with_last(list, "5"), ["6", "5"]);
    }

    #[test]
    fn what_no_tag_can_hold_is_replaced() {
        assert_eq!(as_value("images/wéb*.json"), "images/wéb_.json");
    }
}
