//! From a planned build to its content: the one place here that reads the disk.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::expand::{LocalPath, Piece, expand};
use super::hash::{Digest, Hash};
use super::parts::{Content, Label};
use super::roles::How;
use super::texts::Texts;
use super::trees::{self, Hidden};
use crate::facts::{Facts, OutOfBounds};
use crate::gather::resolve;
use crate::plan::PlannedBuild;
use crate::template::gotmpl::Value;
use crate::template::model::{RawBuilder, Template};
use crate::template::scope::{Scope, Section};
use crate::template::variables::{GivenVariables, Variables, resolve as resolve_variables};

/// What stands in place of a variable that does not count.
const VOLATILE: &str = "volatile";

/// What a plan was made of.
#[derive(Debug)]
pub(crate) struct Ground {
    /// The template.
    pub(crate) template: Template,
    /// What was given for its variables.
    pub(crate) given: GivenVariables,
    /// The world.
    pub(crate) facts: Facts,
}

/// The parts of a build before any of its files is read, or why there are none.
#[derive(Debug)]
pub(crate) struct Expansion(Result<Vec<Piece>, String>);

impl Ground {
    /// Takes a build apart. The variables named in `volatile` do not count.
    pub(crate) fn expand(&self, build: &PlannedBuild, volatile: &[String]) -> Expansion {
        Expansion(expanded(self, build, volatile))
    }

    /// Whether `more` may be read: the workflow's author names patterns, and what lies there, links too, is somebody else's.
    pub(crate) fn check_bounds(&self, more: &[String]) -> Result<(), OutOfBounds> {
        let found = more
            .iter()
            .filter_map(|pattern| at(pattern, &self.facts).ok());
        found
            .flatten()
            .try_for_each(|path| self.facts.bounds.read(&path))
    }

    /// What decides the content of the build's image: reads all its files, and those of `more`, which the template does not name.
    pub(crate) fn read(&self, expansion: Expansion, more: &[String]) -> Content {
        match expansion.0 {
            Ok(pieces) => read(&pieces, &self.facts, more),
            Err(reason) => Content {
                unknown: vec![reason],
                ..Content::default()
            },
        }
    }
}

fn expanded(
    ground: &Ground,
    build: &PlannedBuild,
    volatile: &[String],
) -> Result<Vec<Piece>, String> {
    let builder = raw_builder(&ground.template, build)
        .ok_or("the builder's name is another one each time")?;
    let facts = ground.facts.standing_still();
    let variables = still_variables(ground, &facts, volatile)?;
    let still = Scope::new(&facts, Section::BuilderName, Arc::clone(&variables.values));
    let name = still
        .render_until_stable(&builder.name, &Value::Missing)
        .map_err(|error| error.to_string())?;
    let still = still
        .with_build(&name, &build.kind)
        .with_section(build.scope.section());
    let texts = Texts {
        still,
        real: build.scope.clone(),
    };
    Ok(expand(&ground.template, builder, &texts))
}

/// The builder of a build. Of several whose names become the same the last one is built.
fn raw_builder<'a>(template: &'a Template, build: &PlannedBuild) -> Option<&'a RawBuilder> {
    let scope = build.scope.outside_builds(Section::BuilderName);
    let named = |raw: &&RawBuilder| {
        let name = scope.render_until_stable(&raw.name, &Value::Missing);
        name.is_ok_and(|name| name == build.name)
    };
    template.builders.iter().rev().find(named)
}

fn still_variables(
    ground: &Ground,
    facts: &Facts,
    volatile: &[String],
) -> Result<Variables, String> {
    let declared = |name: &String| {
        let template = &ground.template;
        template
            .variables
            .iter()
            .any(|variable| variable.name == *name)
    };
    if let Some(unknown) = volatile.iter().find(|name| !declared(name)) {
        return Err(format!(
            "`volatile-vars` names `{unknown}`, which the template does not declare"
        ));
    }
    let mut given = ground.given.clone();
    let still = volatile
        .iter()
        .map(|name| (name.clone(), VOLATILE.to_owned()));
    given.flags.extend(still);
    resolve_variables(&ground.template, &given, facts).map_err(|problems| {
        let first = problems.first().map(|problem| problem.message.clone());
        first.unwrap_or_default()
    })
}

fn read(pieces: &[Piece], facts: &Facts, more: &[String]) -> Content {
    let mut content = Content::default();
    for piece in pieces {
        content.parts.insert(piece.label, piece.texts);
        let files = match piece.label {
            Label::Provisioner(number) => {
                content.kinds.push(piece.kind.clone());
                Label::ProvisionerFiles(number)
            }
            _ => Label::BuilderFiles,
        };
        if more.is_empty() {
            content.unknown.extend(piece.made.clone());
        }
        if !piece.paths.is_empty() {
            match of_paths(&piece.paths, facts) {
                Ok(digest) => _ = content.parts.insert(files, digest),
                Err(reason) => content.unknown.push(reason),
            }
        }
    }
    if !more.is_empty() {
        match of_patterns(more, facts) {
            Ok(digest) => _ = content.parts.insert(Label::More, digest),
            Err(reason) => content.unknown.push(reason),
        }
    }
    content.unknown.dedup();
    content
}

fn of_paths(paths: &[LocalPath], facts: &Facts) -> Result<Digest, String> {
    let mut hash = Hash::default();
    for LocalPath { path, how } in paths {
        let place = resolve(facts, Path::new(path));
        let read = match how {
            How::Around => trees::digest(around(&place), Hidden::OfGit),
            How::There | How::IfThere => trees::digest(&place, Hidden::Nothing),
        };
        match read {
            Ok(digest) => hash.add(digest),
            Err(error) if *how == How::IfThere && error.kind() == io::ErrorKind::NotFound => {
                hash.add("nothing");
            }
            Err(error) => return Err(unreadable(path, &error)),
        }
    }
    Ok(hash.end())
}

fn around(file: &Path) -> &Path {
    file.parent().unwrap_or(file)
}

/// Every path with its place below the working directory, so that a file that is moved counts.
fn of_patterns(patterns: &[String], facts: &Facts) -> Result<Digest, String> {
    let mut found = BTreeMap::new();
    for pattern in patterns {
        let paths = at(pattern, facts)?;
        if paths.is_empty() {
            return Err(format!("`reuse-files`: nothing is at `{pattern}`"));
        }
        for path in paths {
            let digest = trees::digest(&path, Hidden::OfGit)
                .map_err(|error| unreadable(&path.display().to_string(), &error))?;
            let below = path.strip_prefix(&facts.working_directory).unwrap_or(&path);
            found.insert(below.to_owned(), digest);
        }
    }
    let mut hash = Hash::default();
    for (path, digest) in found {
        hash.add(path.as_os_str().as_encoded_bytes());
        hash.add(digest);
    }
    Ok(hash.end())
}

/// What lies at a pattern.
fn at(pattern: &str, facts: &Facts) -> Result<Vec<PathBuf>, String> {
    let whole = resolve(facts, Path::new(pattern));
    let paths = glob::glob(&whole.to_string_lossy())
        .map_err(|error| format!("`reuse-files`: `{pattern}` is no pattern: {error}"))?;
    Ok(paths.filter_map(Result::ok).collect())
}

fn unreadable(path: &str, error: &io::Error) -> String {
    format!("`{path}` cannot be read: {error}")
}
