//! The events whose runs have more rights than whoever wrote the pull request that they are about.
//!
//! Their workflow and their `GITHUB_SHA` are those of a branch of the repository itself; a pull request's files get into such
//! a run only where it checks them out
//! (<https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows>).

use serde_json::Value;

use super::environment::{self, Environment};
use super::event;

/// What such a run knows of commits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Doubt {
    /// The event.
    pub(crate) event: String,
    /// Commits of the branch that the run belongs to.
    pub(crate) trusted: Vec<String>,
    /// The commit that somebody else may have written.
    pub(crate) head: Option<String>,
}

/// The run's event, where it is one of those.
pub(crate) fn of(environment: &Environment) -> Option<Doubt> {
    let name = environment.get(environment::GITHUB_EVENT_NAME)?;
    let event = event::payload(environment).unwrap_or_default();
    from_payload(name, environment.get(environment::GITHUB_SHA), &event)
}

fn from_payload(name: &str, sha: Option<&str>, event: &Value) -> Option<Doubt> {
    let text = |pointer: &str| event.pointer(pointer)?.as_str().map(str::to_owned);
    let mut trusted: Vec<String> = sha.map(str::to_owned).into_iter().collect();
    let mut head = None;
    match name {
        "pull_request_target" => {
            trusted.extend(text("/pull_request/base/sha"));
            head = text("/pull_request/head/sha");
        }
        "workflow_run" => {
            head = text("/workflow_run/head_sha");
            if is_of_the_repository_itself(event) {
                trusted.extend(head.take());
            }
        }
        "issue_comment" => {}
        _ => return None,
    }
    trusted.dedup();
    trusted.retain(|commit| head.as_ref() != Some(commit));
    Some(Doubt {
        event: name.to_owned(),
        trusted,
        head,
    })
}

/// A run that a pull request did not start, of a commit that somebody with write access pushed.
fn is_of_the_repository_itself(event: &Value) -> bool {
    let started = event
        .pointer("/workflow_run/event")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let id = |pointer: &str| event.pointer(pointer).and_then(Value::as_u64);
    let (head, own) = (id("/workflow_run/head_repository/id"), id("/repository/id"));
    matches!(
        started,
        "push" | "schedule" | "release" | "workflow_dispatch"
    ) && own.is_some()
        && head == own
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_run_of_the_pull_requests_own_event_is_believed() {
        for name in ["pull_request", "push", "schedule", "workflow_dispatch"] {
            assert_eq!(from_payload(name, Some("a"), &json!({})), None);
        }
    }

    #[test]
    fn the_base_is_believed_and_the_head_is_not() {
        let event = json!({"pull_request": {"head": {"sha": "h"}, "base": {"sha": "b"}}});
        let doubt = from_payload("pull_request_target", Some("main"), &event).unwrap();
        assert_eq!(doubt.trusted, ["main", "b"]);
        assert_eq!(doubt.head.as_deref(), Some("h"));
    }

    #[test]
    fn a_workflow_run_is_believed_where_a_push_to_the_repository_itself_started_it() {
        let event = |started: &str, id: u64| {
            let run = json!({"event": started, "head_sha": "h", "head_repository": {"id": id}});
            json!({"workflow_run": run, "repository": {"id": 1}})
        };
        let trusted = |started, id| {
            from_payload("workflow_run", Some("main"), &event(started, id))
                .unwrap()
                .trusted
        };
        assert_eq!(trusted("push", 1), ["main", "h"]);
        assert_eq!(trusted("push", 2), ["main"]);
        assert_eq!(trusted("pull_request", 1), ["main"]);
        let unreadable = from_payload("workflow_run", Some("main"), &json!(null)).unwrap();
        assert_eq!(unreadable.trusted, ["main"]);
    }

    #[test]
    fn a_comment_is_about_the_default_branch_alone() {
        let doubt = from_payload("issue_comment", Some("main"), &json!({})).unwrap();
        assert_eq!((doubt.trusted, doubt.head), (vec!["main".to_owned()], None));
    }
}
