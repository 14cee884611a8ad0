//! The digests of the parts, the digest of them all, and their short form in a tag, by which a later build says what has changed.

use std::collections::BTreeMap;
use std::fmt;

use super::hash::{Digest, Hash, hexadecimal};
use crate::cloud::{ImageId, Region};
use crate::version::PACKER;

/// How ami-build makes an image of a template: raised by hand where a new version would make another image of the same one.
const WAY: &str = "1";
/// As many bytes of each part's digest stand in the tag.
const SHORT: usize = 3;
/// The longest value of a tag.
const LONGEST: usize = 256;

/// What a part is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Label {
    /// The way that images are made.
    Way,
    /// The source image and its region.
    Source,
    /// The builder's settings.
    Builder,
    /// The files that they name.
    BuilderFiles,
    /// `reuse-files`.
    More,
    /// The settings of the provisioner of this number.
    Provisioner(usize),
    /// The files that they name.
    ProvisionerFiles(usize),
    /// All provisioners from some number on, where a tag cannot hold each.
    Rest,
}

impl fmt::Display for Label {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Way => formatter.write_str("v"),
            Self::Source => formatter.write_str("s"),
            Self::Builder => formatter.write_str("b"),
            Self::BuilderFiles => formatter.write_str("bf"),
            Self::More => formatter.write_str("x"),
            Self::Provisioner(number) => write!(formatter, "{number}"),
            Self::ProvisionerFiles(number) => write!(formatter, "{number}f"),
            Self::Rest => formatter.write_str("r"),
        }
    }
}

/// What decides an image's content, but for the source image, which EC2 has to be asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Content {
    /// The digest of each part.
    pub(super) parts: BTreeMap<Label, Digest>,
    /// The types of the provisioners, for people.
    pub(super) kinds: Vec<String>,
    /// Why it cannot be known, where it cannot.
    pub(super) unknown: Vec<String>,
}

/// The content with its source image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sealed {
    /// Of all parts: 64 hexadecimal digits.
    pub(crate) digest: String,
    /// The parts in short.
    pub(crate) parts: String,
}

impl Content {
    /// Why the content cannot be known before it is made; empty where it can.
    pub(crate) fn unknown(&self) -> &[String] {
        &self.unknown
    }

    /// The digests of a build that starts from this image. `None` where the content is not known.
    pub(crate) fn sealed(&self, region: &Region, source: &ImageId) -> Option<Sealed> {
        if !self.unknown.is_empty() {
            return None;
        }
        let mut parts = self.parts.clone();
        parts.insert(Label::Way, digest([WAY, PACKER]));
        parts.insert(Label::Source, digest([region.as_str(), source.as_str()]));
        let mut all = Hash::default();
        for (label, part) in &parts {
            all.add(label.to_string());
            all.add(part);
        }
        Some(Sealed {
            digest: hexadecimal(&all.end()),
            parts: in_short(&parts),
        })
    }

    /// What is not as it was for an image with these parts, in words.
    pub(crate) fn changes(&self, old: &str, new: &Sealed) -> Vec<String> {
        let (old, new) = (read(old), read(&new.parts));
        let mut labels: Vec<&str> = old.keys().chain(new.keys()).copied().collect();
        labels.sort_by_key(|label| order(label));
        labels.dedup();
        let changed = labels
            .into_iter()
            .filter(|label| old.get(label) != new.get(label));
        changed.map(|label| self.word(label)).collect()
    }

    fn word(&self, label: &str) -> String {
        let kind = |number: &str| {
            let index = number.parse::<usize>().unwrap_or_default();
            let kind = index.checked_sub(1).and_then(|index| self.kinds.get(index));
            match kind {
                Some(kind) => format!("provisioner {number} (`{kind}`)"),
                None => format!("provisioner {number}, which is gone"),
            }
        };
        match label {
            "v" => "the way that ami-build makes images".to_owned(),
            "s" => "the source image".to_owned(),
            "b" => "the builder's settings".to_owned(),
            "bf" => "the builder's files".to_owned(),
            "x" => "the files of `reuse-files`".to_owned(),
            "r" => "one of the last provisioners".to_owned(),
            label => match label.strip_suffix('f') {
                Some(number) => format!("the files of {}", kind(number)),
                None => format!("the settings of {}", kind(label)),
            },
        }
    }
}

/// The order of reading: numbers by their value, after all words.
fn order(label: &str) -> (usize, String) {
    let number = label.trim_end_matches('f').parse().unwrap_or(0);
    (number, label.to_owned())
}

pub(super) fn digest<const N: usize>(texts: [&str; N]) -> Digest {
    let mut hash = Hash::default();
    texts.iter().for_each(|text| hash.add(text));
    hash.end()
}

/// `v:0a1b2c s:…`; the last provisioners share one entry where there are too many for a tag.
fn in_short(parts: &BTreeMap<Label, Digest>) -> String {
    let entry = |label: &Label, digest: &[u8]| format!("{label}:{}", hexadecimal(&digest[..SHORT]));
    let mut entries: Vec<String> = parts
        .iter()
        .map(|(label, part)| entry(label, part))
        .collect();
    if entries.join(" ").len() <= LONGEST {
        return entries.join(" ");
    }
    let rest = entry(&Label::Rest, &[0; SHORT]).len() + 1;
    let mut rest_of = Hash::default();
    let mut left_out: Vec<&Digest> = Vec::new();
    let mut digests: Vec<&Digest> = parts.values().collect();
    while entries.join(" ").len() + rest > LONGEST {
        entries.pop();
        left_out.extend(digests.pop());
    }
    left_out.iter().rev().for_each(|part| rest_of.add(part));
    entries.push(entry(&Label::Rest, &rest_of.end()));
    entries.join(" ")
}

fn read(value: &str) -> BTreeMap<&str, &str> {
    value
        .split_whitespace()
        .filter_map(|entry| entry.split_once(':'))
        .collect()
}

#[cfg(test)]
mod unit {
    use super::*;

    fn content(provisioners: usize) -> Content {
        let mut parts = BTreeMap::from([(Label::Builder, digest(["b"]))]);
        for number in 1..=provisioners {
            parts.insert(Label::Provisioner(number), digest([&number.to_string()]));
            parts.insert(Label::ProvisionerFiles(number), digest(["f"]));
        }
        Content {
            parts,
            kinds: vec!["shell".to_owned(); provisioners],
            unknown: Vec::new(),
        }
    }

    fn sealed(content: &Content, source: &str) -> Sealed {
        let region = Region::new("us-east-1");
        content.sealed(&region, &ImageId::new(source)).unwrap()
    }

    #[test]
    fn a_change_is_told_by_the_part_that_it_is_in() {
        let old = sealed(&content(2), "ami-1");
        let mut changed = content(2);
        changed
            .parts
            .insert(Label::ProvisionerFiles(2), digest(["g"]));
        let new = sealed(&changed, "ami-2");
        assert_ne!(old.digest, new.digest);
        assert_eq!(
            changed.changes(&old.parts, &new),
            ["the source image", "the files of provisioner 2 (`shell`)"]
        );
    }

    #[test]
    fn the_tag_holds_the_parts_of_any_number_of_provisioners() {
        let many = content(60);
        let old = sealed(&many, "ami-1");
        assert!(old.parts.len() <= LONGEST, "{}", old.parts.len());
        let mut changed = many;
        changed.parts.insert(Label::Provisioner(60), digest(["g"]));
        let new = sealed(&changed, "ami-1");
        assert_eq!(
            changed.changes(&old.parts, &new),
            ["one of the last provisioners"]
        );
    }

    #[test]
    fn what_cannot_be_known_has_no_digest() {
        let unknown = Content {
            unknown: vec!["a script makes it".to_owned()],
            ..content(1)
        };
        assert_eq!(
            unknown.sealed(&Region::new("us-east-1"), &ImageId::new("ami-1")),
            None
        );
    }
}
