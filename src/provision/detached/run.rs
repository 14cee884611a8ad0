//! Puts the keeper there, starts the script, and follows it to its end.

use std::time::Duration;

use crate::remote::{Remote, RemoteError};
use crate::template::duration::GoDuration;

use super::super::lines::LineSplitter;
use super::super::on_machine;
use super::super::{Machine, ProvisionContext, ProvisionError};
use super::keeper::{BootId, Keeper};
use super::line::{ask, failed, pretends};
use super::outage::Outage;
use super::reader::{Heard, Position, Reader, Stream, Word};

/// Nobody else needs to read it: the script's variables stand in it.
const KEEPER_MODE: u32 = 0o600;

/// A question that ends without an answer is asked so often; a script may have killed what was to answer.
const UNANSWERED: u32 = 3;

/// Between two such questions.
const ASK_AGAIN_AFTER: Duration = Duration::from_millis(500);

/// It would end with the connection.
const NO_TERMINAL: &str = "The terminal of `ssh_pty` is not the script's, which has none, so that it can outlive the connection.";

/// How a script ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::provision) enum Ending {
    /// With a status.
    Status(i32),
    /// With the machine, which booted again meanwhile.
    Rebooted,
    /// Unseen: its keeper was killed too.
    Lost,
}

/// Uploads the keeper, and learns which boot of the machine this is. Nothing has started yet: it may be repeated.
pub(in crate::provision) async fn prepare<R: Remote>(
    keeper: &Keeper,
    machine: &mut Machine<'_, R>,
) -> Result<BootId, ProvisionError> {
    let doing = "Error uploading the script's keeper";
    let text = keeper.text();
    let content = (text.as_bytes(), KEEPER_MODE);
    on_machine::put(machine, content, keeper.path(), doing).await?;
    boot(machine)
        .await
        .map_err(|cause| ProvisionError::Remote { doing, cause })
}

/// Starts the script and shows what it prints, whatever becomes of the connection.
pub(in crate::provision) async fn launch<R: Remote>(
    (keeper, boot): (&Keeper, &BootId),
    patience: GoDuration,
    machine: &mut Machine<'_, R>,
    cx: &ProvisionContext,
) -> Result<Ending, ProvisionError> {
    if pretends(machine) {
        return Ok(Ending::Status(0));
    }
    let mut following = Following {
        keeper,
        boot,
        outage: Outage::none(patience, cx),
        machine,
        cx,
    };
    match following.start().await? {
        Some(ending) => Ok(ending),
        None => following.follow().await,
    }
}

async fn boot<R: Remote>(machine: &mut Machine<'_, R>) -> Result<BootId, RemoteError> {
    let mut printed = Vec::new();
    let mut keep = |bytes: &[u8]| {
        if printed.len() < 1024 {
            printed.extend_from_slice(bytes);
        }
    };
    ask(machine, BootId::COMMAND, &mut keep).await?;
    Ok(BootId::read(&printed))
}

struct Following<'a, 'm, R> {
    keeper: &'a Keeper,
    boot: &'a BootId,
    outage: Outage<'a>,
    machine: &'a mut Machine<'m, R>,
    cx: &'a ProvisionContext,
}

impl<R: Remote> Following<'_, '_, R> {
    /// `None` where the script runs. Asked again after a lost answer, the keeper does not start it twice.
    async fn start(&mut self) -> Result<Option<Ending>, ProvisionError> {
        let command = self.keeper.start(self.boot);
        loop {
            let mut said = None;
            let mut reader = Reader::from(Position::default());
            let asked = ask(self.machine, &command, &mut |bytes| {
                reader.push(bytes, &mut |heard| match heard {
                    Heard::Word(Word::Terminal) => self.cx.ui.say(NO_TERMINAL),
                    Heard::Word(word) => said = Some(word),
                    Heard::Bytes(..) => {}
                });
            })
            .await;
            match (asked, said) {
                (_, Some(Word::Started)) => {
                    self.outage.end();
                    return Ok(None);
                }
                (_, Some(Word::Failed(why))) => return Err(ProvisionError::NotDetached(why)),
                (Err(cause), _) => self.outage.bear(cause).await?,
                (Ok(status), _) => {
                    return match self.gone().await? {
                        Ending::Rebooted => Ok(Some(Ending::Rebooted)),
                        _ => Err(ProvisionError::NotDetached(format!(
                            "its keeper ended with status {status} and said nothing"
                        ))),
                    };
                }
            }
        }
    }

    async fn follow(&mut self) -> Result<Ending, ProvisionError> {
        let (mut position, mut unanswered) = (Position::default(), 0);
        let mut voices = Voices::new(self.cx);
        loop {
            let mut reader = Reader::from(position);
            let mut said = None;
            let asked = ask(self.machine, &self.keeper.follow(position), &mut |bytes| {
                reader.push(bytes, &mut |heard| match heard {
                    Heard::Bytes(stream, bytes) => voices.show(stream, bytes),
                    Heard::Word(Word::Gap) => voices.tell_gap(),
                    Heard::Word(word) => said = Some(word),
                });
                if reader.has_heard() {
                    self.outage.end();
                }
            })
            .await;
            position = reader.position();
            match (asked, said) {
                (_, Some(Word::End(status))) => return Ok(Ending::Status(status)),
                (Err(cause), _) => self.outage.bear(cause).await?,
                (Ok(_), Some(Word::More)) => unanswered = 0,
                (Ok(_), None) if unanswered < UNANSWERED => {
                    unanswered += 1;
                    let pause = self.cx.stop.sleep(ASK_AGAIN_AFTER).await;
                    pause.map_err(|_| ProvisionError::Cancelled)?;
                }
                (Ok(_), _) => return self.gone().await,
            }
        }
    }

    /// The keeper is not there, or has no script: with another boot that is no wonder.
    async fn gone(&mut self) -> Result<Ending, ProvisionError> {
        loop {
            match boot(self.machine).await {
                Ok(now) if now.is_another_than(self.boot) => return Ok(Ending::Rebooted),
                Ok(_) => return Ok(Ending::Lost),
                Err(cause) if cause.is_disconnect() => self.outage.bear(cause).await?,
                Err(cause) => return Err(failed(cause)),
            }
        }
    }
}

/// The script's two outputs, line by line. A line that a lost connection cut is put together again.
struct Voices<'a> {
    cx: &'a ProvisionContext,
    out: LineSplitter,
    err: LineSplitter,
}

impl<'a> Voices<'a> {
    fn new(cx: &'a ProvisionContext) -> Self {
        Self {
            cx,
            out: LineSplitter::default(),
            err: LineSplitter::default(),
        }
    }

    fn show(&mut self, stream: Stream, bytes: &[u8]) {
        let ui = &self.cx.ui;
        match stream {
            Stream::Stdout => self.out.push(bytes, |line| ui.message(line)),
            Stream::Stderr => self.err.push(bytes, |line| ui.error(line)),
        }
    }

    fn tell_gap(&mut self) {
        self.cx.ui.error(
            "Some of the script's output is missing: the machine had no room to keep it until it was fetched.",
        );
    }
}

impl Drop for Voices<'_> {
    /// The last lines, where they did not end; also those of a script that was lost.
    fn drop(&mut self) {
        let ui = &self.cx.ui;
        self.out.finish(|line| ui.message(line));
        self.err.finish(|line| ui.error(line));
    }
}
