//! One build from its builder to its last post-processor, and what it says at its end.

use super::builder_end::{BuilderEnd, BuilderResult};
use super::context::RunContext;
use super::destroyer::Destroyer;
use super::{amazon, builder_file, builder_null, observer, time_limit};
use crate::cli::options::Force;
use crate::cloud::Cloud;
use crate::cloud::ec2::Ec2;
use crate::plan::{Builder, PlannedBuild, PlannedPostProcessor, amazon as plan_amazon};
use crate::post::{Artifact, Chained, Original, PostContext, run_chains};
use crate::provision::ChildEnding;
use crate::remote::SshDialer;
use crate::report::closing::{ArtifactText, Ended};
use crate::report::conclusion::Conclusion;
use crate::report::console::Line;
use crate::report::human;
use crate::report::rehearsed::Rehearsed;
use crate::report::result::{BuildFacts, BuildReport, Failure, NothingCreated, Outcome, Product};
use crate::report::ui::Ui;

/// A build that is over.
pub(super) struct Finished {
    /// For the summary and the outputs.
    pub(super) report: BuildReport,
    /// For Packer's closing lists.
    pub(super) ended: Ended,
}

impl Finished {
    /// The same of a build that was only rehearsed.
    pub(super) fn rehearsed(self, told: Rehearsed) -> Self {
        Self {
            report: self.report.rehearsed(told),
            ..self
        }
    }
}

/// How a build came out after its post-processors.
struct Verdict {
    outcome: Outcome,
    artifacts: Vec<Artifact>,
    error: Option<String>,
}

/// Runs a build to its end. It never fails: a failure is part of what it gives.
pub(super) async fn run(build: &PlannedBuild, cx: &RunContext, ui: &Ui) -> Finished {
    let (end, cloud) = run_builder(build, cx, ui).await;
    finish(build, cx, ui, (end, cloud.as_ref())).await
}

/// What follows a builder, wherever it worked: post-processors, Packer's last line, the report.
pub(super) async fn finish<C: Cloud>(
    build: &PlannedBuild,
    cx: &RunContext,
    ui: &Ui,
    (end, cloud): (BuilderEnd, Option<&C>),
) -> Finished {
    let BuilderEnd {
        result,
        data,
        settled,
    } = end;
    let verdict = match result {
        BuilderResult::Made { artifact, product } => {
            post_process(
                build,
                cx,
                ui,
                (artifact, product),
                &Made { data: &data, cloud },
            )
            .await
        }
        BuilderResult::Nothing => Verdict {
            outcome: Outcome::Succeeded(Product::Nothing),
            artifacts: Vec::new(),
            error: None,
        },
        BuilderResult::Failed { error, conclusion } => {
            failed(ui, error, conclusion, Product::Nothing)
        }
        BuilderResult::Cancelled => stopped(cx, ui, Product::Nothing),
    };
    ui.end_step();
    say_end(build, ui, verdict.error.as_deref());
    let facts = BuildFacts {
        name: build.name.clone(),
        kind: build.kind.clone(),
        outcome: verdict.outcome,
        timeline: ui.steps(),
        advice: super::advice::of(build),
        rehearsed: None,
    };
    Finished {
        report: match &settled {
            Some(settled) => BuildReport::new(facts, settled),
            None => BuildReport::new(facts, &NothingCreated),
        },
        ended: Ended {
            name: build.name.clone(),
            artifacts: verdict.artifacts.into_iter().map(text).collect(),
            error: verdict.error,
        },
    }
}

async fn run_builder(build: &PlannedBuild, cx: &RunContext, ui: &Ui) -> (BuilderEnd, Option<Ec2>) {
    match &build.builder {
        Builder::AmazonEbs(settings) => {
            let amazon::AmazonEnd { end, cloud } =
                Box::pin(amazon::run(settings, build, cx, ui)).await;
            (end, cloud)
        }
        Builder::Null(settings) => (
            Box::pin(builder_null::run(settings, build, (cx, &SshDialer), ui)).await,
            None,
        ),
        Builder::File(settings) => (
            Box::pin(builder_file::run(settings, build, cx, ui)).await,
            None,
        ),
        Builder::Foreign(kind) => (BuilderEnd::refused(kind), None),
    }
}

/// What the post-processors need of the builder's work.
struct Made<'a, C> {
    data: &'a crate::build::GeneratedData,
    cloud: Option<&'a C>,
}

async fn post_process<C: Cloud>(
    build: &PlannedBuild,
    cx: &RunContext,
    ui: &Ui,
    (artifact, product): (Artifact, Product),
    made: &Made<'_, C>,
) -> Verdict {
    let children = cx.environment.for_children();
    let scope = build.scope.for_post_processors();
    let context = PostContext {
        scope: &scope,
        data: made.data,
        ui,
        stop: &cx.stop,
        build_name: &build.name,
        build_kind: &build.kind,
        run_uuid: &cx.run_uuid,
        force: if cx.options.force == Force::Yes {
            plan_amazon::Force::Yes
        } else {
            plan_amazon::Force::No
        },
        now: time::OffsetDateTime::now_utc(),
        working_directory: &cx.working_directory,
        bounds: cx.environment.bounds(),
        child_environment: &children,
        child_ending: if cx.on_runner() {
            ChildEnding::KillDescendants
        } else {
            ChildEnding::AwaitDescendants
        },
        owner: cx.owner,
    };
    // An image that was there before is not this run's to destroy.
    let is_reused = matches!(&product, Product::Images(images) if images.are_reused());
    let destroyer = Destroyer(match (&build.builder, made.cloud) {
        (Builder::AmazonEbs(settings), Some(cloud)) if !is_reused => Some((cloud, &settings.image)),
        _ => None,
    });
    let Chained {
        artifacts,
        original,
        error,
    } = Box::pin(run_chains(
        &build.post_processors,
        artifact,
        &context,
        &destroyer,
    ))
    .await;
    let product = if original == Original::Kept {
        product
    } else {
        Product::Nothing
    };
    // What a rehearsal made is no output, and neither is its manifest.
    let is_real = cx.rehearsal.is_none();
    if is_real && !build.post_processors.is_empty() {
        observer::write(cx, &build.name, &product);
    }
    if is_real {
        tell_manifests(build, cx);
    }
    match error {
        Some(_) if cx.stop.requested().is_some() => Verdict {
            artifacts,
            ..stopped(cx, ui, product)
        },
        Some(errors) => Verdict {
            artifacts,
            ..failed(ui, errors.to_string(), Conclusion::PostProcessor, product)
        },
        None => Verdict {
            outcome: Outcome::Succeeded(product),
            artifacts,
            error: None,
        },
    }
}

/// The output `manifest` names the file that a manifest post-processor wrote.
fn tell_manifests(build: &PlannedBuild, cx: &RunContext) {
    for PlannedPostProcessor { settings, .. } in build.post_processors.iter().flatten() {
        let crate::plan::post::PostProcessorSettings::Manifest(settings) = settings else {
            continue;
        };
        if !cx.working_directory.join(&settings.output).is_file() {
            continue;
        }
        if let Err(error) = cx.outputs.manifest(std::path::Path::new(&settings.output)) {
            log::warn!("{error}");
        }
    }
}

/// Cancelled by a person, or ended by the policy's time limit.
fn stopped(cx: &RunContext, ui: &Ui, product: Product) -> Verdict {
    match time_limit::failure(cx) {
        Some(error) => failed(ui, error, Conclusion::TimeLimit, product),
        None => Verdict {
            outcome: Outcome::Cancelled(product),
            artifacts: Vec::new(),
            error: None,
        },
    }
}

fn failed(ui: &Ui, error: String, conclusion: Conclusion, product: Product) -> Verdict {
    let failure = Failure {
        conclusion,
        error: error.clone(),
        log_tail: ui.tail(),
        product,
    };
    Verdict {
        outcome: Outcome::Failed(failure),
        artifacts: Vec::new(),
        error: Some(error),
    }
}

fn say_end(build: &PlannedBuild, ui: &Ui, error: Option<&str>) {
    let took = human::duration(ui.elapsed());
    match error {
        None => ui.closing(
            Line::Say,
            &format!("Build '{}' finished after {took}.", build.name),
        ),
        Some(error) => ui.closing(
            Line::Error,
            &format!("Build '{}' errored after {took}: {error}", build.name),
        ),
    }
    ui.replay(&format!("{}: the whole log of this build", build.name));
}

fn text(artifact: Artifact) -> ArtifactText {
    ArtifactText {
        builder_id: artifact.builder_id.to_owned(),
        id: artifact.id,
        text: artifact.text,
        files: artifact.files,
    }
}
