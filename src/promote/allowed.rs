//! A promotion against what the policy allows.

use super::error::PromoteError;
use super::wish::Wish;
use crate::cloud::Region;
use crate::policy::{Pattern, Policy, listed};

/// Refuses what the policy forbids, all of it at once and before anything is done.
pub(crate) fn check(
    wish: &Wish,
    home: &Region,
    policy: Option<&Policy>,
) -> Result<(), PromoteError> {
    let Some(policy) = policy else {
        return Ok(());
    };
    let regions = std::iter::once(("region", home.as_str()))
        .chain(wish.regions.iter().map(|one| ("regions", one.as_str())));
    let mut forbidden = beyond(regions, ("regions", policy.regions.as_deref()));
    let with = &wish.share_with;
    let recipients = [&with.accounts, &with.organizations, &with.units];
    let recipients = recipients.into_iter().flatten();
    let recipients = recipients.map(|one| ("share-with", one.as_str()));
    forbidden.extend(beyond(
        recipients,
        ("share-with", policy.share_with.as_deref()),
    ));
    if policy.public == Some(false) && !with.groups.is_empty() {
        let text = "`share-with` is `all`, which makes it public, and `public` is `false`";
        forbidden.push(text.to_owned());
    }
    if forbidden.is_empty() {
        return Ok(());
    }
    Err(PromoteError::Forbidden {
        what: forbidden.join("; "),
        policy: policy.source.clone(),
    })
}

fn beyond<'a>(
    values: impl Iterator<Item = (&'static str, &'a str)>,
    (rule, allowed): (&str, Option<&[Pattern]>),
) -> Vec<String> {
    let Some(allowed) = allowed else {
        return Vec::new();
    };
    let is_allowed = |value: &str| allowed.iter().any(|pattern| pattern.matches(value));
    values
        .filter(|(_, value)| !is_allowed(value))
        .map(|(input, value)| {
            format!(
                "`{input}` is `{value}`, and `{rule}` has {}",
                listed(allowed)
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::wish::{Recipients, tests::wish};
    use super::*;

    fn told(wish: &Wish, policy: &str) -> String {
        let policy = Policy::parse(policy, "`p.json`").unwrap();
        match check(wish, &Region::new("us-east-1"), Some(&policy)) {
            Ok(()) => String::new(),
            Err(error) => error.to_string(),
        }
    }

    fn shared(words: &[&str]) -> Wish {
        let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
        Wish {
            share_with: Recipients::parse(&words).unwrap(),
            regions: vec![Region::new("eu-west-1")],
            ..wish()
        }
    }

    #[test]
    fn a_release_goes_no_further_than_the_policy_allows() {
        let organization = "arn:aws:organizations::123456789012:organization/o-1";
        let wish = shared(&["210987654321", organization, "all"]);
        let strict = r#"{"regions": ["us-*"], "share-with": ["123456789012"], "public": false}"#;
        let text = told(&wish, strict);
        for expected in [
            "`regions` is `eu-west-1`, and `regions` has `us-*`",
            "`share-with` is `210987654321`, and `share-with` has `123456789012`",
            organization,
            "`public` is `false`",
            "`p.json`",
        ] {
            assert!(text.contains(expected), "no {expected} in {text}");
        }
        assert!(!text.contains("`us-east-1`"), "{text}");
    }

    #[test]
    fn the_region_of_the_build_counts_too() {
        let text = told(&wish(), r#"{"regions": ["eu-*"]}"#);
        assert!(text.contains("`region` is `us-east-1`"), "{text}");
    }

    #[test]
    fn a_rule_that_is_not_there_bounds_nothing() {
        let wish = shared(&["210987654321", "all"]);
        assert_eq!(told(&wish, "{}"), "");
        let wide = r#"{"regions": ["*"], "share-with": ["2*"], "public": true}"#;
        assert_eq!(told(&wish, wide), "");
    }
}
