//! `fix`: rewrites what newer versions of Packer renamed or dropped, as `packer fix` does.
//!
//! The rules and their order are Packer's own: <https://developer.hashicorp.com/packer/docs/commands/fix>. Most concern builders
//! that ami-build does not run; a template is often shared, so all of them are here.

mod amazon;
mod docker;
mod fixers;
mod hyperv;
mod iso;
mod names;
mod other_clouds;
mod parallels;
mod parts;
mod post_processors;
mod provisioners;
mod qemu;
mod rename;
mod ssh;
mod template;
mod value;
mod virtualbox;
mod vmware;
mod vsphere;
mod write;

pub(crate) use fixers::FIXERS;
pub(crate) use template::fixed;
