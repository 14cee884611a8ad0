//! From a path and flags to a template with its variables and a plan: the only part of the story that reads files of the user's.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::public_name::is_public_name;
use crate::action::environment::{Environment, RUNNER_TEMP};
use crate::bounds::Bounds;
use crate::cli::options::{Force, TemplateOptions};
use crate::content::Ground;
use crate::facts::Facts;
use crate::file_error::FileError;
use crate::gather::gather;
use crate::plan::{self, Plan, Selection, amazon, check_template};
use crate::stores::{Reading, StoreContext, read_missed};
use crate::template::model::Template;
use crate::template::problem::{Problem, Problems};
use crate::template::source::Source;
use crate::template::variables::{GivenVariables, Variables, report_missing, resolve};
use crate::template::{schema, variable_file};

/// A template that could be read, and what was given with it.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// The template.
    pub(crate) template: Template,
    /// The variables of files and flags.
    pub(crate) given: GivenVariables,
    /// The world outside.
    pub(crate) facts: Facts,
}

/// Packer's heading over the problems of a template's structure.
pub(crate) const PARSE: &str = "Failed to parse template";

/// Plans that ask for facts in more rounds than this go in circles.
const MOST_ROUNDS: usize = 20;
/// A longer template is refused: reading `/dev/zero` would never end.
const LONGEST_TEMPLATE: u64 = 64 << 20;

/// Reads the template and the variable files. All problems of the template's structure come together.
pub(crate) fn load(
    options: &TemplateOptions,
    environment: &Environment,
) -> Result<Loaded, Vec<Problem>> {
    let one = |problem| vec![problem];
    let working_directory = std::env::current_dir().map_err(|error| {
        one(Problem::without_place(format!(
            "{PARSE}: the working directory cannot be read: {error}"
        )))
    })?;
    let bounds = Given::of(environment, &working_directory);
    bounds.check(&options.template).map_err(one)?;
    let template = schema::read(template_source(&options.template).map_err(one)?)
        .map_err(|found| found.into_iter().map(unreadable).collect::<Vec<_>>())?;
    let mut given = GivenVariables {
        flags: options.variables.clone(),
        ..GivenVariables::default()
    };
    for path in &options.variable_files {
        bounds.check(path).map_err(one)?;
        given.files.push(
            variable_source(path)
                .and_then(|source| variable_file::parse_variable_file(&source))
                .map_err(one)?,
        );
    }
    let mut facts = Facts::new(
        time::OffsetDateTime::now_utc(),
        environment.for_template(),
        working_directory.clone(),
        template_directory(&options.template, &working_directory),
    );
    facts.bounds = environment.bounds().clone();
    facts.policy = environment.policy().cloned();
    Ok(Loaded {
        template,
        given,
        facts,
    })
}

/// Checks the template as a whole, renders its variables and plans its builds, and reads for it whatever files and servers hold.
/// The problems are those that leave no plan at all.
pub(crate) async fn plan(
    loaded: Loaded,
    options: &TemplateOptions,
    force: Force,
    stores: &StoreContext<'_>,
) -> Result<Plan, Vec<Problem>> {
    let planned = plan_and_keep(loaded, options, force, stores).await;
    planned.map(|(plan, _)| plan)
}

/// The same, and what it was made of.
pub(crate) async fn plan_and_keep(
    loaded: Loaded,
    options: &TemplateOptions,
    force: Force,
    stores: &StoreContext<'_>,
) -> Result<(Plan, Ground), Vec<Problem>> {
    let Loaded {
        template,
        given,
        mut facts,
    } = loaded;
    let mut found = check_template(&template);
    let problems = Problems::new(Arc::clone(&template.document));
    report_missing(&template, &given, &facts, &problems);
    found.extend(problems.into_parts().0);
    if !found.is_empty() {
        return Err(found);
    }
    let variables = rendered(&template, &given, &facts, stores).await?;
    for value in &variables.sensitive {
        (stores.hide)(value);
    }
    let selection = Selection {
        only: options.only.clone(),
        except: options.except.clone(),
    };
    let force = match force {
        Force::Yes => amazon::Force::Yes,
        Force::No => amazon::Force::No,
    };
    let mut plan = plan::plan(&template, &variables, &selection, force, &facts);
    for _ in 0..MOST_ROUNDS {
        let missed = facts.take_missed();
        let read = read_missed(&facts.lookups, stores).await;
        if missed.is_empty() && read == Reading::Nothing {
            break;
        }
        gather(&mut facts, missed);
        plan = plan::plan(&template, &variables, &selection, force, &facts);
    }
    if !plan.problems.is_empty() {
        return Err(plan.problems);
    }
    let ground = Ground {
        template,
        given,
        facts,
    };
    Ok((plan, ground))
}

/// What the workflow's author names may also lie in the job's own temporary directory.
struct Given<'a> {
    bounds: Bounds,
    working_directory: &'a Path,
}

impl<'a> Given<'a> {
    fn of(environment: &Environment, working_directory: &'a Path) -> Self {
        let bounds = environment.bounds();
        let bounds = match environment.get(RUNNER_TEMP) {
            Some(temporary) => bounds.and(Path::new(temporary)),
            None => bounds.clone(),
        };
        Self {
            bounds,
            working_directory,
        }
    }

    fn check(&self, path: &str) -> Result<(), Problem> {
        if path == "-" {
            return Ok(());
        }
        let read = self.bounds.read(&self.working_directory.join(path));
        read.map_err(|why| Problem::without_place(why.to_string()).with_hint(why.hint()))
    }
}

/// A problem of the template's structure, under Packer's heading.
fn unreadable(mut problem: Problem) -> Problem {
    problem.message.insert_str(0, &format!("{PARSE}: "));
    problem
}

/// The variables, once every value that they read from a server is there. What is secret among them is told before anything
/// can be printed.
async fn rendered(
    template: &Template,
    given: &GivenVariables,
    facts: &Facts,
    stores: &StoreContext<'_>,
) -> Result<Variables, Vec<Problem>> {
    let mut variables = resolve(template, given, facts);
    for _ in 0..MOST_ROUNDS {
        for secret in facts.lookups.take_used() {
            if !is_public_name(secret.expose()) {
                (stores.tell)(&secret);
            }
        }
        if read_missed(&facts.lookups, stores).await == Reading::Nothing {
            break;
        }
        variables = resolve(template, given, facts);
    }
    variables
}

fn template_source(path: &str) -> Result<Source, Problem> {
    let failed = |error: std::io::Error| {
        Problem::without_place(format!("{PARSE}: {}", FileError::new("open", path, error)))
    };
    if path == "-" {
        return read(std::io::stdin().lock())
            .map(|bytes| Source::from_bytes("<stdin>", &bytes))
            .map_err(failed);
    }
    // Packer reads these as HCL2, and so refuses what is in them.
    if path.ends_with(".pkr.hcl") || path.ends_with(".pkr.json") || Path::new(path).is_dir() {
        let message = format!("{PARSE}: {path} is an HCL2 template or a directory of them");
        return Err(Problem::without_place(message).with_hint("ami-build reads Packer's JSON templates; name a .json file that has a \"builders\" list"));
    }
    file(path).map_err(failed)
}

fn variable_source(path: &str) -> Result<Source, Problem> {
    let failed = |error: std::io::Error| {
        Problem::without_place(FileError::new("open", path, error).to_string())
            .with_hint("-var-file takes the path of a JSON object of strings")
    };
    file(path).map_err(failed)
}

/// A file of the user's as text.
pub(super) fn file(path: &str) -> std::io::Result<Source> {
    std::fs::File::open(path)
        .and_then(read)
        .map(|bytes| Source::from_bytes(path, &bytes))
}

fn read(source: impl Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(LONGEST_TEMPLATE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST_TEMPLATE {
        return Err(std::io::Error::other(format!(
            "larger than {} MiB",
            LONGEST_TEMPLATE >> 20
        )));
    }
    Ok(bytes)
}

fn template_directory(path: &str, working_directory: &Path) -> PathBuf {
    if path == "-" {
        return working_directory.to_owned();
    }
    let directory = working_directory
        .join(path)
        .parent()
        .map_or_else(|| working_directory.to_owned(), Path::to_owned);
    // As Go's filepath.Abs: `.` and `..` are folded without asking the disk, so links stay what they are.
    fold(&directory)
}

fn fold(path: &Path) -> PathBuf {
    let mut folded = PathBuf::new();
    for component in path.components() {
        match component {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                folded.pop();
            }
            other => folded.push(other),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_templates_directory_is_absolute_and_folded() {
        let directory = |path| template_directory(path, Path::new("/home/me"));
        assert_eq!(directory("t.json"), Path::new("/home/me"));
        assert_eq!(directory("a/../b/t.json"), Path::new("/home/me/b"));
        assert_eq!(directory("-"), Path::new("/home/me"));
        assert_eq!(directory("/x/t.json"), Path::new("/x"));
    }

    #[test]
    fn a_template_that_is_not_there_is_named() {
        let problem = template_source("no/such/template.json").unwrap_err();
        assert!(
            problem
                .message
                .starts_with("Failed to parse template: open no/such/template.json"),
            "{}",
            problem.message
        );
    }
}
