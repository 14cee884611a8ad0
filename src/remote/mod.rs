//! A shell and a file channel on a machine: what provisioners talk to, and how it is reached.

mod api;
mod connect;
mod connect_error;
mod copy;
mod dial;
pub(crate) mod directory;
mod error;
mod exec;
#[cfg(test)]
pub(crate) mod fake;
mod host_key;
mod key;
mod login;
mod meter;
mod methods;
mod pipe;
mod pipes;
mod pretended;
mod pulse;
mod readiness;
mod scp;
mod scp_sink;
mod scp_source;
mod sftp;
mod sftp_files;
mod socks;
mod ssh;
mod ssh_dialer;
mod ssh_pipes;
mod ssh_remote;
mod tar_stream;
mod terminal;
mod transfer;
mod tunnel;
mod tunnels;
mod worker;

#[cfg(test)]
mod tests;

pub(crate) use api::{DirectoryPart, Exit, Output, OutputSink, Remote, Upload};
pub(crate) use connect_error::ConnectError;
pub(crate) use dial::{Attempt, AttemptSink, Dial, ResolvedLogin, Target};
pub(crate) use directory::{
    Exactly, OWNERS, Step, has_closed, is_closed, metadata as local_metadata, mode as file_mode,
    size as directory_size, walk,
};
pub(crate) use error::RemoteError;
pub(crate) use host_key::{HostKey, HostKeyChange, HostKeyJudge, HostKeyPin, Verdict};
pub(crate) use key::{KeyError, KeyPair};
pub(crate) use meter::Meter;
pub(crate) use pipes::{PipeEnd, Piped, Pipes, Terminal};
pub(crate) use pretended::{PretendedDialer, PretendedRemote};
pub(crate) use scp::{shell_path, split};
pub(crate) use scp_source::base_name;
pub(crate) use ssh_dialer::SshDialer;
pub(crate) use ssh_remote::SshRemote;
