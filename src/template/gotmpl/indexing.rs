//! `index`, `slice` and `len`; texts are indexed by byte, as in Go.

use super::error::FunctionError;
use super::value::Value;

/// `index x 1 2` is `x[1][2]`; a missing map key gives the empty value of the map's type.
pub(super) fn index(item: &Value, indexes: &[Value]) -> Result<Value, FunctionError> {
    if matches!(item, Value::Nil | Value::Missing) {
        return Err(FunctionError::new("index of untyped nil"));
    }
    let mut item = item.clone();
    for at in indexes {
        item = match &item {
            Value::String(text) => match text.as_bytes().get(offset(at, text.len())?) {
                Some(byte) => Value::Int(i64::from(*byte)),
                None => return Err(FunctionError::new("reflect: string index out of range")),
            },
            Value::List(items) => match items.get(offset(at, items.len())?) {
                Some(element) => element.clone(),
                None => return Err(FunctionError::new("reflect: slice index out of range")),
            },
            Value::Map(entries) => match at {
                Value::String(key) => entries.get(key).cloned().unwrap_or_else(|| missing(&item)),
                Value::Nil | Value::Missing => {
                    return Err(FunctionError::new("value is nil; should be of type string"));
                }
                other => {
                    let name = other.type_name();
                    return Err(FunctionError::new(format!(
                        "value has type {name}; should be string"
                    )));
                }
            },
            Value::Nil | Value::Missing => return Err(FunctionError::new("index of nil pointer")),
            other => {
                return Err(FunctionError::new(format!(
                    "can't index item of type {}",
                    other.type_name()
                )));
            }
        };
    }
    Ok(item)
}

fn missing(map: &Value) -> Value {
    match map.type_name() {
        "map[string]string" => Value::String(String::new()),
        _ => Value::Missing,
    }
}

/// `slice x 1 2` is `x[1:2]`, `slice x 1` is `x[1:]`; a list takes a third index, which only bounds its capacity.
pub(super) fn slice(item: &Value, indexes: &[Value]) -> Result<Value, FunctionError> {
    let length = match item {
        Value::Nil | Value::Missing => return Err(FunctionError::new("slice of untyped nil")),
        _ if indexes.len() > 3 => {
            return Err(FunctionError::new(format!(
                "too many slice indexes: {}",
                indexes.len()
            )));
        }
        Value::String(_) if indexes.len() == 3 => {
            return Err(FunctionError::new("cannot 3-index slice a string"));
        }
        Value::String(text) => text.len(),
        Value::List(items) => items.len(),
        other => {
            return Err(FunctionError::new(format!(
                "can't slice item of type {}",
                other.type_name()
            )));
        }
    };
    let mut bounds = [0, length, length];
    for (bound, at) in bounds.iter_mut().zip(indexes) {
        *bound = offset(at, length)?;
    }
    for (low, high) in [(bounds[0], bounds[1]), (bounds[1], bounds[2])] {
        if low > high {
            return Err(FunctionError::new(format!(
                "invalid slice index: {low} > {high}"
            )));
        }
    }
    let range = bounds[0]..bounds[1];
    Ok(match item {
        Value::String(text) => {
            Value::String(String::from_utf8_lossy(&text.as_bytes()[range]).into_owned())
        }
        Value::List(items) => Value::List(items[range].to_vec()),
        other => other.clone(),
    })
}

/// How many bytes, elements or entries a value has.
pub(super) fn length(item: &Value) -> Result<Value, FunctionError> {
    let length = match item {
        Value::String(text) => text.len(),
        Value::List(items) => items.len(),
        Value::Map(entries) => entries.len(),
        // Not a sentence, but what users of Go's templates see and search for.
        Value::Nil | Value::Missing => {
            return Err(FunctionError::new(
                "reflect: call of reflect.Value.Type on zero Value",
            ));
        }
        other => {
            return Err(FunctionError::new(format!(
                "len of type {}",
                other.type_name()
            )));
        }
    };
    Ok(Value::Int(
        i64::try_from(length).expect("no value is that long"),
    ))
}

/// A value as an offset from 0 to `length`, that included.
fn offset(at: &Value, length: usize) -> Result<usize, FunctionError> {
    match at {
        Value::Int(number) => usize::try_from(*number)
            .ok()
            .filter(|offset| *offset <= length)
            .ok_or_else(|| FunctionError::new(format!("index out of range: {number}"))),
        Value::Nil | Value::Missing => Err(FunctionError::new("cannot index slice/array with nil")),
        other => Err(FunctionError::new(format!(
            "cannot index slice/array with type {}",
            other.type_name()
        ))),
    }
}
