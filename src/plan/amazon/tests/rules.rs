//! Every rule of the builder: what is refused, in Packer's words, and what stands just beside it and is not.

mod access;
mod image;
mod launch;

use serde_json::Value;

use super::{Outcome, plan};

/// Each fragment is refused with a message that holds the text.
fn refused(cases: &[(Value, &str)]) {
    for (fragment, text) in cases {
        let outcome = plan(fragment.clone());
        let messages: Vec<_> = outcome
            .errors
            .iter()
            .map(|problem| &problem.message)
            .collect();
        assert!(
            outcome.reports(text),
            "{fragment}\n  wanted: {text}\n  got: {messages:#?}"
        );
        assert!(
            outcome.settings.is_none(),
            "{fragment} has settings in spite of {messages:?}"
        );
    }
}

/// Each fragment passes.
fn accepted(cases: &[Value]) {
    for fragment in cases {
        let Outcome {
            settings, errors, ..
        } = plan(fragment.clone());
        assert!(
            errors.is_empty() && settings.is_some(),
            "{fragment}: {errors:#?}"
        );
    }
}
