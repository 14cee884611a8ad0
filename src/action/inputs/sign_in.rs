//! `role-to-assume` and what goes with it; `allowed-account-ids`.

use super::{InputError, names, text};
use crate::action::environment::{Environment, GITHUB_RUN_ID};
use crate::cloud::sign_in::{AllowedAccounts, SignIn, WebIdentityRole};

/// What STS takes for a session's length (<https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html>).
const DURATIONS: std::ops::RangeInclusive<i32> = 900..=43_200;
/// What a session's name may hold besides letters and digits.
const PUNCTUATION: &str = "_+=,.@-";

/// Reads the inputs.
pub(crate) fn read(environment: &Environment) -> Result<SignIn, InputError> {
    let arn = text(environment, "role-to-assume");
    if arn.is_none() {
        for name in ["role-session-name", "role-duration-seconds", "audience"] {
            if text(environment, name).is_some() {
                let needs = "role-to-assume";
                return Err(InputError::Alone { name, needs });
            }
        }
    }
    Ok(SignIn {
        role: arn.map(|arn| role(environment, arn)).transpose()?,
        accounts: accounts(environment)?,
    })
}

fn role(environment: &Environment, arn: &str) -> Result<WebIdentityRole, InputError> {
    Ok(WebIdentityRole {
        arn: role_arn(arn)?,
        session_name: session_name(environment)?,
        duration_seconds: duration(environment)?,
        audience: text(environment, "audience").map(str::to_owned),
    })
}

fn role_arn(arn: &str) -> Result<String, InputError> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", partition, "iam", "", account, resource]
            if partition.starts_with("aws")
                && is_account(account)
                && resource.starts_with("role/") =>
        {
            Ok(arn.to_owned())
        }
        _ => Err(wrong(
            "role-to-assume",
            arn,
            "the ARN of a role, such as `arn:aws:iam::123456789012:role/images`",
        )),
    }
}

/// CloudTrail shows it, so it names the run.
fn session_name(environment: &Environment) -> Result<String, InputError> {
    let Some(name) = text(environment, "role-session-name") else {
        let run = environment.get(GITHUB_RUN_ID);
        return Ok(run.map_or_else(|| "ami-build".to_owned(), |run| format!("ami-build-{run}")));
    };
    let fits =
        |character: char| character.is_ascii_alphanumeric() || PUNCTUATION.contains(character);
    if (2..=64).contains(&name.len()) && name.chars().all(fits) {
        return Ok(name.to_owned());
    }
    let takes = "2 to 64 letters, digits and `_+=,.@-`";
    Err(wrong("role-session-name", name, takes))
}

fn duration(environment: &Environment) -> Result<Option<i32>, InputError> {
    let name = "role-duration-seconds";
    let Some(given) = text(environment, name) else {
        return Ok(None);
    };
    let seconds = given
        .parse()
        .ok()
        .filter(|seconds| DURATIONS.contains(seconds));
    seconds
        .map(Some)
        .ok_or_else(|| wrong(name, given, "a number of seconds from 900 to 43200"))
}

fn accounts(environment: &Environment) -> Result<AllowedAccounts, InputError> {
    let name = "allowed-account-ids";
    let ids = names(environment, name);
    if let Some(id) = ids.iter().find(|id| !is_account(id)) {
        let takes = "ids of accounts, twelve digits each, one a line or split by commas";
        return Err(wrong(name, id, takes));
    }
    if ids.is_empty() {
        Ok(AllowedAccounts::Any)
    } else {
        Ok(AllowedAccounts::Only(ids))
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn wrong(name: &'static str, value: &str, takes: &'static str) -> InputError {
    InputError::Value {
        name,
        value: value.to_owned(),
        takes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLE: (&str, &str) = (
        "INPUT_ROLE-TO-ASSUME",
        "arn:aws:iam::123456789012:role/path/images",
    );

    #[test]
    fn a_role_is_all_that_signing_in_needs_and_the_session_names_the_run() {
        let environment = Environment::of([ROLE, ("GITHUB_RUN_ID", "77")]);
        let role = read(&environment).unwrap().role.unwrap();
        assert_eq!(role.session_name, "ami-build-77");
        assert_eq!((role.duration_seconds, role.audience), (None, None));
    }

    #[test]
    fn a_value_that_aws_would_refuse_is_refused_before_anything_is_asked() {
        for (name, value) in [
            ("INPUT_ROLE-TO-ASSUME", "images"),
            ("INPUT_ROLE-TO-ASSUME", "arn:aws:iam::1:role/images"),
            ("INPUT_ROLE-SESSION-NAME", "a b"),
            ("INPUT_ROLE-DURATION-SECONDS", "60"),
            ("INPUT_ROLE-DURATION-SECONDS", "1h"),
            ("INPUT_ALLOWED-ACCOUNT-IDS", "123456789012,12"),
        ] {
            let environment = Environment::of([ROLE]).with(name, value);
            let error = read(&environment).unwrap_err();
            assert!(matches!(error, InputError::Value { .. }), "{name}: {error}");
        }
    }

    #[test]
    fn what_goes_with_a_role_needs_one() {
        let environment = Environment::of([("INPUT_AUDIENCE", "x")]);
        assert_eq!(
            read(&environment).unwrap_err().to_string(),
            "the input `audience` has no effect without `role-to-assume`"
        );
    }

    #[test]
    fn accounts_are_named_with_any_credentials() {
        let ids = "123456789012\n210987654321, 111111111111";
        let read = read(&Environment::of([("INPUT_ALLOWED-ACCOUNT-IDS", ids)])).unwrap();
        let AllowedAccounts::Only(accounts) = read.accounts else {
            panic!("no accounts")
        };
        assert_eq!(accounts.len(), 3);
    }
}
