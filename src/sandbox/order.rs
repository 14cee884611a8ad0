//! What a sandbox is to be like.

use std::time::Duration;

/// What a sandbox is to be like.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    /// The template's SSH user: exists there, and may `sudo` without a password.
    pub(crate) user: String,
    /// What it reaches.
    pub(crate) network: Network,
    /// What it may use.
    pub(crate) limits: Limits,
    /// What is known of the image that the template starts from.
    pub(crate) source: SourceHint,
}

/// What the sandbox reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Network {
    /// What the host reaches, but for the addresses at which a cloud tells a machine its secrets.
    #[default]
    AsHost,
    /// Nothing but itself.
    Nothing,
}

/// What the sandbox may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// From its opening to its end.
    pub(crate) time: Duration,
    /// Bytes of memory, its temporary files in memory included.
    pub(crate) memory: u64,
    /// Processes and threads at a time.
    pub(crate) processes: u32,
}

/// What tells of the operating system before anybody asked EC2: the filter of the template, or the id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SourceHint {
    /// `name` of `source_ami_filter`, such as `ubuntu/images/*ubuntu-jammy-22.04-amd64-server-*`.
    pub(crate) name: Option<String>,
    /// `owners`, such as `099720109477` or `amazon`.
    pub(crate) owners: Vec<String>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(3600),
            memory: 4 << 30,
            processes: 4096,
        }
    }
}
