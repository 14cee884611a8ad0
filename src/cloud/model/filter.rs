//! Filters of Describe calls: names, values, wildcards.

use super::place::Refused;
use crate::cloud::Tags;
use crate::cloud::network::Filters;

/// What a filter can ask a thing for.
pub(super) trait Filtered {
    /// The filters that EC2 knows of such things, beside those that the model answers.
    const NAMES: &'static [&'static str] = &[];

    /// The thing's tags.
    fn tags(&self) -> &Tags;
    /// The values of an attribute, by the filter's name; `None` where the model does not know that filter.
    fn attribute(&self, filter: &str) -> Option<Vec<String>>;
}

/// Whether the thing passes every filter. One that is not known is refused, as EC2 does it.
pub(super) fn matches(thing: &impl Filtered, filters: &Filters) -> Result<bool, Refused> {
    for (name, patterns) in filters {
        let values = match name.strip_prefix("tag:") {
            Some(key) => thing.tags().get(key).cloned().into_iter().collect(),
            None if name == "tag-key" => thing.tags().keys().cloned().collect(),
            None => answer(thing, name)?,
        };
        if !values.iter().any(|value| {
            patterns
                .iter()
                .any(|pattern| wildcard(pattern.as_bytes(), value.as_bytes()))
        }) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What EC2 knows and the model does not is nobody's.
fn answer<T: Filtered>(thing: &T, name: &str) -> Result<Vec<String>, Refused> {
    match thing.attribute(name) {
        Some(values) => Ok(values),
        None if T::NAMES.contains(&name) => Ok(Vec::new()),
        None => Err(Refused::new(
            "InvalidParameterValue",
            format!("The filter '{name}' is invalid"),
        )),
    }
}

/// The things that pass every filter.
pub(super) fn pick<'a, T: Filtered + Clone + 'a>(
    things: impl Iterator<Item = &'a T>,
    filters: &Filters,
) -> Result<Vec<T>, Refused> {
    let mut picked = Vec::new();
    for thing in things {
        if matches(thing, filters)? {
            picked.push(thing.clone());
        }
    }
    Ok(picked)
}

/// `*` is any text, `?` any character.
fn wildcard(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, None) => true,
        (Some((b'*', rest)), _) => {
            wildcard(rest, text)
                || text
                    .split_first()
                    .is_some_and(|(_, tail)| wildcard(pattern, tail))
        }
        (Some((b'?', rest)), Some((_, tail))) => wildcard(rest, tail),
        (Some((wanted, rest)), Some((found, tail))) => wanted == found && wildcard(rest, tail),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::wildcard;

    #[test]
    fn a_star_is_any_text_and_a_question_mark_one_character() {
        assert!(wildcard(
            b"Created by CreateImage(*) for ami-1*",
            b"Created by CreateImage(i-9) for ami-1"
        ));
        assert!(wildcard(b"ami-?", b"ami-1"));
        assert!(!wildcard(b"ami-?", b"ami-12"));
        assert!(!wildcard(b"*x", b"y"));
    }
}
