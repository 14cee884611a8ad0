//! `salt-masterless`: a state tree, applied on the machine without a master.

use crate::facts::Facts;
use crate::template::document::Node;
use crate::template::fields::Fields;
use crate::template::problem::Problems;

use super::checks::{self, PathKind};
use super::formula::{self, Formula, NoFormula};
use super::{GuestOs, Sudo};

/// The settings, defaults applied.
#[derive(Clone, Debug)]
pub(crate) struct SaltSettings {
    /// Whose commands are used.
    pub(crate) guest: GuestOs,
    /// Whether with `sudo`.
    pub(crate) sudo: Sudo,
    /// Arguments of the script that installs Salt; `None` where Salt is there already.
    pub(crate) bootstrap: Option<String>,
    /// Where everything passes through.
    pub(crate) temp_config_dir: String,
    /// A local file.
    pub(crate) minion_config: Option<String>,
    /// A local file.
    pub(crate) grains_file: Option<String>,
    /// A local directory.
    pub(crate) local_state_tree: String,
    /// A local directory.
    pub(crate) local_pillar_roots: Option<String>,
    /// Where the states go.
    pub(crate) state_tree: String,
    /// Where the pillar goes.
    pub(crate) pillar_roots: String,
    /// Where `salt-call` lies on the machine; empty where it is in the path.
    pub(crate) salt_bin_dir: String,
    /// All that follows `salt-call --local`.
    pub(crate) arguments: String,
    /// A failure of `salt-call` does not count.
    pub(crate) no_exit_on_failure: bool,
    /// What is fetched into the local state tree before.
    pub(crate) formulas: Vec<Formula>,
}

impl GuestOs {
    /// Where Packer puts states and pillar.
    fn salt_roots(self) -> (&'static str, &'static str) {
        match self {
            Self::Unix => ("/srv/salt", "/srv/pillar"),
            Self::Windows => ("C:/salt/state", "C:/salt/pillar/"),
        }
    }
}

/// Decodes the rendered settings.
pub(super) fn decode(node: &Node, facts: &Facts, problems: &Problems) -> SaltSettings {
    let mut fields = Fields::new(node, problems, "");
    let guest = checks::guest_os(&mut fields);
    check(&mut fields, facts);
    let (states, pillar) = guest.salt_roots();
    let (skip_bootstrap, bootstrap_args) =
        (fields.bool("skip_bootstrap"), fields.text("bootstrap_args"));
    let temp_config_dir = match guest {
        GuestOs::Unix => "/tmp/salt",
        GuestOs::Windows => "C:/Windows/Temp/salt/",
    };
    let or = |given: Option<String>, default: &str| given.unwrap_or_else(|| default.to_owned());
    let state_tree = or(checks::non_empty(&mut fields, "remote_state_tree"), states);
    let pillar_roots = or(
        checks::non_empty(&mut fields, "remote_pillar_roots"),
        pillar,
    );
    let settings = SaltSettings {
        guest,
        sudo: Sudo::unless(fields.bool("disable_sudo")),
        bootstrap: (!skip_bootstrap).then_some(bootstrap_args),
        temp_config_dir: or(
            checks::non_empty(&mut fields, "temp_config_dir"),
            temp_config_dir,
        ),
        minion_config: checks::non_empty(&mut fields, "minion_config"),
        grains_file: checks::non_empty(&mut fields, "grains_file"),
        local_state_tree: fields.text("local_state_tree"),
        local_pillar_roots: checks::non_empty(&mut fields, "local_pillar_roots"),
        arguments: arguments(&mut fields, &state_tree, &pillar_roots),
        state_tree,
        pillar_roots,
        salt_bin_dir: fields.text("salt_bin_dir"),
        formulas: formulas(&mut fields),
        no_exit_on_failure: fields.bool("no_exit_on_failure"),
    };
    fields.finish();
    settings
}

fn check(fields: &mut Fields<'_>, facts: &Facts) {
    if fields.text("local_state_tree").is_empty() {
        fields.problem("local_state_tree", "local_state_tree cannot be empty");
    }
    for (key, kind) in [
        ("local_state_tree", PathKind::Directory),
        ("local_pillar_roots", PathKind::Directory),
        ("minion_config", PathKind::File),
        ("grains_file", PathKind::File),
    ] {
        let path = fields.text(key);
        if let Some(fault) = (!path.is_empty())
            .then(|| checks::wrong_path(&path, kind, facts))
            .flatten()
        {
            fields.problem(key, format!("{key}: path '{path}' {fault}"));
        }
    }
    let remote = ["remote_state_tree", "remote_pillar_roots"];
    if !fields.text("minion_config").is_empty()
        && remote.iter().any(|key| !fields.text(key).is_empty())
    {
        let message =
            "remote_state_tree and remote_pillar_roots only apply when minion_config is not used";
        fields.problem("minion_config", message);
    }
}

fn formulas(fields: &mut Fields<'_>) -> Vec<Formula> {
    let read: Result<Vec<_>, _> = fields
        .strings("formulas")
        .iter()
        .map(|text| formula::parse(text))
        .collect();
    read.unwrap_or_else(|wrong| {
        let message = match wrong {
            NoFormula::Shape => {
                "Invalid formula URL. Please verify the git URLs also contain a '//' subdir"
            }
            NoFormula::Setting => "a formula takes no other setting than `ref` and `depth` here",
        };
        fields.problem("formulas", message);
        Vec::new()
    })
}

/// Packer's command line, its two blanks included.
fn arguments(fields: &mut Fields<'_>, state_tree: &str, pillar_roots: &str) -> String {
    let mut text = match fields.text("custom_state") {
        state if state.is_empty() => " state.highstate".to_owned(),
        state => format!(" state.sls {state}"),
    };
    if fields.text("minion_config").is_empty() {
        text += &format!(" --file-root={state_tree} --pillar-root={pillar_roots}");
    }
    if !fields.bool("no_exit_on_failure") {
        text += " --retcode-passthrough";
    }
    let level = checks::non_empty(fields, "log_level");
    text += &format!(" -l {}", level.as_deref().unwrap_or("info"));
    match fields.text("salt_call_args") {
        more if more.is_empty() => text,
        more => format!("{text} {more}"),
    }
}
