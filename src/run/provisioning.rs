//! The provisioners of one build, and what happens when one fails: `-on-error`.

use super::ask::{self, Answer};
use super::context::RunContext;
use crate::build::{GeneratedData, Hook};
use crate::cli::options::{Debugging, OnError};
use crate::plan::PlannedBuild;
use crate::provision::{
    ChildEnding, Machine, Pauses, ProvisionContext, ProvisionError, clean_up_after, run_all,
};
use crate::remote::Remote;
use crate::report::ui::Ui;

/// What becomes of a failed build's things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aftermath {
    /// They are removed.
    CleanUp,
    /// They stay.
    Keep,
}

/// The provisioners of one build.
pub(super) struct Provisioning<'a> {
    build: &'a PlannedBuild,
    cx: &'a RunContext,
    ui: &'a Ui,
    child_ending: ChildEnding,
    /// What a failure here leads to.
    pub(super) aftermath: Aftermath,
    /// Whether somebody was asked about a failure.
    pub(super) asked: bool,
}

impl<'a> Provisioning<'a> {
    /// The provisioners of `build`.
    pub(super) fn new(
        build: &'a PlannedBuild,
        cx: &'a RunContext,
        ui: &'a Ui,
        child_ending: ChildEnding,
    ) -> Self {
        Self {
            build,
            cx,
            ui,
            child_ending,
            aftermath: Aftermath::CleanUp,
            asked: false,
        }
    }

    /// Runs them on `machine`.
    pub(super) async fn run<R: Remote>(
        &mut self,
        machine: &mut Machine<'_, R>,
        data: &GeneratedData,
    ) -> Result<(), ProvisionError> {
        let context = self.context(self.with_packers_data(data));
        loop {
            let Err(error) = run_all(&self.build.provisioners, machine, &context).await else {
                return Ok(());
            };
            let cleanup = self.build.cleanup_provisioner.as_ref();
            match self.answer(&error).await {
                Answer::Retry => {}
                Answer::CleanUp => {
                    return Err(clean_up_after(error, cleanup, machine, &context).await);
                }
                Answer::Abort => {
                    self.aftermath = Aftermath::Keep;
                    return Err(self.abort(error, machine, &context).await);
                }
            }
        }
    }

    /// Packer's lines about what is not cleaned up. The cleanup provisioner comes before them, and then it is the step before
    /// that Packer names.
    async fn abort<R: Remote>(
        &self,
        error: ProvisionError,
        machine: &mut Machine<'_, R>,
        context: &ProvisionContext,
    ) -> ProvisionError {
        let (error, step) = if self.cx.options.on_error == OnError::RunCleanupProvisioner {
            let cleanup = self.build.cleanup_provisioner.as_ref();
            let error = clean_up_after(error, cleanup, machine, context).await;
            (error, "StepConnect")
        } else {
            (error, "StepProvision")
        };
        self.ui.error(&error.to_string());
        self.ui
            .error(&format!("Step \"{step}\" failed, aborting..."));
        error
    }

    /// Runs them for a builder that has no steps: there is no data, nothing cleans up after a failure, and `-on-error` has no say.
    pub(super) async fn run_without_steps<R: Remote>(
        &self,
        machine: &mut Machine<'_, R>,
    ) -> Result<(), ProvisionError> {
        let context = self.context(GeneratedData::new());
        run_all(&self.build.provisioners, machine, &context).await
    }

    /// What `-on-error` says about this error, in Packer's lines.
    async fn answer(&mut self, error: &ProvisionError) -> Answer {
        if self.cx.stop.requested().is_some() {
            return Answer::CleanUp;
        }
        match self.cx.options.on_error {
            OnError::Cleanup => Answer::CleanUp,
            OnError::Abort | OnError::RunCleanupProvisioner => Answer::Abort,
            OnError::Ask => {
                self.asked = true;
                self.ui.error(&error.to_string());
                self.ui.say("Step \"StepProvision\" failed");
                ask::ask(self.ui, &self.cx.stop).await
            }
        }
    }

    /// The builder's data, what Packer knows itself, and its texts for what no builder of ours has: an HTTP server.
    fn with_packers_data(&self, data: &GeneratedData) -> GeneratedData {
        let mut data = data.clone();
        data.insert("PackerRunUUID".to_owned(), self.cx.run_uuid.clone());
        for part in ["IP", "Port", "Addr"] {
            let missing = format!(
                "ERR_HTTP_{}_NOT_IMPLEMENTED_BY_BUILDER",
                part.to_uppercase()
            );
            data.insert(format!("PackerHTTP{part}"), missing);
        }
        data
    }

    fn context(&self, data: GeneratedData) -> ProvisionContext {
        ProvisionContext {
            scope: self.build.scope.clone(),
            data,
            ui: self.ui.clone(),
            stop: self.cx.stop.clone(),
            build_name: self.build.name.clone(),
            builder_kind: self.build.kind.clone(),
            run_uuid: self.cx.run_uuid.clone(),
            working_directory: self.cx.working_directory.clone(),
            bounds: self.cx.environment.bounds().clone(),
            child_environment: self.cx.environment.for_children(),
            owner: self.cx.owner,
            child_ending: self.child_ending,
            pauses: if self.cx.options.debugging == Debugging::Steps {
                Pauses::BeforeEach
            } else {
                Pauses::None
            },
            survival: self.cx.options.survival,
        }
    }
}

impl Hook for Provisioning<'_> {
    type Error = ProvisionError;

    async fn provision<R: Remote>(
        &mut self,
        remote: Option<&mut R>,
        data: &GeneratedData,
    ) -> Result<(), ProvisionError> {
        let mut machine = match remote {
            Some(remote) => Machine::Reached(remote),
            None => Machine::None,
        };
        self.run(&mut machine, data).await
    }
}
