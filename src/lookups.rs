//! What a template reads from other servers: Consul, Vault and AWS Secrets Manager.
//!
//! As with files, rendering does no I/O: it asks, what is not known yet is noted, the caller reads it (`stores`) and renders again.
//! Whatever is asked twice is read once a run, so a user name and its password come from one answer.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::secret::Secret;

/// A value on another server.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lookup {
    /// A key of Consul's key-value store.
    ConsulKey(String),
    /// What Vault answers when this path is read.
    VaultRead(String),
    /// What Vault answers when these fields are written to this path.
    VaultWrite {
        /// Where.
        path: String,
        /// What.
        fields: BTreeMap<String, String>,
    },
    /// The current version of a secret in AWS Secrets Manager, by name or ARN.
    AwsSecret(String),
}

impl Lookup {
    /// For people: where it is and what it is called.
    pub(crate) fn in_words(&self) -> String {
        match self {
            Self::ConsulKey(key) => format!("Consul's key `{key}`"),
            Self::VaultRead(path) | Self::VaultWrite { path, .. } => format!("Vault's `{path}`"),
            Self::AwsSecret(name) => format!("AWS Secrets Manager's `{name}`"),
        }
    }
}

/// What the server said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The value; of Vault the whole answer, which is JSON.
    Found(Secret),
    /// There is no such thing; of Secrets Manager: it is no text.
    Nothing,
    /// The error, in full.
    Failed(String),
    /// Nobody was asked: any value will do.
    Pretended,
}

/// What stands where a value would, when nobody is asked for it.
pub(crate) const PRETENDED: &str = "pretended";

/// The answers so far. Clones share what they know.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lookups(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    asking: Asking,
    answers: BTreeMap<Lookup, Answer>,
    missed: BTreeSet<Lookup>,
    used: Vec<Secret>,
}

/// Whether servers are asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Asking {
    /// They are.
    #[default]
    Servers,
    /// Nobody is.
    Nobody,
}

impl Lookups {
    /// Lookups that nobody makes: every value is pretended.
    pub(crate) fn pretended() -> Self {
        let lookups = Self::default();
        lookups.state().asking = Asking::Nobody;
        lookups
    }

    /// Whether nobody is asked.
    pub(crate) fn pretends(&self) -> bool {
        self.state().asking == Asking::Nobody
    }

    /// The names or ARNs of all secrets of AWS Secrets Manager that were asked for.
    pub(crate) fn aws_secrets(&self) -> BTreeSet<String> {
        let state = self.state();
        let names = state.answers.keys().filter_map(|lookup| match lookup {
            Lookup::AwsSecret(name) => Some(name.clone()),
            _ => None,
        });
        names.collect()
    }

    /// Everything that was asked for so far, in words.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.state().answers.keys().map(Lookup::in_words).collect()
    }

    /// The answer; `None` is "not read yet", and it is noted as missed.
    pub(crate) fn answer(&self, lookup: &Lookup) -> Option<Answer> {
        let mut state = self.state();
        if state.asking == Asking::Nobody {
            state.answers.insert(lookup.clone(), Answer::Pretended);
        }
        let known = state.answers.get(lookup).cloned();
        if known.is_none() {
            state.missed.insert(lookup.clone());
        }
        known
    }

    /// Records what a server said.
    pub(crate) fn add(&self, lookup: Lookup, answer: Answer) {
        self.state().answers.insert(lookup, answer);
    }

    /// What was asked for in vain since the last call.
    pub(crate) fn take_missed(&self) -> BTreeSet<Lookup> {
        std::mem::take(&mut self.state().missed)
    }

    /// Notes a secret part of an answer that went into the template, so that it can be hidden.
    pub(crate) fn note_used(&self, secret: &Secret) {
        self.state().used.push(secret.clone());
    }

    /// The secrets that were used since the last call.
    pub(crate) fn take_used(&self) -> Vec<Secret> {
        std::mem::take(&mut self.state().used)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_missed_until_somebody_adds_it() {
        let lookups = Lookups::default();
        let lookup = Lookup::ConsulKey("a".into());
        assert_eq!(lookups.answer(&lookup), None);
        assert_eq!(lookups.take_missed(), [lookup.clone()].into());
        lookups
            .clone()
            .add(lookup.clone(), Answer::Found(Secret::new("x")));
        assert_eq!(
            lookups.answer(&lookup),
            Some(Answer::Found(Secret::new("x")))
        );
        assert_eq!(lookups.take_missed(), [].into());
    }

    #[test]
    fn where_nobody_is_asked_nothing_is_missed_and_the_secrets_are_known() {
        let lookups = Lookups::pretended();
        let secret = Lookup::AwsSecret("database".into());
        assert_eq!(lookups.answer(&secret), Some(Answer::Pretended));
        assert_eq!(lookups.take_missed(), [].into());
        assert_eq!(lookups.aws_secrets(), ["database".to_owned()].into());
    }
}
