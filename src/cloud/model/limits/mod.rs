//! What EC2 refuses of a request by itself, whatever is in the account.

mod devices;
mod image;
mod launch;
mod sharing;
mod tags;
mod volume;

pub(super) use devices::check as check_devices;
pub(super) use image::{check_deprecation, check_description, check_fast_launch, check_name};
pub(super) use launch::{check as check_launch, check_price};
pub(super) use sharing::{
    Key, check_image as check_image_shares, check_snapshot as check_snapshot_shares,
};
pub(super) use tags::check as check_tags;
