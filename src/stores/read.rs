//! Reads what a template asked for: everything that is missed at the same time, each with a deadline and an ear for the stop
//! signal.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use tokio::sync::OnceCell;

use super::consul::Consul;
use super::vault::Vault;
use super::vault_request::VaultRequest;
use crate::action::environment::Environment;
use crate::cloud::announced::OnSecret;
use crate::cloud::secrets_manager::SecretsManager;
use crate::lookups::{Answer, Lookup, Lookups};
use crate::stop::Stop;

/// A server that says nothing for so long is told of.
const PATIENCE: Duration = Duration::from_secs(5);
/// The longest that one value may take, with all attempts.
const LONGEST: Duration = Duration::from_secs(300);
/// Requests at the same time; a template with a thousand secrets is no attack.
const AT_ONCE: usize = 8;

/// What reading needs.
pub(crate) struct StoreContext<'a> {
    /// Where the servers are.
    pub(crate) environment: &'a Environment,
    /// Ends the waiting.
    pub(crate) stop: &'a Stop,
    /// Hears of every credential that is found on the way.
    pub(crate) tell: OnSecret,
    /// Hears of every sensitive variable as soon as its value is known.
    pub(crate) hide: Arc<dyn Fn(&str) + Send + Sync>,
    /// Told what is waited for, where it takes long.
    pub(crate) say: Arc<dyn Fn(&str) + Send + Sync>,
}

/// What became of the lookups that were missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// There were none.
    Nothing,
    /// They are answered.
    Something,
}

/// Reads every lookup that was missed, and records the answers. It never fails: an error is an answer too.
pub(crate) async fn read_missed(lookups: &Lookups, cx: &StoreContext<'_>) -> Reading {
    let missed = lookups.take_missed();
    if missed.is_empty() {
        return Reading::Nothing;
    }
    let stores = Stores::default();
    let reads = missed.into_iter().map(|lookup| {
        let stores = &stores;
        async move {
            let answer = watched(&lookup, cx, stores.read(&lookup, cx)).await;
            lookups.add(lookup, answer);
        }
    });
    futures_util::stream::iter(reads)
        .buffer_unordered(AT_ONCE)
        .collect::<()>()
        .await;
    Reading::Something
}

/// The clients, each made when it is first needed.
#[derive(Default)]
struct Stores {
    consul: OnceCell<Result<Consul, String>>,
    vault: OnceCell<Result<Vault, String>>,
    aws: OnceCell<Result<SecretsManager, String>>,
}

impl Stores {
    async fn read(&self, lookup: &Lookup, cx: &StoreContext<'_>) -> Answer {
        let answer = match lookup {
            Lookup::ConsulKey(key) => {
                let consul = async || Consul::of(cx.environment);
                match self.consul.get_or_init(consul).await {
                    Ok(consul) => Ok(consul.read(key).await),
                    Err(error) => Err(error),
                }
            }
            Lookup::VaultRead(path) => self.vault(cx, path, None).await,
            Lookup::VaultWrite { path, fields } => self.vault(cx, path, Some(fields)).await,
            Lookup::AwsSecret(name) => {
                let aws = async || SecretsManager::connect(cx.environment, cx.tell.clone()).await;
                match self.aws.get_or_init(aws).await {
                    Ok(aws) => Ok(aws.read(name).await),
                    Err(error) => Err(error),
                }
            }
        };
        answer.unwrap_or_else(|error| Answer::Failed(error.clone()))
    }

    async fn vault(
        &self,
        cx: &StoreContext<'_>,
        path: &str,
        fields: Option<&BTreeMap<String, String>>,
    ) -> Result<Answer, &String> {
        let vault = async || Vault::of(cx.environment);
        let vault = self.vault.get_or_init(vault).await.as_ref()?;
        let request = match fields {
            None => VaultRequest::read(&vault.settings, path),
            Some(fields) => VaultRequest::write(&vault.settings, path, fields),
        };
        Ok(vault.ask(&request).await)
    }
}

async fn watched(
    lookup: &Lookup,
    cx: &StoreContext<'_>,
    read: impl Future<Output = Answer>,
) -> Answer {
    let what = lookup.in_words();
    let notice = async {
        tokio::time::sleep(PATIENCE).await;
        (cx.say)(&format!("Waiting for {what}..."));
        tokio::time::sleep(LONGEST - PATIENCE).await;
    };
    tokio::select! {
        biased;
        _ = cx.stop.wait() => Answer::Failed(format!("stopped while waiting for {what}")),
        answer = read => answer,
        () = notice => Answer::Failed(format!("no answer from {what} within {} s", LONGEST.as_secs())),
    }
}

#[cfg(test)]
mod tests;
