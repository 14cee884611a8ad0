//! What an amazon builder is to do, in our words: every field has its final type and all defaults are applied.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::fast_launch_settings::FastLaunch;
use crate::cloud::image::BlockDevice;
use crate::cloud::instance::{MetadataOptions, ShutdownBehavior};
use crate::cloud::launch_terms::LaunchTerms;
use crate::cloud::lifecycle::{Cooldown, NetworkSupport};
use crate::cloud::network::Filters;
use crate::cloud::{GroupId, ImageId, Region, SubnetId, VpcId};
use crate::images::Life;
use crate::plan::amazon::recipe::Recipe;
use crate::plan::communicator::Communicator;
use crate::secret::Secret;

/// The whole builder.
#[derive(Clone, Debug)]
pub(crate) struct EbsSettings {
    /// Whose account.
    pub(crate) access: Access,
    /// The source image.
    pub(crate) source: SourceImage,
    /// The build machine.
    pub(crate) launch: Launch,
    /// How to log in.
    pub(crate) communicator: Communicator,
    /// The image that comes of it; `ImageSettings::none` where the recipe makes none.
    pub(crate) image: ImageSettings,
    /// What is made of the machine.
    pub(crate) recipe: Recipe,
    /// Keys that pass `validate` with a warning and that `build` refuses by name before its first call.
    pub(crate) unsupported: Vec<String>,
}

/// Credentials and the way to EC2.
#[derive(Clone, Debug, Default)]
pub(crate) struct Access {
    /// `access_key`, `secret_key` and `token`: then nothing else is consulted.
    pub(crate) keys: Option<StaticKeys>,
    /// Whether Vault made these keys for this run: AWS may not know them everywhere yet.
    pub(crate) issued_by_vault: bool,
    /// A profile of the shared configuration.
    pub(crate) profile: Option<String>,
    /// A configuration file of its own.
    pub(crate) shared_credentials_file: Option<PathBuf>,
    /// The template's region; `None` leaves it to the SDK's chain.
    pub(crate) region: Option<Region>,
    /// A role to assume with the credentials found.
    pub(crate) assume_role: Option<AssumeRole>,
    /// The one-time code of an MFA device, for the role.
    pub(crate) mfa_code: Option<Secret>,
    /// A refusal's encoded reasons are decoded.
    pub(crate) decode_authorization_messages: bool,
    /// An endpoint for EC2 in every region.
    pub(crate) custom_endpoint_ec2: Option<String>,
    /// No TLS verification.
    pub(crate) insecure_skip_tls_verify: bool,
    /// Attempts for one API call.
    pub(crate) max_retries: u32,
    /// No `GetCallerIdentity` at the start.
    pub(crate) skip_credential_validation: bool,
    /// No credentials from the metadata service.
    pub(crate) skip_metadata_api_check: bool,
}

/// Keys that stand in the template.
#[derive(Clone, Debug)]
pub(crate) struct StaticKeys {
    /// `AKIA…`.
    pub(crate) access_key: Secret,
    /// Its secret.
    pub(crate) secret_key: Secret,
    /// The session token, where there is one.
    pub(crate) token: Option<Secret>,
    /// How long they last from when they were made, where whoever made them said so.
    pub(crate) lasts: Option<Duration>,
}

/// `sts:AssumeRole`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AssumeRole {
    /// Which role.
    pub(crate) role_arn: String,
    /// Seconds; 0 is STS's default.
    pub(crate) duration_seconds: i32,
    /// External id.
    pub(crate) external_id: Option<String>,
    /// An inline session policy.
    pub(crate) policy: Option<String>,
    /// Managed session policies.
    pub(crate) policy_arns: Vec<String>,
    /// The session's name.
    pub(crate) session_name: Option<String>,
    /// Session tags.
    pub(crate) tags: BTreeMap<String, String>,
    /// Which of them go on.
    pub(crate) transitive_tag_keys: Vec<String>,
}

/// Which image to start from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SourceImage {
    /// By id.
    pub(crate) id: Option<ImageId>,
    /// By filter: name → values.
    pub(crate) filters: Vec<(String, Vec<String>)>,
    /// Owners.
    pub(crate) owners: Vec<String>,
    /// The newest of several.
    pub(crate) most_recent: bool,
    /// Deprecated ones too.
    pub(crate) include_deprecated: bool,
}

/// The build machine.
#[derive(Clone, Debug)]
pub(crate) struct Launch {
    /// Such as `t3.micro`; empty where a spot instance has several to choose from.
    pub(crate) instance_type: String,
    /// Bought on the spot market instead of on demand.
    pub(crate) spot: Option<Spot>,
    /// Subnet by id.
    pub(crate) subnet: Option<SubnetId>,
    /// VPC by id.
    pub(crate) vpc: Option<VpcId>,
    /// Zone.
    pub(crate) availability_zone: Option<String>,
    /// Security groups that exist; empty means a temporary one.
    pub(crate) groups: Vec<GroupId>,
    /// How subnet, VPC and groups are looked for where no id names them.
    pub(crate) filters: NetworkFilters,
    /// Who may reach the temporary group's port; `None` means the caller's own addresses.
    pub(crate) temporary_group_sources: Option<Vec<String>>,
    /// Public address.
    pub(crate) associate_public_ip_address: Option<bool>,
    /// Instance profile by name.
    pub(crate) iam_instance_profile: Option<String>,
    /// The policy (JSON) of a profile that is made for this build; never beside a named one.
    pub(crate) temporary_profile: Option<String>,
    /// Base64, as EC2 takes it.
    pub(crate) user_data: Option<Secret>,
    /// `launch_block_device_mappings`.
    pub(crate) block_devices: Vec<BlockDevice>,
    /// EBS-optimised.
    pub(crate) ebs_optimized: bool,
    /// The metadata service; a template always gets `Some`, with Packer's defaults.
    pub(crate) metadata: Option<MetadataOptions>,
    /// `shutdown_behavior` where the template sets it.
    pub(crate) shutdown_behavior: Option<ShutdownBehavior>,
    /// The template stops the machine itself.
    pub(crate) disable_stop: bool,
    /// A script of the template powers the machine off.
    pub(crate) powers_off: bool,
    /// `standard` or `unlimited` for burstable types.
    pub(crate) credit_specification: Option<&'static str>,
    /// Placement, licences, reserved capacity, enclaves.
    pub(crate) terms: LaunchTerms,
    /// What is switched on the stopped machine.
    pub(crate) network_support: Vec<NetworkSupport>,
    /// `run_tags`: rendered once the source image is known.
    pub(crate) run_tags: LateTags,
    /// `run_volume_tags`.
    pub(crate) run_volume_tags: LateTags,
    /// How long EC2's states are waited for.
    pub(crate) polling: Polling,
}

/// `vpc_filter`, `subnet_filter` and `security_group_filter`. Without any values there is no filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct NetworkFilters {
    /// Exactly one VPC has to match.
    pub(crate) vpc: Filters,
    /// A subnet, as `several` says.
    pub(crate) subnet: Filters,
    /// Which of several subnets is taken.
    pub(crate) several: SeveralSubnets,
    /// All groups that match.
    pub(crate) groups: Filters,
}

/// What happens where `subnet_filter` matches more than one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum SeveralSubnets {
    /// It is an error.
    #[default]
    Refuse,
    /// `most_free`: the one with most free addresses.
    MostFree,
    /// `random`: any of them.
    Random,
}

impl Launch {
    /// The type to ask EC2 about: where there are several, the first.
    pub(crate) fn likely_type(&self) -> &str {
        let types = self
            .spot
            .as_ref()
            .map(|spot| spot.instance_types.as_slice());
        let first = types.and_then(<[String]>::first);
        first.map_or(self.instance_type.as_str(), String::as_str)
    }
}

/// `spot_*` and `fleet_tags`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spot {
    /// Dollars an hour; `None` (`auto`) allows all up to the price on demand.
    pub(crate) max_price: Option<String>,
    /// The types to choose from; empty means `instance_type`.
    pub(crate) instance_types: Vec<String>,
    /// EC2's word for how to choose.
    pub(crate) allocation_strategy: Option<String>,
    /// On the launch template and the spot request.
    pub(crate) tags: LateTags,
    /// On the fleet.
    pub(crate) fleet_tags: LateTags,
}

/// Tags whose names and values are templates that need the source image's data.
pub(crate) type LateTags = BTreeMap<String, String>;

/// `aws_polling` and the AWS_* variables in their documented meaning: a number of attempts that lie so many seconds apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Polling {
    /// How many times.
    pub(crate) max_attempts: Option<u32>,
    /// Seconds between two of them.
    pub(crate) delay_seconds: Option<u32>,
    /// Seconds in all, from the environment; counts where `max_attempts` is open.
    pub(crate) timeout_seconds: Option<u32>,
}

impl Polling {
    /// The time that the settings allow for one wait; `None` where the template leaves it open.
    pub(crate) fn budget(self) -> Option<Duration> {
        /// Seconds between two attempts where only their number is given: Packer's documented pace for images.
        const DOCUMENTED_DELAY: u64 = 15;
        let Some(attempts) = self.max_attempts.map(u64::from) else {
            return self
                .timeout_seconds
                .map(|seconds| Duration::from_secs(u64::from(seconds)));
        };
        let delay = self.delay_seconds.map_or(DOCUMENTED_DELAY, u64::from);
        Some(Duration::from_secs(attempts.saturating_mul(delay)))
    }
}

/// The image that comes out.
#[derive(Clone, Debug)]
pub(crate) struct ImageSettings {
    /// Its name.
    pub(crate) name: String,
    /// A template that needs the source image's data.
    pub(crate) description: String,
    /// Copies go there; the build region is not among them.
    pub(crate) regions: Vec<Region>,
    /// Region names are not checked.
    pub(crate) skip_region_validation: bool,
    /// Accounts that may launch it.
    pub(crate) users: Vec<String>,
    /// ARNs of organisations that may launch it.
    pub(crate) organizations: Vec<String>,
    /// ARNs of organisational units that may launch it.
    pub(crate) organizational_units: Vec<String>,
    /// Groups that may launch it.
    pub(crate) groups: Vec<String>,
    /// Accounts that may use its snapshots.
    pub(crate) snapshot_users: Vec<String>,
    /// Groups that may use its snapshots.
    pub(crate) snapshot_groups: Vec<String>,
    /// `tags`: on image and snapshots, everywhere.
    pub(crate) tags: LateTags,
    /// `snapshot_tags`: on snapshots, over `tags`.
    pub(crate) snapshot_tags: LateTags,
    /// `run_tags` do not go on the image.
    pub(crate) skip_run_tags: bool,
    /// `ami_block_device_mappings` (and `no_ephemeral`'s).
    pub(crate) block_devices: Vec<BlockDevice>,
    /// `ami_virtualization_type`: believed more than EC2's word on the source image.
    pub(crate) virtualization_type: Option<String>,
    /// Minutes within which EC2 is to complete each copy; `None` is as fast as it goes, without a fee.
    pub(crate) copy_minutes: Option<i64>,
    /// What EC2 is told once it is there.
    pub(crate) lifecycle: Lifecycle,
    /// Encrypted or not.
    pub(crate) encryption: Encryption,
    /// What happens to an image of the same name.
    pub(crate) replace: Replace,
    /// No image is made.
    pub(crate) skip_create: bool,
    /// The image stays in `regions` only.
    pub(crate) skip_save_build_region: bool,
    /// What the run adds; a plan leaves it empty.
    pub(crate) life: Life,
}

/// What EC2 is told about an image that is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lifecycle {
    /// `v2.0`.
    pub(crate) imds_support: Option<String>,
    /// From then on it is deprecated.
    pub(crate) deprecate_at: Option<OffsetDateTime>,
    /// Protected against deregistration.
    pub(crate) protection: Option<Cooldown>,
    /// Codes of AWS Marketplace.
    pub(crate) product_codes: Vec<String>,
    /// `fast_launch`.
    pub(crate) fast_launch: Option<FastLaunch>,
}

/// `encrypt_boot` and the keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Encryption {
    /// Unset leaves it to EC2.
    pub(crate) encrypt_boot: Option<bool>,
    /// Build region.
    pub(crate) kms_key_id: Option<String>,
    /// Per region; empty is the region's default key.
    pub(crate) region_kms_key_ids: BTreeMap<Region, String>,
}

/// What happens to an image that has the name already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Replace {
    /// It is an error.
    Refuse,
    /// `force_deregister`.
    Deregister,
    /// `force_deregister` with `force_delete_snapshot`.
    DeregisterAndDeleteSnapshots,
}
