//! What a template would make: by that a promotion finds the image, whichever pull request it was built for.

use std::sync::Arc;

use super::promote::PromoteContext;
use crate::build::{BuildError, look_up_source};
use crate::cli::options::Force;
use crate::cli::promote_options::TemplateContent;
use crate::cloud::Region;
use crate::cloud::ec2::Ec2;
use crate::content::{Content, Ground};
use crate::plan::amazon::settings::EbsSettings;
use crate::plan::{Builder, Plan, PlannedBuild};
use crate::report::classify;
use crate::report::conclusion::Conclusion;
use crate::run::{life, load, problems, secrets};
use crate::template::problem::Problem;

/// Why nobody knows what the image holds.
#[derive(Debug, thiserror::Error)]
pub(super) enum UnknownContent {
    /// The problems are told by then.
    #[error("the template `{0}`, which should tell what the tested image holds, cannot be used")]
    Template(String),
    /// None that makes an image.
    #[error("the template `{0}` has no build that makes an image")]
    NoBuild(String),
    /// More than one.
    #[error("the template has several builds: {}", .0.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))]
    Several(Vec<String>),
    /// It is made only while the build runs.
    #[error("nobody can tell without a build what the image of `{build}` holds: {}", .reasons.join("; "))]
    Made {
        /// Which.
        build: String,
        /// Why.
        reasons: Vec<String>,
    },
    /// EC2 does not tell what it starts from.
    #[error("cannot find the source image of the template, by which the tested image is told")]
    Source(#[source] Box<BuildError>),
}

impl UnknownContent {
    /// One thing to try.
    pub(super) fn hint(&self) -> Option<String> {
        let text = match self {
            Self::Several(_) => "name one of them with `only`",
            Self::Made { .. } => {
                "leave out `template`, so that the pull request tells the image; or name what it is made from in `reuse-files`, as its build did"
            }
            Self::Source(error) => return error.hint(),
            Self::Template(_) | Self::NoBuild(_) => return None,
        };
        Some(text.to_owned())
    }

    /// In one word.
    pub(super) fn conclusion(&self) -> Conclusion {
        match self {
            Self::Source(error) => classify::of_build(error),
            _ => Conclusion::Invalid,
        }
    }
}

/// What the image holds, but for its source image.
pub(super) struct Promised {
    name: String,
    content: Content,
    settings: Box<EbsSettings>,
}

/// Reads the template and every file that it sends.
pub(super) async fn of_template(
    given: &TemplateContent,
    cx: PromoteContext<'_>,
) -> Result<Promised, UnknownContent> {
    let path = &given.template.template;
    let unusable = |found: Vec<Problem>| {
        problems::print_template(cx.console, &found);
        UnknownContent::Template(path.clone())
    };
    let loaded = load::load(&given.template, cx.environment).map_err(unusable)?;
    let stores = secrets::stores(cx.console, cx.environment, cx.stop);
    let planned = load::plan_and_keep(loaded, &given.template, Force::No, &stores).await;
    let (plan, ground) = planned.map_err(unusable)?;
    secrets::hide(&plan, cx.console, cx.environment);
    problems::print_invalid(cx.console, &plan.invalid);
    if !plan.invalid.is_empty() {
        return Err(UnknownContent::Template(path.clone()));
    }
    life::check_bounds(&ground, &given.inputs).map_err(|problem| unusable(vec![problem]))?;
    promised(plan, ground, given).await
}

async fn promised(
    plan: Plan,
    ground: Ground,
    given: &TemplateContent,
) -> Result<Promised, UnknownContent> {
    let is_amazon = |build: &PlannedBuild| matches!(build.builder, Builder::AmazonEbs(_));
    let builds: Vec<PlannedBuild> = plan.builds.into_iter().filter(is_amazon).collect();
    if builds.len() > 1 {
        let names = builds.into_iter().map(|build| build.name);
        return Err(UnknownContent::Several(names.collect()));
    }
    let none = || UnknownContent::NoBuild(given.template.template.clone());
    let build = builds.into_iter().next().ok_or_else(none)?;
    let content = life::content(&Arc::new(ground), &build, &given.inputs).await;
    let PlannedBuild { name, builder, .. } = build;
    let Builder::AmazonEbs(settings) = builder else {
        return Err(none());
    };
    let reasons = content.unknown();
    if !reasons.is_empty() {
        return Err(UnknownContent::Made {
            build: name,
            reasons: reasons.to_vec(),
        });
    }
    Ok(Promised {
        name,
        content,
        settings,
    })
}

impl Promised {
    /// Where the template builds it.
    pub(super) fn region(&self) -> Option<&Region> {
        self.settings.access.region.as_ref()
    }

    /// The digest of the image that a build would make now.
    pub(super) async fn digest(
        &self,
        cloud: &Ec2,
        region: &Region,
        cx: PromoteContext<'_>,
    ) -> Result<String, UnknownContent> {
        let source = look_up_source(cloud, region, &self.settings).await;
        let source = source.map_err(|error| UnknownContent::Source(Box::new(error)))?;
        let sealed = self.content.sealed(region, &source.id);
        let sealed = sealed.ok_or_else(|| UnknownContent::Made {
            build: self.name.clone(),
            reasons: self.content.unknown().to_vec(),
        })?;
        cx.console.say(&format!(
            "The content of `{}` on {}: {}",
            self.name, source.id, sealed.digest
        ));
        Ok(sealed.digest)
    }
}
