//! What a token says of its job. Nothing is verified: STS does that. We only tell what it will see.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// The claims that a trust policy looks at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Claims {
    /// `iss`.
    pub(super) issuer: String,
    /// `aud`.
    pub(super) audience: String,
    /// `sub`.
    pub(super) subject: String,
    /// The same subject in GitHub's other form, where it has one.
    pub(super) other_subject: Option<String>,
}

impl Claims {
    /// Reads the token's middle part; `None` where it is no JWT.
    pub(super) fn of(token: &str) -> Option<Self> {
        let payload = token.split('.').nth(1)?;
        let bytes = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
        let claims: Value = serde_json::from_slice(&bytes).ok()?;
        let subject = text(&claims, "sub");
        Some(Self {
            issuer: text(&claims, "iss"),
            audience: text(&claims, "aud"),
            other_subject: other_form(&subject, &claims),
            subject,
        })
    }

    /// The issuer as condition keys and providers of IAM name it.
    pub(super) fn provider(&self) -> &str {
        let issuer = self.issuer.as_str();
        issuer
            .split_once("://")
            .map_or(issuer, |(_, provider)| provider)
    }
}

/// A text, a number, or the texts of a list.
fn text(claims: &Value, name: &str) -> String {
    match claims.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Array(items)) => {
            let texts: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            texts.join("`, `")
        }
        _ => String::new(),
    }
}

/// GitHub has two forms of the default subject: `repo:OWNER/NAME:…`, and with the ids of both for repositories that were
/// made, renamed or moved after 15 July 2026 (<https://docs.github.com/actions/reference/security/oidc>). A subject that the
/// repository's owner composed otherwise has no second form.
fn other_form(subject: &str, claims: &Value) -> Option<String> {
    let repository = text(claims, "repository");
    let (owner, name) = repository.split_once('/')?;
    let (owner_id, id) = (
        text(claims, "repository_owner_id"),
        text(claims, "repository_id"),
    );
    let by_name = format!("repo:{owner}/{name}:");
    let by_id = format!("repo:{owner}@{owner_id}/{name}@{id}:");
    if let Some(rest) = subject.strip_prefix(&by_id) {
        return Some(format!("{by_name}{rest}"));
    }
    let rest = subject.strip_prefix(&by_name)?;
    (!owner_id.is_empty() && !id.is_empty()).then(|| format!("{by_id}{rest}"))
}

#[cfg(test)]
pub(super) mod tests {
    use serde_json::json;

    use super::*;

    /// A token with these claims, signed by nobody.
    pub(crate) fn token(claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!(
            "{}.{}.c2lnbmF0dXJl",
            part(&json!({"alg": "RS256"})),
            part(claims)
        )
    }

    fn claims(subject: &str) -> Claims {
        let claims = json!({
            "iss": "https://token.actions.githubusercontent.com", "aud": "sts.amazonaws.com", "sub": subject,
            "repository": "octo-org/octo-repo", "repository_owner_id": "123456", "repository_id": 456_789,
        });
        Claims::of(&token(&claims)).unwrap()
    }

    #[test]
    fn a_subject_has_two_forms_and_each_leads_to_the_other() {
        for tail in [
            "pull_request",
            "ref:refs/heads/main",
            "environment:Production%3AV1",
        ] {
            let by_name = format!("repo:octo-org/octo-repo:{tail}");
            let by_id = format!("repo:octo-org@123456/octo-repo@456789:{tail}");
            assert_eq!(
                claims(&by_name).other_subject.as_deref(),
                Some(by_id.as_str())
            );
            assert_eq!(claims(&by_id).other_subject, Some(by_name));
        }
    }

    #[test]
    fn a_subject_of_ones_own_has_no_other_form() {
        assert_eq!(
            claims("job_workflow_ref:octo-org/x@main").other_subject,
            None
        );
    }

    #[test]
    fn a_server_of_ones_own_is_named_with_its_path() {
        let token =
            token(&json!({"iss": "https://ghe.example.com/_services/token", "aud": ["a", "b"]}));
        let claims = Claims::of(&token).unwrap();
        assert_eq!(claims.provider(), "ghe.example.com/_services/token");
        assert_eq!(claims.audience, "a`, `b");
    }

    #[test]
    fn what_is_no_token_has_no_claims() {
        assert_eq!(Claims::of("nonsense"), None);
        assert_eq!(Claims::of("a.%%%.c"), None);
    }
}
