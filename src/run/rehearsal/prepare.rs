//! Before the first build of a rehearsal: whatever writes gets a place of its own to write to.

use std::path::PathBuf;

use super::confine::confine;
use super::scratch::{Outputs, Scratch};
use super::set_aside;
use crate::action::environment::{Environment, RUNNER_TEMP};
use crate::plan::PlannedBuild;
use crate::run::context::RunContext;

/// Takes out what does not run here, and turns what is written. The notes of what was taken out stand by the builds' order.
pub(in crate::run) fn prepare(
    cx: &mut RunContext,
    builds: &mut [PlannedBuild],
) -> std::io::Result<Vec<Vec<String>>> {
    let Some(rehearsal) = &mut cx.rehearsal else {
        return Ok(vec![Vec::new(); builds.len()]);
    };
    let mut outputs = Outputs::default();
    let mut notes = Vec::new();
    for build in builds {
        notes.push(set_aside::for_good(build, rehearsal));
        confine(build, &mut outputs);
    }
    if !outputs.is_empty() {
        let beside = beside(&cx.environment);
        let scratch = Scratch::new(&beside, &cx.working_directory, &outputs)?;
        let bounds = cx.environment.bounds().writing_only_in(scratch.path());
        cx.environment = cx.environment.clone().with_bounds(bounds);
        cx.working_directory = scratch.path().to_owned();
        rehearsal.scratch = Some(scratch);
    }
    Ok(notes)
}

/// Where scratch directories are. A runner has a place for what goes with the job; the action's own image has no other.
fn beside(environment: &Environment) -> PathBuf {
    let named = environment.get(RUNNER_TEMP).or(environment.get("TMPDIR"));
    PathBuf::from(named.unwrap_or("/tmp"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runners_own_place_comes_before_any_other() {
        let runner = [("RUNNER_TEMP", "/runner"), ("TMPDIR", "/mine")];
        assert_eq!(beside(&Environment::of(runner)), PathBuf::from("/runner"));
        let own = Environment::of([("RUNNER_TEMP", ""), ("TMPDIR", "/mine")]);
        assert_eq!(beside(&own), PathBuf::from("/mine"));
        assert_eq!(beside(&Environment::of::<0>([])), PathBuf::from("/tmp"));
    }
}
