//! Whole builds against the model of EC2: what stays, what goes, whatever happens at whichever call.

pub(super) mod bench;
mod connections;
mod faults;
pub(super) mod fixture;
mod flights;
mod images;
mod kills;
mod lifecycle;
mod names;
mod parallel;
mod places;
pub(super) mod random;
mod recipes;
mod spot;
mod stops;
mod stories;
mod success;
mod sweeps;
mod tags;
mod timer;
mod volumes;
