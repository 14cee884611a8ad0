//! EC2 as a model: stateful, deterministic, with numbered calls.
//!
//! The model keeps what a build makes, by region, and moves states on by the number of times that they are looked at. Every
//! call has a number, and at each number a [`Fault`] can strike or a callback be run: so a test fails or stops a build at
//! every call in turn by counting and not by listing them.

mod account_calls;
mod calls;
mod clock;
mod filter;
mod image_calls;
mod images;
mod instance_calls;
mod life;
mod lifecycle_calls;
mod machines;
mod network;
mod network_calls;
mod outside;
mod place;
mod profile_calls;
mod profiles;
mod registered;
mod script;
mod snapshots;
mod spot_calls;
mod tagged_calls;
#[cfg(test)]
mod tests;
mod throttle;
mod volume_calls;
mod volumes;
mod world;

pub(crate) use calls::FakeCloud;
pub(crate) use life::Life;
pub(crate) use outside::Age;
pub(crate) use script::{Death, Fault, Forecast, Pace, Weather};
pub(crate) use world::SOURCE_IMAGE;
