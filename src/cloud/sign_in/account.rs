//! Whether credentials lead where they may.

use super::role::AllowedAccounts;
use crate::cloud::call::Call;
use crate::cloud::connection::ConnectError;
use crate::cloud::{CloudError, Region};

/// Asks STS whose credentials `client` has, where only some accounts are allowed.
pub(in crate::cloud) async fn check(
    client: &aws_sdk_sts::Client,
    region: &Region,
    allowed: &AllowedAccounts,
) -> Result<(), ConnectError> {
    if *allowed == AllowedAccounts::Any {
        return Ok(());
    }
    let call = Call {
        name: "GetCallerIdentity",
        region,
    };
    let answer = call.answer(client.get_caller_identity().send()).await;
    let found = answer
        .and_then(|answer| answer.account.ok_or_else(|| call.without("Account")))
        .map_err(|error: CloudError| ConnectError::AccountUnknown(Box::new(error)))?;
    if allowed.contain(&found) {
        return Ok(());
    }
    Err(ConnectError::Account {
        found,
        allowed: allowed.clone(),
    })
}
