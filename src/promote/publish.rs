//! Lets parameters and launch templates lead to the release. Where one cannot, all that were changed are put back.

use std::collections::BTreeMap;
use std::time::Duration;

use super::cx::PromoteCx;
use super::error::PromoteError;
use super::pointers::Pointer;
use crate::cloud::image::Image;
use crate::cloud::parameter_calls::{Parameter, ParameterCalls};
use crate::cloud::template_versions::{TemplateVersion, TemplateVersionCalls};
use crate::cloud::{Cloud, CloudError, ImageId, Region};
use crate::error::on_one_line;
use crate::wait::{self, Pace, Patience, Polled, Wait};

/// Systems Manager looks at an image for seconds, and says nothing where it does not take it.
const LONGEST_CHECK: Duration = Duration::from_secs(120);

/// Publishes the images. It says what it has changed, in words.
pub(super) async fn publish<C: Cloud + TemplateVersionCalls, P: ParameterCalls>(
    cx: &PromoteCx<'_, C, P>,
    pointers: &[Pointer],
    images: &BTreeMap<Region, Image>,
) -> Result<Vec<String>, PromoteError> {
    let mut told = Vec::new();
    for (index, pointer) in pointers.iter().enumerate() {
        let Some(image) = images.get(pointer.region()) else {
            continue;
        };
        let turned = match cx.stop.requested() {
            Some(request) => Err(PromoteError::Stopped(request)),
            None => turn(cx, pointer, &image.id).await,
        };
        match turned {
            Ok(line) => {
                cx.ui.message(&line);
                told.push(line);
            }
            Err(error) => {
                // The one that failed too: its answer may have been lost.
                for pointer in pointers[..=index].iter().rev() {
                    put_back(cx, pointer).await;
                }
                return Err(error);
            }
        }
    }
    Ok(told)
}

async fn turn<C: Cloud + TemplateVersionCalls, P: ParameterCalls>(
    cx: &PromoteCx<'_, C, P>,
    pointer: &Pointer,
    image: &ImageId,
) -> Result<String, PromoteError> {
    match pointer {
        Pointer::Parameter { region, name, old } => {
            let new = Parameter::of_image(image, old.as_ref());
            if old.as_ref() == Some(&new) {
                return Ok(format!(
                    "Parameter {name} in {region} holds {image} already"
                ));
            }
            let put = cx.parameters.put_parameter(region, name, &new).await;
            put.map_err(PromoteError::call(format!(
                "set the parameter `{name}` in `{region}`"
            )))?;
            arrive(cx, (region, name), &new).await?;
            Ok(format!("Parameter {name} in {region} holds {image}"))
        }
        Pointer::Template {
            region,
            versions,
            default,
        } => {
            let template = &default.template;
            if default.image.as_ref() == Some(image) {
                return Ok(format!(
                    "Launch template {template} in {region} launches {image} already"
                ));
            }
            let set = set_default(cx, region, (versions, default), image).await;
            let number = set.map_err(PromoteError::call(format!(
                "set the default version of the launch template `{template}` in `{region}`"
            )))?;
            Ok(format!(
                "Launch template {template} in {region} launches {image} by default, with version {number}"
            ))
        }
    }
}

/// Systems Manager looks whether there is such an image after it has answered, and takes nothing back from the answer.
async fn arrive<C, P: ParameterCalls>(
    cx: &PromoteCx<'_, C, P>,
    (region, name): (&Region, &str),
    new: &Parameter,
) -> Result<(), PromoteError> {
    let what = format!("parameter {name} in {region} to hold {}", new.value);
    let progress = cx.progress(&what);
    let wait = Wait {
        what: &what,
        pace: Pace::BRISK,
        patience: Patience::Total(LONGEST_CHECK),
        grace: wait::GRACE,
        stop: cx.stop,
        progress: &progress,
    };
    let held = wait::until(&wait, || async {
        let held = cx.parameters.parameter(region, name).await?;
        Ok(match held.as_ref() == Some(new) {
            true => Polled::Ready(()),
            false => Polled::PENDING,
        })
    });
    held.await
        .map_err(PromoteError::wait("cannot publish the image"))
}

/// A version that an earlier run made is taken again.
async fn set_default<C: TemplateVersionCalls, P>(
    cx: &PromoteCx<'_, C, P>,
    region: &Region,
    (versions, default): (&[TemplateVersion], &TemplateVersion),
    image: &ImageId,
) -> Result<i64, CloudError> {
    let made = versions
        .iter()
        .filter(|version| version.number > default.number)
        .rfind(|version| version.image.as_ref() == Some(image));
    let number = match made {
        Some(version) => version.number,
        None => {
            cx.cloud
                .add_template_version(region, default, image)
                .await?
        }
    };
    cx.cloud
        .set_default_version(region, &default.template, number)
        .await?;
    Ok(number)
}

/// As it was before. What cannot be put back is told with what it was.
async fn put_back<C: TemplateVersionCalls, P: ParameterCalls>(
    cx: &PromoteCx<'_, C, P>,
    pointer: &Pointer,
) {
    let (what, done) = match pointer {
        Pointer::Parameter {
            region,
            name,
            old: Some(old),
        } => {
            let put = cx.parameters.put_parameter(region, name, old).await;
            let what = format!("parameter {name} in {region}, which held {}", old.value);
            (what, put)
        }
        Pointer::Parameter {
            region,
            name,
            old: None,
        } => {
            let deleted = cx.parameters.delete_parameter(region, name).await;
            (
                format!("parameter {name} in {region}, which was not there"),
                deleted,
            )
        }
        Pointer::Template {
            region, default, ..
        } => {
            let TemplateVersion {
                template, number, ..
            } = default.as_ref();
            let set = cx
                .cloud
                .set_default_version(region, template, *number)
                .await;
            let what = format!(
                "launch template {template} in {region}, whose default version was {number}"
            );
            (what, set)
        }
    };
    match done {
        Ok(()) => cx.ui.message(&format!("Put back: {what}")),
        Err(error) => cx
            .ui
            .error(&format!("Not put back: {what}: {}", on_one_line(&error))),
    }
}
