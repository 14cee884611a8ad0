//! The process environment, read once. Empty counts as absent: the runner sets every input that is not given to nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::bounds::Bounds;
use crate::cloud::sign_in::SignIn;
use crate::policy::Policy;

/// Set by the runner to `true` in every step.
pub(crate) const GITHUB_ACTIONS: &str = "GITHUB_ACTIONS";
/// `owner/name` of the repository.
pub(crate) const GITHUB_REPOSITORY: &str = "GITHUB_REPOSITORY";
/// The repository's id, which outlives its name.
pub(crate) const GITHUB_REPOSITORY_ID: &str = "GITHUB_REPOSITORY_ID";
/// `pull_request`, `push`, …
pub(crate) const GITHUB_EVENT_NAME: &str = "GITHUB_EVENT_NAME";
/// The event's payload.
pub(crate) const GITHUB_EVENT_PATH: &str = "GITHUB_EVENT_PATH";
/// The commit.
pub(crate) const GITHUB_SHA: &str = "GITHUB_SHA";
/// The run's id.
pub(crate) const GITHUB_RUN_ID: &str = "GITHUB_RUN_ID";
/// Which attempt of the run.
pub(crate) const GITHUB_RUN_ATTEMPT: &str = "GITHUB_RUN_ATTEMPT";
/// The workflow file with its ref.
pub(crate) const GITHUB_WORKFLOW_REF: &str = "GITHUB_WORKFLOW_REF";
/// The job's id in the workflow.
pub(crate) const GITHUB_JOB: &str = "GITHUB_JOB";
/// `https://api.github.com`, or a server's own.
pub(crate) const GITHUB_API_URL: &str = "GITHUB_API_URL";
/// `https://github.com`, or a server's own.
pub(crate) const GITHUB_SERVER_URL: &str = "GITHUB_SERVER_URL";
/// Who started the workflow.
pub(crate) const GITHUB_ACTOR: &str = "GITHUB_ACTOR";
/// The checkout.
pub(crate) const GITHUB_WORKSPACE: &str = "GITHUB_WORKSPACE";
/// Outputs go there.
pub(crate) const GITHUB_OUTPUT: &str = "GITHUB_OUTPUT";
/// State for the post step goes there.
pub(crate) const GITHUB_STATE: &str = "GITHUB_STATE";
/// The job summary goes there.
pub(crate) const GITHUB_STEP_SUMMARY: &str = "GITHUB_STEP_SUMMARY";
/// Files that live as long as the job.
pub(crate) const RUNNER_TEMP: &str = "RUNNER_TEMP";
/// `1` where the user asked for step debugging.
pub(crate) const RUNNER_DEBUG: &str = "RUNNER_DEBUG";

/// Variables that only the runner and its actions may see: a child process of ours gets none of them.
const PRIVATE_PREFIXES: [&str; 4] = ["ACTIONS_", "INPUT_", "STATE_", "GITHUB_TOKEN"];

/// The process environment, and what the action adds to it: how to sign in, which files may be used, and what a
/// template may ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    variables: BTreeMap<String, String>,
    sign_in: SignIn,
    bounds: Bounds,
    policy: Option<Arc<Policy>>,
}

impl Environment {
    /// The environment of this process. A variable that is not UTF-8 is read with replacement characters.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the environment is read"
    )]
    pub fn of_this_process() -> Self {
        let variables = std::env::vars_os()
            .map(|(name, value)| {
                (
                    name.to_string_lossy().into_owned(),
                    value.to_string_lossy().into_owned(),
                )
            })
            .collect();
        Self {
            variables,
            sign_in: SignIn::default(),
            bounds: Bounds::default(),
            policy: None,
        }
    }

    /// The same, where whoever calls AWS signs in like this.
    #[must_use]
    pub(crate) fn with_sign_in(mut self, sign_in: SignIn) -> Self {
        self.sign_in = sign_in;
        self
    }

    /// How to sign in; on a command line as the environment says.
    pub(crate) fn sign_in(&self) -> &SignIn {
        &self.sign_in
    }

    /// The same, where a template uses only such files.
    #[must_use]
    pub(crate) fn with_bounds(mut self, bounds: Bounds) -> Self {
        self.bounds = bounds;
        self
    }

    /// Which files a template may use; on a command line all of them.
    pub(crate) fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    /// The same, where a template asks for no more than this.
    #[must_use]
    pub(crate) fn with_policy(mut self, policy: Option<Policy>) -> Self {
        self.policy = policy.map(Arc::new);
        self
    }

    /// What a template may ask for; `None` is everything.
    pub(crate) fn policy(&self) -> Option<&Arc<Policy>> {
        self.policy.as_ref()
    }

    /// A variable; an empty one is absent.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.variables
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// Whether a runner of GitHub Actions started us.
    pub fn is_runner(&self) -> bool {
        self.get(GITHUB_ACTIONS) == Some("true")
    }

    /// All variables.
    pub(crate) fn variables(&self) -> &BTreeMap<String, String> {
        &self.variables
    }

    /// What the template's `env` sees. In the action that is nothing of the runner's own: its tokens and the inputs.
    pub(crate) fn for_template(&self) -> BTreeMap<String, String> {
        let private = |name: &str| {
            let own = ["ACTIONS_", "INPUT_", "STATE_"];
            self.bounds.is_set() && own.iter().any(|prefix| name.starts_with(prefix))
        };
        let seen = self.variables.iter().filter(|(name, _)| !private(name));
        seen.map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }

    /// The same with one proxy for everything.
    #[must_use]
    pub(crate) fn with_proxy(&self, proxy: &str) -> Self {
        let mut variables = self.variables.clone();
        for name in ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"] {
            variables.insert(name.to_owned(), proxy.to_owned());
        }
        for name in ["NO_PROXY", "no_proxy"] {
            variables.remove(name);
        }
        Self {
            variables,
            sign_in: self.sign_in.clone(),
            bounds: self.bounds.clone(),
            policy: self.policy.clone(),
        }
    }

    /// What a child process gets: everything but the runner's own tokens and the action's inputs.
    pub(crate) fn for_children(&self) -> BTreeMap<String, String> {
        let private = |name: &str| {
            PRIVATE_PREFIXES
                .iter()
                .any(|prefix| name.starts_with(prefix))
        };
        self.variables
            .iter()
            .filter(|(name, _)| !private(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }
}

#[cfg(test)]
impl Environment {
    /// The same with one variable more.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    /// An environment of one's own.
    pub(crate) fn of<const N: usize>(variables: [(&str, &str); N]) -> Self {
        Self {
            variables: variables
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            sign_in: SignIn::default(),
            bounds: Bounds::default(),
            policy: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_is_absent() {
        assert_eq!(Environment::of([("A", "")]).get("A"), None);
    }

    #[test]
    fn a_child_gets_no_token_of_the_runner() {
        let environment = Environment::of([
            ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "t"),
            ("INPUT_GITHUB-TOKEN", "t"),
            ("PATH", "/bin"),
            ("AWS_REGION", "eu-west-1"),
        ]);
        let names: Vec<String> = environment.for_children().into_keys().collect();
        assert_eq!(names, ["AWS_REGION", "PATH"]);
    }
}
