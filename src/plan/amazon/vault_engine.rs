//! `vault_aws_engine`: credentials that Vault makes for this run
//! (<https://developer.hashicorp.com/vault/api-docs/secret/aws#generate-credentials>).
//!
//! As in Packer they are made while the template is checked. Builders that ask for the same share them.

use std::collections::BTreeMap;

use super::settings::StaticKeys;
use crate::facts::Facts;
use crate::lookups::{Answer, Lookup, PRETENDED};
use crate::secret::Secret;
use crate::template::fields::Fields;
use crate::template::vault_answer::{VaultAnswer, VaultAnswerError};

const KEY: &str = "vault_aws_engine";
/// Where Vault mounts the engine unless told otherwise.
const ENGINE: &str = "aws";

/// The keys that Vault made. `None` where the block asks for none, where they are not there yet, or where something is wrong.
pub(super) fn read(
    fields: &mut Fields<'_>,
    keys: Option<&StaticKeys>,
    facts: &Facts,
) -> Option<StaticKeys> {
    let mut block = fields.block(KEY)?;
    let [name, engine, role, ttl] =
        ["name", "engine_name", "role_arn", "ttl"].map(|key| block.text(key));
    block.finish();
    if [&name, &engine, &role, &ttl]
        .iter()
        .all(|text| text.is_empty())
    {
        return None;
    }
    if keys.is_some() {
        fields.problem(
            KEY,
            "If you have set vault_aws_engine, you must not set the access_key or secret_key.",
        );
        return None;
    }
    if name.is_empty() {
        fields.problem(
            KEY,
            "`name` is missing: the role of Vault's AWS engine to make credentials for",
        );
        return None;
    }
    let engine = if engine.is_empty() { ENGINE } else { &engine };
    let answer = facts
        .lookups
        .answer(&lookup(engine, &name, (&role, &ttl)))?;
    match keys_of(answer) {
        Ok(keys) => Some(keys),
        Err(error) => {
            fields.problem(KEY, error);
            None
        }
    }
}

fn lookup(engine: &str, name: &str, (role, ttl): (&str, &str)) -> Lookup {
    if role.is_empty() {
        return Lookup::VaultRead(format!("/{engine}/creds/{name}"));
    }
    let given = [("role_arn", role), ("ttl", ttl)];
    let given = given.iter().filter(|(_, value)| !value.is_empty());
    Lookup::VaultWrite {
        path: format!("/{engine}/sts/{name}"),
        fields: given
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect::<BTreeMap<_, _>>(),
    }
}

fn keys_of(answer: Answer) -> Result<StaticKeys, String> {
    let answer = match answer {
        Answer::Found(answer) => answer,
        Answer::Nothing => return Err("Vault Secret does not exist at the given path.".to_owned()),
        Answer::Failed(error) => return Err(error),
        Answer::Pretended => {
            let pretended = || Secret::new(PRETENDED);
            return Ok(StaticKeys {
                access_key: pretended(),
                secret_key: pretended(),
                token: None,
                lasts: None,
            });
        }
    };
    let in_words = |error: VaultAnswerError| error.to_string();
    let answer = VaultAnswer::read(answer.expose()).map_err(in_words)?;
    let field = |key| {
        let field = answer.plain_field(key).map_err(in_words)?;
        Ok(field.map(Secret::new))
    };
    let needed = |key: &'static str| {
        let field: Result<Option<Secret>, String> = field(key);
        field?.ok_or_else(|| {
            format!("Vault's answer holds no `{key}`: is this the path of an AWS engine?")
        })
    };
    Ok(StaticKeys {
        access_key: needed("access_key")?,
        secret_key: needed("secret_key")?,
        token: field("security_token")?,
        lasts: answer.lease(),
    })
}
