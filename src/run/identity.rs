//! Who a build is: the journal's header and the tags on everything it makes.

use time::OffsetDateTime;

use super::context::RunContext;
use super::owner;
use super::site::Site;
use crate::action::environment::{
    Environment, GITHUB_REPOSITORY, GITHUB_RUN_ATTEMPT, GITHUB_RUN_ID,
};
use crate::ledger::{BuildIdentity, deadline};
use crate::plan::PlannedBuild;
use crate::plan::amazon::settings::EbsSettings;

/// The identity of `build`, in the account of the site's caller.
pub(super) fn identity<C, D>(
    settings: &EbsSettings,
    build: &PlannedBuild,
    cx: &RunContext,
    site: &Site<'_, C, D>,
) -> BuildIdentity {
    let environment = &cx.environment;
    let caller = site.caller.as_ref();
    let mut regions = vec![site.region.clone()];
    regions.extend(
        settings
            .image
            .regions
            .iter()
            .filter(|region| **region != site.region)
            .cloned(),
    );
    BuildIdentity {
        build_id: build_id(&cx.run_uuid, &build.name),
        account: caller.map(|caller| caller.account.clone()),
        caller: caller.map(|caller| caller.arn.clone()),
        owner: Some(owner::of_build(environment, caller)),
        repository: environment
            .get(GITHUB_REPOSITORY)
            .or_else(|| environment.get("USER"))
            .map(str::to_owned),
        run: run(environment),
        regions,
        endpoint: site.endpoint.clone(),
        profile: settings.access.profile.clone(),
        assume_role: settings.access.assume_role.clone(),
        deadline: deadline::text(OffsetDateTime::now_utc() + deadline::FIRST),
    }
}

/// The workflow run, with its attempt.
pub(super) fn run(environment: &Environment) -> Option<String> {
    let attempt = environment
        .get(GITHUB_RUN_ATTEMPT)
        .map_or_else(String::new, |attempt| format!("/attempts/{attempt}"));
    let run = environment.get(GITHUB_RUN_ID)?;
    Some(format!("{run}{attempt}"))
}

/// The run's id with eight hexadecimal digits of the build's name: unique for each builder, 45 characters.
pub(super) fn build_id(run_uuid: &str, name: &str) -> String {
    use sha2::Digest as _;
    let digest = sha2::Sha256::digest(name.as_bytes());
    let short: String = digest
        .iter()
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("{run_uuid}-{short}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builds_of_one_run_have_ids_of_their_own_that_begin_alike() {
        let (one, two) = (
            build_id("5f5e1000-0000-0000-0000-000000000000", "one"),
            build_id("5f5e1000-0000-0000-0000-000000000000", "two"),
        );
        assert_ne!(one, two);
        assert_eq!(one.len(), 45);
        assert!(one.starts_with("5f5e1000-") && two.starts_with("5f5e1000-"));
    }
}
