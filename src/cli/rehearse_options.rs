//! The flags of `rehearse`.

use super::flags::{Flag, FlagError, Given, parse};
use super::options::{self, BuildOptions, bad, switch, value};
use crate::sandbox::{Network, SandboxChoice};

/// What may happen in a rehearsal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RehearsalTerms {
    /// `-sandbox`.
    pub(crate) sandbox: SandboxChoice,
    /// `-network`.
    pub(crate) network: Network,
    /// `-local-commands`.
    pub(crate) local_commands: LocalCommands,
}

/// Whether what a template runs on this machine is run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum LocalCommands {
    /// It is listed as not checked.
    #[default]
    List,
    /// It is run.
    Run,
}

/// `rehearse`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RehearseOptions {
    /// What is built, and how it is shown.
    pub(crate) build: BuildOptions,
    /// What may happen.
    pub(crate) terms: RehearsalTerms,
}

/// What the flags take, as an error says it.
pub(crate) const SANDBOXES: &str = "must be auto, host, docker, docker:IMAGE or none";
const NETWORKS: &str = "must be host or none";
const LOCAL_COMMANDS: &str = "must be list or run";

const REHEARSE: &[Flag] = &[
    value("var"),
    value("var-file"),
    value("only"),
    value("except"),
    value("sandbox"),
    value("network"),
    value("local-commands"),
    value("parallel-builds"),
    switch("color"),
    switch("timestamp-ui"),
    value("config-type"),
    switch("machine-readable"),
];

impl RehearsalTerms {
    /// Reads a network's name.
    pub(crate) fn network(word: &str) -> Option<Network> {
        match word {
            "host" => Some(Network::AsHost),
            "none" => Some(Network::Nothing),
            _ => None,
        }
    }

    /// Reads what happens to local commands.
    pub(crate) fn local_commands(word: &str) -> Option<LocalCommands> {
        match word {
            "list" => Some(LocalCommands::List),
            "run" => Some(LocalCommands::Run),
            _ => None,
        }
    }
}

/// Reads `rehearse`'s command line.
pub(crate) fn rehearse(arguments: &[String]) -> Result<RehearseOptions, FlagError> {
    let parsed = parse(arguments, REHEARSE)?;
    let mut read = RehearseOptions {
        build: BuildOptions {
            template: options::template(&parsed)?,
            ..BuildOptions::default()
        },
        terms: RehearsalTerms::default(),
    };
    let (build, terms) = (&mut read.build, &mut read.terms);
    for Given { name, value } in &parsed.flags {
        let wrong = |takes| bad(name, value, takes);
        match *name {
            "sandbox" => {
                terms.sandbox = SandboxChoice::parse(value).ok_or_else(|| wrong(SANDBOXES))?;
            }
            "network" => {
                terms.network = RehearsalTerms::network(value).ok_or_else(|| wrong(NETWORKS))?;
            }
            "local-commands" => {
                terms.local_commands =
                    RehearsalTerms::local_commands(value).ok_or_else(|| wrong(LOCAL_COMMANDS))?;
            }
            "parallel-builds" => build.parallel = options::parallel(name, value)?,
            "color" => build.colourless = value == "false",
            "timestamp-ui" => build.timestamps = value == "true",
            _ => {}
        }
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<RehearseOptions, FlagError> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        rehearse(&words)
    }

    #[test]
    fn a_rehearsal_runs_nothing_on_this_machine_unless_it_is_told_to() {
        assert_eq!(read("t.json").unwrap().terms, RehearsalTerms::default());
        let terms = read("-local-commands=run -network=none -sandbox docker:base:1 t.json");
        let terms = terms.unwrap().terms;
        assert_eq!(terms.local_commands, LocalCommands::Run);
        assert_eq!(terms.network, Network::Nothing);
        let image = Some("base:1".to_owned());
        assert_eq!(terms.sandbox, SandboxChoice::Docker { image });
    }

    #[test]
    fn a_wrong_word_is_told_with_those_that_are_right() {
        let error = read("-sandbox=vm t.json").unwrap_err().to_string();
        assert!(error.ends_with(SANDBOXES), "{error}");
        assert!(read("-network=lan t.json").is_err());
        assert!(read("-force t.json").is_err());
    }
}
