//! What the machine is launched with and that may be made for it: a key pair and a security group, which let us in, and an
//! instance profile. They are made side by side.

use super::cx::Cx;
use super::error::BuildError;
use super::late::Texts;
use super::network::Network;
use super::{key_pair, profile, security_group};
use crate::cloud::{Cloud, GroupId, KeyName, ProfileName};
use crate::plan::communicator::Login;
use crate::remote::{Dial, KeyPair};

/// The way in.
#[derive(Clone, Debug)]
pub(super) struct Access {
    /// The key pair that the machine is launched with.
    pub(super) key: Key,
    /// The security groups that it is launched with.
    pub(super) groups: Vec<GroupId>,
    /// The instance profile that was made for this build.
    pub(super) profile: Option<ProfileName>,
}

/// The key pair of the machine.
#[derive(Clone, Debug)]
pub(super) enum Key {
    /// None: the image lets us in by itself.
    None,
    /// One that EC2 knew before.
    Existing(KeyName),
    /// One that was made for this build.
    Temporary {
        /// Its name at EC2.
        name: KeyName,
        /// Both halves; the public one is empty where EC2 made the pair.
        pair: KeyPair,
    },
}

impl Key {
    /// The key pair that a login names; a temporary one is not made yet.
    pub(super) fn of_login(login: &Login) -> Self {
        match login {
            Login::TemporaryKey { .. } => Self::None,
            Login::Key { key_pair, .. }
            | Login::Agent { key_pair, .. }
            | Login::Password { key_pair, .. } => key_pair
                .as_ref()
                .map_or(Self::None, |name| Self::Existing(KeyName::new(name))),
        }
    }

    /// The name that the launch carries.
    pub(super) fn name(&self) -> Option<&KeyName> {
        match self {
            Self::None => None,
            Self::Existing(name) | Self::Temporary { name, .. } => Some(name),
        }
    }

    /// The pair that was made for this build.
    pub(super) fn temporary(&self) -> Option<&KeyPair> {
        match self {
            Self::None | Self::Existing(_) => None,
            Self::Temporary { pair, .. } => Some(pair),
        }
    }
}

/// Makes all of it. Where one fails, the others' calls still end in the ledger.
pub(super) async fn prepare<C: Cloud, D: Dial>(
    cx: &Cx<'_, C, D>,
    network: &Network,
    texts: &Texts,
) -> Result<Access, BuildError> {
    let (key, groups, profile) = tokio::try_join!(
        key_pair::prepare(cx, texts),
        security_group::prepare(cx, network, texts),
        profile::prepare(cx, texts)
    )?;
    Ok(Access {
        key,
        groups,
        profile,
    })
}
