//! Whose the things of a build are: the value of the tag by which a sweep knows its own.

use crate::action::environment::{Environment, GITHUB_REPOSITORY_ID, GITHUB_SERVER_URL};
use crate::cloud::api::Caller;

/// Set by the user where machine and user are new for each run, as in most other CIs.
pub(super) const AMI_BUILD_OWNER: &str = "AMI_BUILD_OWNER";
/// The longest value of a tag.
const LONGEST: usize = 256;
/// What tags of EC2 and of IAM may hold besides letters, digits and blanks
/// (<https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html>).
const PUNCTUATION: &str = "_.:/=+-@";

/// An owner that no tag can hold.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no owner: it takes 1 to 256 letters, digits, blanks and `_.:/=+-@`")]
pub(super) struct OwnerError(String);

/// Whose things a build makes: the chosen owner's, the repository's on a runner, else those of account, user and machine.
pub(super) fn of_build(environment: &Environment, caller: Option<&Caller>) -> String {
    if let Some(chosen) = environment.get(AMI_BUILD_OWNER) {
        return expanded(environment, &as_tag(chosen));
    }
    if let Some(repository) = of_repository(environment) {
        return repository;
    }
    match caller {
        Some(caller) => as_tag(&format!("{}/{}", caller.account, person(environment))),
        None => as_tag(&person(environment)),
    }
}

/// Whose things a sweep takes. A build that was told not to ask for its account left it out, hence two in a terminal.
pub(super) fn of_sweep(
    environment: &Environment,
    caller: &Caller,
    chosen: Option<&str>,
) -> Result<Vec<String>, OwnerError> {
    let Some(chosen) = chosen else {
        let mut owners = vec![
            of_build(environment, Some(caller)),
            of_build(environment, None),
        ];
        owners.dedup();
        return Ok(owners);
    };
    let chosen = expanded(environment, chosen.trim());
    if chosen.is_empty() || as_tag(&chosen) != chosen {
        return Err(OwnerError(chosen));
    }
    Ok(vec![chosen])
}

/// The id stays when the repository is renamed or moved, and belongs to one GitHub server.
pub(super) fn of_repository(environment: &Environment) -> Option<String> {
    let id = environment
        .get(GITHUB_REPOSITORY_ID)
        .filter(|_| environment.is_runner())?;
    Some(expanded(environment, &as_tag(id)))
}

/// A repository's id alone means the one of this server.
fn expanded(environment: &Environment, owner: &str) -> String {
    if owner.is_empty() || !owner.bytes().all(|byte| byte.is_ascii_digit()) {
        return owner.to_owned();
    }
    let server = environment
        .get(GITHUB_SERVER_URL)
        .unwrap_or("https://github.com");
    let host = server.split_once("://").map_or(server, |(_, host)| host);
    as_tag(&format!("{}/{owner}", host.trim_end_matches('/')))
}

fn person(environment: &Environment) -> String {
    let user = ["USER", "LOGNAME"]
        .iter()
        .find_map(|name| environment.get(name))
        .map_or_else(|| format!("uid-{}", nix::unistd::getuid()), str::to_owned);
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host = match host.trim() {
        "" => "localhost",
        host => host,
    };
    format!("{user}@{host}")
}

/// With `_` for whatever a tag cannot hold.
fn as_tag(text: &str) -> String {
    let fits = |character: char| {
        character.is_alphanumeric() || character == ' ' || PUNCTUATION.contains(character)
    };
    let replaced = text
        .chars()
        .map(|character| if fits(character) { character } else { '_' });
    replaced.take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller() -> Caller {
        Caller {
            account: "123456789012".to_owned(),
            arn: "arn:aws:iam::123456789012:user/me".to_owned(),
        }
    }

    fn runner() -> Environment {
        Environment::of([
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_REPOSITORY_ID", "1296269"),
        ])
    }

    #[test]
    fn on_a_runner_the_repository_owns_it_whoever_is_signed_in() {
        assert_eq!(of_build(&runner(), Some(&caller())), "github.com/1296269");
        assert_eq!(
            of_sweep(&runner(), &caller(), None),
            Ok(vec!["github.com/1296269".to_owned()])
        );
    }

    #[test]
    fn an_id_of_another_server_is_another_owner() {
        let server = runner().with("GITHUB_SERVER_URL", "https://ghe.example.com");
        assert_eq!(of_build(&server, None), "ghe.example.com/1296269");
    }

    #[test]
    fn in_a_terminal_account_user_and_host_own_it() {
        let environment = Environment::of([("USER", "ann")]);
        let owner = of_build(&environment, Some(&caller()));
        assert!(owner.starts_with("123456789012/ann@"), "{owner}");
        let unasked = of_build(&environment, None);
        assert_eq!(
            of_sweep(&environment, &caller(), None),
            Ok(vec![owner, unasked])
        );
    }

    #[test]
    fn a_chosen_owner_is_for_builds_and_sweeps() {
        let environment = runner().with(AMI_BUILD_OWNER, "team a");
        assert_eq!(of_build(&environment, Some(&caller())), "team a");
        assert_eq!(
            of_sweep(&environment, &caller(), Some("7")),
            Ok(vec!["github.com/7".to_owned()])
        );
    }

    #[test]
    fn what_no_tag_can_hold_is_replaced_in_names_and_refused_in_flags() {
        let environment = Environment::of([("USER", "CORP\\ann*")]);
        assert!(of_build(&environment, None).starts_with("CORP_ann_@"));
        for wrong in ["*", "", "a?b"] {
            assert!(
                of_sweep(&environment, &caller(), Some(wrong)).is_err(),
                "{wrong}"
            );
        }
    }
}
