//! Vault's HTTP API (<https://developer.hashicorp.com/vault/api-docs>): one read or write, as its own client makes it.

use std::time::Duration;

use http::Response;

use super::exchange::{Limits, exchange};
use super::vault_request::VaultRequest;
use super::vault_settings::VaultSettings;
use crate::action::environment::Environment;
use crate::error::on_one_line;
use crate::http::HttpClient;
use crate::http::tls::Tls;
use crate::lookups::Answer;
use crate::secret::Secret;
use crate::template::vault_answer::VaultAnswer;

/// The first pause after a server's fault; each further one is as much longer.
const PAUSE: Duration = Duration::from_secs(1);

/// The server, or the agent in front of it.
pub(super) struct Vault {
    client: HttpClient,
    pub(super) settings: VaultSettings,
}

impl Vault {
    /// The server that the environment names. The error is told in Packer's words.
    pub(super) fn of(environment: &Environment) -> Result<Self, String> {
        let failed = |error: &dyn std::error::Error| {
            format!("Error getting Vault client: {}", on_one_line(error))
        };
        let settings = VaultSettings::of(environment).map_err(|error| failed(&error))?;
        let tls = Tls::of(&settings.tls).map_err(|error| failed(&error))?;
        let environment = match &settings.proxy {
            None => environment.clone(),
            Some(proxy) => environment.with_proxy(proxy),
        };
        let client = HttpClient::with_tls(&environment, tls).map_err(|error| failed(&error))?;
        Ok(Self { client, settings })
    }

    /// Sends a request, again after a server's fault, and tells what came back.
    pub(super) async fn ask(&self, request: &VaultRequest) -> Answer {
        let answer = match self.persevere(request).await {
            Ok(response) => answer(&response, request, self.settings.namespace.as_deref()),
            Err(error) => Err(error),
        };
        answer
            .unwrap_or_else(|error| Answer::Failed(format!("Error reading vault secret: {error}")))
    }

    async fn persevere(&self, request: &VaultRequest) -> Result<Response<String>, String> {
        let limits = Limits {
            redirects: self.settings.redirects,
            time: self.settings.timeout,
        };
        let mut tried = 0;
        loop {
            let sent = request
                .to_http(&self.settings)
                .map_err(|error| on_one_line(&error))?;
            let result = exchange(&self.client, sent, limits).await;
            let may_recover = match &result {
                Ok(response) => recovers(response.status().as_u16()),
                Err(_) => true,
            };
            if !may_recover || tried == self.settings.retries {
                let name = if request.method == http::Method::GET {
                    "Get"
                } else {
                    "Put"
                };
                return result.map_err(|error| {
                    format!("{name} \"{}\": {}", request.url, on_one_line(&error))
                });
            }
            tried += 1;
            tokio::time::sleep(PAUSE * tried).await;
        }
    }
}

/// Vault's client asks again after these. 412: a replica that has not caught up.
fn recovers(status: u16) -> bool {
    matches!(status, 412 | 429) || (status >= 500 && status != 501)
}

fn answer(
    response: &Response<String>,
    request: &VaultRequest,
    namespace: Option<&str>,
) -> Result<Answer, String> {
    let body = response.body();
    match response.status().as_u16() {
        // The metadata of a deleted version, and warnings, come with a 404.
        404 => match VaultAnswer::read(body) {
            Ok(answer) if !answer.is_empty() => Ok(Answer::Found(Secret::new(body))),
            _ => Ok(Answer::Nothing),
        },
        200..=399 if body.trim().is_empty() => Ok(Answer::Nothing),
        200..=399 => Ok(Answer::Found(Secret::new(body))),
        status => Err(refusal(status, body, request, namespace)),
    }
}

/// Vault's own lines: where it was, the status, and each error.
fn refusal(status: u16, body: &str, request: &VaultRequest, namespace: Option<&str>) -> String {
    #[derive(serde::Deserialize)]
    struct Errors {
        errors: Vec<String>,
    }
    let namespace = namespace.map_or_else(String::new, |name| format!("Namespace: {name}\n"));
    let head = format!(
        "Error making API request.\n\n{namespace}URL: {} {}\nCode: {status}.",
        request.method, request.url
    );
    match serde_json::from_str::<Errors>(body) {
        Ok(Errors { errors }) => {
            let errors: String = errors.iter().map(|error| format!("\n* {error}")).collect();
            format!("{head} Errors:\n{errors}")
        }
        Err(_) => format!("{head} Raw Message:\n\n{body}"),
    }
}

#[cfg(test)]
mod tests;
