//! What must not be printed is made known before anything is: to our own redactor, and to the runner's.

use std::sync::Arc;

use crate::action::commands;
use crate::action::environment::Environment;
use crate::cloud::announced::OnSecret;
use crate::plan::{Builder, Plan};
use crate::report::console::{Console, Reader};
use crate::stop::Stop;
use crate::stores::StoreContext;

/// Whoever uses these credentials, a script on this machine may print them.
const SECRET_VARIABLES: [&str; 6] = [
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SECRET_KEY",
    "AWS_SESSION_TOKEN",
    "VAULT_TOKEN",
    "CONSUL_HTTP_TOKEN",
    "CONSUL_HTTP_AUTH",
];

/// Hides the credentials that template and environment hold. Sensitive variables are hidden as soon as they are known.
pub(super) fn hide(plan: &Plan, console: &Console, environment: &Environment) {
    for value in SECRET_VARIABLES
        .iter()
        .filter_map(|name| environment.get(name))
    {
        hide_credential(console, value);
    }
    for build in &plan.builds {
        let Builder::AmazonEbs(settings) = &build.builder else {
            continue;
        };
        let Some(keys) = &settings.access.keys else {
            continue;
        };
        for secret in [Some(&keys.secret_key), keys.token.as_ref()]
            .into_iter()
            .flatten()
        {
            hide_credential(console, secret.expose());
        }
    }
}

/// Hides a credential, wherever it came from.
pub(super) fn hide_credential(console: &Console, value: &str) {
    console.redactor().hide_credential(value);
    mask(console, value);
}

/// What reading from a secret store needs; what it finds is hidden at once.
pub(super) fn stores<'a>(
    console: &Console,
    environment: &'a Environment,
    stop: &'a Stop,
) -> StoreContext<'a> {
    let (speaker, hider) = (console.clone(), console.clone());
    StoreContext {
        environment,
        stop,
        tell: teller(console),
        hide: Arc::new(move |value| {
            hider.redactor().hide_sensitive(value);
            mask(&hider, value);
        }),
        say: Arc::new(move |text| speaker.say(text)),
    }
}

/// Hides what the search for credentials finds, at the moment it is found.
pub(super) fn teller(console: &Console) -> OnSecret {
    let console = console.clone();
    Arc::new(move |secret| hide_credential(&console, secret.expose()))
}

/// The runner masks every line of a value, so a very short one would blank out the log.
fn mask(console: &Console, value: &str) {
    const SHORTEST: usize = 4;
    let maskable = value.len() >= SHORTEST
        && value
            .lines()
            .all(|line| line.is_empty() || line.len() >= SHORTEST);
    if console.style().reader == Reader::Runner && maskable {
        console.command(&commands::mask(value));
    }
}
