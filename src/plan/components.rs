//! Provisioners and post-processors of one build.

use std::sync::Arc;

use super::known_kinds::{self, Known};
use super::planned::{PlannedPostProcessor, PlannedProvisioner, Stage, Wrap};
use super::selection::Selection;
use super::{post, provision};
use crate::facts::Facts;
use crate::template::gotmpl::Value;
use crate::template::model::{RawPostProcessor, RawProvisioner, Template};
use crate::template::problem::{Problem, Problems};
use crate::template::render::blame;
use crate::template::scope::{Scope, Section};

/// What the components of one build are checked against, and what was found.
pub(super) struct Components<'a> {
    /// The template.
    pub(super) template: &'a Template,
    /// The builder's raw name, by which components refer to it.
    pub(super) builder: &'a str,
    /// The build's scope.
    pub(super) scope: &'a Scope,
    /// What the builder announces for `build`.
    pub(super) build_keys: &'static [&'static str],
    /// The world.
    pub(super) facts: &'a Facts,
    /// How far the components came.
    pub(super) stage: Stage,
    /// Errors so far.
    pub(super) problems: Vec<Problem>,
    /// Warnings so far.
    pub(super) warnings: Vec<Problem>,
}

impl Components<'_> {
    /// The provisioners that are for this builder.
    pub(super) fn provisioners(&mut self) -> Vec<PlannedProvisioner> {
        let mut planned = Vec::new();
        for (index, raw) in self.template.provisioners.iter().enumerate() {
            if !raw.filter.skips(self.builder) {
                planned.extend(self.provisioner(raw, index + 1));
            }
        }
        planned
    }

    /// The cleanup provisioner. Its `only` and `except` are decoded but hold for nothing, as in Packer.
    pub(super) fn cleanup_provisioner(&mut self) -> Option<PlannedProvisioner> {
        self.provisioner(self.template.cleanup_provisioner.as_ref()?, 0)
    }

    /// The sequences of post-processors for this builder; what `-except` names ends its sequence.
    pub(super) fn post_processors(
        &mut self,
        selection: &Selection,
    ) -> Vec<Vec<PlannedPostProcessor>> {
        let mut sequences = Vec::new();
        for raw in &self.template.post_processors {
            let mut sequence = Vec::new();
            for element in raw
                .iter()
                .filter(|element| !element.filter.skips(self.builder))
            {
                if selection.cuts_before(&element.name) {
                    break;
                }
                sequence.extend(self.post_processor(element));
            }
            if !sequence.is_empty() {
                sequences.push(sequence);
            }
        }
        sequences
    }

    fn provisioner(&mut self, raw: &RawProvisioner, number: usize) -> Option<PlannedProvisioner> {
        let problems = Problems::of_component(Arc::clone(&self.template.document), &raw.kind);
        let settings = match known_kinds::provisioner(&raw.kind) {
            Known::Yes => {
                let over = raw
                    .overrides
                    .iter()
                    .find(|over| over.builder == self.builder)
                    .map(|over| &over.config);
                let scope = self.scope.with_section(Section::Provisioner {
                    build_keys: self.build_keys,
                });
                let layers = provision::Layers {
                    base: &raw.config,
                    over,
                };
                provision::settings(&raw.kind, layers, &scope, self.facts, &problems)
            }
            Known::No { meant } => {
                known_kinds::report_unknown(
                    &problems,
                    raw.config.span,
                    "provisioner",
                    &raw.kind,
                    meant,
                );
                self.stage = Stage::Initialize;
                None
            }
        };
        let max_retries = self.max_retries(raw, &problems);
        self.take(problems);
        let pause_before = raw.pause_before.filter(|pause| !pause.is_zero());
        let timeout = raw
            .timeout
            .filter(|timeout| !timeout.is_zero() && pause_before.is_none());
        Some(PlannedProvisioner {
            kind: raw.kind.clone(),
            wrap: Wrap {
                pause_before,
                timeout,
                max_retries: max_retries?,
            },
            settings: settings?,
            place: self.template.document.place(raw.config.span),
            document: Arc::clone(&self.template.document),
            number,
        })
    }

    /// `max_retries` is the only key of the core that is rendered; no build is known to it.
    fn max_retries(&mut self, raw: &RawProvisioner, problems: &Problems) -> Option<i64> {
        let Some((text, span)) = raw
            .max_retries
            .as_ref()
            .filter(|(text, _)| !text.is_empty())
        else {
            return Some(0);
        };
        let scope = self.scope.outside_builds(Section::BuilderName);
        let message = match scope.render_until_stable(text, &Value::Missing) {
            Ok(rendered) => match rendered.parse() {
                Ok(retries) => return Some(retries),
                Err(_) => {
                    let text = crate::template::render::excerpt(&rendered);
                    problems.report(*span, format!("`max_retries` must be a valid integer: strconv.Atoi: parsing {text:?}: invalid syntax"));
                    None
                }
            },
            Err(error) => Some((blame(problems, *span, text, &error), error)),
        };
        if let Some((span, error)) = message {
            problems.report(
                span,
                format!("failed to interpolate `max_retries`: {error}"),
            );
        }
        self.stage = Stage::Initialize;
        None
    }

    fn post_processor(&mut self, raw: &RawPostProcessor) -> Option<PlannedPostProcessor> {
        let problems = Problems::of_component(Arc::clone(&self.template.document), &raw.kind);
        let settings = match known_kinds::post_processor(&raw.kind) {
            Known::Yes => {
                let scope = self.scope.with_section(Section::PostProcessor {
                    build_keys: self.build_keys,
                });
                post::settings(&raw.kind, &raw.config, &scope, self.facts, &problems)
            }
            Known::No { meant } => {
                known_kinds::report_unknown(
                    &problems,
                    raw.config.span,
                    "post-processor",
                    &raw.kind,
                    meant,
                );
                self.stage = Stage::Initialize;
                None
            }
        };
        self.take(problems);
        Some(PlannedPostProcessor {
            kind: raw.kind.clone(),
            name: raw.name.clone(),
            keep_input_artifact: raw.keep_input_artifact,
            settings: settings?,
            place: self.template.document.place(raw.config.span),
        })
    }

    fn take(&mut self, problems: Problems) {
        let (found, warnings) = problems.into_parts();
        self.problems.extend(found);
        self.warnings.extend(warnings);
    }
}
