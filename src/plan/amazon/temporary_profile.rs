//! `temporary_iam_instance_profile_policy_document`: the policy of an instance profile that lives as long as the build.

use crate::template::fields::Fields;

const KEY: &str = "temporary_iam_instance_profile_policy_document";
/// The policy language of today. Packer sends an empty version where the template has none, which IAM refuses.
const VERSION: &str = "2012-10-17";

/// The policy as JSON, in Packer's bytes; `None` where there is none or where the profile of `named` wins over it.
pub(super) fn read(fields: &mut Fields<'_>, named: Option<&str>) -> Option<String> {
    let mut document = fields.block(KEY)?;
    let version = Some(document.text("Version")).filter(|version| !version.is_empty());
    let statements: Vec<String> = document
        .blocks("Statement")
        .into_iter()
        .map(statement)
        .collect();
    document.finish();
    if named.is_some() {
        fields.warning(
            KEY,
            format!("`{KEY}` has no effect beside `iam_instance_profile`"),
        );
        return None;
    }
    let version = text(version.as_deref().unwrap_or(VERSION));
    Some(format!(
        r#"{{"Version":{version},"Statement":{}}}"#,
        list(&statements)
    ))
}

fn statement(mut block: Fields<'_>) -> String {
    let effect = text(&block.text("Effect"));
    let [action, resource] = ["Action", "Resource"].map(|key| {
        let values: Vec<String> = block.strings(key).iter().map(|value| text(value)).collect();
        list(&values)
    });
    block.finish();
    format!(r#"{{"Effect":{effect},"Action":{action},"Resource":{resource}}}"#)
}

/// A list of JSON values; Go writes `null` for one that was never set.
fn list(values: &[String]) -> String {
    if values.is_empty() {
        "null".to_owned()
    } else {
        format!("[{}]", values.join(","))
    }
}

/// A JSON string as Go's `encoding/json` writes it: safe inside HTML.
fn text(value: &str) -> String {
    let plain = serde_json::Value::from(value).to_string();
    let escapes = [
        ('<', "\\u003c"),
        ('>', "\\u003e"),
        ('&', "\\u0026"),
        ('\u{2028}', "\\u2028"),
        ('\u{2029}', "\\u2029"),
    ];
    escapes
        .iter()
        .fold(plain, |text, (from, to)| text.replace(*from, to))
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn a_string_is_written_as_go_writes_it() {
        assert_eq!(text("a<b>&\"c\""), r#""a\u003cb\u003e\u0026\"c\"""#);
    }
}
