//! Where journals lie: never in the working directory, where they would be committed or uploaded.

use std::path::{Path, PathBuf};

use crate::action::environment::{Environment, RUNNER_TEMP};

/// Set by the user, or by a system that follows the XDG rules.
const XDG_STATE_HOME: &str = "XDG_STATE_HOME";

/// The directory: of the job on a runner, else of the user.
pub(super) fn directory(environment: &Environment) -> PathBuf {
    let base = environment
        .get(RUNNER_TEMP)
        .or_else(|| environment.get(XDG_STATE_HOME))
        .map(PathBuf::from);
    let home = || {
        environment
            .get("HOME")
            .map(|home| Path::new(home).join(".local/state"))
    };
    base.or_else(home)
        .unwrap_or_else(std::env::temp_dir)
        .join("ami-build")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_a_runner_journals_live_as_long_as_the_job() {
        let environment = Environment::of([("RUNNER_TEMP", "/runner/temp"), ("HOME", "/home/me")]);
        assert_eq!(directory(&environment), Path::new("/runner/temp/ami-build"));
    }

    #[test]
    fn elsewhere_they_lie_with_the_users_state() {
        assert_eq!(
            directory(&Environment::of([("HOME", "/home/me")])),
            Path::new("/home/me/.local/state/ami-build")
        );
    }
}
