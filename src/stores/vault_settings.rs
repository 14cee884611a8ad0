//! What the environment says about Vault (<https://developer.hashicorp.com/vault/docs/commands#environment-variables>).

use std::collections::BTreeMap;
use std::time::Duration;

use super::switches::{NotASwitch, switch};
use crate::action::environment::Environment;
use crate::http::tls::{TlsSettings, Trust};
use crate::secret::Secret;
use crate::template::duration::GoDuration;

/// Vault's own default.
const ADDRESS: &str = "https://127.0.0.1:8200";
/// Vault's client: so long for one request, and so often again after a server's fault.
const TIMEOUT: Duration = Duration::from_secs(60);
const RETRIES: u32 = 2;
/// Headers of this kind are the client's own.
const OWN_HEADERS: &str = "X-Vault-";

/// How to reach Vault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct VaultSettings {
    /// The agent's or the server's URL, without a slash at its end.
    pub(super) address: String,
    pub(super) token: Option<Secret>,
    pub(super) namespace: Option<String>,
    /// Further headers of the user's.
    pub(super) headers: BTreeMap<String, String>,
    /// For one request.
    pub(super) timeout: Duration,
    /// Attempts after the first.
    pub(super) retries: u32,
    /// Redirects that are followed.
    pub(super) redirects: usize,
    pub(super) tls: TlsSettings,
    /// A proxy for Vault alone.
    pub(super) proxy: Option<String>,
}

/// A setting that makes no sense, or that we cannot follow.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum VaultSettingsError {
    /// Neither on nor off.
    #[error(transparent)]
    Switch(#[from] NotASwitch),
    /// No number, no duration.
    #[error("could not parse {0:?}")]
    Value(&'static str),
    /// One half of a pair.
    #[error("both client cert and client key must be provided")]
    HalfAPair,
    /// Not a JSON object of strings.
    #[error("could not unmarshal environment-supplied headers")]
    Headers,
    /// Headers that only the client sets.
    #[error(
        "failed to setup Headers[{0}]: Header starting by 'X-Vault-' are for internal usage only"
    )]
    OwnHeader(String),
    /// Vault's client can, ours cannot.
    #[error("`{0}`: ami-build reaches Vault by TCP only, not by a socket file")]
    SocketFile(String),
    /// Vault's client can, ours cannot.
    #[error("VAULT_SRV_LOOKUP is not supported: name the server and its port in VAULT_ADDR")]
    ServiceLookup,
}

impl VaultSettings {
    /// Reads the environment.
    pub(super) fn of(environment: &Environment) -> Result<Self, VaultSettingsError> {
        let address = environment
            .get("VAULT_AGENT_ADDR")
            .or_else(|| environment.get("VAULT_ADDR"))
            .unwrap_or(ADDRESS);
        if address.starts_with("unix://") {
            return Err(VaultSettingsError::SocketFile(address.to_owned()));
        }
        if switch(environment, "VAULT_SRV_LOOKUP")? == Some(true) {
            return Err(VaultSettingsError::ServiceLookup);
        }
        let redirects = match switch(environment, "VAULT_DISABLE_REDIRECTS")? {
            Some(true) => 0,
            // A standby names the active server, which answers itself.
            Some(false) | None => 1,
        };
        let retries = environment.get("VAULT_MAX_RETRIES").map(str::parse);
        let retries = retries
            .transpose()
            .map_err(|_| VaultSettingsError::Value("VAULT_MAX_RETRIES"))?;
        let proxy = environment
            .get("VAULT_PROXY_ADDR")
            .or_else(|| environment.get("VAULT_HTTP_PROXY"));
        Ok(Self {
            address: address.trim_end_matches('/').to_owned(),
            token: environment.get("VAULT_TOKEN").map(Secret::new),
            namespace: environment.get("VAULT_NAMESPACE").map(str::to_owned),
            headers: headers(environment)?,
            timeout: timeout(environment)?,
            retries: retries.unwrap_or(RETRIES),
            redirects,
            tls: tls(environment)?,
            proxy: proxy.map(str::to_owned),
        })
    }
}

/// Seconds, or a duration as Go writes it.
fn timeout(environment: &Environment) -> Result<Duration, VaultSettingsError> {
    const NAME: &str = "VAULT_CLIENT_TIMEOUT";
    let Some(text) = environment.get(NAME) else {
        return Ok(TIMEOUT);
    };
    let seconds = text.parse().map(Duration::from_secs).ok();
    let parsed = seconds.or_else(|| GoDuration::parse(text).ok().map(GoDuration::to_std));
    match parsed.ok_or(VaultSettingsError::Value(NAME))? {
        Duration::ZERO => Ok(TIMEOUT),
        timeout => Ok(timeout),
    }
}

fn headers(environment: &Environment) -> Result<BTreeMap<String, String>, VaultSettingsError> {
    let Some(text) = environment.get("VAULT_HEADERS") else {
        return Ok(BTreeMap::new());
    };
    let headers: BTreeMap<String, String> =
        serde_json::from_str(text).map_err(|_| VaultSettingsError::Headers)?;
    let own: Vec<&str> = headers
        .keys()
        .map(String::as_str)
        .filter(|name| name.starts_with(OWN_HEADERS))
        .collect();
    if own.is_empty() {
        Ok(headers)
    } else {
        Err(VaultSettingsError::OwnHeader(own.join(", ")))
    }
}

fn tls(environment: &Environment) -> Result<TlsSettings, VaultSettingsError> {
    let given = |name| environment.get(name).map(str::to_owned);
    let trust = match (
        switch(environment, "VAULT_SKIP_VERIFY")?,
        given("VAULT_CACERT"),
        given("VAULT_CACERT_BYTES"),
        given("VAULT_CAPATH"),
    ) {
        (Some(true), ..) => Trust::Everybody,
        (_, Some(file), ..) => Trust::File(file.into()),
        (_, None, Some(pem), _) => Trust::Pem(pem),
        (_, None, None, Some(directory)) => Trust::Directory(directory.into()),
        (_, None, None, None) => Trust::System,
    };
    let client = match (given("VAULT_CLIENT_CERT"), given("VAULT_CLIENT_KEY")) {
        (Some(certificate), Some(key)) => Some((certificate.into(), key.into())),
        (None, None) => None,
        _ => return Err(VaultSettingsError::HalfAPair),
    };
    Ok(TlsSettings {
        trust,
        client,
        server_name: given("VAULT_TLS_SERVER_NAME"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(name: &str, value: &str) -> String {
        let environment = Environment::of([(name, value)]);
        VaultSettings::of(&environment).unwrap_err().to_string()
    }

    #[test]
    fn the_agent_comes_before_the_server() {
        let address = |environment| VaultSettings::of(&environment).unwrap().address;
        assert_eq!(address(Environment::of([])), "https://127.0.0.1:8200");
        let server = ("VAULT_ADDR", "http://server:8200/");
        assert_eq!(address(Environment::of([server])), "http://server:8200");
        let agent = ("VAULT_AGENT_ADDR", "http://agent:8100");
        assert_eq!(
            address(Environment::of([server, agent])),
            "http://agent:8100"
        );
    }

    #[test]
    fn a_timeout_is_seconds_or_a_duration() {
        let timeout = |text| {
            let environment = Environment::of([("VAULT_CLIENT_TIMEOUT", text)]);
            VaultSettings::of(&environment).unwrap().timeout
        };
        assert_eq!(timeout("5"), Duration::from_secs(5));
        assert_eq!(timeout("1m30s"), Duration::from_secs(90));
        assert_eq!(timeout(""), Duration::from_secs(60));
    }

    #[test]
    fn a_file_of_authorities_comes_before_their_text_and_skipping_before_all() {
        let file = ("VAULT_CACERT", "/ca.pem");
        let text = ("VAULT_CACERT_BYTES", "-----BEGIN");
        let skip = ("VAULT_SKIP_VERIFY", "true");
        let trust = |environment| VaultSettings::of(&environment).unwrap().tls.trust;
        assert_eq!(
            trust(Environment::of([file, text])),
            Trust::File("/ca.pem".into())
        );
        assert_eq!(
            trust(Environment::of([text])),
            Trust::Pem("-----BEGIN".into())
        );
        assert_eq!(trust(Environment::of([file, text, skip])), Trust::Everybody);
    }

    #[test]
    fn what_makes_no_sense_is_refused_by_name() {
        assert_eq!(
            refused("VAULT_SKIP_VERIFY", "xx"),
            "could not parse VAULT_SKIP_VERIFY"
        );
        assert_eq!(
            refused("VAULT_CLIENT_KEY", "/key.pem"),
            "both client cert and client key must be provided"
        );
        assert!(refused("VAULT_ADDR", "unix:///run/vault.sock").contains("by TCP only"));
        assert!(refused("VAULT_HEADERS", r#"{"X-Vault-Token": "t"}"#).contains("X-Vault-Token"));
        assert!(refused("VAULT_SRV_LOOKUP", "1").contains("VAULT_ADDR"));
    }
}
