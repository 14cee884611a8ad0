//! The few calls of GitHub's REST that a comment needs. The only file that names octocrab.
//!
//! octocrab's own models ask for fields that GitHub leaves out (the author of a comment may be gone), so ours ask for less.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::header::{
    ACCEPT, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER, USER_AGENT,
};
use http::uri::InvalidUri;
use http::{Request, Uri};
use http_body_util::BodyExt;
use octocrab::service::middleware::{base_uri::BaseUriLayer, extra_headers::ExtraHeadersLayer};
use octocrab::{AuthState, OctoBody, Octocrab, OctocrabBuilder};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::action::environment::{self, Environment};
use crate::http::{HttpClient, HttpError};
use crate::secret::Secret;
use crate::version;

/// Where GitHub's API is unless the runner says otherwise.
const API: &str = "https://api.github.com";
/// One exchange may not take longer.
const EXCHANGE: Duration = Duration::from_secs(15);
/// GitHub's largest page.
const PAGE: usize = 100;
/// No more is read: 5,000 comments.
const MOST_PAGES: usize = 50;
/// What GitHub asks for where a secondary rate limit names no time.
/// <https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit>
const UNNAMED_WAIT: Duration = Duration::from_secs(60);

/// A comment on a pull request.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Comment {
    /// Its id; later comments have higher ones.
    pub(super) id: u64,
    /// Its Markdown.
    #[serde(default)]
    pub(super) body: Option<String>,
    /// Its page.
    pub(super) html_url: String,
    /// Its author, unless the account is gone.
    #[serde(default)]
    pub(super) user: Option<User>,
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct User {
    /// Its name.
    pub(super) login: String,
}

/// A pull request that has a commit.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Pull {
    /// Its number.
    pub(super) number: u64,
    /// `open` or `closed`.
    pub(super) state: String,
    /// Since when its changes are in the base branch.
    pub(super) merged_at: Option<String>,
    /// Its newest commit.
    pub(super) head: Head,
}

/// The newest commit of a pull request.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Head {
    /// Its hash.
    pub(super) sha: String,
}

/// A call that GitHub did not do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GitHubError {
    /// The runner's `GITHUB_API_URL`.
    #[error("`{url}` is not a URL")]
    Url {
        /// What it is.
        url: String,
        /// Why.
        #[source]
        source: InvalidUri,
    },
    /// The token has characters that no header takes.
    #[error("the GitHub token holds a line break or another character that cannot be sent")]
    Token,
    /// No HTTPS client.
    #[error("cannot set up the connection to GitHub")]
    Client(#[source] HttpError),
    /// Too many requests.
    #[error("GitHub's rate limit is reached; it opens again in {seconds} s", seconds = .0.as_secs())]
    RateLimit(Duration),
    /// An answer with an error status.
    #[error("GitHub answered {status} to `{call}`: {message}")]
    Status {
        /// Method and path.
        call: String,
        /// The HTTP status.
        status: u16,
        /// GitHub's words.
        message: String,
    },
    /// No answer, or none that can be read.
    #[error("no usable answer from GitHub to `{call}`")]
    Answer {
        /// Method and path.
        call: String,
        /// Why.
        #[source]
        source: Box<octocrab::Error>,
    },
}

/// The API of one repository.
pub(super) struct GitHub {
    octocrab: Octocrab,
    repository: String,
}

impl GitHub {
    /// The API that the runner names, with the proxies that the environment names.
    pub(super) fn new(
        environment: &Environment,
        token: &Secret,
        repository: &str,
    ) -> Result<Self, GitHubError> {
        let url = environment.get(environment::GITHUB_API_URL).unwrap_or(API);
        let base: Uri = url.parse().map_err(|source| GitHubError::Url {
            url: url.to_owned(),
            source,
        })?;
        let client = HttpClient::new(environment).map_err(GitHubError::Client)?;
        let service =
            tower::service_fn(move |request: Request<OctoBody>| exchange(client.clone(), request));
        let builder = OctocrabBuilder::new_empty()
            .with_service(service)
            .with_layer(&BaseUriLayer::new(base))
            .with_layer(&ExtraHeadersLayer::new(headers(token)?.into()))
            .with_auth(AuthState::None);
        let Ok(octocrab) = builder.build();
        Ok(Self {
            octocrab,
            repository: repository.to_owned(),
        })
    }

    /// Whose token it is; `None` for a token that stands for an app and not for an account.
    pub(super) async fn login(&self) -> Result<Option<String>, GitHubError> {
        match self
            .octocrab
            .get::<User, _, ()>("/user", None)
            .await
            .map_err(failed("GET /user"))
        {
            Ok(user) => Ok(Some(user.login)),
            Err(GitHubError::Status { status: 403, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The pull requests that have a commit.
    pub(super) async fn pulls_of(&self, commit: &str) -> Result<Vec<Pull>, GitHubError> {
        let path = format!("/repos/{}/commits/{commit}/pulls", self.repository);
        let page = [("per_page", PAGE)];
        self.octocrab
            .get(&path, Some(&page))
            .await
            .map_err(failed(&format!("GET {path}")))
    }

    /// All comments on a pull request.
    pub(super) async fn comments(&self, number: u64) -> Result<Vec<Comment>, GitHubError> {
        let path = self.comments_path(number);
        let mut comments = Vec::new();
        for page in 1..=MOST_PAGES {
            let parameters = [("per_page", PAGE), ("page", page)];
            let answer = self
                .octocrab
                .get::<Vec<Comment>, _, _>(&path, Some(&parameters))
                .await;
            let more = answer.map_err(failed(&format!("GET {path}")))?;
            let last = more.len() < PAGE;
            comments.extend(more);
            if last {
                break;
            }
        }
        Ok(comments)
    }

    /// Writes a new comment.
    pub(super) async fn create(&self, number: u64, body: &str) -> Result<Comment, GitHubError> {
        let path = self.comments_path(number);
        self.octocrab
            .post(&path, Some(&json!({ "body": body })))
            .await
            .map_err(failed(&format!("POST {path}")))
    }

    /// Changes a comment.
    pub(super) async fn edit(&self, id: u64, body: &str) -> Result<Comment, GitHubError> {
        let path = self.comment_path(id);
        self.octocrab
            .patch(&path, Some(&json!({ "body": body })))
            .await
            .map_err(failed(&format!("PATCH {path}")))
    }

    /// Removes a comment.
    pub(super) async fn delete(&self, id: u64) -> Result<(), GitHubError> {
        let path = self.comment_path(id);
        let answer = async {
            octocrab::map_github_error(self.octocrab._delete(path.as_str(), None::<&Value>).await?)
                .await
        };
        answer
            .await
            .map(|_| ())
            .map_err(failed(&format!("DELETE {path}")))
    }

    fn comments_path(&self, number: u64) -> String {
        format!("/repos/{}/issues/{number}/comments", self.repository)
    }

    fn comment_path(&self, id: u64) -> String {
        format!("/repos/{}/issues/comments/{id}", self.repository)
    }
}

async fn exchange(
    client: HttpClient,
    request: Request<OctoBody>,
) -> Result<http::Response<String>, tower::BoxError> {
    let (head, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let body = String::from_utf8_lossy(&body).into_owned();
    Ok(client
        .send(Request::from_parts(head, body), EXCHANGE)
        .await?)
}

fn headers(token: &Secret) -> Result<Vec<(HeaderName, HeaderValue)>, GitHubError> {
    let bearer = format!("Bearer {}", token.expose());
    let mut bearer = HeaderValue::from_str(&bearer).map_err(|_| GitHubError::Token)?;
    bearer.set_sensitive(true);
    let agent = format!("ami-build/{}", version::OWN);
    let agent = HeaderValue::from_str(&agent).expect("a version number is plain text");
    let accept = HeaderValue::from_static("application/vnd.github+json");
    Ok(vec![
        (AUTHORIZATION, bearer),
        (USER_AGENT, agent),
        (ACCEPT, accept),
    ])
}

fn failed(call: &str) -> impl FnOnce(octocrab::Error) -> GitHubError {
    let call = call.to_owned();
    move |error| match error {
        octocrab::Error::GitHub { source, .. } => {
            let limit = source
                .headers
                .as_ref()
                .and_then(|headers| rate_limit(headers, &source.message));
            let (status, message) = (source.status_code.as_u16(), source.message.clone());
            match limit.filter(|_| matches!(status, 403 | 429)) {
                Some(wait) => GitHubError::RateLimit(wait),
                None => GitHubError::Status {
                    call,
                    status,
                    message,
                },
            }
        }
        other => GitHubError::Answer {
            call,
            source: Box::new(other),
        },
    }
}

/// How long GitHub wants us to wait. A 403 has several meanings, and only these signs tell a rate limit.
fn rate_limit(headers: &HeaderMap, message: &str) -> Option<Duration> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.parse::<u64>().ok();
    if let Some(seconds) = number(RETRY_AFTER.as_str()) {
        return Some(Duration::from_secs(seconds));
    }
    if number("x-ratelimit-remaining") == Some(0) {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        return Some(Duration::from_secs(number("x-ratelimit-reset")?).saturating_sub(now));
    }
    message
        .contains("secondary rate limit")
        .then_some(UNNAMED_WAIT)
}
