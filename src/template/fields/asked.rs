//! For the documentation's test alone: which keys the decoders asked for. The list of what is supported is made of it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

thread_local! {
    static ASKED: RefCell<BTreeMap<String, BTreeSet<String>>> = RefCell::default();
}

/// Notes what was asked of one object of a component.
pub(super) fn note(component: &str, path: &str, keys: &[String]) {
    ASKED.with_borrow_mut(|asked| {
        let known = asked.entry(component.to_owned()).or_default();
        known.extend(keys.iter().map(|key| match path {
            "" => key.clone(),
            path => format!("{path}.{key}"),
        }));
    });
}

/// What was asked of components of this kind on this thread since the last call.
pub(crate) fn take(component: &str) -> BTreeSet<String> {
    ASKED.with_borrow_mut(|asked| asked.remove(component).unwrap_or_default())
}
