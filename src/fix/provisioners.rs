//! Provisioners.

use super::rename::rename_or_drop;
use super::template::FixError;
use super::value::{Object, Value, text_at};

/// Packer escapes these itself since 1.2.5. A provisioner whose variables are no list of texts is left alone.
pub(super) fn powershell_escapes(provisioner: &mut Object) -> Result<(), FixError> {
    const VARIABLES: &str = "environment_vars";
    if text_at(provisioner, "type") != Some("powershell") {
        return Ok(());
    }
    let logins = ["elevated_user", "elevated_password"];
    if let Some(&key) = logins
        .iter()
        .find(|&&key| provisioner.get(key).is_some_and(|value| !value.is_text()))
    {
        return Err(FixError::NoText { key });
    }
    match provisioner.get_mut(VARIABLES) {
        None => {}
        Some(Value::List(variables)) if variables.iter().all(Value::is_text) => {
            variables.iter_mut().for_each(unescape);
        }
        Some(null @ Value::Null) => *null = Value::List(Vec::new()),
        Some(_) => return Ok(()),
    }
    for key in logins {
        provisioner.get_mut(key).into_iter().for_each(unescape);
    }
    Ok(())
}

pub(super) fn galaxy_command(provisioner: &mut Object) -> Result<(), FixError> {
    if text_at(provisioner, "type") == Some("ansible-local") {
        let names = ("galaxycommand", "galaxy_command");
        rename_or_drop(provisioner, names, Value::is_text);
    }
    Ok(())
}

fn unescape(value: &mut Value) {
    if let Value::String(text) = value {
        *text = unescaped(text);
    }
}

fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match characters.next_if(|next| character == '`' && matches!(next, '$' | '"' | '`' | '\''))
        {
            Some(escaped) => out.push(escaped),
            None => out.push(character),
        }
    }
    out
}
