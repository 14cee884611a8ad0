//! `decode_authorization_messages`: what EC2 tells only in code about a call that is not allowed.

use std::time::Duration;

use super::cx::Cx;
use super::error::BuildError;
use crate::cloud::error::Refusal;
use crate::cloud::{Cloud, CloudError};

/// What stands before the code, and goes with it.
const BEFORE: &str = "Encoded authorization failure message: ";
/// A build that failed is not to wait long for its error's words.
const PATIENCE: Duration = Duration::from_secs(20);

/// The error with its code decoded, where the template asks for that and STS allows it.
pub(super) async fn explain<C: Cloud, D>(cx: &Cx<'_, C, D>, mut error: BuildError) -> BuildError {
    if !cx.settings.access.decode_authorization_messages {
        return error;
    }
    if let Some(refused) = error.cloud_error_mut()
        && refused.is(Refusal::Denied)
        && let CloudError::Refused {
            region, message, ..
        } = refused
        && let Some((before, encoded, after)) = split(message)
    {
        let decoding = cx.cloud.decode_authorization_message(region, encoded);
        *message = match tokio::time::timeout(PATIENCE, decoding).await {
            Ok(Ok(decoded)) => {
                format!("{before}Authorization failure message: '{decoded}'{after}")
            }
            Ok(Err(error)) => format!("{message} (it cannot be decoded: {error})"),
            Err(_) => format!("{message} (it cannot be decoded: STS does not answer)"),
        };
    }
    error
}

/// The words before the code, the code, and the words after it.
fn split(message: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = message.split_once(BEFORE)?;
    let is_code = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
    let end = rest.find(|letter| !is_code(letter)).unwrap_or(rest.len());
    (end > 0).then(|| (before, &rest[..end], &rest[end..]))
}

#[cfg(test)]
mod unit {
    use super::split;

    #[test]
    fn the_code_stands_between_words() {
        assert_eq!(
            split("You may not. Encoded authorization failure message: aB-_9 (really)"),
            Some(("You may not. ", "aB-_9", " (really)"))
        );
        assert_eq!(split("You may not."), None);
        assert_eq!(split("Encoded authorization failure message: "), None);
    }
}
