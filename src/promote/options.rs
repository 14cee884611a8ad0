//! What flags and inputs say about a promotion. Command line and action read the same words.

use super::keys::Keys;
use super::wish::{Protection, Recipients, Target, is_region};
use crate::cloud::{Region, Tags};
use crate::images::{Until, WrongOption};

/// The words as they were given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Words {
    /// `region`.
    pub(crate) region: Option<String>,
    /// `regions`.
    pub(crate) regions: Vec<String>,
    /// `digest`.
    pub(crate) digest: Option<String>,
    /// `only`.
    pub(crate) only: Vec<String>,
    /// `release-name`.
    pub(crate) release_name: Option<String>,
    /// `release-tags`, each `name=value`.
    pub(crate) tags: Vec<String>,
    /// `kms-key`.
    pub(crate) keys: Vec<String>,
    /// `share-with`.
    pub(crate) share_with: Vec<String>,
    /// `protect`.
    pub(crate) protection: Protection,
    /// `deprecate-at`.
    pub(crate) deprecate_at: Option<String>,
    /// `publish-ssm-parameter`.
    pub(crate) parameters: Vec<String>,
    /// `launch-template`.
    pub(crate) launch_templates: Vec<String>,
}

/// A promotion as it was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PromoteOptions {
    /// Where the image was built; the region of the connection where unset.
    pub(crate) region: Option<Region>,
    /// Where the release is to be too.
    pub(crate) regions: Vec<Region>,
    /// The pull request, where the event does not tell it.
    pub(crate) pull_request: Option<u64>,
    /// The digest of the image's content.
    pub(crate) digest: Option<String>,
    /// The name of the build.
    pub(crate) only: Option<String>,
    /// The release's own name.
    pub(crate) release_name: Option<String>,
    /// On images and snapshots.
    pub(crate) tags: Tags,
    /// What its copies are encrypted with.
    pub(crate) keys: Keys,
    /// Who may use it.
    pub(crate) share_with: Recipients,
    /// Whether it is protected.
    pub(crate) protection: Protection,
    /// When it is deprecated.
    pub(crate) deprecate_at: Option<Until>,
    /// Parameters that hold its id.
    pub(crate) parameters: Vec<Target>,
    /// Launch templates that launch it.
    pub(crate) launch_templates: Vec<Target>,
    /// Whose image, where no runner tells it.
    pub(crate) repository_id: Option<String>,
}

impl PromoteOptions {
    /// Reads the words.
    pub(crate) fn read(words: Words) -> Result<Self, WrongOption> {
        let region = |name, text: &String| {
            (is_region(text) && text != "all")
                .then(|| Region::new(text.as_str()))
                .ok_or_else(|| wrong(name, text, "names of regions"))
        };
        let regions = words.regions.iter().map(|text| region("regions", text));
        let home = words.region.as_ref().map(|text| region("region", text));
        let share_with = Recipients::parse(&words.share_with).map_err(|word| {
            let takes = "account ids, ARNs of organisations and of their units, or `all`";
            wrong("share-with", &word, takes)
        })?;
        let keys = Keys::parse(&words.keys).map_err(|word| {
            let takes = "one KMS key, by id, alias or ARN, or one for each region: `region:key`";
            wrong("kms-key", &word, takes)
        })?;
        Ok(Self {
            region: home.transpose()?,
            regions: regions.collect::<Result<_, _>>()?,
            pull_request: None,
            digest: digest(words.digest)?,
            only: only(words.only)?,
            release_name: release_name(words.release_name)?,
            tags: tags(&words.tags)?,
            keys,
            share_with,
            protection: words.protection,
            deprecate_at: deprecation(words.deprecate_at)?,
            parameters: targets("publish-ssm-parameter", &words.parameters)?,
            launch_templates: targets("launch-template", &words.launch_templates)?,
            repository_id: None,
        })
    }
}

fn digest(text: Option<String>) -> Result<Option<String>, WrongOption> {
    match text {
        Some(text) if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            let takes = "the 64 digits of the tag `ami-build:digest`";
            Err(wrong("digest", &text, takes))
        }
        text => Ok(text),
    }
}

fn only(names: Vec<String>) -> Result<Option<String>, WrongOption> {
    match names.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(one.clone())),
        several => Err(wrong("only", &several.join(","), "the name of one build")),
    }
}

/// EC2's own limits (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CopyImage.html>).
fn release_name(name: Option<String>) -> Result<Option<String>, WrongOption> {
    let fits =
        |character: char| character.is_ascii_alphanumeric() || "()[] ./-'@_".contains(character);
    match name {
        Some(name) if !(3..=128).contains(&name.len()) || !name.chars().all(fits) => {
            let takes = "3 to 128 letters, digits, blanks and `()[]./-'@_`";
            Err(wrong("release-name", &name, takes))
        }
        name => Ok(name),
    }
}

fn tags(lines: &[String]) -> Result<Tags, WrongOption> {
    let mut tags = Tags::new();
    for line in lines {
        let Some((name, value)) = line.split_once('=') else {
            return Err(wrong("release-tags", line, "`name=value`, one a line"));
        };
        if name.is_empty() || name.starts_with("ami-build:") || name.starts_with("aws:") {
            let takes = "names that do not begin with `ami-build:` or `aws:`";
            return Err(wrong("release-tags", line, takes));
        }
        tags.insert(name.to_owned(), value.to_owned());
    }
    Ok(tags)
}

fn deprecation(text: Option<String>) -> Result<Option<Until>, WrongOption> {
    let takes = "a time such as `90d` or `2027-01-31T00:00:00Z`";
    let read =
        |text: String| Until::parse(&text).ok_or_else(|| wrong("deprecate-at", &text, takes));
    text.map(read).transpose()
}

fn targets(name: &'static str, texts: &[String]) -> Result<Vec<Target>, WrongOption> {
    let takes = "names, or `region:name`";
    let read = |text: &String| Target::parse(text).ok_or_else(|| wrong(name, text, takes));
    texts.iter().map(read).collect()
}

fn wrong(name: &'static str, value: &str, takes: &'static str) -> WrongOption {
    WrongOption {
        name,
        value: value.to_owned(),
        takes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(words: Words) -> &'static str {
        PromoteOptions::read(words).unwrap_err().name
    }

    #[test]
    fn nothing_at_all_is_a_promotion_where_the_event_tells_the_pull_request() {
        let options = PromoteOptions::read(Words::default()).unwrap();
        assert_eq!(options, PromoteOptions::default());
    }

    #[test]
    fn each_wrong_word_is_told_by_its_name() {
        let one = |word: &str| vec![word.to_owned()];
        let some = |word: &str| Some(word.to_owned());
        assert_eq!(
            refused(Words {
                regions: one("all"),
                ..Words::default()
            }),
            "regions"
        );
        assert_eq!(
            refused(Words {
                digest: some("abc"),
                ..Words::default()
            }),
            "digest"
        );
        assert_eq!(
            refused(Words {
                release_name: some("a*"),
                ..Words::default()
            }),
            "release-name"
        );
        assert_eq!(
            refused(Words {
                tags: one("ami-build:kind=x"),
                ..Words::default()
            }),
            "release-tags"
        );
        assert_eq!(
            refused(Words {
                share_with: one("me"),
                ..Words::default()
            }),
            "share-with"
        );
        assert_eq!(
            refused(Words {
                keys: one("my key"),
                ..Words::default()
            }),
            "kms-key"
        );
        assert_eq!(
            refused(Words {
                parameters: one(":"),
                ..Words::default()
            }),
            "publish-ssm-parameter"
        );
        assert_eq!(
            refused(Words {
                deprecate_at: some("soon"),
                ..Words::default()
            }),
            "deprecate-at"
        );
    }
}
