//! EC2 as the build sees it: a narrow trait in our own types.
//!
//! `ec2.rs` is the only file that names the SDK's client of EC2, and `iam.rs` that of IAM; `request` and `response` translate, `classify` and `hint` explain what
//! went wrong, `connection` finds region, credentials and transport, `sign_in` gets credentials for the job's identity. `shared` joins what the builds
//! of a process ask. `model` is EC2 without AWS, for rehearsals and tests.

pub(crate) mod announced;
pub(crate) mod api;
mod assume_role;
mod attempts;
mod call;
mod classify;
pub(crate) mod connection;
mod credentials;
pub(crate) mod ec2;
mod environment;
pub(crate) mod error;
mod expired;
mod hint;
mod iam;
pub(crate) mod identifiers;
pub(crate) mod image;
pub(crate) mod instance;
pub(crate) mod kms;
pub(crate) mod launch_terms;
pub(crate) mod lifecycle;
pub(crate) mod lifecycle_calls;
mod mfa;
pub(crate) mod model;
pub(crate) mod network;
pub(crate) mod outlook_calls;
pub(crate) mod parameter_calls;
pub(crate) mod profile;
mod profile_credentials;
mod renewing;
mod request;
mod request_instance;
mod request_lifecycle;
mod request_spot;
mod request_volume;
mod response;
mod response_fleet;
pub(crate) mod secrets_manager;
pub(crate) mod service_quotas;
pub(crate) mod shared;
mod shared_files;
pub(crate) mod sign_in;
pub(crate) mod spot;
pub(crate) mod ssm;
pub(crate) mod tagged;
pub(crate) mod template_versions;
mod transport;
pub(crate) mod unrenewable;
pub(crate) mod unverified;
pub(crate) mod usage_calls;
pub(crate) mod volume;
pub(crate) mod volume_calls;

pub(crate) use api::Cloud;
pub(crate) use error::CloudError;
pub(crate) use identifiers::{
    AllocationToken, GroupId, ImageId, InstanceId, KeyName, LaunchTemplateId, ProfileName, Region,
    SnapshotId, SubnetId, Tags, VolumeId, VpcId,
};
