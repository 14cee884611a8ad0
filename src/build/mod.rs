//! The EC2 work of one amazon build: plain functions joined by typed values.
//!
//! [`build`] tells the story. Whatever creates something goes through the ledger; whatever waits hears the stop signal;
//! what was made and must not stay is undone by the ledger's `settle`, not here.

mod access;
mod address;
mod built;
mod china;
mod clear_keys;
mod connect;
mod cx;
mod decode;
mod destroy;
mod devices;
mod diagnose;
mod early;
mod error;
mod fast_devices;
mod fast_image;
mod fast_launch;
mod fast_speed;
mod fast_volume;
mod freeze;
mod image_wait;
mod interruption;
mod inventory;
mod issued;
mod key_pair;
mod late;
mod launch;
mod launch_attempts;
mod machine_timer;
mod modify_machine;
mod network;
mod network_filters;
pub(crate) mod outlook;
mod patiently;
mod preflight;
mod profile;
mod protect;
mod publish;
mod recipe;
mod register;
mod removal_lines;
mod replace;
mod reuse;
mod reused;
mod security_group;
mod snapshots;
mod source;
mod spot;
mod spread;
mod stop_machine;
mod story;
mod swap;
mod tag_room;
mod unique;
mod usage;
mod volumes;

#[cfg(test)]
mod tests;

pub(crate) use built::{Built, BuiltVolumes, GeneratedData};
pub(crate) use cx::{AddressLookup, BuildObserver, Cx, Hook, Pause};
pub(crate) use destroy::{destroy, destroy_volumes};
pub(crate) use error::BuildError;
pub(crate) use fast_speed::FastVolume;
#[cfg(test)]
pub(crate) use fast_speed::Speed;
pub(crate) use issued::await_issued;
pub(crate) use preflight::caller;
pub(crate) use removal_lines::removal_line;
pub(crate) use reuse::ReuseStory;
pub(crate) use source::look_up as look_up_source;
pub(crate) use story::{build, build_volumes};
#[cfg(test)]
pub(crate) use tests::fixture::source as source_image;
#[cfg(test)]
pub(crate) use tests::random::Chance;
pub(crate) use unique::time_ordered_uuid;
#[cfg(test)]
pub(crate) use usage::UsedVolume;
pub(crate) use usage::{Market, Usage};
