//! A whole template: schema, variables, plan.

use std::path::PathBuf;

use time::OffsetDateTime;

use crate::facts::{Facts, FileFact, Need};
use crate::plan::amazon::Force;
use crate::plan::{Selection, plan};
use crate::template::inspect::inspect;
use crate::template::schema;
use crate::template::source::Source;
use crate::template::variable_file::parse_variable_file;
use crate::template::variables::{GivenVariables, resolve};

/// Facts of a machine that is nowhere.
pub(crate) fn facts() -> Facts {
    let now = OffsetDateTime::from_unix_timestamp(1_600_000_000).expect("a date of 2020");
    let environment = [("HOME", "/root"), ("E", "value"), ("VAULT_TOKEN", "t")];
    let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Facts::new(now, environment.into(), "/work".into(), "/template".into())
}

/// Reads a template, and whatever can be read is planned: once knowing nothing, once with an answer to every question.
pub fn read(text: &str) {
    let _ = parse_variable_file(&Source::new("variables.json", text));
    let Ok(template) = schema::read(Source::new("fuzz.json", text)) else {
        return;
    };
    let _ = inspect(&template);
    let mut facts = facts();
    for _ in 0..3 {
        let Ok(variables) = resolve(&template, &GivenVariables::default(), &facts) else {
            return;
        };
        plan(
            &template,
            &variables,
            &Selection::default(),
            Force::No,
            &facts,
        );
        for need in facts.take_missed() {
            answer(&mut facts, need);
        }
    }
}

fn answer(facts: &mut Facts, need: Need) {
    match need {
        Need::Existence(path) | Need::Contents(path) => {
            let fact = fact(&path);
            facts.add_file(path, fact);
        }
        Need::ToolVersion(tool) => facts.add_tool(tool, Some("ansible-playbook 2.10.8".into())),
    }
}

/// Every kind of file turns up, by the length of its path.
fn fact(path: &PathBuf) -> FileFact {
    match path.as_os_str().len() % 5 {
        0 => FileFact::Missing,
        1 => FileFact::Directory,
        2 => FileFact::Special,
        3 => FileFact::Unreadable("permission denied".to_owned()),
        _ => FileFact::File(path.as_os_str().as_encoded_bytes().into()),
    }
}
