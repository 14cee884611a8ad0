//! The flags of each command as usable values.

use super::flags::{Flag, FlagError, Given, Parsed, Takes, parse};
use super::life_options;
use crate::images::LifeOptions;
use crate::template::weak::parse_integer;

/// What happens to a failed build's remains.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum OnError {
    /// All is undone.
    #[default]
    Cleanup,
    /// All is kept, and marked so.
    Abort,
    /// A person is asked; without a terminal as [`OnError::Cleanup`].
    Ask,
    /// As [`OnError::Abort`], after the cleanup provisioner.
    RunCleanupProvisioner,
}

impl OnError {
    /// Reads Packer's word.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        match word {
            "cleanup" => Some(Self::Cleanup),
            "abort" => Some(Self::Abort),
            "ask" => Some(Self::Ask),
            "run-cleanup-provisioner" => Some(Self::RunCleanupProvisioner),
            _ => None,
        }
    }
}

/// What `build`, `validate` and `inspect` read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TemplateOptions {
    /// The template's path, `-` for the standard input; empty only for `inspect`.
    pub(crate) template: String,
    /// `-var`, in order.
    pub(crate) variables: Vec<(String, String)>,
    /// `-var-file`, in order.
    pub(crate) variable_files: Vec<String>,
    /// `-only`.
    pub(crate) only: Vec<String>,
    /// `-except`.
    pub(crate) except: Vec<String>,
}

/// Whether existing images and files are replaced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Force {
    /// They are.
    Yes,
    /// They are not.
    #[default]
    No,
}

/// Which scripts on the machine outlive a lost connection. Ours: Packer has no such flag.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Survival {
    /// Those of provisioners that set `survive_disconnect`.
    #[default]
    WhereSet,
    /// All but those of provisioners that set it to `false`.
    Everywhere,
}

/// Whether the run stops between steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Debugging {
    /// `-debug`.
    Steps,
    /// Not.
    #[default]
    Off,
}

/// `build`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct BuildOptions {
    /// What is built.
    pub(crate) template: TemplateOptions,
    /// `-force`.
    pub(crate) force: Force,
    /// `-on-error`.
    pub(crate) on_error: OnError,
    /// `-parallel-builds`; `None` is without limit.
    pub(crate) parallel: Option<usize>,
    /// `-color=false`.
    pub(crate) colourless: bool,
    /// `-timestamp-ui`.
    pub(crate) timestamps: bool,
    /// `-debug`.
    pub(crate) debugging: Debugging,
    /// `-survive-disconnect`.
    pub(crate) survival: Survival,
    /// `-kind` and what goes with it. Ours.
    pub(crate) life: Option<LifeOptions>,
}

/// How far `validate` looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Depth {
    /// `-syntax-only`.
    Syntax,
    /// Everything.
    #[default]
    Everything,
}

/// `validate`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ValidateOptions {
    /// What is checked.
    pub(crate) template: TemplateOptions,
    /// How far.
    pub(crate) depth: Depth,
}

pub(super) const fn value(name: &'static str) -> Flag {
    Flag {
        name,
        takes: Takes::Value,
    }
}

pub(super) const fn switch(name: &'static str) -> Flag {
    Flag {
        name,
        takes: Takes::Switch,
    }
}

/// `build`'s flags. The last five are accepted and mean nothing: four of them for JSON templates, as in Packer 1.16, and
/// `-machine-readable` where it is not spelled exactly so.
const BUILD: &[Flag] = &[
    value("var"),
    value("var-file"),
    value("only"),
    value("except"),
    switch("force"),
    value("on-error"),
    value("parallel-builds"),
    switch("color"),
    switch("timestamp-ui"),
    switch("debug"),
    switch("survive-disconnect"),
    value("config-type"),
    switch("machine-readable"),
    switch("warn-on-undeclared-var"),
    switch("ignore-prerelease-plugins"),
    switch("use-sequential-evaluation"),
    switch("skip-enforcement"),
];

const VALIDATE: &[Flag] = &[
    value("var"),
    value("var-file"),
    value("only"),
    value("except"),
    switch("syntax-only"),
    value("config-type"),
    switch("evaluate-datasources"),
    switch("no-warn-undeclared-var"),
    switch("ignore-prerelease-plugins"),
    switch("use-sequential-evaluation"),
];

const INSPECT: &[Flag] = &[
    value("var"),
    value("var-file"),
    value("only"),
    value("except"),
    value("config-type"),
    switch("use-sequential-evaluation"),
];

/// Reads `build`'s command line.
pub(crate) fn build(arguments: &[String]) -> Result<BuildOptions, FlagError> {
    let parsed = parse(arguments, &[BUILD, &life_options::FLAGS].concat())?;
    let mut options = BuildOptions {
        template: template(&parsed)?,
        life: life_options::life(&parsed)?,
        ..BuildOptions::default()
    };
    for Given { name, value } in &parsed.flags {
        match *name {
            "force" => {
                options.force = if value == "true" {
                    Force::Yes
                } else {
                    Force::No
                }
            }
            "on-error" => options.on_error = OnError::parse(value).ok_or_else(|| {
                bad(
                    name,
                    value,
                    "must be one of [\"cleanup\" \"abort\" \"ask\" \"run-cleanup-provisioner\"]",
                )
            })?,
            "parallel-builds" => options.parallel = parallel(name, value)?,
            "color" => options.colourless = value == "false",
            "timestamp-ui" => options.timestamps = value == "true",
            "survive-disconnect" => {
                options.survival = if value == "true" {
                    Survival::Everywhere
                } else {
                    Survival::WhereSet
                }
            }
            "debug" => {
                options.debugging = if value == "true" {
                    Debugging::Steps
                } else {
                    Debugging::Off
                }
            }
            _ => {}
        }
    }
    Ok(options)
}

/// Reads `validate`'s command line.
pub(crate) fn validate(arguments: &[String]) -> Result<ValidateOptions, FlagError> {
    let parsed = parse(arguments, VALIDATE)?;
    let syntax = parsed
        .flags
        .iter()
        .rev()
        .find(|given| given.name == "syntax-only")
        .is_some_and(|given| given.value == "true");
    Ok(ValidateOptions {
        template: template(&parsed)?,
        depth: if syntax {
            Depth::Syntax
        } else {
            Depth::Everything
        },
    })
}

/// Reads `inspect`'s command line. Packer inspects an empty template where none is named.
pub(crate) fn inspect(arguments: &[String]) -> Result<TemplateOptions, FlagError> {
    let mut parsed = parse(arguments, INSPECT)?;
    if parsed.arguments.is_empty() {
        parsed.arguments.push(String::new());
    }
    template(&parsed)
}

pub(super) fn template(parsed: &Parsed) -> Result<TemplateOptions, FlagError> {
    // Packer answers anything but exactly one argument with its usage.
    let [path] = parsed.arguments.as_slice() else {
        return Err(FlagError::NotOneTemplate);
    };
    let mut options = TemplateOptions {
        template: path.clone(),
        ..TemplateOptions::default()
    };
    for Given { name, value } in &parsed.flags {
        match *name {
            "var" => {
                let (key, text) = value
                    .split_once('=')
                    .ok_or_else(|| bad(name, value, "no '=' value in arg"))?;
                options.variables.push((key.to_owned(), text.to_owned()));
            }
            "var-file" => options.variable_files.push(value.clone()),
            "config-type" if value == "hcl2" => {
                return Err(bad(name, value, "only JSON templates can be read here"));
            }
            "config-type" if value != "json" => {
                return Err(bad(name, value, "must be one of: json, hcl2"));
            }
            "only" => options.only.extend(value.split(',').map(str::to_owned)),
            "except" => options.except.extend(value.split(',').map(str::to_owned)),
            _ => {}
        }
    }
    Ok(options)
}

pub(super) fn parallel(name: &'static str, value: &str) -> Result<Option<usize>, FlagError> {
    let number = parse_integer(value).ok_or_else(|| bad(name, value, "parse error"))?;
    Ok(usize::try_from(number).ok().filter(|&number| number > 0))
}

pub(super) fn bad(name: &'static str, value: &str, reason: &str) -> FlagError {
    FlagError::BadValue {
        name,
        value: value.to_owned(),
        reason: reason.to_owned(),
    }
}

#[cfg(test)]
mod tests;
