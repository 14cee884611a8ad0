//! The dead-man timer of the build machine: set with the connection, gone before anything is made of the machine.

use super::cx::Cx;
use super::launch::{self, Machine};
use crate::cloud::Cloud;
use crate::cloud::instance::InstanceState;
use crate::plan::communicator::{Bastion, Pty, Questions};
use crate::remote::{Remote, Terminal};
use crate::timer::{Released, Way};

/// Sets the timer, beside whatever happens next.
pub(super) fn start<C, D>(cx: &Cx<'_, C, D>, remote: Option<&impl Remote>) {
    let Some((remote, ssh)) = remote.zip(cx.ssh()) else {
        cx.timer.go_without("nobody logs in to it", cx.ui);
        return;
    };
    let asks = |bastion: &Bastion| bastion.questions != Questions::Unanswered;
    if ssh.bastion.as_ref().is_some_and(asks) {
        let why = "its bastion host would ask its questions a second time";
        cx.timer.go_without(why, cx.ui);
        return;
    }
    let pty = match ssh.pty {
        Pty::Xterm => Terminal::AsSet,
        Pty::None => Terminal::Never,
    };
    let pipes = remote.pipes();
    cx.timer.start(Way { pipes, pty }, cx.ui);
}

/// Takes the timer off. A machine that is stopped next takes it along in any case; one that goes on running might end while
/// its image is made.
pub(super) async fn release<C: Cloud, D>(cx: &Cx<'_, C, D>, machine: &Machine) {
    let launch = &cx.settings.launch;
    let is_stopped_next = launch.spot.is_none() && !launch.disable_stop;
    if cx.timer.release().await == Released::Yes || is_stopped_next {
        return;
    }
    let instance = launch::describe(cx.cloud, cx.region, &machine.id).await;
    let state = instance.ok().flatten().map(|instance| instance.state);
    if state == Some(InstanceState::Running) {
        cx.ui.error("Warning: the machine's timer could not be called off. It may end the machine while the image is made.");
    }
}
