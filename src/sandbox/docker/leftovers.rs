//! Removes what killed runs left with the engine: by label, and only what is nobody's any more.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use bollard::models::{ContainerSummary, ContainerSummaryStateEnum};

use super::engine::Engine;
use super::engine_error::EngineError;
use super::owner::{Life, Owner};
use super::spec::{KEEPERS_NAME, LABEL, NAMES, OWNER_LABEL, UNTIL_LABEL};

/// How long a container may be stopped while its owner lives where it cannot be seen: it restarts.
const REBOOT: u64 = 120;

/// Removes them. What cannot be removed is said in the log: it is no reason not to rehearse.
pub(super) async fn remove(engine: &Engine) {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let now = now.unwrap_or_default();
    match engine.labelled(LABEL).await {
        Ok(mut containers) => {
            // Whoever has another one's network goes first: Podman insists on it.
            containers.sort_by_key(is_keeper);
            for container in containers {
                let Some(id) = container.id.as_ref().filter(|_| is_ours(&container)) else {
                    continue;
                };
                // What never ran is as dead as what ended when that was made.
                let made = container.created.and_then(|made| u64::try_from(made).ok());
                let ended = engine.ended(id).await.unwrap_or_default().or(made);
                if is_left(&container, ended, now) {
                    told(id, engine.remove(id).await);
                }
            }
        }
        Err(error) => log::warn!("cannot ask what earlier rehearsals left: {error}"),
    }
}

/// Whether we made it, and nobody made it of an image that was a sandbox.
fn is_ours(container: &ContainerSummary) -> bool {
    let mut names = container.names.iter().flatten();
    names.any(|name| name.trim_start_matches('/').starts_with(NAMES))
}

fn is_keeper(container: &ContainerSummary) -> bool {
    let mut names = container.names.iter().flatten();
    names.any(|name| name.ends_with(KEEPERS_NAME))
}

fn told(id: &str, removed: Result<(), EngineError>) {
    match removed {
        Ok(()) => log::debug!("removed the container {id} of a rehearsal that was killed"),
        Err(EngineError::Refused { status: 409, .. }) => {
            log::debug!("somebody else removes the container {id}");
        }
        Err(error) => log::warn!("cannot remove the container {id} of an earlier run: {error}"),
    }
}

/// `ended`: when it last did, or was made where it never ran, in seconds since 1970.
fn is_left(container: &ContainerSummary, ended: Option<u64>, now: Duration) -> bool {
    let nothing = HashMap::new();
    let labels = container.labels.as_ref().unwrap_or(&nothing);
    let owner = labels.get(OWNER_LABEL).and_then(|label| Owner::read(label));
    let life = owner.map_or(Life::Unknown, |owner| owner.life());
    match life {
        Life::Gone => true,
        Life::Lives => false,
        Life::Unknown => {
            let until = labels.get(UNTIL_LABEL).and_then(|until| until.parse().ok());
            let is_over = now.as_secs() > until.unwrap_or(u64::MAX);
            let is_stopped = matches!(
                container.state,
                Some(ContainerSummaryStateEnum::EXITED | ContainerSummaryStateEnum::CREATED)
            );
            let is_long_ago = ended.is_some_and(|ended| now.as_secs() > ended + REBOOT);
            // Its first process ends with the owner's connection.
            is_over || is_stopped && is_long_ago
        }
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    const NOW: Duration = Duration::from_secs(1_000_000);

    fn container(owner: &str, until: u64, state: ContainerSummaryStateEnum) -> ContainerSummary {
        let labels = [
            (OWNER_LABEL, owner.to_owned()),
            (UNTIL_LABEL, until.to_string()),
        ];
        ContainerSummary {
            labels: Some(labels.map(|(name, value)| (name.to_owned(), value)).into()),
            state: Some(state),
            ..ContainerSummary::default()
        }
    }

    #[test]
    fn what_belongs_to_a_living_process_stays_whatever_else_is_true() {
        let this = Owner::this().label();
        let of_this = container(&this, 1, ContainerSummaryStateEnum::EXITED);
        assert!(!is_left(&of_this, Some(1), NOW));
    }

    #[test]
    fn what_belongs_to_a_dead_process_goes() {
        let mut words: Vec<String> = Owner::this()
            .label()
            .split(' ')
            .map(str::to_owned)
            .collect();
        words[1] = "1".into();
        let left = container(
            &words.join(" "),
            u64::MAX,
            ContainerSummaryStateEnum::RUNNING,
        );
        assert!(is_left(&left, None, NOW));
    }

    #[test]
    fn a_container_of_an_image_that_was_a_sandbox_is_somebody_elses() {
        let named = |name: &str| ContainerSummary {
            names: Some(vec![name.to_owned()]),
            ..ContainerSummary::default()
        };
        assert!(is_ours(&named("/ami-build-rehearsal-0123-network")));
        assert!(!is_ours(&named("/admiring_curie")));
        assert!(!is_ours(&ContainerSummary::default()));
    }

    #[test]
    fn an_owner_elsewhere_is_trusted_while_its_container_runs_and_its_time_is_not_over() {
        let elsewhere = "1 2 pid:[3] boot";
        let running = ContainerSummaryStateEnum::RUNNING;
        assert!(!is_left(
            &container(elsewhere, 2_000_000, running),
            None,
            NOW
        ));
        assert!(is_left(&container(elsewhere, 999_999, running), None, NOW));
        let exited = ContainerSummaryStateEnum::EXITED;
        let stopped = container(elsewhere, 2_000_000, exited);
        assert!(is_left(&stopped, Some(999_000), NOW));
        let created = container(elsewhere, 2_000_000, ContainerSummaryStateEnum::CREATED);
        assert!(is_left(&created, Some(999_000), NOW));
        assert!(!is_left(&created, Some(999_990), NOW), "it may start");
        assert!(!is_left(&stopped, Some(999_990), NOW), "it may restart");
    }
}
