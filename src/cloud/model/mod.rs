//! EC2 as a model: stateful, deterministic, and it costs nothing.
//!
//! The model keeps what a build makes, by region, and refuses what EC2 would refuse as far as that can be known without
//! asking it. A rehearsal builds in it; the tests build in it too, and let more happen there (`stage`): things that show
//! late, calls that get lost, processes that die.

mod account;
mod account_calls;
mod account_image;
mod account_network;
mod account_things;
mod calls;
mod clock;
mod copies;
mod expected;
mod filter;
mod filter_names;
mod image_calls;
mod images;
mod instance_calls;
mod instance_types;
#[cfg(test)]
mod left;
#[cfg(test)]
mod life;
mod lifecycle_calls;
#[cfg(test)]
mod lifecycle_looks;
mod limits;
mod log;
mod machines;
mod network;
mod network_calls;
#[cfg(test)]
mod outlook_calls;
#[cfg(test)]
mod outside;
mod pace;
mod place;
mod profile_calls;
mod profiles;
mod regions;
mod registered;
#[cfg(test)]
mod script;
mod snapshots;
mod spot_calls;
#[cfg(test)]
mod stage;
mod tagged_calls;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod throttle;
#[cfg(test)]
mod usage_calls;
mod volume_calls;
mod volumes;
mod world;

pub(crate) use account_image::likely_architecture;
pub(crate) use calls::ModelCloud;
#[cfg(test)]
pub(crate) use life::Life;
pub(crate) use log::{LoggedCall, counted};
#[cfg(test)]
pub(crate) use outside::{Age, SOURCE_IMAGE};
#[cfg(test)]
pub(crate) use pace::Pace;
pub(crate) use regions::partition;
#[cfg(test)]
pub(crate) use script::{Death, Fault, Forecast, Weather};
#[cfg(test)]
pub(crate) use usage_calls::{Given, Referrer};
