//! The lab's GitHub, which checks every request against GitHub's own description.

use serde_json::{Value, json};

use super::binary::openapi;
use super::http::ask;
use super::pool::{Pool, Server};

static POOL: Pool = Pool::new();

/// Every path but those of [`GitHub::files`].
const BUT_FOR_FILES: &str = "^(?!.*/(contents|git/trees)/)";

/// A GitHub with one pull request, number 7 of `octo-org/images`.
#[derive(Debug)]
pub(crate) struct GitHub(Option<Server>);

impl GitHub {
    /// In its first state.
    pub(crate) fn new() -> Self {
        let github = Self(Some(POOL.take(start)));
        github.post("reset", &Value::Null);
        github
    }

    /// What goes into `GITHUB_API_URL`.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address())
    }

    fn address(&self) -> &str {
        &self
            .0
            .as_ref()
            .expect("it has its server until it is dropped")
            .address
    }

    fn get(&self, name: &str) -> Value {
        ask(self.address(), "GET", &format!("/_lab/{name}"), None).json()
    }

    fn post(&self, name: &str, body: &Value) {
        ask(self.address(), "POST", &format!("/_lab/{name}"), Some(body)).json();
    }

    /// Whose token it is and what it may do.
    pub(crate) fn settings(&self, settings: &Value) {
        self.post("settings", settings);
    }

    /// One more thing that goes wrong. Without a `path` it is not about the files of a commit, which are asked for the policy
    /// before anything begins.
    pub(crate) fn fault(&self, fault: &Value) {
        let mut fault = fault.clone();
        if fault["path"].is_null() {
            fault["path"] = json!(BUT_FOR_FILES);
        }
        self.post("faults", &fault);
    }

    /// Changes a pull request of `octo-org/images`, or adds one.
    pub(crate) fn pull(&self, number: u64, fields: &Value) {
        let mut pull = fields.clone();
        pull["repository"] = json!("octo-org/images");
        pull["number"] = json!(number);
        self.post("pulls", &pull);
    }

    /// What a commit of `octo-org/images` holds: path → text.
    pub(crate) fn files(&self, commit: &str, files: &Value) {
        let repository = json!({"full_name": "octo-org/images", "files": {commit: files}});
        self.post("repositories", &repository);
    }

    /// Somebody writes a comment on the pull request.
    pub(crate) fn comment_by(&self, author: &str, body: &str) {
        let comment =
            json!({"repository": "octo-org/images", "number": 7, "author": author, "body": body});
        self.post("comments", &comment);
    }

    /// The comments: author, body and how often it was edited.
    pub(crate) fn comments(&self) -> Vec<(String, String, usize)> {
        let state = self.get("state");
        let comments = state["comments"].as_array().cloned().unwrap_or_default();
        let text =
            |comment: &Value, name: &str| comment[name].as_str().unwrap_or_default().to_owned();
        let edits = |comment: &Value| comment["edited_by"].as_array().map_or(0, Vec::len);
        let comments = comments.iter();
        comments
            .map(|comment| {
                (
                    text(comment, "author"),
                    text(comment, "body"),
                    edits(comment),
                )
            })
            .collect()
    }

    /// What a client did against GitHub's description.
    pub(crate) fn assert_no_violation(&self) {
        let violations = self.get("violations");
        assert_eq!(violations, json!([]));
    }
}

impl Drop for GitHub {
    fn drop(&mut self) {
        if let Some(server) = self.0.take() {
            POOL.give_back(server);
        }
    }
}

fn start() -> Server {
    Server::start(
        &["lab.github", "serve", "--port", "0"],
        |_| vec!["--openapi".to_owned(), openapi()],
        |text| {
            let ready: Value = serde_json::from_str(text).ok()?;
            u16::try_from(ready["port"].as_u64()?).ok()
        },
    )
}
