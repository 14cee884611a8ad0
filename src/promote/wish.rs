//! What a promotion is to come to.

use time::OffsetDateTime;

use super::keys::Keys;
use crate::cloud::{Region, Tags};
use crate::images::Which;

/// What a promotion is to come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wish {
    /// Whose image.
    pub(crate) repository_id: String,
    /// Which: by its content or by its pull request.
    pub(crate) which: Which,
    /// The commit that was tested, where that is known.
    pub(crate) head: Option<String>,
    /// The name of the build, where there are several.
    pub(crate) only: Option<String>,
    /// Where the release is to be, beside the region where the image was built.
    pub(crate) regions: Vec<Region>,
    /// The release's own name: then it is a copy.
    pub(crate) release_name: Option<String>,
    /// On images and snapshots.
    pub(crate) tags: Tags,
    /// What its copies are encrypted with.
    pub(crate) keys: Keys,
    /// Who may use it.
    pub(crate) share_with: Recipients,
    /// Whether it is protected against deregistration.
    pub(crate) protection: Protection,
    /// From then on it is deprecated.
    pub(crate) deprecate_at: Option<OffsetDateTime>,
    /// The parameters that hold its id.
    pub(crate) parameters: Vec<Target>,
    /// The launch templates that launch it.
    pub(crate) launch_templates: Vec<Target>,
}

/// Whether a release is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Protection {
    /// Against deregistration.
    On,
    /// Not by us.
    #[default]
    Off,
}

/// Who may use an image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Recipients {
    /// Accounts; they may use the snapshots too.
    pub(crate) accounts: Vec<String>,
    /// ARNs of organisations.
    pub(crate) organizations: Vec<String>,
    /// ARNs of organisational units.
    pub(crate) units: Vec<String>,
    /// `all`.
    pub(crate) groups: Vec<String>,
}

impl Recipients {
    /// Whether there is nobody.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Sorts the words of a flag; the first that is none of these is the error.
    pub(crate) fn parse(words: &[String]) -> Result<Self, String> {
        let mut recipients = Self::default();
        for word in words {
            let is_account = word.len() == 12 && word.bytes().all(|byte| byte.is_ascii_digit());
            let resource = word
                .strip_prefix("arn:")
                .and_then(|arn| arn.splitn(5, ':').last());
            let list = match resource {
                None if is_account => &mut recipients.accounts,
                None if word == "all" => &mut recipients.groups,
                Some(resource) if resource.starts_with("organization/") => {
                    &mut recipients.organizations
                }
                Some(resource) if resource.starts_with("ou/") => &mut recipients.units,
                _ => return Err(word.clone()),
            };
            list.push(word.clone());
        }
        Ok(recipients)
    }
}

/// A thing by name, in one region or in each where the release is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// Where; everywhere where unset.
    pub(crate) region: Option<Region>,
    /// Its name or id.
    pub(crate) name: String,
}

impl Target {
    /// Reads `name` or `region:name`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (region, name) = match text.split_once(':') {
            Some((region, name)) if is_region(region) => (Some(Region::new(region)), name),
            Some(_) => return None,
            None => (None, text),
        };
        let name = name.trim().to_owned();
        (!name.is_empty()).then_some(Self { region, name })
    }
}

/// Whether a text can be a region's name; there are new ones each year.
pub(super) fn is_region(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty() && text.bytes().all(fits)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Of pull request 7, and nothing more.
    pub(in crate::promote) fn wish() -> Wish {
        Wish {
            repository_id: "github.com/7".to_owned(),
            which: Which::PullRequest(7),
            head: None,
            only: None,
            regions: Vec::new(),
            release_name: None,
            tags: Tags::new(),
            keys: Keys::default(),
            share_with: Recipients::default(),
            protection: Protection::Off,
            deprecate_at: None,
            parameters: Vec::new(),
            launch_templates: Vec::new(),
        }
    }

    #[test]
    fn a_target_is_in_every_region_unless_one_is_named() {
        let here = Target {
            region: None,
            name: "/images/web".to_owned(),
        };
        assert_eq!(Target::parse("/images/web"), Some(here));
        let there = Target {
            region: Some(Region::new("eu-west-1")),
            name: "web".to_owned(),
        };
        assert_eq!(Target::parse("eu-west-1:web"), Some(there));
        for wrong in ["", ":", "eu-west-1:", "EU:web"] {
            assert_eq!(Target::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn recipients_are_told_apart_by_their_form() {
        let words = [
            "210987654321",
            "all",
            "arn:aws:organizations::123456789012:organization/o-1",
            "arn:aws:organizations::123456789012:ou/o-1/ou-1",
        ];
        let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
        let read = Recipients::parse(&words).unwrap();
        let counts = [
            &read.accounts,
            &read.groups,
            &read.organizations,
            &read.units,
        ]
        .map(Vec::len);
        assert_eq!(counts, [1, 1, 1, 1]);
        assert_eq!(
            Recipients::parse(&["everybody".to_owned()]),
            Err("everybody".to_owned())
        );
    }
}
