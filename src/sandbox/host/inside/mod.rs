//! The sandbox's side: this program again, started under another name, before it has a second thread.
//!
//! The **keeper** stands between: it has the sandbox's namespaces but the host's view of processes, and ends everything when we
//! are gone or the time is over. The **machine**, its child, is process 1 inside: it makes the root, then takes orders. A
//! **session** is a login, started by the machine: it becomes the user, then the user's shell. **Files** stands apart, on the
//! host, and shows the others what they may see of it; so does what carries packets ([`super::relay`]).

mod agent;
mod changes;
mod children;
mod devices;
mod files;
mod keeper;
mod link;
mod login;
mod machine;
mod own_file;
mod packages;
mod prepare;
mod pretence;
mod programs;
mod role;
mod root;
mod session;
mod shims;
mod tunnel;
mod users;
mod watch;

pub(super) use files::become_nobody;
pub use role::Role;
