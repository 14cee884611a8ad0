//! A build as a list of parts, each with the digest of its texts and the paths whose content counts. Nothing is read here.

use super::canonical;
use super::hash::{Digest, Hash};
use super::parts::Label;
use super::roles::{How, Role, of_builder, of_provisioner};
use super::texts::Texts;
use crate::template::document::{Json, Member, Node};
use crate::template::model::{RawBuilder, RawProvisioner, Template};
use crate::template::overlay::overlay;
use crate::template::scope::{BuilderFunctions, Section};

/// A part.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    /// Which.
    pub(super) label: Label,
    /// Of its texts.
    pub(super) texts: Digest,
    /// What lies there counts too.
    pub(super) paths: Vec<LocalPath>,
    /// Its type, for people.
    pub(super) kind: String,
    /// What of it is made only while the build runs, so that nobody can know it before.
    pub(super) made: Option<String>,
}

/// A path on this side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LocalPath {
    /// As the build takes it.
    pub(super) path: String,
    /// What of it counts.
    pub(super) how: How,
}

/// The parts of a build, the builder first.
pub(super) fn expand(template: &Template, builder: &RawBuilder, texts: &Texts) -> Vec<Piece> {
    let for_builder = texts.with_section(Section::Builder(BuilderFunctions::Amazon));
    let mut pieces = vec![of_the_builder(builder, &for_builder)];
    let provisioners = template
        .provisioners
        .iter()
        .filter(|raw| !raw.filter.skips(&builder.name));
    pieces.extend(
        provisioners
            .enumerate()
            .map(|(index, raw)| provisioner(raw, builder, index + 1, texts)),
    );
    pieces
}

fn of_the_builder(builder: &RawBuilder, texts: &Texts) -> Piece {
    let mut hash = Hash::default();
    hash.add(&builder.kind);
    // The machine is told the build's name in its environment.
    texts.add("{{build_name}}", &mut hash);
    let paths = component(&builder.config, texts, of_builder, &mut hash);
    Piece {
        label: Label::Builder,
        texts: hash.end(),
        paths,
        kind: builder.kind.clone(),
        made: None,
    }
}

fn provisioner(raw: &RawProvisioner, builder: &RawBuilder, number: usize, texts: &Texts) -> Piece {
    let over = raw
        .overrides
        .iter()
        .find(|over| over.builder == builder.name);
    let config = match over {
        Some(over) => overlay(&raw.config, &over.config),
        None => raw.config.clone(),
    };
    let mut hash = Hash::default();
    hash.add(&raw.kind);
    // A wait may be what lets something on the machine come to its end.
    hash.add(format!("{:?} {:?}", raw.pause_before, raw.timeout));
    let retries = raw.max_retries.as_ref().map(|(text, _)| text.as_str());
    texts.add(retries.unwrap_or_default(), &mut hash);
    let role = |key: &str| match of_provisioner(&raw.kind, key) {
        Role::Path(_) | Role::Paths(_) if is_download(raw, &config) => Role::Text,
        role => role,
    };
    let mut paths = component(&config, texts, role, &mut hash);
    let made = made_meanwhile(&raw.kind, &config);
    if made.is_some() {
        paths.iter_mut().for_each(|path| path.how = How::IfThere);
    }
    if raw.kind == "ansible" {
        paths.push(LocalPath {
            path: "ansible.cfg".to_owned(),
            how: How::IfThere,
        });
    }
    Piece {
        label: Label::Provisioner(number),
        texts: hash.end(),
        paths,
        kind: raw.kind.clone(),
        made,
    }
}

/// Adds the settings that count and collects the paths in them.
fn component(
    config: &Node,
    texts: &Texts,
    role: impl Fn(&str) -> Role,
    hash: &mut Hash,
) -> Vec<LocalPath> {
    let mut members: Vec<&Member> = config.members().iter().collect();
    members.sort_by(|one, other| one.key.cmp(&other.key));
    let mut paths = Vec::new();
    for Member { key, value, .. } in members {
        let role = role(key);
        if matches!(role, Role::LeftOut(_)) {
            continue;
        }
        hash.add(key);
        canonical::add(value, texts, hash);
        let found = match role {
            Role::Path(how) => of_path(value, texts, how),
            Role::Paths(how) => of_paths(value, texts, how),
            Role::Arguments => arguments(value, texts),
            Role::Text | Role::LeftOut(_) => Vec::new(),
        };
        paths.extend(found);
    }
    paths
}

fn of_path(value: &Node, texts: &Texts, how: How) -> Vec<LocalPath> {
    let text = value.as_str().filter(|text| !text.is_empty());
    let path = text.and_then(|text| texts.path(text));
    path.map(|path| LocalPath { path, how })
        .into_iter()
        .collect()
}

/// A list, or a text that is cut at its commas.
fn of_paths(value: &Node, texts: &Texts, how: How) -> Vec<LocalPath> {
    match &value.value {
        Json::Array(items) => items
            .iter()
            .flat_map(|item| of_path(item, texts, how))
            .collect(),
        Json::String(text) => {
            let rendered = texts.path(text).unwrap_or_default();
            let names = rendered.split(',').filter(|name| !name.is_empty());
            names
                .map(|path| LocalPath {
                    path: path.to_owned(),
                    how,
                })
                .collect()
        }
        _ => Vec::new(),
    }
}

/// `-e @vars.yml`: what ansible reads from a file.
fn arguments(value: &Node, texts: &Texts) -> Vec<LocalPath> {
    let all = of_paths(value, texts, How::IfThere);
    let named = all.into_iter().filter_map(|argument| {
        let (_, path) = argument.path.split_once('@')?;
        Some(LocalPath {
            path: path.to_owned(),
            how: How::IfThere,
        })
    });
    named.collect()
}

fn is_download(raw: &RawProvisioner, config: &Node) -> bool {
    let direction = config.get("direction").and_then(Node::as_str);
    raw.kind == "file" && direction == Some("download")
}

/// What no digest can know: what a script on this side does, and files that are there only later.
fn made_meanwhile(kind: &str, config: &Node) -> Option<String> {
    let is_generated = config
        .get("generated")
        .is_some_and(|value| match &value.value {
            Json::Bool(value) => *value,
            Json::String(text) => !matches!(text.as_str(), "" | "false" | "0"),
            _ => true,
        });
    match kind {
        "shell-local" => Some("`shell-local` runs here, and may make anything".to_owned()),
        "file" if is_generated => Some("`file` uploads what is `generated` by then".to_owned()),
        _ => None,
    }
}
