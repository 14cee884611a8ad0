//! Who shares what: the buckets belong to an account, the answers to a caller.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::Shared;
use super::describe::Regions;
use super::pacer::Pacer;

/// Whose calls they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Holder {
    /// EC2's endpoint, where it is not EC2's own.
    pub(crate) endpoint: Option<String>,
    /// The account, where it is known.
    pub(crate) account: Option<String>,
    /// What decides on what the caller may see: its ARN and the policy of its session. Builds that differ in it ask by
    /// themselves, and so does one whose caller is not known.
    pub(crate) caller: Option<String>,
}

/// All accounts that the builds of a process use.
#[derive(Clone, Debug, Default)]
pub(crate) struct Accounts {
    known: Arc<Mutex<Known>>,
}

#[derive(Debug, Default)]
struct Known {
    pacers: HashMap<(Option<String>, Option<String>), Arc<Pacer>>,
    regions: HashMap<(Option<String>, String), Arc<Regions>>,
}

impl Accounts {
    /// `cloud` as all builds of the same holder share it.
    pub(crate) fn share<C>(&self, cloud: C, holder: &Holder) -> Shared<C> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let endpoint = holder.endpoint.clone();
        let pacer = known
            .pacers
            .entry((endpoint.clone(), holder.account.clone()))
            .or_default();
        let pacer = Arc::clone(pacer);
        let regions = match &holder.caller {
            Some(caller) => known.regions.entry((endpoint, caller.clone())).or_default(),
            None => &mut Arc::default(),
        };
        Shared::new(cloud, pacer, Arc::clone(regions))
    }
}
