//! Where the provisioners of a rehearsal run: a machine that is none of EC2's, and that leaves this one as it is.
//!
//! A sandbox is opened by an [`Order`], gives a [`Remote`](crate::remote::Remote) as often as somebody connects, tells what was
//! [changed](Changes) in it, and is closed. Nothing of the host but what is uploaded gets in, and nothing gets out.

mod allowance;
mod changes;
mod choice;
mod dialer;
pub(crate) mod docker;
mod error;
#[cfg(target_os = "linux")]
mod host;
#[cfg(not(target_os = "linux"))]
#[path = "host_elsewhere.rs"]
mod host;
mod landing;
mod machine_remote;
mod opened;
mod order;
mod packages;
mod remote;
mod users;

pub(crate) use changes::{Change, ChangeKind, Changes, Package, PackageChange};
pub(crate) use choice::SandboxChoice;
pub(crate) use dialer::SandboxDialer;
pub(crate) use docker::{EngineHints, Engines};
pub(crate) use error::SandboxError;
pub use host::Role as SandboxRole;
pub(crate) use machine_remote::MachineRemote;
pub(crate) use opened::{Opened, Sandbox, open};
pub(crate) use order::{Limits, Network, Order, SourceHint};
pub(crate) use packages::{DPKG_STATUS, PackageList, RPM_FORMAT};
pub(crate) use remote::EnteredRemote;
