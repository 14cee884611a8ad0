//! Packer's functions that only compute.

use time::UtcDateTime;

use crate::facts::STOPPED;
use crate::template::functions::{self, DEFAULT_LAYOUT};
use crate::template::gotmpl::{FunctionError, Value};

/// Calls a function whose arguments fit its signature. `now` is the instant that all of a run's texts share.
pub(super) fn call(
    name: &str,
    arguments: &[Value],
    now: UtcDateTime,
) -> Result<Value, FunctionError> {
    use Value::{Int, String};
    let text = match (name, arguments) {
        ("upper", [String(text)]) => functions::upper(text),
        ("lower", [String(text)]) => functions::lower(text),
        ("split", [String(text), String(separator), Int(index)]) => {
            functions::split(text, separator, *index).map_err(in_words)?
        }
        ("replace", [String(old), String(new), Int(count), String(text)]) => {
            functions::replace(old, new, *count, text).map_err(in_words)?
        }
        ("replace_all", [String(old), String(new), String(text)]) => {
            functions::replace_all(old, new, text).map_err(in_words)?
        }
        ("clean_resource_name", [String(text)]) => functions::clean_resource_name(text),
        ("timestamp", []) => now.unix_timestamp().to_string(),
        ("isotime", []) => functions::format_time(DEFAULT_LAYOUT, now),
        ("isotime", [String(layout)]) => functions::format_time(layout, now),
        ("isotime", layouts) => return Err(too_many(layouts)),
        ("strftime", [String(format)]) => functions::strftime(format, now),
        ("uuid", []) => uuid(now)?,
        _ => {
            return Err(FunctionError::new(format!(
                "{name} does not take these arguments"
            )));
        }
    };
    Ok(text.into())
}

fn in_words(error: functions::TextError) -> FunctionError {
    FunctionError::new(error.to_string())
}

fn too_many(layouts: &[Value]) -> FunctionError {
    let layouts = layouts.iter().filter_map(|layout| match layout {
        Value::String(layout) => Some(layout.as_str()),
        _ => None,
    });
    let layouts: Vec<_> = layouts.collect();
    FunctionError::new(format!(
        "too many values, 1 needed: [{}]",
        layouts.join(" ")
    ))
}

/// A new identifier on every call, and always the same where the clock stands still.
fn uuid(now: UtcDateTime) -> Result<String, FunctionError> {
    let mut random = [0; 12];
    if now != UtcDateTime::from(STOPPED) {
        getrandom::fill(&mut random).map_err(|error| {
            FunctionError::new(format!("the system gives no random numbers: {error}"))
        })?;
    }
    let seconds = u64::try_from(now.unix_timestamp()).unwrap_or_default();
    Ok(functions::time_ordered_uuid(seconds, random))
}
