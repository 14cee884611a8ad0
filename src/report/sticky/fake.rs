//! GitHub with one pull request, as far as the comment needs it.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::BOT;
use crate::http::stub::{Asked, Reply};

/// The newest commit of pull request 7.
pub(super) const COMMIT: &str = "6dcb09b5b57875f334f61aebed695e2e4193db5e";

/// Where its comments are.
pub(super) const COMMENTS: &str = "/api/v3/repos/octo-org/images/issues/7/comments";

/// A pull request with its comments, as id, author and body.
#[derive(Default)]
pub(super) struct Conversation {
    pub(super) comments: Vec<(u64, &'static str, String)>,
    /// What a POST finds there when it is done, as if another job had been quicker.
    pub(super) rival: Option<(u64, &'static str, String)>,
    /// What others write over each edit, the last one first.
    pub(super) overwrites: Vec<String>,
    /// Answers for the next requests of a method, before they take effect.
    pub(super) refusals: Vec<(&'static str, Reply)>,
    /// The POST takes effect and its answer is an error.
    pub(super) loses_first_post: bool,
}

pub(super) type Shared = Arc<Mutex<Conversation>>;

impl Conversation {
    pub(super) fn answer(&mut self, asked: &Asked) -> Reply {
        let (method, path) = asked.line.split_once(' ').unwrap();
        if let Some(place) = self
            .refusals
            .iter()
            .position(|(refused, _)| *refused == method)
        {
            return self.refusals.remove(place).1;
        }
        match method {
            "GET" if path.ends_with("/user") => {
                refusal(403, "Resource not accessible by integration")
            }
            "GET" if path.contains("/commits/") => Reply::json(200, &pulls()),
            "GET" if path.contains("/issues/comments/") => self.one(id(path)),
            "GET" => Reply {
                headers: self.links(path),
                ..Reply::json(200, &self.page(path))
            },
            "POST" => self.create(text(asked)),
            "PATCH" => self.edit(id(path), text(asked)),
            _ => self.delete(id(path)),
        }
    }

    fn page(&self, path: &str) -> Value {
        let number = path.split_once("&page=").map_or("1", |(_, number)| number);
        let number: usize = number.parse().unwrap();
        let page = self.comments.iter().skip((number - 1) * 100).take(100);
        page.map(render).collect()
    }

    /// As GitHub gives it: all but the last page link to that.
    fn links(&self, path: &str) -> Vec<(&'static str, String)> {
        let last = self.comments.len().div_ceil(100).max(1);
        let is_last = path.ends_with(&format!("&page={last}")) || !path.contains("&page=");
        let link = format!("<http://unused{COMMENTS}?per_page=100&page={last}>; rel=\"last\"");
        if is_last {
            Vec::new()
        } else {
            vec![("link", link)]
        }
    }

    fn one(&self, id: u64) -> Reply {
        match self.comments.iter().find(|(found, ..)| *found == id) {
            Some(comment) => Reply::json(200, &render(comment)),
            None => refusal(404, "Not Found"),
        }
    }

    fn create(&mut self, body: String) -> Reply {
        self.comments.extend(self.rival.take());
        let id = 1 + self
            .comments
            .iter()
            .map(|(id, ..)| *id)
            .max()
            .unwrap_or(1000);
        self.comments.push((id, BOT, body));
        if std::mem::take(&mut self.loses_first_post) {
            return refusal(502, "Server Error");
        }
        Reply::json(201, &render(self.comments.last().unwrap()))
    }

    fn edit(&mut self, id: u64, body: String) -> Reply {
        let mut comments = self.comments.iter_mut();
        let Some(comment) = comments.find(|(found, ..)| *found == id) else {
            return refusal(404, "Not Found");
        };
        comment.2 = body;
        let answer = Reply::json(200, &render(comment));
        if let Some(overwrite) = self.overwrites.pop() {
            comment.2 = overwrite;
        }
        answer
    }

    fn delete(&mut self, id: u64) -> Reply {
        self.comments.retain(|(found, ..)| *found != id);
        Reply {
            status: 204,
            headers: Vec::new(),
            body: String::new(),
        }
    }
}

fn render((id, author, body): &(u64, &'static str, String)) -> Value {
    let user = if author.is_empty() {
        Value::Null
    } else {
        json!({ "login": author })
    };
    json!({ "id": id, "body": body, "user": user, "html_url": format!("https://github.example/7#{id}"), "created_at": "2026-11-28T10:00:00Z" })
}

fn pulls() -> Value {
    json!([
        { "number": 3, "state": "closed", "head": { "sha": COMMIT } },
        { "number": 5, "state": "open", "head": { "sha": "a".repeat(40) } },
        { "number": 7, "state": "open", "head": { "sha": COMMIT } },
    ])
}

pub(super) fn refusal(status: u16, message: &str) -> Reply {
    Reply::json(status, &json!({ "message": message }))
}

fn text(asked: &Asked) -> String {
    let body: Value = serde_json::from_str(&asked.body).unwrap();
    body["body"].as_str().unwrap().to_owned()
}

fn id(path: &str) -> u64 {
    path.rsplit('/').next().unwrap().parse().unwrap()
}
