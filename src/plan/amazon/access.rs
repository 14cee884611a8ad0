//! Credentials and the way to EC2.

use std::path::PathBuf;

use super::settings::{Access, AssumeRole, StaticKeys};
use super::vault_engine;
use crate::cloud::Region;
use crate::facts::Facts;
use crate::secret::Secret;
use crate::template::fields::Fields;

/// Packer's attempts for one API call where `max_retries` is unset or 0.
const DEFAULT_ATTEMPTS: u32 = 10;

pub(super) fn read(fields: &mut Fields<'_>, facts: &Facts) -> Access {
    let keys = static_keys(fields);
    let issued = vault_engine::read(fields, keys.as_ref(), facts);
    Access {
        issued_by_vault: issued.is_some(),
        keys: keys.or(issued),
        profile: optional(fields, "profile"),
        shared_credentials_file: optional(fields, "shared_credentials_file").map(PathBuf::from),
        region: optional(fields, "region").map(Region::new),
        assume_role: assume_role(fields),
        mfa_code: optional(fields, "mfa_code").map(Secret::new),
        decode_authorization_messages: fields.bool("decode_authorization_messages"),
        custom_endpoint_ec2: optional(fields, "custom_endpoint_ec2"),
        insecure_skip_tls_verify: fields.bool("insecure_skip_tls_verify"),
        max_retries: attempts(fields),
        skip_credential_validation: fields.bool("skip_credential_validation"),
        skip_metadata_api_check: fields.bool("skip_metadata_api_check"),
    }
}

/// The text of `key`; an empty one is none.
pub(super) fn optional(fields: &mut Fields<'_>, key: &str) -> Option<String> {
    fields.string(key).filter(|text| !text.is_empty())
}

fn static_keys(fields: &mut Fields<'_>) -> Option<StaticKeys> {
    let access_key = optional(fields, "access_key").map(Secret::new);
    let secret_key = optional(fields, "secret_key").map(Secret::new);
    let token = optional(fields, "token").map(Secret::new);
    let given = [
        ("access_key", access_key.is_some()),
        ("secret_key", secret_key.is_some()),
    ];
    if let Some((present, _)) = given.iter().find(|(_, given)| *given)
        && given.iter().any(|(_, given)| !given)
    {
        fields.problem_with_hint(
            present,
            "`access_key` and `secret_key` must both be either set or not set.",
            "a variable that is empty counts as not set; leave both out to use the environment, a profile or a role",
        );
        return None;
    }
    match (access_key, secret_key) {
        (Some(access_key), Some(secret_key)) => Some(StaticKeys {
            access_key,
            secret_key,
            token,
            lasts: None,
        }),
        _ => {
            if token.is_some() {
                fields.warning(
                    "token",
                    "`token` has no effect without `access_key` and `secret_key`",
                );
            }
            None
        }
    }
}

/// The role counts only where it is named; Packer reads the rest of the block all the same.
fn assume_role(fields: &mut Fields<'_>) -> Option<AssumeRole> {
    let mut block = fields.block("assume_role")?;
    let seconds = block.integer("duration_seconds").unwrap_or(0);
    let role = AssumeRole {
        role_arn: block.text("role_arn"),
        duration_seconds: i32::try_from(seconds).unwrap_or_else(|_| {
            block.problem(
                "duration_seconds",
                format!("`duration_seconds` is out of range: {seconds}"),
            );
            0
        }),
        external_id: optional(&mut block, "external_id"),
        policy: optional(&mut block, "policy"),
        policy_arns: block.strings("policy_arns"),
        session_name: optional(&mut block, "session_name"),
        tags: block.map("tags"),
        transitive_tag_keys: block.strings("transitive_tag_keys"),
    };
    block.finish();
    (!role.role_arn.is_empty()).then_some(role)
}

fn attempts(fields: &mut Fields<'_>) -> u32 {
    match fields.integer("max_retries").map(u32::try_from) {
        None | Some(Ok(0) | Err(_)) => DEFAULT_ATTEMPTS,
        Some(Ok(attempts)) => attempts,
    }
}
