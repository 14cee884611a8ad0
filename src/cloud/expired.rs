//! A call that AWS refuses because the credentials have ended goes out once more, with others.

use aws_sdk_ec2::config::interceptors::InterceptorContext;
use aws_sdk_ec2::config::retry::{ClassifyRetry, RetryAction};
use aws_smithy_types::retry::ErrorKind;

use super::attempts;

/// Asks for other credentials, and for one more attempt. The refused one had no effect, whatever the call.
#[derive(Debug)]
pub(crate) struct OnceMoreWhenExpired;

impl ClassifyRetry for OnceMoreWhenExpired {
    fn name(&self) -> &'static str {
        "OnceMoreWhenExpired"
    }

    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let refused = context
            .response()
            .filter(|response| response.status().is_client_error());
        let code = refused
            .and_then(|response| response.body().bytes())
            .and_then(code_of);
        if code.is_some_and(|code| means_expired(&code)) && attempts::note_expired() {
            log::info!("the credentials have ended; looking for others");
            RetryAction::retryable_error(ErrorKind::ClientError)
        } else {
            RetryAction::NoActionIndicated
        }
    }
}

/// EC2 calls an ended session `RequestExpired`, too, and so it calls a wrong clock; that is not healed by one more attempt, and
/// is told after it.
pub(super) fn means_expired(code: &str) -> bool {
    matches!(
        code,
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired"
    )
}

/// The error code of an answer of any service: the SDK has read it, but tells it by each call's own type alone. EC2, STS and IAM
/// answer in XML, Secrets Manager in JSON.
fn code_of(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    if let Some((_, rest)) = text.split_once("<Code>") {
        return rest.split_once("</Code>").map(|(code, _)| code.to_owned());
    }
    let json: serde_json::Value = serde_json::from_str(text).ok()?;
    let code = json.get("__type")?.as_str()?;
    // A namespace may stand before it.
    code.rsplit('#').next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_found_in_the_answer_of_each_protocol() {
        let ec2 = b"<Response><Errors><Error><Code>RequestExpired</Code><Message>m</Message></Error></Errors></Response>";
        assert_eq!(code_of(ec2).as_deref(), Some("RequestExpired"));
        let json = br#"{"__type":"com.amazon.coral.service#ExpiredTokenException","message":"m"}"#;
        assert_eq!(code_of(json).as_deref(), Some("ExpiredTokenException"));
        assert_eq!(code_of(b"<html>proxy</html>"), None);
    }
}
