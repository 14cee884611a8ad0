//! The root object.

use std::sync::Arc;

use super::components::{builders, cleanup_provisioner, provisioners};
use super::post_processors::post_processors;
use super::{duplicates, strict};
use crate::template::document::{self, Document, Json, Member, Node};
use crate::template::fields::nearest;
use crate::template::model::{Template, Variable};
use crate::template::problem::{Problem, Problems};
use crate::template::source::{Source, Span};
use crate::template::weak;

/// The keys of the root, which are found in any case.
const KEYS: [&str; 10] = [
    "builders",
    "comments",
    "description",
    "error-cleanup-provisioner",
    "min_packer_version",
    "post-processors",
    "provisioners",
    "push",
    "sensitive-variables",
    "variables",
];

/// Reads a template's structure, or says all that is wrong with it.
pub(crate) fn read(source: Source) -> Result<Template, Vec<Problem>> {
    let document = Arc::new(document::parse(Arc::new(source)).map_err(|problem| vec![problem])?);
    let problems = Problems::new(Arc::clone(&document));
    let root = &document.root;
    strict::is_object(root, "", &problems);
    duplicates::report(root, &problems);
    report_unknown(root, &problems);
    let template = template(Arc::clone(&document), &problems);
    match problems.into_parts().0 {
        found if found.is_empty() => Ok(template),
        found => Err(found),
    }
}

fn template(document: Arc<Document>, problems: &Problems) -> Template {
    let section = |key: &str| section(&document.root, key);
    report_wrong_comments(section("comments"), problems);
    strict::is_object(section("push"), "Push", problems);
    let variables = variables(section("variables"), problems);
    let mut sensitive = strict::texts(
        section("sensitive-variables"),
        "sensitive-variables",
        problems,
    );
    sensitive.retain(|name| variables.iter().any(|variable| variable.name == *name));
    let version = section("min_packer_version");
    Template {
        description: strict::text(section("description"), "Description", problems),
        minimum_version: strict::text(version, "min_packer_version", problems)
            .filter(|text| !text.is_empty())
            .map(|text| (text, version.span)),
        sensitive,
        variables,
        builders: builders(section("builders"), problems),
        provisioners: provisioners(section("provisioners"), problems),
        cleanup_provisioner: cleanup_provisioner(section("error-cleanup-provisioner"), problems),
        post_processors: post_processors(section("post-processors"), problems),
        document: Arc::clone(&document),
    }
}

static ABSENT: Node = Node {
    value: Json::Null,
    span: Span { start: 0, end: 0 },
};

/// The value of a root key: the exact spelling first, then any other case.
fn section<'a>(root: &'a Node, key: &str) -> &'a Node {
    let other_case = |member: &&Member| member.key.eq_ignore_ascii_case(key);
    let found = root.get(key).or_else(|| {
        root.members()
            .iter()
            .find(other_case)
            .map(|member| &member.value)
    });
    found.unwrap_or(&ABSENT)
}

fn report_unknown(root: &Node, problems: &Problems) {
    let read = KEYS.map(|key| &raw const *section(root, key));
    for member in root.members() {
        // A key beside the one that was read, in another case, is unknown too; a repeated one is a duplicate already.
        if KEYS.contains(&member.key.as_str()) || read.contains(&(&raw const member.value)) {
            continue;
        }
        if !member.key.starts_with('_') {
            let message = format!("Unknown root level key in template: '{}'", member.key);
            let meant = if problems.is_full() {
                None
            } else {
                nearest(&member.key, KEYS.into_iter())
            };
            match meant {
                Some(known) => problems.report_with_hint(
                    member.key_span,
                    message,
                    format!("did you mean `{known}`?"),
                ),
                None => problems.report(member.key_span, message),
            }
        } else if member.value.as_str().is_none() {
            let key = &member.key;
            let message =
                format!("Failed to cast root level comment value in comment \"{key}\" to string.");
            problems.report(member.value.span, message);
        }
    }
}

/// `comments`: an array of maps of strings, which is read by nobody.
fn report_wrong_comments(node: &Node, problems: &Problems) {
    for (index, item) in strict::array(node, "Comments", problems).iter().enumerate() {
        strict::is_object(item, &format!("Comments[{index}]"), problems);
        for member in item.members() {
            strict::text(
                &member.value,
                &format!("Comments[{index}][{}]", member.key),
                problems,
            );
        }
    }
}

fn variables(node: &Node, problems: &Problems) -> Vec<Variable> {
    strict::is_object(node, "Variables", problems);
    let mut variables = Vec::new();
    for Member { key, value, .. } in node.members() {
        let default = match &value.value {
            Json::Null => None,
            Json::String(text) => Some(text.clone()),
            _ => {
                let message = format!(
                    "variable {key}: {}",
                    weak::unconvertible(value, "", "string")
                );
                problems.report_with_hint(
                    value.span,
                    message,
                    "a variable is always a string: write it in quotes",
                );
                continue;
            }
        };
        variables.push(Variable {
            name: key.clone(),
            default,
            span: value.span,
        });
    }
    variables
}
