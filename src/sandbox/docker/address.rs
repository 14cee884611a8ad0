//! Where an engine listens.

use std::path::{Path, PathBuf};

use crate::action::environment::Environment;
use crate::sandbox::SandboxError;

/// What the environment says of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct EngineHints {
    /// `DOCKER_HOST`.
    pub(crate) docker_host: Option<String>,
    /// `XDG_RUNTIME_DIR`.
    pub(crate) runtime_directory: Option<PathBuf>,
    /// `HOME`.
    pub(crate) home: Option<PathBuf>,
}

impl EngineHints {
    /// What it says.
    pub(crate) fn of(environment: &Environment) -> Self {
        Self {
            docker_host: environment.get("DOCKER_HOST").map(str::to_owned),
            runtime_directory: environment.get("XDG_RUNTIME_DIR").map(PathBuf::from),
            home: environment.get("HOME").map(PathBuf::from),
        }
    }
}

/// The sockets to try, in order: the named one alone, else the usual ones that are there.
pub(super) fn sockets(hints: &EngineHints) -> Result<Vec<PathBuf>, SandboxError> {
    if let Some(host) = hints.docker_host.as_deref().filter(|host| !host.is_empty()) {
        let path = host
            .strip_prefix("unix://")
            .or(host.strip_prefix("npipe://"));
        return match path.filter(|path| path.starts_with('/')) {
            Some(path) => Ok(vec![PathBuf::from(path)]),
            None => Err(super::unavailable(format!(
                "`DOCKER_HOST` is `{host}`, and only a socket on this machine is used, such as `unix:///var/run/docker.sock`"
            ))),
        };
    }
    let found: Vec<PathBuf> = usual(hints)
        .into_iter()
        .filter(|path| path.exists())
        .collect();
    if found.is_empty() {
        let places: Vec<String> = usual(hints)
            .iter()
            .map(|path| format!("`{}`", path.display()))
            .collect();
        return Err(super::unavailable(format!(
            "no engine's socket is at {}; start Docker or Podman, or set `DOCKER_HOST`",
            places.join(", ")
        )));
    }
    Ok(found)
}

/// Docker's own, its rootless and its desktop ones, then Podman's.
fn usual(hints: &EngineHints) -> Vec<PathBuf> {
    let runtime = hints.runtime_directory.as_deref();
    let below = |directory: Option<&Path>, path: &str| directory.map(|it| it.join(path));
    let places = [
        Some(PathBuf::from("/var/run/docker.sock")),
        below(runtime, "docker.sock"),
        below(hints.home.as_deref(), ".docker/run/docker.sock"),
        below(runtime, "podman/podman.sock"),
        Some(PathBuf::from("/run/podman/podman.sock")),
    ];
    places.into_iter().flatten().collect()
}

#[cfg(test)]
mod unit {
    use super::*;

    fn hints(host: &str) -> EngineHints {
        EngineHints {
            docker_host: Some(host.to_owned()),
            ..EngineHints::default()
        }
    }

    #[test]
    fn a_named_socket_is_the_only_one_that_is_tried() {
        let found = sockets(&hints("unix:///run/user/1000/podman/podman.sock")).unwrap();
        assert_eq!(found, [Path::new("/run/user/1000/podman/podman.sock")]);
    }

    #[test]
    fn an_engine_elsewhere_is_refused_by_its_address() {
        for host in ["tcp://10.0.0.1:2375", "ssh://me@host", "unix://relative"] {
            let error = sockets(&hints(host)).unwrap_err().to_string();
            assert!(
                error.contains(&format!("`DOCKER_HOST` is `{host}`")),
                "{error}"
            );
        }
    }

    #[test]
    fn a_rootless_socket_comes_after_the_systems_own() {
        let runtime = tempfile::tempdir().unwrap();
        let podman = runtime.path().join("podman/podman.sock");
        std::fs::create_dir(runtime.path().join("podman")).unwrap();
        std::fs::write(&podman, "").unwrap();
        let hints = EngineHints {
            runtime_directory: Some(runtime.path().to_owned()),
            ..EngineHints::default()
        };
        assert!(sockets(&hints).unwrap().contains(&podman));
        let order = usual(&hints);
        assert_eq!(order[0], Path::new("/var/run/docker.sock"));
        assert_eq!(order[2], podman);
    }
}
