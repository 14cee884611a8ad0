//! Things of the account's owner, as a template expects them: they answer its filters.

use std::collections::BTreeMap;

use super::filter::Filtered;
use crate::cloud::Tags;
use crate::cloud::network::Filters;

/// Values of attributes by the name of the filter that asks for them.
pub(super) type Answers = BTreeMap<String, String>;

/// A thing with what it answers besides.
#[derive(Clone, Debug)]
pub(super) struct Known<T> {
    pub(super) thing: T,
    pub(super) tags: Tags,
    pub(super) answers: Answers,
}

impl<T> From<T> for Known<T> {
    fn from(thing: T) -> Self {
        Self {
            thing,
            tags: Tags::new(),
            answers: Answers::new(),
        }
    }
}

impl<T: Filtered> Filtered for Known<T> {
    const NAMES: &'static [&'static str] = T::NAMES;

    fn tags(&self) -> &Tags {
        &self.tags
    }

    fn attribute(&self, filter: &str) -> Option<Vec<String>> {
        match self.answers.get(filter) {
            Some(answer) => Some(vec![answer.clone()]),
            None => self.thing.attribute(filter),
        }
    }
}

/// The tags and the attributes of a thing that passes the filters. A name that EC2 does not know is left out, so nothing
/// passes a filter of that name.
pub(super) fn expected(filters: &Filters, names: &[&str]) -> (Tags, Answers) {
    let (mut tags, mut answers) = (Tags::new(), Answers::new());
    for (name, values) in filters {
        let Some(value) = values.first().map(|pattern| filled_in(pattern)) else {
            continue;
        };
        match name.strip_prefix("tag:") {
            Some(key) => drop(tags.insert(key.to_owned(), value)),
            None if name == "tag-key" => drop(tags.entry(value).or_default()),
            None if names.contains(&name.as_str()) => drop(answers.insert(name.clone(), value)),
            None => {}
        }
    }
    (tags, answers)
}

/// A text that the pattern matches. The last star of a name most often stands for a date.
pub(super) fn filled_in(pattern: &str) -> String {
    let (before, after) = match pattern.rsplit_once('*') {
        Some((before, after)) if !before.is_empty() => (before, format!("20260101{after}")),
        Some((before, after)) => (before, after.to_owned()),
        None => (pattern, String::new()),
    };
    let before = before.replace('*', "");
    let filled = format!("{before}{after}").replace('?', "0");
    if filled.is_empty() {
        "any".to_owned()
    } else {
        filled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_becomes_a_name_that_it_matches() {
        assert_eq!(
            filled_in("ubuntu/images/*ubuntu-jammy-22.04-amd64-server-*"),
            "ubuntu/images/ubuntu-jammy-22.04-amd64-server-20260101"
        );
        assert_eq!(filled_in("*-hvm"), "-hvm");
        assert_eq!(filled_in("web-1?"), "web-10");
        assert_eq!(filled_in("*"), "any");
        assert_eq!(filled_in("web"), "web");
    }

    #[test]
    fn a_filter_that_ec2_does_not_know_is_answered_by_nothing() {
        let filters = vec![
            ("tag:Team".to_owned(), vec!["web".to_owned()]),
            ("name".to_owned(), vec!["web-*".to_owned()]),
            ("nmae".to_owned(), vec!["web".to_owned()]),
        ];
        let (tags, answers) = expected(&filters, &["name"]);
        assert_eq!(tags["Team"], "web");
        let names: Vec<&String> = answers.keys().collect();
        assert_eq!(names, ["name"]);
    }
}
