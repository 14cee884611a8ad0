//! Functions and fields of Packer's that names are made with.

use super::parts::Builder;
use super::value::Value;

/// `{{.CreateTime}}`, blanks or not, in the three keys that knew it.
pub(super) fn create_time(builder: &mut Builder) {
    for key in ["ami_name", "bundle_prefix", "snapshot_name"] {
        if let Some(Value::String(text)) = builder.config.get_mut(key) {
            *text = without_create_time(text);
        }
    }
}

/// In texts, and in the texts of an object, but no deeper.
pub(super) fn clean_names(builder: &mut Builder) {
    for value in builder.config.values_mut() {
        match value {
            Value::String(text) => *text = with_clean_resource_name(text),
            Value::Object(members) => {
                for member in members.values_mut() {
                    if let Value::String(text) = member {
                        *text = with_clean_resource_name(text);
                    }
                }
            }
            _ => {}
        }
    }
}

fn with_clean_resource_name(text: &str) -> String {
    text.replace("clean_image_name", "clean_resource_name")
        .replace("clean_ami_name", "clean_resource_name")
}

fn without_create_time(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("{{") {
        let inside = rest[at + 2..].trim_start_matches(is_blank);
        let after = inside
            .strip_prefix(".CreateTime")
            .and_then(|after| after.trim_start_matches(is_blank).strip_prefix("}}"));
        match after {
            Some(after) => {
                out.push_str(&rest[..at]);
                out.push_str("{{timestamp}}");
                rest = after;
            }
            None => {
                out.push_str(&rest[..=at]);
                rest = &rest[at + 1..];
            }
        }
    }
    out + rest
}

/// Go's `\s`.
fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r' | '\u{c}')
}
