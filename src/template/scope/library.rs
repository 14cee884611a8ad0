//! Packer's functions that only compute.

use time::OffsetDateTime;

use crate::template::gotmpl::{FunctionError, Value};

/// Calls a function whose arguments fit its signature.
pub(super) fn call(
    name: &str,
    arguments: &[Value],
    now: OffsetDateTime,
) -> Result<Value, FunctionError> {
    let text = match (name, arguments) {
        ("upper", [Value::String(text)]) => text.to_uppercase(),
        ("lower", [Value::String(text)]) => text.to_lowercase(),
        ("timestamp", []) => now.unix_timestamp().to_string(),
        _ => {
            return Err(FunctionError::new(format!(
                "{name} was called with arguments that it does not take"
            )));
        }
    };
    Ok(text.into())
}
