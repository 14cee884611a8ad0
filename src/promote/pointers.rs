//! What leads to a release: parameters and launch templates, each in its region. All are looked at before any is changed.

use std::collections::BTreeMap;

use super::cx::PromoteCx;
use super::error::PromoteError;
use super::wish::{Target, Wish};
use crate::cloud::lifecycle::TemplateName;
use crate::cloud::parameter_calls::{Parameter, ParameterCalls};
use crate::cloud::template_versions::{TemplateVersion, TemplateVersionCalls};
use crate::cloud::{Cloud, Region};

/// A thing that is to lead to the release, as it is now.
#[derive(Clone, Debug)]
pub(super) enum Pointer {
    /// A parameter; there may be none yet.
    Parameter {
        /// Where.
        region: Region,
        /// Its name.
        name: String,
        /// What it holds.
        old: Option<Parameter>,
    },
    /// A launch template.
    Template {
        /// Where.
        region: Region,
        /// All its versions.
        versions: Vec<TemplateVersion>,
        /// The default one.
        default: Box<TemplateVersion>,
    },
}

impl Pointer {
    /// Where it is.
    pub(super) fn region(&self) -> &Region {
        match self {
            Self::Parameter { region, .. } | Self::Template { region, .. } => region,
        }
    }
}

/// Looks at everything that is to lead to the release. What is wrong with one is known before anything is made.
pub(super) async fn look<C: Cloud + TemplateVersionCalls, P: ParameterCalls>(
    cx: &PromoteCx<'_, C, P>,
    wish: &Wish,
    regions: &[Region],
) -> Result<Vec<Pointer>, PromoteError> {
    let mut pointers = Vec::new();
    for (region, name) in placed(&wish.parameters, regions)? {
        let old = cx.parameters.parameter(&region, &name).await;
        let old = old.map_err(PromoteError::call(format!(
            "read the parameter `{name}` in `{region}`"
        )))?;
        pointers.push(Pointer::Parameter { region, name, old });
    }
    for (region, name) in placed(&wish.launch_templates, regions)? {
        pointers.push(template(cx, region, name).await?);
    }
    Ok(pointers)
}

async fn template<C: Cloud + TemplateVersionCalls, P>(
    cx: &PromoteCx<'_, C, P>,
    region: Region,
    name: String,
) -> Result<Pointer, PromoteError> {
    let called = if name.starts_with("lt-") {
        TemplateName::Id(name.clone())
    } else {
        TemplateName::Name(name.clone())
    };
    let versions = cx.cloud.template_versions(&region, &called).await;
    let versions = versions.map_err(PromoteError::call(format!(
        "read the launch template `{name}` in `{region}`"
    )))?;
    let default = versions.iter().find(|version| version.is_default).cloned();
    match default {
        Some(default) => Ok(Pointer::Template {
            region,
            versions,
            default: Box::new(default),
        }),
        None => Err(PromoteError::NoTemplate { name, region }),
    }
}

/// Each target in each of its regions, once.
fn placed(targets: &[Target], regions: &[Region]) -> Result<Vec<(Region, String)>, PromoteError> {
    let mut placed = BTreeMap::new();
    for Target { region, name } in targets {
        let places = match region {
            None => regions.to_vec(),
            Some(region) if regions.contains(region) => vec![region.clone()],
            Some(region) => {
                return Err(PromoteError::ElsewhereTarget {
                    name: name.clone(),
                    region: region.clone(),
                });
            }
        };
        placed.extend(places.into_iter().map(|place| ((place, name.clone()), ())));
    }
    Ok(placed.into_keys().collect())
}
