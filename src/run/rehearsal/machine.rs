//! The machine of one rehearsed build: a sandbox where its provisioners need one.

use std::sync::Arc;
use std::time::Duration;

use super::set_aside;
use super::terms::Rehearsal;
use crate::error::on_one_line;
use crate::plan::communicator::Communicator;
use crate::plan::{Builder, PlannedBuild};
use crate::report::human;
use crate::report::ui::Ui;
use crate::run::context::RunContext;
use crate::sandbox::{
    self, Changes, EngineHints, Engines, Limits, Opened, Order, Sandbox, SandboxDialer,
    SandboxError, SourceHint,
};

/// A machine, or none.
pub(super) struct Machine {
    sandbox: Option<Arc<Sandbox>>,
    /// What it is, or why there is none, for a person.
    pub(super) description: String,
}

/// Logins end when whoever holds them is dropped, which happens side by side with us.
const LET_GO: Duration = Duration::from_secs(2);

impl Machine {
    /// Opens a sandbox for what is left of the build. What cannot run for want of one is taken out of the build, and noted.
    pub(super) async fn open(
        build: &mut PlannedBuild,
        (rehearsal, cx): (&Rehearsal, &RunContext),
        ui: &Ui,
        notes: &mut Vec<String>,
    ) -> Result<Self, SandboxError> {
        let user = user(build).filter(|_| set_aside::needs_a_machine(build));
        let Some(user) = user.map(str::to_owned) else {
            return Ok(Self::none("no provisioner needs a machine".to_owned()));
        };
        ui.step("Sandbox");
        let opened = sandbox::open(
            &rehearsal.terms.sandbox,
            &order(build, user, rehearsal),
            Engines {
                hints: &EngineHints::of(&cx.environment),
                tell: &|words| ui.message(words),
            },
            &cx.stop,
        )
        .await;
        ui.end_step();
        let why = match opened? {
            Opened::Open(sandbox, lacking) => {
                for error in &lacking {
                    ui.message(&on_one_line(error));
                }
                let description = sandbox.description();
                ui.say(&format!("Provisioners run in {description}"));
                return Ok(Self {
                    sandbox: Some(Arc::new(*sandbox)),
                    description,
                });
            }
            Opened::NotWanted => rehearsal.why_none_is_wanted(),
            Opened::NoneWorks(errors) => {
                let reasons: Vec<String> = errors.iter().map(|error| on_one_line(error)).collect();
                reasons.join("; ")
            }
        };
        notes.extend(set_aside::without_machine(build, &why));
        ui.say(&format!("Provisioners are not run: {why}"));
        Ok(Self::none(format!(
            "none, and the provisioners were not run: {why}"
        )))
    }

    /// Whether there is one.
    pub(super) fn is_open(&self) -> bool {
        self.sandbox.is_some()
    }

    /// Whether it is made from the files of this machine.
    pub(super) fn is_copy_of_this(&self) -> bool {
        matches!(self.sandbox.as_deref(), Some(Sandbox::Host(_)))
    }

    /// What is not in it as on a real machine, in a sentence each.
    pub(super) fn differences(&self) -> Vec<String> {
        let sandbox = self.sandbox.as_ref();
        sandbox.map_or_else(Vec::new, |sandbox| sandbox.differences().to_vec())
    }

    /// For which processor its programs are, where there is one.
    pub(super) fn architecture(&self) -> Option<&str> {
        self.sandbox.as_ref().map(|sandbox| sandbox.architecture())
    }

    /// The way to it.
    pub(super) fn dialer(&self) -> SandboxDialer {
        SandboxDialer {
            sandbox: self.sandbox.clone(),
        }
    }

    /// What is different in it now.
    pub(super) async fn changes(&self) -> Option<Result<Changes, SandboxError>> {
        match &self.sandbox {
            Some(sandbox) => Some(sandbox.changes().await),
            None => None,
        }
    }

    /// Ends it, whatever came of the build.
    pub(super) async fn close(self) {
        let Some(mut sandbox) = self.sandbox else {
            return;
        };
        let begin = tokio::time::Instant::now();
        loop {
            match Arc::try_unwrap(sandbox) {
                Ok(sandbox) => return sandbox.close().await,
                Err(shared) if begin.elapsed() < LET_GO => sandbox = shared,
                Err(_) => {
                    let waited = human::duration(LET_GO);
                    log::warn!("a login to the sandbox is still open after {waited}");
                    return;
                }
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    fn none(description: String) -> Self {
        Self {
            sandbox: None,
            description,
        }
    }
}

/// The first pattern of the filter `name`.
fn named(filters: &[(String, Vec<String>)]) -> Option<String> {
    let name = filters.iter().find(|(key, _)| key == "name");
    name.and_then(|(_, values)| values.first().cloned())
}

/// As whom a machine is logged in to; `None` where nobody logs in to one.
fn user(build: &PlannedBuild) -> Option<&str> {
    let communicator = match &build.builder {
        Builder::AmazonEbs(settings) => &settings.communicator,
        Builder::Null(settings) => &settings.communicator,
        Builder::File(_) | Builder::Foreign(_) => return None,
    };
    match communicator {
        Communicator::Ssh(ssh) => Some(&ssh.username),
        Communicator::None | Communicator::WinRm => None,
    }
}

fn order(build: &PlannedBuild, user: String, rehearsal: &Rehearsal) -> Order {
    let source = match &build.builder {
        Builder::AmazonEbs(settings) => SourceHint {
            name: named(&settings.source.filters),
            owners: settings.source.owners.clone(),
        },
        _ => SourceHint::default(),
    };
    Order {
        user,
        network: rehearsal.terms.network,
        limits: Limits::default(),
        source,
    }
}
