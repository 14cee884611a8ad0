//! What is asked of AWS before anything is made, beside the questions of a build. None of these calls changes anything.

use std::collections::BTreeMap;
use std::future::Future;

use super::api::CloudResult;
use super::{ImageId, Region, Tags, VpcId};

/// A creating call as a dry run: whether it would go through.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Trial<'a> {
    /// `CreateSecurityGroup`.
    Group {
        /// Where.
        vpc: Option<&'a VpcId>,
        /// The name, which nobody has.
        name: &'a str,
        /// A condition of the policy may ask for them.
        tags: &'a Tags,
    },
    /// `ImportKeyPair`.
    ImportKey {
        /// The name, which nobody has.
        name: &'a str,
        /// A condition of the policy may ask for them.
        tags: &'a Tags,
    },
    /// `CreateKeyPair`.
    CreateKey {
        /// The name, which nobody has.
        name: &'a str,
        /// A condition of the policy may ask for them.
        tags: &'a Tags,
    },
    /// `CopyImage`, sent to the target.
    CopyImage {
        /// Where the image is.
        from: &'a Region,
        /// The image.
        image: &'a ImageId,
        /// The copy's name.
        name: &'a str,
        /// A condition of the policy may ask for them.
        tags: &'a Tags,
    },
}

impl Trial<'_> {
    /// The call's name as EC2 spells it.
    pub(crate) fn call(self) -> &'static str {
        match self {
            Self::Group { .. } => "CreateSecurityGroup",
            Self::ImportKey { .. } => "ImportKeyPair",
            Self::CreateKey { .. } => "CreateKeyPair",
            Self::CopyImage { .. } => "CopyImage",
        }
    }
}

/// How a machine is bought: the quotas differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Market {
    /// On demand.
    OnDemand,
    /// On the spot market.
    Spot,
}

/// A machine that counts against a quota.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UsedMachine {
    /// Such as `t3.micro`.
    pub(crate) instance_type: String,
    /// How it was bought.
    pub(crate) market: Market,
}

/// Whether the account lets images become public in a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PublicAccess {
    /// It does.
    Allowed,
    /// `block-new-sharing`: what is public stays so, and nothing else becomes it.
    Blocked,
}

/// Calls about EC2.
pub(crate) trait OutlookCalls {
    /// The call as a dry run: `Ok` where it would go through.
    fn try_create(
        &self,
        region: &Region,
        trial: Trial<'_>,
    ) -> impl Future<Output = CloudResult<()>> + Send;
    /// `GetImageBlockPublicAccessState`.
    fn public_access(
        &self,
        region: &Region,
    ) -> impl Future<Output = CloudResult<PublicAccess>> + Send;
    /// `DescribeInstances`: those that are there or about to be.
    fn used_machines(
        &self,
        region: &Region,
    ) -> impl Future<Output = CloudResult<Vec<UsedMachine>>> + Send;
    /// `DescribeInstanceTypes`: virtual CPUs by type.
    fn virtual_cpus(
        &self,
        region: &Region,
        types: &[String],
    ) -> impl Future<Output = CloudResult<BTreeMap<String, i32>>> + Send;
}

/// A key of KMS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KmsKey {
    /// Its ARN.
    pub(crate) arn: String,
    /// Such as `Enabled` or `PendingDeletion`.
    pub(crate) state: String,
    /// Whether AWS made it, as the default key for EBS: nobody can share it.
    pub(crate) manager: KeyManager,
}

/// Who manages a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyManager {
    /// AWS.
    Aws,
    /// The account.
    Customer,
}

/// Calls about keys.
pub(crate) trait KeyCalls {
    /// `DescribeKey`, by id, alias or ARN; `None` where there is no such key.
    fn key(
        &self,
        region: &Region,
        key: &str,
    ) -> impl Future<Output = CloudResult<Option<KmsKey>>> + Send;
}

/// Calls about quotas.
pub(crate) trait QuotaCalls {
    /// `GetServiceQuota` of EC2, else AWS's default for it; `None` where nobody knows it.
    fn quota(
        &self,
        region: &Region,
        code: &str,
    ) -> impl Future<Output = CloudResult<Option<f64>>> + Send;
}
