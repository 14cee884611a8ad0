//! What is sent to Vault for one lookup.

use std::collections::BTreeMap;

use http::{Method, Request};

use super::path::{escaped, joined};
use super::vault_settings::VaultSettings;

/// A read or a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct VaultRequest {
    pub(super) method: Method,
    pub(super) url: String,
    body: String,
}

impl VaultRequest {
    /// Reads a path.
    pub(super) fn read(settings: &VaultSettings, path: &str) -> Self {
        Self {
            method: Method::GET,
            url: url(settings, path),
            body: String::new(),
        }
    }

    /// Writes fields to a path.
    pub(super) fn write(
        settings: &VaultSettings,
        path: &str,
        fields: &BTreeMap<String, String>,
    ) -> Self {
        Self {
            method: Method::PUT,
            url: url(settings, path),
            body: serde_json::to_string(fields).expect("a map of texts is JSON"),
        }
    }

    /// The request with everything that the settings add.
    pub(super) fn to_http(&self, settings: &VaultSettings) -> Result<Request<String>, http::Error> {
        let mut request = Request::builder()
            .method(self.method.clone())
            .uri(&self.url)
            // The agent answers nothing without it: a page in a browser cannot send it.
            .header("X-Vault-Request", "true");
        for (name, value) in &settings.headers {
            request = request.header(name, value);
        }
        if let Some(token) = &settings.token {
            request = request.header("X-Vault-Token", token.expose());
        }
        if let Some(namespace) = &settings.namespace {
            request = request.header("X-Vault-Namespace", namespace);
        }
        request.body(self.body.clone())
    }
}

fn url(settings: &VaultSettings, path: &str) -> String {
    // The address may have a path of its own, that of a gateway.
    let (scheme, rest) = settings
        .address
        .split_once("://")
        .unwrap_or(("https", &settings.address));
    let (host, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let path = escaped(&joined(&[prefix, "v1", path]));
    format!("{scheme}://{host}{path}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::environment::Environment;

    #[test]
    fn a_path_may_start_with_a_slash_and_hold_anything() {
        let settings = |address| {
            let environment = Environment::of([("VAULT_ADDR", address)]);
            VaultSettings::of(&environment).unwrap()
        };
        let url = |address, path| VaultRequest::read(&settings(address), path).url;
        assert_eq!(
            url("http://v:8200", "/secret/data/a b"),
            "http://v:8200/v1/secret/data/a%20b"
        );
        assert_eq!(
            url("https://gate/vault/", "secret"),
            "https://gate/vault/v1/secret"
        );
    }
}
