//! `aws_polling`, and the environment's `AWS_POLL_DELAY_SECONDS`, `AWS_MAX_ATTEMPTS` and `AWS_TIMEOUT_SECONDS` below it.

use super::settings::Polling;
use crate::facts::Facts;
use crate::template::fields::Fields;

pub(super) fn read(fields: &mut Fields<'_>, facts: &Facts) -> Polling {
    let (mut max_attempts, mut delay_seconds) = (None, None);
    if let Some(mut block) = fields.block("aws_polling") {
        max_attempts = count(&mut block, "max_attempts");
        delay_seconds = count(&mut block, "delay_seconds");
        block.finish();
    }
    Polling {
        max_attempts: max_attempts.or_else(|| variable(fields, facts, "AWS_MAX_ATTEMPTS")),
        delay_seconds: delay_seconds.or_else(|| variable(fields, facts, "AWS_POLL_DELAY_SECONDS")),
        timeout_seconds: variable(fields, facts, "AWS_TIMEOUT_SECONDS"),
    }
}

/// A count; zero and less leave it open, as in Packer.
fn count(block: &mut Fields<'_>, key: &str) -> Option<u32> {
    block
        .integer(key)
        .and_then(|number| u32::try_from(number).ok())
        .filter(|number| *number > 0)
}

fn variable(fields: &Fields<'_>, facts: &Facts, name: &str) -> Option<u32> {
    let text = facts
        .environment
        .get(name)
        .filter(|text| !text.is_empty())?;
    let number = text.parse().ok().filter(|number| *number > 0);
    if number.is_none() {
        fields.warning("aws_polling", format!("the environment variable `{name}` is ignored: `{text}` is not a positive whole number"));
    }
    number
}
