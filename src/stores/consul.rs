//! Consul's key-value store (<https://developer.hashicorp.com/consul/api-docs/kv>), with the variables of its own client
//! (<https://developer.hashicorp.com/consul/commands#environment-variables>).

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Request;
use http::header::AUTHORIZATION;
use serde::Deserialize;

use super::exchange::{Limits, exchange};
use super::path::{escaped, escaped_value};
use super::switches::switch;
use crate::action::environment::Environment;
use crate::error::on_one_line;
use crate::http::HttpClient;
use crate::http::tls::{Tls, TlsSettings, Trust};
use crate::lookups::Answer;
use crate::secret::Secret;

/// Consul's own default.
const ADDRESS: &str = "127.0.0.1:8500";
/// Go's client follows as many; a request gets as much time as AWS's calls.
const LIMITS: Limits = Limits {
    redirects: 10,
    time: Duration::from_secs(60),
};

/// The store.
pub(super) struct Consul {
    client: HttpClient,
    /// Scheme, host, port, and the path of a gateway in front.
    base: String,
    /// What every request carries behind its path.
    query: String,
    token: Option<Secret>,
    login: Option<Secret>,
}

/// One entry of an answer; a key has one.
#[derive(Deserialize)]
struct Entry {
    #[serde(rename = "Value")]
    value: Option<String>,
}

impl Consul {
    /// The store that the environment names. The error is told in Packer's words.
    pub(super) fn of(environment: &Environment) -> Result<Self, String> {
        let failed = |error: &dyn std::error::Error| {
            format!("error getting consul client: {}", on_one_line(error))
        };
        let tls = Tls::of(&tls(environment)?).map_err(|error| failed(&error))?;
        let client = HttpClient::with_tls(environment, tls).map_err(|error| failed(&error))?;
        Ok(Self {
            client,
            base: base(environment)?,
            query: query(environment),
            token: token(environment)?,
            login: environment.get("CONSUL_HTTP_AUTH").map(Secret::new),
        })
    }

    /// The value of a key.
    pub(super) async fn read(&self, key: &str) -> Answer {
        match self.ask(key).await {
            Ok(answer) => answer,
            Err(error) => Answer::Failed(format!("error reading consul key: {error}")),
        }
    }

    async fn ask(&self, key: &str) -> Result<Answer, String> {
        let key = key.strip_prefix('/').unwrap_or(key);
        let url = format!(
            "{}{}{}",
            self.base,
            escaped(&format!("/v1/kv/{key}")),
            self.query
        );
        let mut request = Request::get(&url);
        if let Some(token) = &self.token {
            request = request.header("X-Consul-Token", token.expose());
        }
        if let Some(login) = &self.login {
            let login = login.expose();
            let login = if login.contains(':') {
                STANDARD.encode(login)
            } else {
                STANDARD.encode(format!("{login}:"))
            };
            request = request.header(AUTHORIZATION, format!("Basic {login}"));
        }
        let request = request
            .body(String::new())
            .map_err(|error| on_one_line(&error))?;
        let response = exchange(&self.client, request, LIMITS)
            .await
            .map_err(|error| format!("Get \"{url}\": {}", on_one_line(&error)))?;
        let body = response.body();
        match response.status().as_u16() {
            200 => value(body),
            404 => Ok(Answer::Nothing),
            status => Err(format!(
                "Unexpected response code: {status} ({})",
                body.trim_end()
            )),
        }
    }
}

/// An empty list is no key either. Bytes that are no text are replaced, since a template is text.
fn value(body: &str) -> Result<Answer, String> {
    let entries: Vec<Entry> = serde_json::from_str(body).map_err(|error| error.to_string())?;
    let Some(entry) = entries.into_iter().next() else {
        return Ok(Answer::Nothing);
    };
    let value = STANDARD
        .decode(entry.value.unwrap_or_default())
        .map_err(|error| error.to_string())?;
    Ok(Answer::Found(Secret::new(String::from_utf8_lossy(&value))))
}

/// Scheme and address. TLS that was asked for is never left out.
fn base(environment: &Environment) -> Result<String, String> {
    let failed = |text: String| format!("error getting consul client: {text}");
    let address = environment.get("CONSUL_HTTP_ADDR").unwrap_or(ADDRESS);
    let tls = switch(environment, "CONSUL_HTTP_SSL").map_err(|error| failed(error.to_string()))?;
    let (scheme, rest) = match address.split_once("://") {
        None => ("http", address),
        Some(("unix", _)) => {
            return Err(failed(format!(
                "`{address}`: ami-build reaches Consul by TCP only, not by a socket file"
            )));
        }
        Some((scheme @ ("http" | "https"), rest)) => (scheme, rest),
        Some((scheme, _)) => return Err(failed(format!("Unknown protocol scheme: {scheme}"))),
    };
    let scheme = if tls == Some(true) { "https" } else { scheme };
    Ok(format!("{scheme}://{}", rest.trim_end_matches('/')))
}

fn query(environment: &Environment) -> String {
    let parameters = [
        ("ns", "CONSUL_NAMESPACE"),
        ("partition", "CONSUL_PARTITION"),
    ];
    let given = parameters.iter().filter_map(|(name, variable)| {
        let value = environment.get(variable)?;
        Some(format!("{name}={}", escaped_value(value)))
    });
    let given: Vec<String> = given.collect();
    if given.is_empty() {
        String::new()
    } else {
        format!("?{}", given.join("&"))
    }
}

/// A file that is named wins over a token that is given.
fn token(environment: &Environment) -> Result<Option<Secret>, String> {
    let given = environment.get("CONSUL_HTTP_TOKEN").map(str::to_owned);
    let Some(path) = environment.get("CONSUL_HTTP_TOKEN_FILE") else {
        return Ok(given.map(Secret::new));
    };
    let text = std::fs::read_to_string(path).map_err(|error| {
        format!("error getting consul client: Error loading token file: open {path}: {error}")
    })?;
    let token = Some(text.trim().to_owned()).filter(|token| !token.is_empty());
    Ok(token.or(given).map(Secret::new))
}

fn tls(environment: &Environment) -> Result<TlsSettings, String> {
    let failed = |text: String| format!("error getting consul client: {text}");
    // Consul's client takes a value that it cannot read for "do not verify"; that is never what was meant.
    let verify = switch(environment, "CONSUL_HTTP_SSL_VERIFY")
        .map_err(|error| failed(error.to_string()))?
        .unwrap_or(true);
    let file = environment.get("CONSUL_CACERT");
    let directory = environment.get("CONSUL_CAPATH");
    let trust = match (verify, file, directory) {
        (false, _, _) => Trust::Everybody,
        (true, Some(file), _) => Trust::File(file.into()),
        (true, None, Some(directory)) => Trust::Directory(directory.into()),
        (true, None, None) => Trust::System,
    };
    let certificate = environment.get("CONSUL_CLIENT_CERT");
    let client = match (certificate, environment.get("CONSUL_CLIENT_KEY")) {
        (Some(certificate), Some(key)) => Some((certificate.into(), key.into())),
        (None, None) => None,
        _ => {
            return Err(failed(
                "both client cert and client key must be provided".to_owned(),
            ));
        }
    };
    let server_name = environment.get("CONSUL_TLS_SERVER_NAME");
    Ok(TlsSettings {
        trust,
        client,
        server_name: server_name.map(str::to_owned),
    })
}

#[cfg(test)]
mod tests;
