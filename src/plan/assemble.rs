//! The whole plan.

use std::collections::HashSet;
use std::sync::Arc;

use super::amazon::Force;
use super::builder_place::BuilderPlace;
use super::builders::{self, build_keys};
use super::components::Components;
use super::planned::{InvalidBuild, Plan, PlannedBuild};
use super::power_off;
use super::selection::Selection;
use super::{builder_names, check_template};
use crate::facts::Facts;
use crate::template::model::Template;
use crate::template::problem::Problems;
use crate::template::scope::{Scope, Section};
use crate::template::variables::Variables;

/// Plans the selected builds. Each is checked whole, whatever is wrong with the others.
///
/// Where `facts` did not know something, the plan is made as if all were well; ask [`Facts::take_missed`] before trusting it.
pub(crate) fn plan(
    template: &Template,
    variables: &Variables,
    selection: &Selection,
    force: Force,
    facts: &Facts,
) -> Plan {
    let found = check_template(template);
    if !found.is_empty() {
        return Plan {
            problems: found,
            ..Plan::default()
        };
    }
    let scope = Scope::new(facts, Section::BuilderName, Arc::clone(&variables.values));
    let problems = Problems::new(Arc::clone(&template.document));
    let builders = builder_names::selected(template, &scope, selection, &problems);
    report_excess(template, builders.len(), &problems);
    let (found, warnings) = problems.into_parts();
    let mut plan = Plan {
        problems: found,
        warnings,
        ..Plan::default()
    };
    if !plan.problems.is_empty() {
        return plan;
    }
    let mut warned = HashSet::new();
    for (name, raw) in builders {
        let scope = scope.with_build(&name, &raw.kind);
        let checked = builders::check(template, raw, &scope, force, facts);
        let (found, warnings) = checked.problems.into_parts();
        let mut components = Components {
            template,
            builder: &raw.name,
            scope: &scope,
            build_keys: build_keys(&raw.kind),
            facts,
            stage: checked.stage,
            problems: found,
            warnings,
        };
        let provisioners = components.provisioners();
        let cleanup_provisioner = components.cleanup_provisioner();
        let post_processors = components.post_processors(selection);
        let Components {
            stage,
            problems,
            warnings,
            build_keys,
            ..
        } = components;
        // A provisioner that several builds share warns once.
        plan.warnings.extend(
            warnings
                .into_iter()
                .filter(|warning| warned.insert(warning.clone())),
        );
        let kind = raw.kind.clone();
        match checked.builder {
            Some(builder) if problems.is_empty() => plan.builds.push(PlannedBuild {
                name,
                kind,
                builder: power_off::told(builder, &provisioners, facts),
                provisioners,
                cleanup_provisioner,
                post_processors,
                scope: scope.with_section(Section::Provisioner { build_keys }),
                place: BuilderPlace::new(template, raw),
            }),
            _ => plan.invalid.push(InvalidBuild {
                name,
                kind,
                stage,
                problems,
            }),
        }
    }
    plan
}

/// More pieces of work than this are a mistake or an attack: each is planned by itself and costs memory.
const MOST_WORK: usize = 250_000;

fn report_excess(template: &Template, builders: usize, problems: &Problems) {
    let sequences = template.post_processors.iter().map(Vec::len);
    let each = template.provisioners.len() + sequences.sum::<usize>();
    if builders.saturating_mul(each) > MOST_WORK {
        problems.report_with_hint(
            template.document.root.span,
            format!(
                "{builders} builders with {each} provisioners and post-processors each are more than {MOST_WORK} pieces of work"
            ),
            "select some of the builders with -only",
        );
    }
}
