//! The tags by which an image comes to its end: a pull request lets go of it, and what is left of it can be found.

use super::kind::Kind;
use super::known::Known;
use super::tags::{KIND_TAG, LONGEST_VALUE, PULL_REQUESTS_TAG, REPOSITORY_ID_TAG};
use super::values::joined;
use crate::cloud::Tags;
use crate::cloud::network::Filters;

/// The value of `ami-build:kind` on snapshots whose image is about to be removed: by it a later run finds what a fault left.
const PRUNED: &str = "pruned";
/// A list of pull requests that is longer may have lost its oldest entries.
const SURELY_WHOLE: usize = LONGEST_VALUE - 20;

/// The tag of an image that this pull request uses no more.
pub(crate) fn without_pull_request(known: &Known, number: u64) -> Tags {
    let others = known.pull_requests.iter().filter(|other| **other != number);
    let others: Vec<String> = others.map(u64::to_string).collect();
    Tags::from([(PULL_REQUESTS_TAG.to_owned(), joined(&others))])
}

/// Whether nobody knows all pull requests that use the image: their list has grown too long for a tag.
pub(crate) fn may_have_more_pull_requests(known: &Known) -> bool {
    let numbers: Vec<String> = known.pull_requests.iter().map(u64::to_string).collect();
    joined(&numbers).len() > SURELY_WHOLE
}

/// On a snapshot whose image is about to go.
pub(crate) fn pruned() -> Tags {
    kind(PRUNED)
}

/// On a snapshot whose image stays after all.
pub(crate) fn spared(of: Kind) -> Tags {
    kind(of.word())
}

/// Finds the snapshots of a repository whose images were to go.
pub(crate) fn pruned_snapshots(repository_id: &str) -> Filters {
    let filter = |name: &str, value: &str| (format!("tag:{name}"), vec![value.to_owned()]);
    vec![
        filter(REPOSITORY_ID_TAG, repository_id),
        filter(KIND_TAG, PRUNED),
    ]
}

/// Whether a thing with these tags was to go with its image.
pub(crate) fn is_pruned(tags: &Tags) -> bool {
    tags.get(KIND_TAG).map(String::as_str) == Some(PRUNED)
}

/// Whether a thing with these tags is an image of this repository, or a part of one.
pub(crate) fn is_of(tags: &Tags, repository_id: &str) -> bool {
    tags.get(REPOSITORY_ID_TAG).map(String::as_str) == Some(repository_id)
        && tags.contains_key(KIND_TAG)
}

fn kind(word: &str) -> Tags {
    Tags::from([(KIND_TAG.to_owned(), word.to_owned())])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used_by(numbers: &str) -> Known {
        let tags = [(KIND_TAG, "preview"), (PULL_REQUESTS_TAG, numbers)];
        let text = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        Known::of(&tags.map(text).into()).unwrap()
    }

    #[test]
    fn a_pull_request_lets_go_and_the_others_stay() {
        let tags = without_pull_request(&used_by("5 7 9"), 7);
        assert_eq!(tags[PULL_REQUESTS_TAG], "5 9");
    }

    #[test]
    fn a_list_that_is_nearly_full_may_have_lost_some() {
        let many: Vec<String> = (10_000..10_040).map(|number| number.to_string()).collect();
        assert!(may_have_more_pull_requests(&used_by(&many.join(" "))));
        assert!(!may_have_more_pull_requests(&used_by("5 7 9")));
    }

    #[test]
    fn what_is_left_of_an_image_is_none_and_still_its_repositorys() {
        let mut tags = pruned();
        tags.insert(REPOSITORY_ID_TAG.to_owned(), "github.com/7".to_owned());
        assert_eq!(Known::of(&tags), None);
        assert!(is_of(&tags, "github.com/7") && is_pruned(&tags));
        assert!(!is_of(&tags, "github.com/8"));
    }
}
