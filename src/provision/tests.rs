//! Provisioners against a scripted machine, and local scripts for real.

mod ansible;
mod ansible_local;
mod breakpoint;
mod chef;
mod file;
mod goss;
mod puppet;
mod salt;
mod shell;
mod shell_local;
mod survival;
mod transcript;
mod windows;
mod wrap;

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::bounds::Bounds;
use crate::cli::options::Survival;
use crate::facts::{Facts, FileFact};
use crate::plan::{PlannedProvisioner, Wrap, provision};
use crate::remote::fake::{Answer, Asked, FakeRemote};
use crate::remote::{Exit, Output, RemoteError};
use crate::report::console::tests::Captured;
use crate::report::console::{Form, Reader, tests as console};
use crate::report::ui::{Grouping, Ui};
use crate::stop::{Stop, StopHandle, StopReason};
use crate::template::document;
use crate::template::duration::GoDuration;
use crate::template::problem::{Place, Problems};
use crate::template::scope::{Scope, Section};
use crate::template::source::Source;

use super::{
    ChildEnding, Machine, Pauses, ProvisionContext, ProvisionError, clean_up_after, run_all,
};

/// A build `web` of type `null` in a directory of its own.
struct Bench {
    directory: tempfile::TempDir,
    captured: Captured,
    cx: ProvisionContext,
    remote: FakeRemote,
}

impl Bench {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let (console, captured) = console::console(Form::Human, Reader::Plain);
        let section = Section::Provisioner { build_keys: &[] };
        let scope = Scope::new(&Facts::for_tests(), section, Arc::new(BTreeMap::new()))
            .with_build("web", "null");
        let path = "/usr/bin:/bin".to_owned();
        let temporary = directory.path().display().to_string();
        let cx = ProvisionContext {
            scope,
            data: BTreeMap::from([("ID".to_owned(), "i-1".to_owned())]),
            ui: Ui::new(console, "web", 0, Grouping::ByBuild),
            stop: Stop::never(),
            build_name: "web".into(),
            builder_kind: "null".into(),
            run_uuid: "uuid".into(),
            working_directory: directory.path().to_owned(),
            bounds: Bounds::default(),
            child_environment: BTreeMap::from([
                ("PATH".to_owned(), path),
                ("TMPDIR".to_owned(), temporary),
            ]),
            owner: None,
            child_ending: ChildEnding::KillDescendants,
            pauses: Pauses::None,
            survival: Survival::default(),
        };
        Self {
            directory,
            captured,
            cx,
            remote: FakeRemote::default(),
        }
    }

    fn plan(&self, kind: &str, json: &str) -> PlannedProvisioner {
        let document = Arc::new(document::parse(Arc::new(Source::new("t.json", json))).unwrap());
        let problems = Problems::of_component(Arc::clone(&document), kind);
        let mut facts = Facts::for_tests();
        for name in ["s.sh", "d", "d/"] {
            facts.add_file(name.into(), FileFact::Present);
        }
        let settings = provision::settings(
            kind,
            provision::Layers {
                base: &document.root,
                over: None,
            },
            &self.cx.scope,
            &facts,
            &problems,
        );
        let settings = settings.unwrap_or_else(|| panic!("{:?}", problems.into_parts().0));
        let place = Place {
            file: "t.json".into(),
            line: 1,
            column: 1,
            end_line: 1,
            end_column: 1,
            pointer: String::new(),
        };
        PlannedProvisioner {
            kind: kind.into(),
            wrap: Wrap::default(),
            settings,
            place,
            document,
            number: 1,
        }
    }

    async fn run(&mut self, provisioners: &[PlannedProvisioner]) -> Result<(), ProvisionError> {
        run_all(
            provisioners,
            &mut Machine::Reached(&mut self.remote),
            &self.cx,
        )
        .await
        .map_err(|error| match error {
            ProvisionError::Placed { cause, .. } => *cause,
            other => other,
        })
    }

    async fn run_one(&mut self, kind: &str, json: &str) -> Result<(), ProvisionError> {
        let planned = self.plan(kind, json);
        self.run(&[planned]).await
    }

    fn lines(&self) -> Vec<String> {
        self.captured.text().lines().map(str::to_owned).collect()
    }

    fn file(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.directory.path().join(name)).ok()
    }
}

const VARS: &str = "PACKER_BUILDER_TYPE='null' PACKER_BUILD_NAME='web' ";
