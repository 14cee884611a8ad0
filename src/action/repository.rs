//! What a commit of the repository holds, as GitHub's REST tells it: a run's own files may be somebody else's.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{ACCEPT, AUTHORIZATION, USER_AGENT};
use http::{Request, Response};
use serde_json::Value;
use tokio::time::Instant;

use super::environment::{self, Environment};
use crate::http::{HttpClient, HttpError};
use crate::secret::Secret;

/// One request.
const ATTEMPT: Duration = Duration::from_secs(30);
/// All attempts of one question.
const LONGEST: Duration = Duration::from_secs(60);
/// Between two of them.
const PAUSE: Duration = Duration::from_secs(2);

/// Why GitHub did not tell.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RepositoryError {
    /// No answer.
    #[error("GitHub did not answer")]
    Http(#[from] HttpError),
    /// The address makes no request.
    #[error("GitHub's address cannot be used")]
    Address(#[source] http::Error),
    /// A refusal.
    #[error("GitHub answered with HTTP {status}{}", need(*status))]
    Refused {
        /// Its status.
        status: u16,
    },
    /// Not what GitHub describes.
    #[error("GitHub's answer cannot be read")]
    Unreadable,
    /// GitHub lists a hundred thousand files at most.
    #[error("the repository has more files than GitHub lists")]
    TooMany,
}

fn need(status: u16) -> &'static str {
    match status {
        401 | 403 | 404 => "; `github-token` needs `contents: read`",
        _ => "",
    }
}

/// The repository that the workflow belongs to.
pub(crate) struct Repository {
    client: HttpClient,
    address: String,
    token: Option<Secret>,
}

impl Repository {
    /// As the runner names it.
    pub(crate) fn of(
        environment: &Environment,
        token: Option<&Secret>,
    ) -> Result<Self, RepositoryError> {
        let api = environment
            .get(environment::GITHUB_API_URL)
            .unwrap_or("https://api.github.com");
        let name = environment
            .get(environment::GITHUB_REPOSITORY)
            .unwrap_or_default();
        Ok(Self {
            client: HttpClient::new(environment)?,
            address: format!("{}/repos/{name}", api.trim_end_matches('/')),
            token: token.cloned(),
        })
    }

    /// Every file of a commit: path → git's name of the content.
    pub(crate) async fn files(
        &self,
        commit: &str,
    ) -> Result<BTreeMap<String, String>, RepositoryError> {
        let listed = self.ask(&format!("git/trees/{commit}?recursive=1")).await?;
        let listed = listed.ok_or(RepositoryError::Refused { status: 404 })?;
        if listed["truncated"] == true {
            return Err(RepositoryError::TooMany);
        }
        let entries = listed["tree"]
            .as_array()
            .ok_or(RepositoryError::Unreadable)?;
        let files = entries.iter().filter(|entry| entry["type"] == "blob");
        let file = |entry: &Value| {
            let text = |name: &str| entry[name].as_str().map(str::to_owned);
            Some((text("path")?, text("sha")?))
        };
        Ok(files.filter_map(file).collect())
    }

    /// The text of a file in a commit; `None` where it is not there.
    pub(crate) async fn text(
        &self,
        path: &str,
        commit: &str,
    ) -> Result<Option<String>, RepositoryError> {
        // GitHub's own clients send the slashes of a path so, too.
        let asked = format!("contents/{}?ref={commit}", encoded(path));
        let found = self.ask(&asked).await?;
        let Some(found) = found else {
            return Ok(None);
        };
        let content = found["content"].as_str();
        let packed: String = content
            .ok_or(RepositoryError::Unreadable)?
            .split_whitespace()
            .collect();
        let bytes = STANDARD.decode(packed);
        let bytes = bytes.map_err(|_| RepositoryError::Unreadable)?;
        String::from_utf8(bytes)
            .map(Some)
            .map_err(|_| RepositoryError::Unreadable)
    }

    /// Whether the commit can be seen. For a token that may not read the repository nothing is there.
    pub(crate) async fn has(&self, commit: &str) -> Result<bool, RepositoryError> {
        let tree = self.ask(&format!("git/trees/{commit}")).await?;
        Ok(tree.is_some())
    }

    /// `None` is 404.
    async fn ask(&self, what: &str) -> Result<Option<Value>, RepositoryError> {
        let deadline = Instant::now() + LONGEST;
        loop {
            let error = match self.attempt(what).await {
                Ok(answer) if answer.status() == 404 => return Ok(None),
                Ok(answer) if answer.status().is_success() => {
                    let value = serde_json::from_str(answer.body());
                    return value.map(Some).map_err(|_| RepositoryError::Unreadable);
                }
                Ok(answer) => RepositoryError::Refused {
                    status: answer.status().as_u16(),
                },
                Err(error) => error,
            };
            let passes = match &error {
                RepositoryError::Refused { status } => *status == 429 || *status >= 500,
                RepositoryError::Http(_) => true,
                _ => false,
            };
            if !passes || Instant::now() + PAUSE >= deadline {
                return Err(error);
            }
            // The caller hears the stop signal.
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn attempt(&self, what: &str) -> Result<Response<String>, RepositoryError> {
        let mut request = Request::get(format!("{}/{what}", self.address))
            .header(ACCEPT, "application/vnd.github+json")
            .header("x-github-api-version", "2022-11-28")
            .header(USER_AGENT, "ami-build");
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, format!("Bearer {}", token.expose()));
        }
        let request = request
            .body(String::new())
            .map_err(RepositoryError::Address)?;
        Ok(self.client.send(request, ATTEMPT).await?)
    }
}

/// A path as it may stand in one part of an address.
fn encoded(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let mut encoded = String::new();
    for byte in path.bytes() {
        if plain(byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::http::stub::{Reply, Stub};

    async fn repository(
        answer: impl Fn(&str) -> Reply + Send + Sync + 'static,
    ) -> (Stub, Repository) {
        let stub = Stub::start(move |asked| answer(&asked.line)).await;
        let environment = Environment::of([
            ("GITHUB_API_URL", stub.url.as_str()),
            ("GITHUB_REPOSITORY", "o/r"),
        ]);
        let repository = Repository::of(&environment, Some(&Secret::new("the-token"))).unwrap();
        (stub, repository)
    }

    #[tokio::test]
    async fn a_commits_files_are_listed_by_what_they_hold() {
        let (stub, repository) = repository(|_| {
            let tree = json!([{"path": "a", "type": "tree", "sha": "1"}, {"path": "a/b", "type": "blob", "sha": "2"}]);
            Reply::json(200, &json!({"tree": tree, "truncated": false}))
        })
        .await;
        let files = repository.files("c0ffee").await.unwrap();
        assert_eq!(files, BTreeMap::from([("a/b".to_owned(), "2".to_owned())]));
        assert_eq!(
            stub.lines(),
            ["GET /repos/o/r/git/trees/c0ffee?recursive=1"]
        );
    }

    #[tokio::test]
    async fn a_list_that_is_cut_short_is_no_list() {
        let (_stub, repository) =
            repository(|_| Reply::json(200, &json!({"tree": [], "truncated": true}))).await;
        let error = repository.files("c").await.unwrap_err();
        assert!(matches!(error, RepositoryError::TooMany), "{error}");
    }

    #[tokio::test]
    async fn a_file_that_is_not_there_is_none_and_a_refusal_is_an_error() {
        let (_stub, repository) = repository(|line| {
            let status = if line.contains("gone") { 404 } else { 403 };
            Reply::json(status, &json!({}))
        })
        .await;
        assert_eq!(repository.text("gone.json", "c").await.unwrap(), None);
        let error = repository.text("a b.json", "c").await.unwrap_err();
        assert!(error.to_string().contains("contents: read"), "{error}");
    }
}
