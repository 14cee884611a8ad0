//! Who uses an image, and who else may. An answer that is missing is no "nobody".

use std::collections::BTreeMap;

use super::cx::{PruneCx, answer, is};
use super::search::Subject;
use super::verdict::Reason;
use crate::cloud::error::Refusal;
use crate::cloud::usage_calls::{
    Depth, ImageParameterCalls, ImageReference, MOST_AT_ONCE, UsageCalls,
};
use crate::cloud::{Cloud, CloudError, ImageId, Region};
use crate::error::on_one_line;
use crate::wait::WaitError;

/// What EC2 and what stands in its place say of a call that they do not know: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>.
const UNKNOWN_CALL: [&str; 4] = [
    "InvalidAction",
    "UnsupportedOperation",
    "UnknownOperationException",
    "NotImplemented",
];
/// A launch template that names a parameter in place of an image begins so.
const BY_PARAMETER: &str = "resolve:";
/// A machine in one of these states needs its image, or may.
const STATES: [&str; 5] = ["pending", "running", "shutting-down", "stopping", "stopped"];

/// Who refers to each image of a region: a reason for each that has to stay.
#[derive(Debug, Default)]
pub(super) struct Uses {
    reasons: BTreeMap<ImageId, Reason>,
    /// What nobody could be asked for, in words.
    pub(super) unchecked: Option<String>,
}

impl Uses {
    /// Why the image stays; `None` where nothing refers to it.
    pub(super) fn reason(&self, image: &ImageId) -> Option<Reason> {
        self.reasons.get(image).cloned()
    }
}

/// Who refers to these images of a region.
pub(super) async fn references<C: Cloud + UsageCalls, P: ImageParameterCalls>(
    cx: &PruneCx<'_, C, P>,
    region: &Region,
    images: &[ImageId],
    depth: Depth,
) -> Uses {
    match asked(cx, region, images).await {
        Ok(found) => of_references(found),
        Err(error) if cannot_be_asked(&error) => by_hand(cx, region, images, depth).await,
        Err(error) => unknown(images, &error),
    }
}

async fn asked<C: Cloud + UsageCalls, P>(
    cx: &PruneCx<'_, C, P>,
    region: &Region,
    images: &[ImageId],
) -> Result<Vec<ImageReference>, WaitError> {
    let what = format!("what uses the images in `{region}`");
    let mut found = Vec::new();
    for images in images.chunks(MOST_AT_ONCE) {
        let asked = cx.ask(&what, || cx.cloud.image_references(region, images));
        found.extend(asked.await?);
    }
    Ok(found)
}

fn cannot_be_asked(error: &WaitError) -> bool {
    let code = answer(error).and_then(CloudError::code);
    is(error, Refusal::Denied) || code.is_some_and(|code| UNKNOWN_CALL.contains(&code))
}

/// Machines, launch templates and parameters, where one call may not tell all of them.
async fn by_hand<C: Cloud + UsageCalls, P: ImageParameterCalls>(
    cx: &PruneCx<'_, C, P>,
    region: &Region,
    images: &[ImageId],
    depth: Depth,
) -> Uses {
    let what = format!("the launch templates in `{region}`");
    let templates = cx.ask(&what, || cx.cloud.launched_images(region, depth));
    let mut found = match templates.await {
        Ok(found) => found,
        Err(error) => return unknown(images, &error),
    };
    let what = format!("the parameters in `{region}`");
    let parameters = cx.ask(&what, || cx.parameters.image_parameters(region));
    let unchecked = match parameters.await {
        Ok(parameters) => {
            found.extend(parameters);
            None
        }
        Err(error) if is(&error, Refusal::Denied) => {
            let hidden = found
                .iter()
                .find(|one| one.image.as_str().starts_with(BY_PARAMETER));
            if let Some(hidden) = hidden {
                let why = format!("{} names a parameter that may not be read", hidden.by);
                return all_stay(images, &Reason::Unknown(why));
            }
            Some(format!("parameters of Systems Manager in `{region}`"))
        }
        Err(error) => return unknown(images, &error),
    };
    let mut uses = of_references(found);
    for image in images {
        if let Some(reason) = machines(cx, region, image).await {
            uses.reasons.insert(image.clone(), reason);
        }
    }
    Uses { unchecked, ..uses }
}

async fn machines<C: Cloud, P>(
    cx: &PruneCx<'_, C, P>,
    region: &Region,
    image: &ImageId,
) -> Option<Reason> {
    let filters = vec![
        ("image-id".to_owned(), vec![image.to_string()]),
        (
            "instance-state-name".to_owned(),
            STATES.map(str::to_owned).to_vec(),
        ),
    ];
    let what = format!("the machines of `{image}`");
    match cx
        .ask(&what, || cx.cloud.instances(region, &[], &filters))
        .await
    {
        Ok(machines) if machines.is_empty() => None,
        Ok(machines) => {
            let named = machines
                .iter()
                .map(|machine| format!("instance {}", machine.id));
            Some(Reason::Used(named.collect()))
        }
        Err(error) => Some(Reason::Unknown(on_one_line(&error))),
    }
}

fn of_references(found: Vec<ImageReference>) -> Uses {
    let mut by_image: BTreeMap<ImageId, Vec<String>> = BTreeMap::new();
    for ImageReference { image, by } in found {
        by_image.entry(image).or_default().push(by);
    }
    let reasons = by_image.into_iter();
    Uses {
        reasons: reasons
            .map(|(image, by)| (image, Reason::Used(by)))
            .collect(),
        unchecked: None,
    }
}

fn unknown(images: &[ImageId], error: &WaitError) -> Uses {
    all_stay(images, &Reason::Unknown(on_one_line(error)))
}

fn all_stay(images: &[ImageId], reason: &Reason) -> Uses {
    let reasons = images.iter().map(|image| (image.clone(), reason.clone()));
    Uses {
        reasons: reasons.collect(),
        unchecked: None,
    }
}

/// Why an image stays for those that it is shared with; `None` where it is shared with nobody.
pub(super) async fn shares<C: UsageCalls, P>(
    cx: &PruneCx<'_, C, P>,
    subject: &Subject,
) -> Option<Reason> {
    let (region, image) = (&subject.region, &subject.image);
    let what = format!("who may launch `{}`", image.id);
    let mut with = match cx
        .ask(&what, || cx.cloud.image_shares(region, &image.id))
        .await
    {
        Ok(shares) => shares,
        Err(error) => return Some(Reason::Unknown(on_one_line(&error))),
    };
    for snapshot in image.snapshots() {
        let what = format!("who may use `{snapshot}`");
        match cx
            .ask(&what, || cx.cloud.snapshot_shares(region, &snapshot))
            .await
        {
            Ok(shares) => with.extend(shares),
            // Without it there is nobody to share it with.
            Err(error) if is(&error, Refusal::NotFound) => {}
            Err(error) => return Some(Reason::Unknown(on_one_line(&error))),
        }
    }
    with.retain(|account| *account != image.owner_id);
    with.sort();
    with.dedup();
    (!with.is_empty()).then_some(Reason::Shared(with))
}
