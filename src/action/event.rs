//! The event that started the workflow: which pull request, and whether it comes from a fork.

use serde_json::Value;

use super::environment::{self, Environment};

/// A pull request of the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PullRequest {
    /// Its number.
    pub(crate) number: u64,
    /// Where its commits come from.
    pub(crate) origin: Origin,
}

/// Where a pull request's commits come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A branch of the same repository.
    SameRepository,
    /// A fork: the token reads at most, and there are no secrets.
    Fork,
    /// The event does not tell.
    Unknown,
}

/// The pull request that the event is about, if it is about one.
pub(crate) fn pull_request(environment: &Environment) -> Option<PullRequest> {
    from_payload(
        environment.get(environment::GITHUB_EVENT_NAME)?,
        &payload(environment)?,
    )
}

/// The pull request that the event says was merged, with its head.
pub(crate) fn merged(environment: &Environment) -> Option<(u64, String)> {
    let event = payload(environment)?;
    let request = event.get("pull_request")?;
    let is_merged = request.get("merged").and_then(Value::as_bool)?;
    let head = request.pointer("/head/sha")?.as_str()?.to_owned();
    is_merged.then_some((request.get("number")?.as_u64()?, head))
}

/// The commit that the event is about: a pull request's own head, not the merge that GitHub makes of it to be checked out.
/// `None` where the event does not tell, as a comment does not.
pub(crate) fn head(environment: &Environment) -> Option<String> {
    let name = environment.get(environment::GITHUB_EVENT_NAME);
    let told = name.and_then(|name| Some(head_of(name, &payload(environment)?)));
    match told {
        Some(Head::Told(head)) => Some(head),
        Some(Head::Hidden) => None,
        Some(Head::AsCheckedOut) | None => {
            environment.get(environment::GITHUB_SHA).map(str::to_owned)
        }
    }
}

/// What an event says of the commit that it is about.
#[derive(Debug, PartialEq, Eq)]
enum Head {
    /// This one.
    Told(String),
    /// The one that is checked out.
    AsCheckedOut,
    /// There is one, and it does not say which.
    Hidden,
}

fn head_of(name: &str, event: &Value) -> Head {
    let pointer = match name {
        "pull_request"
        | "pull_request_target"
        | "pull_request_review"
        | "pull_request_review_comment" => "/pull_request/head/sha",
        "workflow_run" => "/workflow_run/head_sha",
        "issue_comment" => return Head::Hidden,
        _ => return Head::AsCheckedOut,
    };
    let told = event.pointer(pointer).and_then(Value::as_str);
    told.map_or(Head::Hidden, |head| Head::Told(head.to_owned()))
}

pub(super) fn payload(environment: &Environment) -> Option<Value> {
    let path = environment.get(environment::GITHUB_EVENT_PATH)?;
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}

/// The commit of the branch that the event's changes are to go into, where it is about changes that are not there yet, or
/// where somebody else's may be at work.
pub(crate) fn base_commit(environment: &Environment) -> Option<String> {
    let name = environment.get(environment::GITHUB_EVENT_NAME)?;
    let event = payload(environment).unwrap_or_default();
    base_in_payload(name, environment.get(environment::GITHUB_SHA), &event)
}

fn base_in_payload(name: &str, sha: Option<&str>, event: &Value) -> Option<String> {
    let text = |pointer: &str| event.pointer(pointer)?.as_str();
    let commit = match name {
        "pull_request" | "pull_request_review" | "pull_request_review_comment" => {
            text("/pull_request/base/sha")
        }
        "merge_group" => text("/merge_group/base_sha"),
        "pull_request_target" | "issue_comment" | "workflow_run" => sha,
        _ => None,
    };
    commit.map(str::to_owned)
}

fn from_payload(name: &str, event: &Value) -> Option<PullRequest> {
    match name {
        "pull_request"
        | "pull_request_target"
        | "pull_request_review"
        | "pull_request_review_comment" => {
            let request = event.get("pull_request")?;
            Some(PullRequest {
                number: request.get("number")?.as_u64()?,
                origin: origin(request),
            })
        }
        // A comment on an issue has the same event; only a pull request's has this key.
        "issue_comment" => {
            let issue = event.get("issue")?;
            issue
                .get("pull_request")
                .filter(|request| !request.is_null())?;
            Some(PullRequest {
                number: issue.get("number")?.as_u64()?,
                origin: Origin::Unknown,
            })
        }
        "workflow_run" => {
            let requests = event
                .get("workflow_run")?
                .get("pull_requests")?
                .as_array()?;
            Some(PullRequest {
                number: requests.first()?.get("number")?.as_u64()?,
                origin: Origin::Unknown,
            })
        }
        "merge_group" => merge_group(event.get("merge_group")?.get("head_ref")?.as_str()?),
        _ => None,
    }
}

/// `refs/heads/gh-readonly-queue/BASE/pr-N-SHA`.
fn merge_group(head: &str) -> Option<PullRequest> {
    let (_, tail) = head.rsplit_once("/pr-")?;
    let (number, _) = tail.split_once('-')?;
    Some(PullRequest {
        number: number.parse().ok()?,
        origin: Origin::Unknown,
    })
}

fn origin(request: &Value) -> Origin {
    let repository = |side: &str| request.get(side)?.get("repo")?.get("id")?.as_u64();
    match (repository("head"), repository("base")) {
        (Some(head), Some(base)) if head == base => Origin::SameRepository,
        // The head repository of a fork that was deleted is null.
        (None | Some(_), Some(_)) => Origin::Fork,
        (_, None) => Origin::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_pull_request_event_tells_number_and_origin() {
        let event = json!({"pull_request": {"number": 7, "head": {"repo": {"id": 1}}, "base": {"repo": {"id": 1}}}});
        assert_eq!(
            from_payload("pull_request", &event),
            Some(PullRequest {
                number: 7,
                origin: Origin::SameRepository
            })
        );
    }

    #[test]
    fn another_or_a_deleted_head_repository_is_a_fork() {
        for head in [json!({"repo": {"id": 2}}), json!({"repo": null})] {
            let event =
                json!({"pull_request": {"number": 7, "head": head, "base": {"repo": {"id": 1}}}});
            assert_eq!(
                from_payload("pull_request", &event).map(|request| request.origin),
                Some(Origin::Fork)
            );
        }
    }

    #[test]
    fn a_comment_on_an_issue_is_no_pull_request() {
        assert_eq!(
            from_payload("issue_comment", &json!({"issue": {"number": 7}})),
            None
        );
    }

    #[test]
    fn a_merge_group_names_its_pull_request_in_the_branch() {
        let event =
            json!({"merge_group": {"head_ref": "refs/heads/gh-readonly-queue/main/pr-104-abc"}});
        assert_eq!(
            from_payload("merge_group", &event).map(|request| request.number),
            Some(104)
        );
    }

    #[test]
    fn what_is_not_merged_yet_has_a_base_and_a_push_has_none() {
        let event =
            json!({"pull_request": {"base": {"sha": "b"}}, "merge_group": {"base_sha": "q"}});
        let base = |name| base_in_payload(name, Some("main"), &event);
        assert_eq!(base("pull_request").as_deref(), Some("b"));
        assert_eq!(base("merge_group").as_deref(), Some("q"));
        assert_eq!(base("pull_request_target").as_deref(), Some("main"));
        assert_eq!(base("push"), None);
    }

    #[test]
    fn the_head_is_the_pull_requests_own_and_else_what_is_checked_out() {
        let event = json!({"pull_request": {"head": {"sha": "abc"}}});
        assert_eq!(
            head_of("pull_request", &event),
            Head::Told("abc".to_owned())
        );
        assert_eq!(head_of("push", &json!({})), Head::AsCheckedOut);
        assert_eq!(head_of("issue_comment", &json!({})), Head::Hidden);
    }

    #[test]
    fn only_a_pull_request_that_was_merged_is_merged() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("event.json");
        let told = |merged: Value| {
            let event =
                json!({"pull_request": {"number": 7, "merged": merged, "head": {"sha": "abc"}}});
            std::fs::write(&path, event.to_string()).unwrap();
            super::merged(&Environment::of([(
                "GITHUB_EVENT_PATH",
                path.to_str().unwrap(),
            )]))
        };
        assert_eq!(told(json!(true)), Some((7, "abc".to_owned())));
        assert_eq!(told(json!(false)), None);
        assert_eq!(told(Value::Null), None);
    }

    #[test]
    fn a_push_has_none() {
        assert_eq!(from_payload("push", &json!({})), None);
    }
}
