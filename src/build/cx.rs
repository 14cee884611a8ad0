//! What every step of a build may touch, and what is asked of whoever starts one.

use std::future::Future;
use std::pin::Pin;

use super::built::{Built, BuiltVolumes, GeneratedData};
use crate::cloud::image::Image;
use crate::cloud::instance::Instance;
use crate::cloud::{ImageId, InstanceId, Region};
use crate::ledger::Ledger;
use crate::plan::amazon::settings::EbsSettings;
use crate::plan::communicator::{Communicator, Interface, SshSettings};
use crate::remote::{KeyPair, Remote};
use crate::report::ui::{Progress, Ui};
use crate::stop::Stop;
use crate::template::scope::Scope;
use crate::timer::Timer;
use crate::wait::{Pace, Patience, Wait};

/// The world of one build.
pub(crate) struct Cx<'a, C, D> {
    /// What to build.
    pub(crate) settings: &'a EbsSettings,
    /// Where: the template's region or the one that the SDK's chain found.
    pub(crate) region: &'a Region,
    /// Renders what needs the source image's data.
    pub(crate) scope: &'a Scope,
    /// EC2.
    pub(crate) cloud: &'a C,
    /// The way to the machine.
    pub(crate) dial: &'a D,
    /// The caller's own addresses.
    pub(crate) addresses: &'a dyn AddressLookup,
    /// What was made.
    pub(crate) ledger: &'a Ledger,
    /// What ends the machine once we are gone.
    pub(crate) timer: &'a Timer,
    /// The stop signal.
    pub(crate) stop: &'a Stop,
    /// The build's voice.
    pub(crate) ui: &'a Ui,
    /// Who wants to know early.
    pub(crate) observer: &'a dyn BuildObserver,
}

/// Learns the addresses from which this process reaches the machine.
pub(crate) trait AddressLookup: Sync {
    /// CIDR ranges: the public address as it is seen from outside, and the private one where the connection may go to a
    /// private address. Empty where neither can be learnt or a proxy stands between.
    fn own_ranges(
        &self,
        interface: Interface,
    ) -> Pin<Box<dyn Future<Output = Vec<String>> + Send + '_>>;
}

/// A wait for somebody who watches.
pub(crate) type Pause<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// Is told of results as soon as they are known. Whoever does not want to know something leaves its method as it is. Only
/// the pauses may take long, since no deadline runs between two steps.
pub(crate) trait BuildObserver: Sync {
    /// A step is over, which Packer names so.
    fn after_step<'s>(&'s self, _ui: &'s Ui, _step: &'s str) -> Pause<'s> {
        Box::pin(std::future::ready(()))
    }
    /// What a step made is about to be removed.
    fn before_cleanup<'s>(&'s self, _ui: &'s Ui, _step: &'s str) -> Pause<'s> {
        Box::pin(std::future::ready(()))
    }
    /// A temporary key pair was made.
    fn key_made(&self, _ui: &Ui, _pair: &KeyPair) {}
    /// The machine runs and has addresses.
    fn instance_running(&self, _ui: &Ui, _instance: &Instance) {}
    /// The source image was found.
    fn source_found(&self, _source: &Image) {}
    /// The machine has an id. It will go.
    fn instance_launched(&self, _region: &Region, _instance: &InstanceId) {}
    /// An image or a copy has an id. It may still be undone.
    fn image_started(&self, _region: &Region, _image: &ImageId) {}
    /// The images cannot be undone any more.
    fn image_ready(&self, _built: &Built) {}
    /// The volumes and their snapshots cannot be undone any more.
    fn volumes_ready(&self, _built: &BuiltVolumes) {}
}

/// What happens on the machine.
pub(crate) trait Hook: Send {
    /// Why it failed.
    type Error: std::error::Error + Send + Sync + 'static;

    /// Runs the provisioners; `None` where the communicator is `none`.
    fn provision<R: Remote>(
        &mut self,
        remote: Option<&mut R>,
        data: &GeneratedData,
    ) -> impl Future<Output = Result<(), Self::Error>>;
}

impl<C, D> Cx<'_, C, D> {
    /// `ssh_*`, where the machine is reached by SSH.
    pub(super) fn ssh(&self) -> Option<&SshSettings> {
        match &self.settings.communicator {
            Communicator::Ssh(ssh) => Some(ssh),
            Communicator::None | Communicator::WinRm => None,
        }
    }

    /// Tells how far a wait for `awaited` is.
    pub(super) fn progress(
        &self,
        awaited: &str,
    ) -> impl Fn(std::time::Duration, Option<u8>) + Sync {
        let (ui, awaited) = (self.ui.clone(), awaited.to_owned());
        move |elapsed, percent| {
            ui.progress(&Progress {
                awaited: &awaited,
                elapsed,
                percent,
            })
        }
    }

    /// A wait that hears the stop signal and treats a new id kindly.
    pub(super) fn wait<'w>(
        &'w self,
        what: &'w str,
        pace: Pace,
        patience: Patience,
        progress: &'w (dyn Fn(std::time::Duration, Option<u8>) + Sync),
    ) -> Wait<'w> {
        Wait {
            what,
            pace,
            patience,
            grace: crate::wait::GRACE,
            stop: self.stop,
            progress,
        }
    }
}
