//! ami-build turns a Packer JSON template into an EC2 AMI and leaves nothing behind.
//!
//! Template (Packer's words) → Plan (ours) → Build → Built → Settled → Report. `run` tells that story;
//! ARCHITECTURE.md says who may know whom.

mod action;
mod address;
mod bounds;
mod build;
mod cli;
mod cloud;
mod content;
mod error;
mod facts;
mod file_error;
mod fix;
mod gather;
mod http;
mod images;
mod inventory;
mod least_policy;
pub mod ledger;
pub mod logging;
mod lookups;
mod matrix;
mod ownership;
mod plan;
mod policy;
mod post;
mod promote;
mod provision;
mod prune;
mod remote;
mod report;
pub mod run;
mod sandbox;
pub mod secret;
pub mod signals;
pub mod stop;
mod stores;
mod sweep;
mod template;
mod timer;
mod version;
mod wait;

pub use action::environment::Environment;
pub use sandbox::SandboxRole;
pub use sandbox::docker::play as play_in_container;
