//! Whole builds against the model of EC2: what stays, what goes, whatever happens at whichever call.

mod bench;
mod connections;
mod faults;
pub(super) mod fixture;
mod flights;
mod images;
mod kills;
mod names;
mod recipes;
mod stops;
mod success;
mod volumes;
