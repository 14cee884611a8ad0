//! Why there is no way to EC2, and what to do about it.

use std::path::PathBuf;

use crate::cloud::CloudError;
use crate::cloud::sign_in::{AllowedAccounts, SignInError};

/// Why there is no way to EC2. Nothing was made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectError {
    /// No region anywhere.
    #[error(
        "no region: set `region` in the template, `AWS_REGION` in the environment or `region` in the profile"
    )]
    RegionMissing,
    /// The profile is in none of the files.
    #[error("profile `{profile}` is not in `{files}`")]
    UnknownProfile {
        /// As the template or `AWS_PROFILE` names it.
        profile: String,
        /// The files that were read.
        files: String,
    },
    /// STS wants the MFA device beside its code.
    #[error(
        "`mfa_code` needs the serial number of the MFA device: set `mfa_serial` in profile `{profile}` of the shared configuration"
    )]
    MfaSerialMissing {
        /// The profile that was looked at.
        profile: String,
    },
    /// A code with nothing to open.
    #[error(
        "`mfa_code` is for a role, and there is none: set `role_arn` in `assume_role` or in profile `{profile}` of the shared configuration"
    )]
    MfaWithoutRole {
        /// The profile that was looked at.
        profile: String,
    },
    /// The template's file is not there.
    #[error("`shared_credentials_file` names `{path}`, which is not a file")]
    FileMissing {
        /// As the template names it.
        path: PathBuf,
    },
    /// `role-to-assume`.
    #[error("cannot sign in")]
    SignIn(#[source] Box<SignInError>),
    /// `allowed-account-ids` where nobody says whose credentials these are.
    #[error("cannot find out which account these credentials are for")]
    AccountUnknown(#[source] Box<CloudError>),
    /// The wrong account.
    #[error(
        "these credentials are for the account `{found}`, and `allowed-account-ids` has {allowed}"
    )]
    Account {
        /// Whose they are.
        found: String,
        /// What was allowed.
        allowed: AllowedAccounts,
    },
}

impl ConnectError {
    /// What the user can do.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::SignIn(error) => error.hint(),
            Self::AccountUnknown(error) => error.hint(),
            Self::Account { .. } => Some(WRONG_ACCOUNT.to_owned()),
            Self::RegionMissing
            | Self::UnknownProfile { .. }
            | Self::MfaSerialMissing { .. }
            | Self::MfaWithoutRole { .. }
            | Self::FileMissing { .. } => None,
        }
    }
}

const WRONG_ACCOUNT: &str = "nothing was made; check the role, or the keys, profile and `assume_role` of the template, or allow this account too";
