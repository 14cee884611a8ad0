//! One build of a rehearsal, from its builder to its last post-processor. Whatever becomes of it, its sandbox is closed.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;

use super::machine::Machine;
use super::rehearsed;
use super::system;
use super::terms::Rehearsal;
use crate::build::{BuildObserver, GeneratedData};
use crate::cloud::model::ModelCloud;
use crate::error::with_hint;
use crate::plan::{Builder, PlannedBuild};
use crate::report::conclusion::Conclusion;
use crate::report::rehearsed::Rehearsed;
use crate::report::ui::Ui;
use crate::run::builder_end::{BuilderEnd, BuilderResult};
use crate::run::context::RunContext;
use crate::run::in_model::{self, ModelSite};
use crate::run::one_build::{self, Finished};
use crate::run::{builder_file, builder_null, made};
use crate::sandbox::SandboxError;

/// Runs a build to its end. `notes` are what was taken out of it before.
pub(in crate::run) async fn run(
    build: &mut PlannedBuild,
    (cx, rehearsal): (&RunContext, &Rehearsal),
    ui: &Ui,
    mut notes: Vec<String>,
) -> Finished {
    let machine = match Machine::open(build, (rehearsal, cx), ui, &mut notes).await {
        Ok(machine) => machine,
        Err(error) => {
            let end = without_sandbox(&error);
            return one_build::finish(build, cx, ui, (end, None::<&ModelCloud>)).await;
        }
    };
    rehearsed::note_the_difference(build, &machine, &mut notes);
    let mut told = rehearsed::begun(&machine, rehearsal, notes);
    let built = {
        let builder = run_builder(build, (cx, rehearsal), ui, (&machine, &mut told));
        AssertUnwindSafe(Box::pin(builder)).catch_unwind().await
    };
    let (mut end, cloud) = built.unwrap_or_else(|_| (panicked(), None));
    explain(
        &mut end,
        system::hint(build, &machine, rehearsal.terms.network),
    );
    ui.end_step();
    rehearsed::look_at(&machine, &cx.stop, &mut told).await;
    machine.close().await;
    let finished = one_build::finish(build, cx, ui, (end, cloud.as_ref())).await;
    finished.rehearsed(told)
}

/// Adds a hint to a provisioner's failure, where there is none.
fn explain(end: &mut BuilderEnd, hint: Option<String>) {
    if let BuilderResult::Failed {
        error,
        conclusion: Conclusion::Provision,
    } = &mut end.result
        && let Some(hint) = hint
        && !error.contains("\n  hint: ")
    {
        error.push_str("\n  hint: ");
        error.push_str(&hint);
    }
}

async fn run_builder(
    build: &PlannedBuild,
    (cx, rehearsal): (&RunContext, &Rehearsal),
    ui: &Ui,
    (machine, told): (&Machine, &mut Rehearsed),
) -> (BuilderEnd, Option<ModelCloud>) {
    let dialer = machine.dialer();
    match &build.builder {
        Builder::AmazonEbs(settings) => {
            let at = ModelSite {
                account: &rehearsal.account,
                dial: &dialer,
                observer: &Nobody,
            };
            let in_model = in_model::run(settings, build, cx, ui, at).await;
            rehearsed::account(settings, &in_model, rehearsal, told);
            (in_model.end, Some(in_model.cloud))
        }
        Builder::Null(settings) => {
            let end = builder_null::run(settings, build, (cx, &dialer), ui).await;
            (end, None)
        }
        Builder::File(settings) => (builder_file::run(settings, build, cx, ui).await, None),
        Builder::Foreign(kind) => (BuilderEnd::refused(kind), None),
    }
}

/// What a build would pass on early is not real here, and no step may take it for that.
struct Nobody;

impl BuildObserver for Nobody {}

fn without_sandbox(error: &SandboxError) -> BuilderEnd {
    let result = match error {
        SandboxError::Stopped => BuilderResult::Cancelled,
        SandboxError::User(_) => failed(
            error,
            "correct `ssh_username`; EC2's images have `ec2-user`, `ubuntu`, `admin` and their like",
        ),
        _ => failed(
            error,
            "`-sandbox`, in the action the input `sandbox`, names another one; `none` rehearses without provisioners",
        ),
    };
    BuilderEnd {
        result,
        data: GeneratedData::new(),
        settled: None,
    }
}

fn failed(error: &SandboxError, hint: &str) -> BuilderResult {
    BuilderResult::Failed {
        error: with_hint(error, Some(hint)),
        conclusion: Conclusion::Failure,
    }
}

fn panicked() -> BuilderEnd {
    let (result, data) = made::panicked();
    BuilderEnd {
        result,
        data,
        settled: None,
    }
}
