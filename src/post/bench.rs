//! A directory, a voice and a build for the tests.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use tempfile::TempDir;
use time::OffsetDateTime;

use super::{
    Artifact, Chained, DestroyImages, ImageInRegion, PostContext, VolumesInRegion, run_chains,
};
use crate::bounds::Bounds;
use crate::cloud::Region;
use crate::facts::Facts;
use crate::plan::PlannedPostProcessor;
use crate::plan::amazon::Force;
use crate::plan::post::settings;
use crate::provision::{ChildEnding, GeneratedData};
use crate::report::console::tests::{Captured, console};
use crate::report::console::{Form, Reader};
use crate::report::ui::{Grouping, Ui};
use crate::stop::{Stop, StopHandle};
use crate::template::document;
use crate::template::problem::Problems;
use crate::template::scope::{Scope, Section};
use crate::template::source::Source;

/// One build named `web` of the builder `file`, which made `out.txt` with `data` in it.
pub(super) struct Bench {
    directory: TempDir,
    captured: Captured,
    ui: Ui,
    scope: Scope,
    data: GeneratedData,
    environment: BTreeMap<String, String>,
    pub(super) stopping: StopHandle,
    stop: Stop,
    pub(super) force: Force,
    pub(super) run_uuid: String,
    destroyed: Destroyed,
    bounds: Bounds,
}

/// Notes which regions' images were destroyed.
#[derive(Clone, Default)]
pub(super) struct Destroyed(Arc<Mutex<Vec<Region>>>);

impl DestroyImages for Destroyed {
    type Error = Infallible;

    async fn destroy(&self, images: &BTreeMap<Region, ImageInRegion>) -> Result<(), Infallible> {
        self.0.lock().unwrap().extend(images.keys().cloned());
        Ok(())
    }

    async fn destroy_volumes(&self, volumes: &VolumesInRegion) -> Result<(), Infallible> {
        self.0.lock().unwrap().push(volumes.region.clone());
        Ok(())
    }
}

impl Bench {
    pub(super) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("out.txt"), "data").unwrap();
        let (console, captured) = console(Form::Human, Reader::Plain);
        let section = Section::PostProcessor { build_keys: &[] };
        let scope = Scope::new(&Facts::for_tests(), section, Arc::default());
        let (stopping, stop) = StopHandle::new();
        Self {
            directory,
            captured,
            ui: Ui::new(console, "web", 0, Grouping::BySteps),
            scope: scope.with_build("web", "file"),
            data: BTreeMap::from([("ID".to_owned(), "i-123".to_owned())]),
            environment: BTreeMap::from([("PATH".to_owned(), "/usr/bin:/bin".to_owned())]),
            stopping,
            stop,
            force: Force::No,
            run_uuid: "run-1".to_owned(),
            destroyed: Destroyed::default(),
            bounds: Bounds::default(),
        }
    }

    pub(super) fn directory(&self) -> &Path {
        self.directory.path()
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.directory().join(name)
    }

    pub(super) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub(super) fn said(&self) -> String {
        self.captured.text()
    }

    /// The regions whose images were destroyed, in order.
    pub(super) fn destroyed(&self) -> Vec<String> {
        let regions = self.destroyed.0.lock().unwrap();
        regions.iter().map(ToString::to_string).collect()
    }

    pub(super) fn context(&self) -> PostContext<'_> {
        PostContext {
            scope: &self.scope,
            data: &self.data,
            ui: &self.ui,
            stop: &self.stop,
            build_name: "web",
            build_kind: "file",
            run_uuid: &self.run_uuid,
            force: self.force,
            now: OffsetDateTime::from_unix_timestamp(1_600_000_000).unwrap(),
            working_directory: self.directory(),
            bounds: &self.bounds,
            child_environment: &self.environment,
            child_ending: ChildEnding::KillDescendants,
            owner: None,
        }
    }

    /// Runs sequences on the `file` builder's artifact. Each element is the template's JSON of a post-processor.
    pub(super) async fn run(&self, chains: &[&[&str]]) -> Chained {
        self.run_on(Artifact::file("out.txt"), chains).await
    }

    pub(super) async fn run_on(&self, artifact: Artifact, chains: &[&[&str]]) -> Chained {
        let planned = |chain: &&[&str]| chain.iter().map(|json| self.planned(json)).collect();
        let chains: Vec<Vec<_>> = chains.iter().map(planned).collect();
        run_chains(&chains, artifact, &self.context(), &self.destroyed).await
    }

    fn planned(&self, json: &str) -> PlannedPostProcessor {
        let members: serde_json::Value = serde_json::from_str(json).unwrap();
        let text = |key: &str| members[key].as_str().map(str::to_owned);
        let kind = text("type").unwrap();
        let mut config = members.clone();
        for core_key in ["name", "keep_input_artifact"] {
            config.as_object_mut().unwrap().remove(core_key);
        }
        let source = Arc::new(Source::new("t.json", config.to_string()));
        let document = Arc::new(document::parse(source).unwrap());
        let problems = Problems::of_component(Arc::clone(&document), &kind);
        let decoded = settings(
            &kind,
            &document.root,
            &self.scope,
            &Facts::for_tests(),
            &problems,
        );
        PlannedPostProcessor {
            name: text("name").unwrap_or_else(|| kind.clone()),
            keep_input_artifact: members["keep_input_artifact"].as_bool(),
            settings: decoded.unwrap(),
            place: document.place(document.root.span),
            kind,
        }
    }
}

/// What the results say of themselves, in order.
pub(super) fn texts(chained: &Chained) -> Vec<&str> {
    chained
        .artifacts
        .iter()
        .map(|artifact| artifact.text.as_str())
        .collect()
}

/// Packer's list of what went wrong; empty where nothing did.
pub(super) fn error_text(chained: &Chained) -> String {
    chained
        .error
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default()
}
