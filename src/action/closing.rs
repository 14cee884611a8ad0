//! Whether the event is about a pull request that was closed, and how it ended.

use serde_json::Value;

use super::environment::{Environment, GITHUB_EVENT_NAME};
use super::event::payload;

/// What an event says of the end of a pull request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Closing {
    /// It was closed.
    Closed {
        /// Its number.
        number: u64,
        /// The head that it was merged with, where it was.
        merged_head: Option<String>,
    },
    /// It is open.
    Open(u64),
}

/// What the event says; `None` where it is about something else.
pub(crate) fn closing(environment: &Environment) -> Option<Closing> {
    let name = environment.get(GITHUB_EVENT_NAME)?;
    of_payload(name, &payload(environment)?)
}

fn of_payload(name: &str, event: &Value) -> Option<Closing> {
    if !matches!(name, "pull_request" | "pull_request_target") {
        return None;
    }
    let request = event.get("pull_request")?;
    let number = request.get("number")?.as_u64()?;
    if event.get("action").and_then(Value::as_str) != Some("closed") {
        return Some(Closing::Open(number));
    }
    let is_merged = request.get("merged").and_then(Value::as_bool);
    let head = request.pointer("/head/sha").and_then(Value::as_str);
    match (is_merged, head) {
        (Some(false), _) => Some(Closing::Closed {
            number,
            merged_head: None,
        }),
        (Some(true), Some(head)) => Some(Closing::Closed {
            number,
            merged_head: Some(head.to_owned()),
        }),
        // GitHub always says so. What does not is no word that previews may go.
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(action: &str, merged: Value) -> Option<Closing> {
        let request = json!({"number": 7, "merged": merged, "head": {"sha": "abc"}});
        of_payload(
            "pull_request",
            &json!({"action": action, "pull_request": request}),
        )
    }

    #[test]
    fn a_pull_request_is_closed_with_or_without_being_merged() {
        let closed = |merged_head: Option<&str>| {
            Some(Closing::Closed {
                number: 7,
                merged_head: merged_head.map(str::to_owned),
            })
        };
        assert_eq!(told("closed", json!(true)), closed(Some("abc")));
        assert_eq!(told("closed", json!(false)), closed(None));
        assert_eq!(told("closed", Value::Null), None);
    }

    #[test]
    fn whatever_else_happens_to_it_it_is_open() {
        assert_eq!(told("synchronize", json!(false)), Some(Closing::Open(7)));
    }

    #[test]
    fn other_events_are_not_about_its_end() {
        assert_eq!(of_payload("push", &json!({})), None);
        assert_eq!(
            of_payload("issue_comment", &json!({"action": "closed"})),
            None
        );
    }
}
