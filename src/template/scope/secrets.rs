//! The functions that ask a server for a secret. Where they are not allowed they answer as Packer does; where they are, they say
//! that this version cannot read them. They do no I/O.

use std::collections::BTreeMap;

use crate::template::gotmpl::{FunctionError, Value};

/// `consul_key KEY`.
pub(super) fn consul_key() -> Result<Value, FunctionError> {
    Err(FunctionError::new(format!(
        "error reading consul key: {}",
        advice("Consul")
    )))
}

/// `vault PATH KEY`.
pub(super) fn vault(environment: &BTreeMap<String, String>) -> Result<Value, FunctionError> {
    if environment.get("VAULT_TOKEN").is_none_or(String::is_empty) {
        return Err(FunctionError::new(
            "Must set VAULT_TOKEN env var in order to use vault template function",
        ));
    }
    Err(FunctionError::new(format!(
        "Error reading vault secret: {}",
        advice("Vault")
    )))
}

/// `aws_secretsmanager NAME [KEY]`.
pub(super) fn aws_secretsmanager(arguments: &[Value]) -> Result<Value, FunctionError> {
    Err(FunctionError::new(match arguments.len() {
        0 => "secret name must be provided".to_owned(),
        1 | 2 => format!("error getting secret: {}", advice("AWS Secrets Manager")),
        _ => "only secret name and optional secret key can be provided.".to_owned(),
    }))
}

/// `aws_secretsmanager_raw NAME`.
pub(super) fn aws_secretsmanager_raw(arguments: &[Value]) -> Result<Value, FunctionError> {
    Err(FunctionError::new(match arguments.len() {
        0 => "secret name must be provided".to_owned(),
        1 => format!("error getting secret: {}", advice("AWS Secrets Manager")),
        _ => "only secret name can be provided.".to_owned(),
    }))
}

fn advice(server: &str) -> String {
    format!(
        "this version of ami-build cannot read from {server} yet; read the secret before and hand it over with -var, a variable \
         file or PKR_VAR_name in the environment"
    )
}
