//! `eq`, `lt` and their kin: basic values of one type only.

use super::error::FunctionError;
use super::value::Value;

/// Whether `left` equals any of `right`.
///
/// # Errors
///
/// Go's, where the types differ, cannot be compared, or nothing stands on the right.
pub(super) fn equal(left: &Value, right: &[Value]) -> Result<bool, FunctionError> {
    if right.is_empty() {
        return Err(FunctionError::new("missing argument for comparison"));
    }
    for value in right {
        if equal_pair(left, value)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn equal_pair(left: &Value, right: &Value) -> Result<bool, FunctionError> {
    match (left, right) {
        (Value::Bool(a), Value::Bool(b)) => Ok(a == b),
        (Value::Int(a), Value::Int(b)) => Ok(a == b),
        (Value::Float(a), Value::Float(b)) => Ok(a == b),
        (Value::String(a), Value::String(b)) => Ok(a == b),
        (Value::Nil | Value::Missing, Value::Nil | Value::Missing) => Ok(true),
        (Value::Nil | Value::Missing, _) | (_, Value::Nil | Value::Missing) => Ok(false),
        (Value::List(_), Value::List(_)) | (Value::Map(_), Value::Map(_)) => {
            let name = right.type_name();
            Err(FunctionError::new(format!(
                "non-comparable type {}: {name}",
                super::print::display(right)
            )))
        }
        (Value::List(_), Value::Map(_)) | (Value::Map(_), Value::List(_)) => {
            Err(FunctionError::new(format!(
                "non-comparable types {}: {}, {}: {}",
                super::print::display(left),
                left.type_name(),
                right.type_name(),
                super::print::display(right)
            )))
        }
        _ => Err(incompatible(left, right)),
    }
}

/// Whether `left` is less than `right`.
///
/// # Errors
///
/// Go's, where the values are not two integers, two floats or two strings.
pub(super) fn less(left: &Value, right: &Value) -> Result<bool, FunctionError> {
    match (left, right) {
        (Value::Int(a), Value::Int(b)) => Ok(a < b),
        (Value::Float(a), Value::Float(b)) => Ok(a < b),
        (Value::String(a), Value::String(b)) => Ok(a < b),
        (Value::Bool(_), Value::Bool(_)) => Err(invalid()),
        _ if !is_basic(left) || !is_basic(right) => Err(invalid()),
        _ => Err(incompatible(left, right)),
    }
}

fn is_basic(value: &Value) -> bool {
    matches!(
        value,
        Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::String(_)
    )
}

fn invalid() -> FunctionError {
    FunctionError::new("invalid type for comparison")
}

fn incompatible(left: &Value, right: &Value) -> FunctionError {
    let (left, right) = (left.type_name(), right.type_name());
    FunctionError::new(format!(
        "incompatible types for comparison: {left} and {right}"
    ))
}
