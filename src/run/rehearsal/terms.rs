//! What a rehearsal may do, and what its builds share.

use super::scratch::Scratch;
use crate::cli::rehearse_options::{LocalCommands, RehearsalTerms};
use crate::cloud::model::ModelCloud;
use crate::lookups::Lookups;
use crate::report::result::Reality;
use crate::sandbox::SandboxChoice;

/// Whose template it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::run) enum Origin {
    /// That of whoever rehearses it.
    Own,
    /// That of a pull request from a fork: nobody has read it.
    Fork,
}

/// A run of `rehearse`.
pub(in crate::run) struct Rehearsal {
    /// What may happen.
    pub(super) terms: RehearsalTerms,
    /// Whose template it is.
    pub(super) origin: Origin,
    /// The account of the model.
    pub(super) account: ModelCloud,
    /// What the template asks other servers for: nobody is asked.
    pub(in crate::run) lookups: Lookups,
    /// Where builds write, where they write anything.
    pub(super) scratch: Option<Scratch>,
}

impl Rehearsal {
    /// A rehearsal on these terms. A fork's commands never run on this machine, and its provisioners only in a container that
    /// an input names.
    pub(in crate::run) fn new(mut terms: RehearsalTerms, origin: Origin) -> Self {
        if origin == Origin::Fork {
            terms.local_commands = LocalCommands::List;
            if !matches!(terms.sandbox, SandboxChoice::Docker { .. }) {
                terms.sandbox = SandboxChoice::None;
            }
        }
        Self {
            terms,
            origin,
            account: ModelCloud::empty(),
            lookups: Lookups::pretended(),
            scratch: None,
        }
    }

    /// What its report is about.
    pub(in crate::run) fn reality(&self) -> Reality {
        match self.origin {
            Origin::Own => Reality::Rehearsed,
            Origin::Fork => Reality::RehearsedForFork,
        }
    }

    /// Why no sandbox is wanted, and what would change that.
    pub(super) fn why_none_is_wanted(&self) -> String {
        match self.origin {
            Origin::Own => "no sandbox was wanted (`-sandbox=none`)".to_owned(),
            Origin::Fork => "they come from a fork, whose provisioners run only where the input `sandbox` names `docker:IMAGE`".to_owned(),
        }
    }

    /// Why a command on this machine is not run, and what would change that.
    pub(super) fn why_not_here(&self) -> &'static str {
        match self.origin {
            Origin::Own => "it runs on this machine, where only `-local-commands=run` lets it",
            Origin::Fork => "it runs on this machine, where nothing of a fork does",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_a_fork(sandbox: &str) -> SandboxChoice {
        let terms = RehearsalTerms {
            sandbox: SandboxChoice::parse(sandbox).unwrap(),
            local_commands: LocalCommands::Run,
            ..RehearsalTerms::default()
        };
        let rehearsal = Rehearsal::new(terms, Origin::Fork);
        assert_eq!(rehearsal.terms.local_commands, LocalCommands::List);
        rehearsal.terms.sandbox
    }

    #[test]
    fn the_provisioners_of_a_fork_run_nowhere_but_in_a_container_that_is_named() {
        assert_eq!(of_a_fork("auto"), SandboxChoice::None);
        assert_eq!(of_a_fork("host"), SandboxChoice::None);
        let image = Some("base:1".to_owned());
        assert_eq!(of_a_fork("docker:base:1"), SandboxChoice::Docker { image });
    }
}
