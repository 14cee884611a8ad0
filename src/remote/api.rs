//! The trait: a shell and a file channel on a machine.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Meter, Pipes, RemoteError};

/// One piece of what a command prints. Lines are split by whoever shows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Output {
    /// Bytes of the standard output.
    Stdout(Vec<u8>),
    /// Bytes of the standard error.
    Stderr(Vec<u8>),
}

/// Where output goes as it comes.
pub(crate) type OutputSink<'a> = &'a mut (dyn FnMut(Output) + Send);

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// With a status; a signal counts as 128 + its number.
    Status(i32),
    /// The connection went before a status came: Packer's pseudo status 2300218.
    Disconnected,
}

/// What is uploaded.
#[derive(Clone, Debug)]
pub(crate) enum Upload {
    /// Bytes in memory, with the file mode on the machine.
    Bytes(Vec<u8>, u32),
    /// A local file, streamed; its permission bits travel.
    File(PathBuf),
}

/// Whether a directory goes as itself or by its contents: rsync's rule of the trailing slash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DirectoryPart {
    /// `source` is made below the destination.
    Itself,
    /// Its contents go into the destination.
    Contents,
}

/// A machine that is logged in to. One command at a time. A connection that the machine cut (a reboot) is made anew by the
/// next call, once; whoever expects a cut tries again, as Packer does.
pub(crate) trait Remote: Send + Sync {
    /// Runs `command` as the exec request carries it (a trailing newline is the caller's, as in Packer).
    fn run(
        &mut self,
        command: &str,
        output: OutputSink<'_>,
    ) -> impl Future<Output = Result<Exit, RemoteError>> + Send;
    /// Puts a file there. `destination` that is an existing directory without a trailing slash is refused, as Packer's scp does.
    fn upload(
        &mut self,
        upload: &Upload,
        destination: &str,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send;
    /// Puts a directory there; `destination` must exist.
    fn upload_directory(
        &mut self,
        source: &Path,
        destination: &str,
        part: DirectoryPart,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send;
    /// Fetches a file.
    fn download(
        &mut self,
        source: &str,
        destination: &Path,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send;
    /// Fetches the contents of a directory into an existing local one.
    fn download_directory(
        &mut self,
        source: &str,
        destination: &Path,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send;
    /// Tells how far the transfer is that runs.
    fn meter(&self) -> Meter;
    /// The way to commands beside each other, each with an input of its own, for programs that log in through us.
    fn pipes(&self) -> Arc<dyn Pipes>;
    /// Whether it only pretends: nothing runs, and everything succeeds.
    fn pretends(&self) -> bool {
        false
    }
    /// Whether what it refuses now it refuses later too. A machine may be about to boot, and have no place for a file yet.
    fn refuses_for_good(&self) -> bool {
        false
    }
    /// Ends the session.
    fn hang_up(&mut self) -> impl Future<Output = ()> + Send;
}
