//! The rules, and the file that they are in.

use std::time::Duration;

use serde::{Deserialize, Deserializer, de};

use super::Pattern;
use crate::template::duration::GoDuration;

/// What a template may ask for. A rule that is not there bounds nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct Policy {
    /// Where images are built and copied to.
    pub(crate) regions: Option<Vec<Pattern>>,
    /// Types of the build machine.
    pub(crate) instance_types: Option<Vec<Pattern>>,
    /// Instance profiles by name.
    pub(crate) instance_profiles: Option<Vec<Pattern>>,
    /// Whether a template may have a profile made for its build.
    pub(crate) temporary_instance_profiles: Option<bool>,
    /// Accounts by id, organisations and organisational units by ARN, with which images and snapshots are shared.
    pub(crate) share_with: Option<Vec<Pattern>>,
    /// Whether images and snapshots may be for everybody.
    pub(crate) public: Option<bool>,
    /// The largest volume in GiB.
    pub(crate) max_volume_gib: Option<i32>,
    /// The longest time that the builds of a run take.
    #[serde(deserialize_with = "duration")]
    pub(crate) max_duration: Option<Duration>,
    /// The file, for messages.
    #[serde(skip)]
    pub(crate) source: String,
}

/// A file that is no policy.
#[derive(Debug, thiserror::Error)]
#[error("the policy {path} cannot be used")]
pub(crate) struct PolicyError {
    path: String,
    source: serde_json::Error,
}

impl Policy {
    /// Reads the text of a file, which is described as `source` in messages.
    pub(crate) fn parse(text: &str, source: &str) -> Result<Self, PolicyError> {
        let failed = |error| PolicyError {
            path: source.to_owned(),
            source: error,
        };
        let rules: Self = serde_json::from_str(text).map_err(failed)?;
        // serde takes a list for the values of an object's keys, in their order.
        if !text.trim_start().starts_with('{') {
            let error = de::Error::custom("a policy is an object, whose keys are its rules");
            return Err(failed(error));
        }
        Ok(Self {
            source: source.to_owned(),
            ..rules
        })
    }
}

/// Such as `2h` or `90m`.
fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let parsed = GoDuration::parse(&text).ok();
    let nanoseconds = parsed.and_then(|duration| u64::try_from(duration.0).ok());
    let nanoseconds = nanoseconds.filter(|nanoseconds| *nanoseconds > 0);
    nanoseconds
        .map(|nanoseconds| Some(Duration::from_nanos(nanoseconds)))
        .ok_or_else(|| {
            de::Error::custom(format!(
                "`max-duration` is `{text}`; it takes a duration such as `2h` or `90m`"
            ))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        crate::error::chain(&Policy::parse(text, "`p.json`").unwrap_err())
    }

    #[test]
    fn a_policy_has_the_rules_that_are_in_it_and_no_others() {
        let text = r#"{"regions": ["eu-*"], "public": false, "max-duration": "90m"}"#;
        let policy = Policy::parse(text, "p.json").unwrap();
        assert_eq!(policy.max_duration, Some(Duration::from_secs(5400)));
        assert_eq!(policy.public, Some(false));
        assert_eq!(policy.instance_types, None);
        assert_eq!(Policy::parse("{}", "p.json").unwrap().regions, None);
    }

    #[test]
    fn a_key_that_is_unknown_or_misspelt_is_an_error_with_its_place() {
        let text = error("{\n  \"instance_types\": []\n}");
        assert!(
            text.contains("unknown field `instance_types`") && text.contains("line 2"),
            "{text}"
        );
        for wrong in [
            r#"{"regions": "eu-*"}"#,
            r#"{"max-duration": "soon"}"#,
            r#"{"max-duration": "-1h"}"#,
            "[]",
            "",
        ] {
            assert!(error(wrong).contains("`p.json`"), "{wrong}");
        }
    }
}
