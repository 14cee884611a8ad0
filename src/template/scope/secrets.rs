//! The functions that read from a server. They do no I/O: what is not known yet ends the rendering, and it is done again once
//! the answer is there.

use std::collections::BTreeMap;

use crate::lookups::{Answer, Lookup, Lookups, PRETENDED};
use crate::secret::Secret;
use crate::template::aws_secret;
use crate::template::gotmpl::{FunctionError, Value};
use crate::template::vault_answer::VaultAnswer;

/// Ends the rendering until the answer is there. Seen only where every rendering asks for something else, as with `uuid`.
const NOT_READ: &str = "it was not read, since every rendering asks for something else";

/// `consul_key KEY`. What Consul's key-value store holds is no secret.
pub(super) fn consul_key(lookups: &Lookups, key: &str) -> Result<Value, FunctionError> {
    let missing = format!("key does not exist at the given path: {key}");
    let lookup = Lookup::ConsulKey(key.to_owned());
    if is_pretended(lookups, &lookup) {
        return Ok(PRETENDED.into());
    }
    let value = found(lookups, &lookup, &missing)?;
    if value.is_empty() {
        return Err(FunctionError::new(format!("value is empty at path {key}")));
    }
    Ok(value.expose().into())
}

/// `vault PATH KEY`.
pub(super) fn vault(
    lookups: &Lookups,
    environment: &BTreeMap<String, String>,
    (path, key): (&str, &str),
) -> Result<Value, FunctionError> {
    let lookup = Lookup::VaultRead(path.to_owned());
    if is_pretended(lookups, &lookup) {
        return Ok(PRETENDED.into());
    }
    if environment.get("VAULT_TOKEN").is_none_or(String::is_empty) {
        return Err(FunctionError::new(
            "Must set VAULT_TOKEN env var in order to use vault template function",
        ));
    }
    let missing = "Vault Secret does not exist at the given path";
    let answer = found(lookups, &lookup, missing)?;
    let answer = VaultAnswer::read(answer.expose()).map_err(in_words)?;
    Ok(used(lookups, answer.field(key).map_err(in_words)?))
}

/// `aws_secretsmanager NAME [KEY]`.
pub(super) fn aws_secretsmanager(
    lookups: &Lookups,
    arguments: &[Value],
) -> Result<Value, FunctionError> {
    let (name, key) = match arguments {
        [] => return Err(FunctionError::new("secret name must be provided")),
        [Value::String(name)] => (name, ""),
        [Value::String(name), Value::String(key)] => (name, key.as_str()),
        _ => {
            return Err(FunctionError::new(
                "only secret name and optional secret key can be provided.",
            ));
        }
    };
    let secret = aws_secret(lookups, name)?;
    if is_pretended(lookups, &Lookup::AwsSecret(name.clone())) {
        return Ok(PRETENDED.into());
    }
    let value = aws_secret::value(secret.expose(), key).map_err(in_words)?;
    Ok(used(lookups, &value))
}

/// `aws_secretsmanager_raw NAME`.
pub(super) fn aws_secretsmanager_raw(
    lookups: &Lookups,
    name: &str,
) -> Result<Value, FunctionError> {
    let secret = aws_secret(lookups, name)?;
    Ok(used(lookups, secret.expose()))
}

fn aws_secret(lookups: &Lookups, name: &str) -> Result<Secret, FunctionError> {
    if name.is_empty() {
        return Err(FunctionError::new(
            "At least one secret name must be provided",
        ));
    }
    found(
        lookups,
        &Lookup::AwsSecret(name.to_owned()),
        "Secret is not string",
    )
}

fn found(lookups: &Lookups, lookup: &Lookup, missing: &str) -> Result<Secret, FunctionError> {
    match lookups.answer(lookup) {
        Some(Answer::Found(value)) => Ok(value),
        Some(Answer::Pretended) => Ok(Secret::new(PRETENDED)),
        Some(Answer::Nothing) => Err(FunctionError::new(missing)),
        Some(Answer::Failed(error)) => Err(FunctionError::new(error)),
        None => Err(FunctionError::new(NOT_READ)),
    }
}

/// Whether nobody is asked for it.
fn is_pretended(lookups: &Lookups, lookup: &Lookup) -> bool {
    lookups.pretends() && lookups.answer(lookup) == Some(Answer::Pretended)
}

fn used(lookups: &Lookups, value: &str) -> Value {
    lookups.note_used(&Secret::new(value));
    value.into()
}

fn in_words(error: impl std::fmt::Display) -> FunctionError {
    FunctionError::new(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(result: Result<Value, FunctionError>) -> Result<String, String> {
        match result {
            Ok(Value::String(text)) => Ok(text),
            Ok(other) => panic!("{other:?}"),
            Err(error) => Err(error.to_string()),
        }
    }

    fn knows(lookup: Lookup, answer: Answer) -> Lookups {
        let lookups = Lookups::default();
        lookups.add(lookup, answer);
        lookups
    }

    #[test]
    fn an_unknown_key_of_consul_is_asked_for() {
        let lookups = Lookups::default();
        text(consul_key(&lookups, "a")).unwrap_err();
        assert_eq!(
            lookups.take_missed(),
            [Lookup::ConsulKey("a".into())].into()
        );
    }

    #[test]
    fn consuls_values_are_shown_and_vaults_are_not() {
        let consul = knows(
            Lookup::ConsulKey("a".into()),
            Answer::Found(Secret::new("v")),
        );
        assert_eq!(text(consul_key(&consul, "a")).unwrap(), "v");
        assert_eq!(consul.take_used(), []);
        let body = Secret::new(r#"{"data": {"k": "hidden"}}"#);
        let vaults = knows(Lookup::VaultRead("p".into()), Answer::Found(body));
        let environment = [("VAULT_TOKEN".to_owned(), "t".to_owned())].into();
        assert_eq!(
            text(vault(&vaults, &environment, ("p", "k"))).unwrap(),
            "hidden"
        );
        assert_eq!(vaults.take_used(), [Secret::new("hidden")]);
    }

    #[test]
    fn what_is_not_there_is_said_in_packers_words() {
        let consul = knows(Lookup::ConsulKey("a".into()), Answer::Nothing);
        assert_eq!(
            text(consul_key(&consul, "a")).unwrap_err(),
            "key does not exist at the given path: a"
        );
        let empty = knows(
            Lookup::ConsulKey("a".into()),
            Answer::Found(Secret::default()),
        );
        assert_eq!(
            text(consul_key(&empty, "a")).unwrap_err(),
            "value is empty at path a"
        );
        let binary = knows(Lookup::AwsSecret("s".into()), Answer::Nothing);
        assert_eq!(
            text(aws_secretsmanager_raw(&binary, "s")).unwrap_err(),
            "Secret is not string"
        );
        assert_eq!(
            text(vault(&binary, &BTreeMap::new(), ("p", "k"))).unwrap_err(),
            "Must set VAULT_TOKEN env var in order to use vault template function"
        );
    }

    #[test]
    fn a_secret_of_aws_gives_one_value_or_all_of_its_text() {
        let body = r#"{"user": "me", "password": "hunter22"}"#;
        let lookups = knows(
            Lookup::AwsSecret("s".into()),
            Answer::Found(Secret::new(body)),
        );
        let arguments = ["s".into(), "password".into()];
        assert_eq!(
            text(aws_secretsmanager(&lookups, &arguments)).unwrap(),
            "hunter22"
        );
        assert_eq!(text(aws_secretsmanager_raw(&lookups, "s")).unwrap(), body);
    }
}
