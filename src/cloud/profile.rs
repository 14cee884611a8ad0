//! The temporary instance profile: a role of its own with one inline policy, and a profile that hands it to the machine.
//!
//! All three have one name, so that undoing any of them needs nothing else.

use std::future::Future;

use super::api::CloudResult;
use super::{ProfileName, Region};
use crate::ledger::Claim;

/// Calls of IAM. It has no regions; the one that is given says which partition's IAM is meant, and stands in errors.
///
/// Deleting what is not there is refused with "not found".
pub(crate) trait ProfileCalls {
    /// Whether a launch knows a new profile at once. EC2's never do.
    fn knows_profiles_at_once(&self) -> bool {
        false
    }
    /// `CreateRole`, which EC2's machines may assume.
    fn create_role(
        &self,
        region: &Region,
        claim: &Claim,
        name: &ProfileName,
    ) -> impl Future<Output = CloudResult<()>> + Send;
    /// `CreateInstanceProfile`.
    fn create_instance_profile(
        &self,
        region: &Region,
        claim: &Claim,
        name: &ProfileName,
    ) -> impl Future<Output = CloudResult<()>> + Send;
    /// `PutRolePolicy`: the inline policy.
    fn put_role_policy(
        &self,
        region: &Region,
        name: &ProfileName,
        document: &str,
    ) -> impl Future<Output = CloudResult<()>> + Send;
    /// `AddRoleToInstanceProfile`; a role that is in it already is no error.
    fn add_role(
        &self,
        region: &Region,
        name: &ProfileName,
    ) -> impl Future<Output = CloudResult<()>> + Send;
    /// `RemoveRoleFromInstanceProfile`.
    fn remove_role(
        &self,
        region: &Region,
        name: &ProfileName,
    ) -> impl Future<Output = CloudResult<()>> + Send;
    /// `DeleteRolePolicy`.
    fn delete_role_policy(
        &self,
        region: &Region,
        name: &ProfileName,
    ) -> impl Future<Output = CloudResult<()>> + Send;
    /// `DeleteRole`.
    fn delete_role(
        &self,
        region: &Region,
        name: &ProfileName,
    ) -> impl Future<Output = CloudResult<()>> + Send;
    /// `DeleteInstanceProfile`.
    fn delete_instance_profile(
        &self,
        region: &Region,
        name: &ProfileName,
    ) -> impl Future<Output = CloudResult<()>> + Send;
}
