//! Docker.

use super::parts::Parts;
use super::template::FixError;
use super::value::{Object, Value, text_at};

/// Packer looks at nothing, not even at the builders, where the template has no post-processors.
pub(super) fn login_email(parts: &mut Parts) {
    const KEY: &str = "login_email";
    if parts.post_processors.is_none() {
        return;
    }
    for builder in parts.builders.iter_mut().flatten() {
        builder.config.remove(KEY);
    }
    for post_processor in parts.post_processor_objects() {
        post_processor.remove(KEY);
    }
}

/// `tag` and `tags` become one list without repetitions.
pub(super) fn tags(post_processor: &mut Object) -> Result<(), FixError> {
    if text_at(post_processor, "type") != Some("docker-tag") {
        return Ok(());
    }
    let mut all: Vec<Value> = Vec::new();
    for key in ["tag", "tags"] {
        for tag in listed(post_processor.get(key), key)? {
            let tag = Value::String(tag);
            if !all.contains(&tag) {
                all.push(tag);
            }
        }
    }
    post_processor.remove("tag");
    post_processor.insert("tags".to_owned(), Value::List(all));
    Ok(())
}

fn listed(value: Option<&Value>, key: &'static str) -> Result<Vec<String>, FixError> {
    match value {
        Some(Value::String(text)) => Ok(text.split(',').map(|tag| tag.trim().to_owned()).collect()),
        Some(Value::List(items)) => items
            .iter()
            .map(|item| item.as_text().map(str::to_owned))
            .collect::<Option<_>>()
            .ok_or(FixError::NoText { key }),
        _ => Ok(Vec::new()),
    }
}
