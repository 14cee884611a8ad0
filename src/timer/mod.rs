//! The dead-man timer: a build machine ends itself once the program that uses it is gone for good.
//!
//! The machine keeps the time (`machine.sh`: by a transient unit of systemd, else by a process of its own), and as long as we
//! live we renew it over a connection of its own, beside whatever runs on the machine. Nothing of it is on a disk. Only the
//! builders that launched a machine of their own have one.

mod handle;
mod keeper;
mod lateness;
mod lifetime;
mod order;

#[cfg(test)]
mod tests;

pub(crate) use handle::{Released, Timer, Way};
pub(crate) use lifetime::{Lifetime, LifetimeError};
