//! The action's inputs, typed. `action.yml` lists the same names; a test compares them.

mod files;
mod life;
mod matrix;
mod policy;
mod promote;
mod prune;
mod rehearsal;
mod sign_in;
mod sweep;

use super::environment::Environment;
use crate::cli::options::{
    BuildOptions, Depth, Force, OnError, Survival, TemplateOptions, ValidateOptions,
};
use crate::cli::plan_options::PlanOptions;
use crate::cli::promote_options::PromoteRequest;
use crate::cli::rehearse_options::{RehearsalTerms, RehearseOptions};
use crate::cli::sweep_options::SweepOptions;
use crate::cloud::sign_in::SignIn;
use crate::prune::PruneOptions;
use crate::secret::Secret;
pub(crate) use files::FileInputs;
pub(crate) use matrix::JoinOptions;
pub(crate) use policy::PolicyInput;
pub(crate) use sign_in::read as read_sign_in;

pub(crate) use rehearsal::RehearseForks;

/// Every input, as `action.yml` spells it.
#[cfg(test)]
pub(crate) const NAMES: &[&str] = &[
    "command",
    "template",
    "working-directory",
    "var",
    "var-file",
    "only",
    "except",
    "force",
    "on-error",
    "survive-disconnect",
    "kind",
    "ttl",
    "deprecate-at",
    "reuse",
    "volatile-vars",
    "reuse-files",
    "region",
    "digest",
    "release-name",
    "release-tags",
    "kms-key",
    "share-with",
    "protect",
    "publish-ssm-parameter",
    "launch-template",
    "preflight",
    "matrix",
    "results",
    "sandbox",
    "network",
    "local-commands",
    "rehearse-forks",
    "regions",
    "older-than",
    "keep-last",
    "expired",
    "kinds",
    "max-removals",
    "owner",
    "dry-run",
    "role-to-assume",
    "role-session-name",
    "role-duration-seconds",
    "audience",
    "allowed-account-ids",
    "allowed-directories",
    "allow-untrusted-template",
    "policy",
    "github-token",
    "comment",
    "pr-number",
];

/// What the action is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ActionCommand {
    /// `build`.
    Build(Box<BuildOptions>),
    /// `rehearse`.
    Rehearse(Box<RehearseOptions>),
    /// `validate`.
    Validate(Box<ValidateOptions>),
    /// `inspect`.
    Inspect(TemplateOptions),
    /// `plan`.
    Plan(Box<PlanOptions>),
    /// `join`.
    Join(Box<JoinOptions>),
    /// `promote`.
    Promote(Box<PromoteRequest>),
    /// `prune`.
    Prune(Box<PruneOptions>),
    /// `sweep`.
    Sweep(SweepOptions),
}

/// When the pull request gets a comment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum CommentMode {
    /// On a pull request, where the token may write.
    #[default]
    Auto,
    /// Never.
    Never,
}

/// The inputs.
#[derive(Clone, Debug)]
pub(crate) struct Inputs {
    /// What to do.
    pub(crate) command: ActionCommand,
    /// How a build is rehearsed where it cannot be made.
    pub(crate) terms: RehearsalTerms,
    /// Whether that is done for forks.
    pub(crate) forks: RehearseForks,
    /// Where to do it, below the workspace.
    pub(crate) working_directory: Option<String>,
    /// How to sign in to AWS.
    pub(crate) sign_in: SignIn,
    /// Which files the template may use.
    pub(crate) files: FileInputs,
    /// What bounds the template.
    pub(crate) policy: PolicyInput,
    /// For the comment.
    pub(crate) github_token: Option<Secret>,
    /// When to comment.
    pub(crate) comment: CommentMode,
    /// The pull request, where the event does not tell it.
    pub(crate) pull_request: Option<u64>,
}

/// An input that cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InputError {
    /// An input that has to be there.
    #[error("the input `{0}` is missing")]
    Missing(&'static str),
    /// A value outside the input's set.
    #[error("the input `{name}` is `{value}`; it takes {takes}")]
    Value {
        /// The input.
        name: &'static str,
        /// What was given.
        value: String,
        /// What it takes.
        takes: &'static str,
    },
    /// An input that means nothing without another.
    #[error("the input `{name}` has no effect without `{needs}`")]
    Alone {
        /// The input.
        name: &'static str,
        /// What it goes with.
        needs: &'static str,
    },
    /// A line of `var` without `=`.
    #[error("line {line} of the input `var` has no `=`; each line is `name=value`")]
    Variable {
        /// Counted from 1.
        line: usize,
    },
}

/// Reads all inputs.
pub(crate) fn read(environment: &Environment) -> Result<Inputs, InputError> {
    Ok(Inputs {
        command: command(environment)?,
        terms: rehearsal::terms(environment)?,
        forks: rehearsal::forks(environment)?,
        working_directory: text(environment, "working-directory").map(str::to_owned),
        sign_in: sign_in::read(environment)?,
        files: files::read(environment),
        policy: policy::read(environment),
        github_token: text(environment, "github-token").map(Secret::new),
        comment: comment(environment)?,
        pull_request: pull_request(environment)?,
    })
}

/// One input, trimmed. The runner keeps hyphens in the name; a shell cannot set such a variable, so underscores count too.
pub(crate) fn text<'a>(environment: &'a Environment, name: &str) -> Option<&'a str> {
    let spelled = format!("INPUT_{}", name.to_uppercase());
    let value = environment
        .get(&spelled)
        .or_else(|| environment.get(&spelled.replace('-', "_")))?;
    Some(value.trim()).filter(|value| !value.is_empty())
}

fn command(environment: &Environment) -> Result<ActionCommand, InputError> {
    match text(environment, "command").unwrap_or("build") {
        "build" => Ok(ActionCommand::Build(Box::new(build(environment)?))),
        "validate" => Ok(ActionCommand::Validate(Box::new(ValidateOptions {
            template: template(environment)?,
            depth: Depth::Everything,
        }))),
        "rehearse" => Ok(ActionCommand::Rehearse(Box::new(rehearsal::rehearse(
            environment,
        )?))),
        "inspect" => Ok(ActionCommand::Inspect(template(environment)?)),
        "plan" => Ok(ActionCommand::Plan(Box::new(matrix::plan(environment)?))),
        "join" => Ok(ActionCommand::Join(Box::new(matrix::join(environment)?))),
        "promote" => Ok(ActionCommand::Promote(Box::new(promote::promote(
            environment,
        )?))),
        "prune" => Ok(ActionCommand::Prune(Box::new(prune::prune(environment)?))),
        "sweep" => Ok(ActionCommand::Sweep(sweep::sweep(environment)?)),
        other => Err(InputError::Value {
            name: "command",
            value: other.to_owned(),
            takes: "`build`, `rehearse`, `validate`, `inspect`, `plan`, `join`, `promote`, `prune` or `sweep`",
        }),
    }
}

fn build(environment: &Environment) -> Result<BuildOptions, InputError> {
    Ok(BuildOptions {
        template: template(environment)?,
        force: if boolean(environment, "force")? {
            Force::Yes
        } else {
            Force::No
        },
        on_error: on_error(environment)?,
        survival: if boolean(environment, "survive-disconnect")? {
            Survival::Everywhere
        } else {
            Survival::WhereSet
        },
        life: life::life(environment)?,
        ..BuildOptions::default()
    })
}

fn template(environment: &Environment) -> Result<TemplateOptions, InputError> {
    Ok(TemplateOptions {
        template: text(environment, "template")
            .ok_or(InputError::Missing("template"))?
            .to_owned(),
        variables: variables(environment)?,
        variable_files: lines(environment, "var-file"),
        only: names(environment, "only"),
        except: names(environment, "except"),
    })
}

fn variables(environment: &Environment) -> Result<Vec<(String, String)>, InputError> {
    let given = text(environment, "var").unwrap_or_default();
    let lines = given
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| {
            let (name, value) = line
                .split_once('=')
                .ok_or(InputError::Variable { line: number + 1 })?;
            Ok((
                name.trim().to_owned(),
                value.trim_end_matches('\r').to_owned(),
            ))
        })
        .collect()
}

fn on_error(environment: &Environment) -> Result<OnError, InputError> {
    let Some(word) = text(environment, "on-error") else {
        return Ok(OnError::Cleanup);
    };
    // Nobody can be asked in a workflow.
    OnError::parse(word)
        .filter(|way| *way != OnError::Ask)
        .ok_or_else(|| InputError::Value {
            name: "on-error",
            value: word.to_owned(),
            takes: "`cleanup`, `abort` or `run-cleanup-provisioner`",
        })
}

fn comment(environment: &Environment) -> Result<CommentMode, InputError> {
    match text(environment, "comment") {
        None | Some("auto") => Ok(CommentMode::Auto),
        Some("never") => Ok(CommentMode::Never),
        Some(other) => Err(InputError::Value {
            name: "comment",
            value: other.to_owned(),
            takes: "`auto` or `never`",
        }),
    }
}

fn pull_request(environment: &Environment) -> Result<Option<u64>, InputError> {
    let Some(number) = text(environment, "pr-number") else {
        return Ok(None);
    };
    let parsed = number.parse().ok().filter(|&number: &u64| number > 0);
    parsed.map(Some).ok_or_else(|| InputError::Value {
        name: "pr-number",
        value: number.to_owned(),
        takes: "a number from 1",
    })
}

/// The words that the toolkit of the runner's own actions takes.
fn boolean(environment: &Environment, name: &'static str) -> Result<bool, InputError> {
    match text(environment, name) {
        None | Some("false" | "False" | "FALSE") => Ok(false),
        Some("true" | "True" | "TRUE") => Ok(true),
        Some(other) => Err(InputError::Value {
            name,
            value: other.to_owned(),
            takes: "`true` or `false`",
        }),
    }
}

fn lines(environment: &Environment, name: &str) -> Vec<String> {
    let given = text(environment, name).unwrap_or_default();
    given
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Build names: one a line, or split by commas as on the command line.
fn names(environment: &Environment, name: &str) -> Vec<String> {
    let lines = lines(environment, name);
    lines
        .iter()
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::sweep_options::{Earnest, SweptRegions};

    #[test]
    fn a_template_is_all_that_a_build_needs() {
        let inputs = read(&Environment::of([
            ("INPUT_TEMPLATE", "t.json"),
            ("INPUT_FORCE", ""),
        ]))
        .unwrap();
        let ActionCommand::Build(options) = inputs.command else {
            panic!("not a build")
        };
        assert_eq!(options.template.template, "t.json");
        assert_eq!(options.force, Force::No);
    }

    #[test]
    fn variables_come_one_a_line_and_keep_what_follows_the_first_equals_sign() {
        let environment = Environment::of([
            ("INPUT_TEMPLATE", "t.json"),
            ("INPUT_VAR", "a=1\n\n  b = x=y \n"),
        ]);
        let ActionCommand::Build(options) = read(&environment).unwrap().command else {
            panic!("not a build")
        };
        assert_eq!(
            options.template.variables,
            [
                ("a".to_owned(), "1".to_owned()),
                ("b".to_owned(), " x=y".to_owned())
            ]
        );
    }

    #[test]
    fn hyphens_of_a_name_may_be_underscores() {
        let environment = Environment::of([
            ("INPUT_TEMPLATE", "t.json"),
            ("INPUT_VAR_FILE", "a.json\nb.json"),
        ]);
        let ActionCommand::Build(options) = read(&environment).unwrap().command else {
            panic!("not a build")
        };
        assert_eq!(options.template.variable_files, ["a.json", "b.json"]);
    }

    #[test]
    fn a_wrong_input_is_named_with_what_it_takes() {
        let error = read(&Environment::of([
            ("INPUT_TEMPLATE", "t.json"),
            ("INPUT_ON-ERROR", "ask"),
        ]))
        .unwrap_err();
        assert_eq!(
            error.to_string(),
            "the input `on-error` is `ask`; it takes `cleanup`, `abort` or `run-cleanup-provisioner`"
        );
    }

    #[test]
    fn a_sweep_needs_nothing_and_takes_regions_as_builds_are_named() {
        let bare = read(&Environment::of([("INPUT_COMMAND", "sweep")])).unwrap();
        assert_eq!(bare.command, ActionCommand::Sweep(SweepOptions::default()));
        let given = read(&Environment::of([
            ("INPUT_COMMAND", "sweep"),
            ("INPUT_REGIONS", "eu-west-1\nus-east-1, us-west-2"),
            ("INPUT_DRY-RUN", "true"),
        ]));
        let ActionCommand::Sweep(options) = given.unwrap().command else {
            panic!("not a sweep")
        };
        assert_eq!(options.earnest, Earnest::PlanOnly);
        let SweptRegions::Named(regions) = options.regions else {
            panic!("no regions")
        };
        assert_eq!(regions.len(), 3);
    }

    #[test]
    fn a_wrong_age_is_told_before_anything_is_swept() {
        let error = read(&Environment::of([
            ("INPUT_COMMAND", "sweep"),
            ("INPUT_OLDER-THAN", "yesterday"),
        ]));
        assert_eq!(
            error.unwrap_err().to_string(),
            "the input `older-than` is `yesterday`; it takes a duration such as `6h` or `90m`"
        );
    }

    #[test]
    fn a_missing_template_is_said() {
        assert_eq!(
            read(&Environment::of([])).unwrap_err(),
            InputError::Missing("template")
        );
    }
}
