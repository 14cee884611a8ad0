//! The task that renews the timer for as long as we live.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::error::on_one_line;
use crate::remote::{Pipes, Terminal};
use crate::report::human;
use crate::report::ui::Ui;

use super::handle::{Released, Way, say_none};
use super::lateness::{Lateness, Notice};
use super::lifetime::Lifetime;
use super::order::{self, Answer, Lack, NoAnswer, Order};

/// For so long the release waits for a renewal that is under way: cut in the middle, it might set the timer after all.
const UNDER_WAY: Duration = Duration::from_secs(10);
/// One try to release. The machine may be off already: the next step of the build does not wait long for it.
const RELEASE: Duration = Duration::from_secs(10);
/// So many times it is tried: the first connection may have gone unnoticed.
const RELEASES: u32 = 2;
/// A shell that ends without an answer so often has none to give.
const SILENCES: u32 = 3;

/// One machine's timer, from our side.
pub(super) struct Keeping {
    way: Way,
    /// A terminal only where sudo asks for one: it leaves a record of a login.
    terminal: Terminal,
    lifetime: Lifetime,
    ui: Ui,
    state: State,
}

/// How far it came.
enum State {
    /// Nothing is known of a timer.
    Unset { silences: u32, lateness: Lateness },
    /// The machine has one.
    Held(Lateness),
    /// It has none, and nobody tries any more.
    Absent,
}

impl Keeping {
    pub(super) fn new(way: Way, lifetime: Lifetime, ui: Ui) -> Self {
        Self {
            way,
            terminal: Terminal::Never,
            lifetime,
            ui,
            state: State::Unset {
                silences: 0,
                lateness: Lateness::new(lifetime),
            },
        }
    }

    /// Renews until it is told to release, then releases.
    pub(super) async fn keep(mut self, release: oneshot::Receiver<()>) -> Released {
        let asked = async move {
            // Whoever drops the timer does not ask: the machine's time is to run out.
            if release.await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        let mut asked = std::pin::pin!(asked);
        loop {
            let pause = {
                let renewal = self.renew();
                let mut renewal = std::pin::pin!(renewal);
                tokio::select! {
                    pause = &mut renewal => pause,
                    () = &mut asked => {
                        let _ended = tokio::time::timeout(UNDER_WAY, renewal).await;
                        break;
                    }
                }
            };
            let resting = async {
                match pause {
                    Some(pause) => tokio::time::sleep(pause).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = resting => {}
                () = &mut asked => break,
            }
        }
        self.release().await
    }

    /// One renewal; gives the pause after it, or `None` where no other follows.
    async fn renew(&mut self) -> Option<Duration> {
        let answer = match self.give(Order::Hold, self.lifetime.patience()).await {
            Ok(Answer::None(Lack::Root))
                if self.way.pty == Terminal::AsSet && self.terminal == Terminal::Never =>
            {
                self.terminal = Terminal::AsSet;
                self.give(Order::Hold, self.lifetime.patience()).await
            }
            answer => answer,
        };
        match answer {
            Ok(Answer::Held(keeper)) => {
                log::info!("the machine's timer is set, kept by a {keeper:?}");
                Some(self.heard())
            }
            Ok(Answer::Renewed) => {
                log::debug!("the machine's timer is renewed");
                Some(self.heard())
            }
            Ok(Answer::None(lack)) => self.give_up(lack),
            Ok(Answer::Released) => Some(self.lifetime.short_pause()),
            Err(why) => self.failed(&why),
        }
    }

    fn heard(&mut self) -> Duration {
        match &mut self.state {
            State::Held(lateness) => {
                if let Some(notice) = lateness.renewed() {
                    self.tell(notice, None);
                }
            }
            State::Unset { .. } | State::Absent => {
                self.state = State::Held(Lateness::new(self.lifetime));
            }
        }
        self.lifetime.pause()
    }

    fn failed(&mut self, why: &NoAnswer) -> Option<Duration> {
        log::debug!("the machine's timer is not renewed: {}", on_one_line(why));
        match &mut self.state {
            State::Unset { silences, lateness } => {
                if let NoAnswer::Silent(_) = why {
                    *silences += 1;
                }
                if *silences >= SILENCES {
                    return self.give_up(Lack::Shell);
                }
                if lateness.failed().is_some() {
                    say_none(&self.ui, &on_one_line(why));
                }
            }
            State::Held(lateness) => {
                if let Some(notice) = lateness.failed() {
                    self.tell(notice, Some(why));
                }
            }
            State::Absent => return None,
        }
        Some(self.lifetime.short_pause())
    }

    fn give_up(&mut self, lack: Lack) -> Option<Duration> {
        say_none(&self.ui, lack.why());
        self.state = State::Absent;
        None
    }

    fn tell(&self, notice: Notice, why: Option<&NoAnswer>) {
        let why = why.map_or_else(String::new, |why| format!(" ({})", on_one_line(why)));
        match notice {
            Notice::Late { since, left } => self.ui.error(&format!(
                "Warning: the machine's timer could not be renewed for {}{why}. Unless it can be, the machine ends itself in {}.",
                human::clock(since),
                human::clock(left)
            )),
            Notice::Over { since } => self.ui.error(&format!(
                "Warning: the machine's timer could not be renewed for {}{why}: the machine has ended itself.",
                human::clock(since)
            )),
            Notice::Again => self.ui.message("The machine's timer is renewed again."),
        }
    }

    async fn release(self) -> Released {
        if let State::Absent = self.state {
            return Released::Yes;
        }
        let mut last = None;
        for _ in 0..RELEASES {
            match self.give(Order::Release, RELEASE).await {
                Ok(Answer::Released) => return Released::Yes,
                // The word that needs no root was left all the same: the timer ends at its next look.
                Ok(Answer::None(Lack::Root)) => return Released::Yes,
                Ok(answer) => last = Some(format!("it answered {answer:?}")),
                Err(why) => last = Some(on_one_line(&why)),
            }
        }
        let why = last.unwrap_or_default();
        log::info!("the machine's timer may still be set: {why}");
        Released::Unknown
    }

    async fn give(&self, order: Order, patience: Duration) -> Result<Answer, NoAnswer> {
        let pipes: &Arc<dyn Pipes> = &self.way.pipes;
        order::give(pipes, self.terminal, (order, self.lifetime), patience).await
    }
}
