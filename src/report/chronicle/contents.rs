//! What the newest image of each build holds, kept for the comparison with the next one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::memory::{Chronicle, Memory};
use super::push::images;
use crate::cloud::ImageId;
use crate::inventory::Inventory;
use crate::report::contents::{Difference, Since};
use crate::report::outputs::is_image_id;
use crate::report::result::{BuildReport, Images, RunReport};
use crate::sandbox::PackageList;
use crate::secret::Redactor;

/// What one image holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Content {
    /// The image, in the region in which it was built.
    image: ImageId,
    /// Its packages, one a line; names and versions are shown as foreign text only.
    packages: String,
    /// Bytes in use.
    used: Option<u64>,
}

/// How the images of a run stand to those of the last push, by build name.
pub(super) fn since(
    report: &RunReport,
    memory: &Memory,
    redactor: &Redactor,
) -> BTreeMap<String, Since> {
    let builds = report.builds.iter();
    let told = builds.filter_map(|build| {
        let new = New::of(build, redactor)?;
        // The report knows the build by its own name.
        Some((build.facts().name.clone(), compared(&new, memory)?))
    });
    told.collect()
}

/// What is known of the images of a run now: told by their machines, or from before where they were reused.
pub(super) fn known(
    report: &RunReport,
    chronicle: &Chronicle,
    redactor: &Redactor,
) -> BTreeMap<String, Content> {
    let mut contents = chronicle.contents.clone();
    let builds = report.builds.iter();
    for new in builds.filter_map(|build| New::of(build, redactor)) {
        match new.inventory(chronicle) {
            Some(inventory) => {
                let content = Content::of(new.image, &inventory);
                contents.insert(new.name, content);
            }
            None => {
                contents.remove(&new.name);
            }
        }
    }
    contents
}

impl Content {
    fn of(image: &ImageId, inventory: &Inventory) -> Self {
        Self {
            image: image.clone(),
            packages: inventory.packages.lines(),
            used: inventory.used,
        }
    }

    fn inventory(&self) -> Inventory {
        Inventory {
            packages: PackageList::of_rpm(&self.packages),
            used: self.used,
        }
    }

    /// Characters of its list.
    pub(super) fn size(&self) -> usize {
        self.packages.len()
    }

    /// Whether somebody who means us well may have written it.
    pub(super) fn is_sound(&self) -> bool {
        is_image_id(self.image.as_str())
    }
}

/// The image of a build of this run.
struct New<'a> {
    /// The build's name, without secrets: that is how it is kept.
    name: String,
    images: &'a Images,
    image: &'a ImageId,
    redactor: &'a Redactor,
}

impl<'a> New<'a> {
    /// `None` where there is none. Those of a rehearsal do not exist.
    fn of(build: &'a BuildReport, redactor: &'a Redactor) -> Option<Self> {
        let facts = build.facts();
        let images = images(&facts.outcome).filter(|_| facts.rehearsed.is_none())?;
        Some(Self {
            name: redactor.redact(&facts.name),
            image: images.ids.get(&images.region)?,
            images,
            redactor,
        })
    }

    /// What it holds: told by its machine, or known from before where it was reused.
    fn inventory(&self, chronicle: &Chronicle) -> Option<Inventory> {
        if let Some(inventories) = &self.images.inventories {
            let Inventory { packages, used } = inventories.after.as_ref().ok()?;
            let lines = self.redactor.redact(&packages.lines());
            return Some(Inventory {
                packages: PackageList::of_rpm(&lines),
                used: *used,
            });
        }
        let content = chronicle.contents.get(&self.name)?;
        (content.image == *self.image).then(|| content.inventory())
    }
}

/// `None` where there is nothing to compare with, or nobody asked the machine.
fn compared(new: &New<'_>, memory: &Memory) -> Option<Since> {
    if new.images.inventories.is_none() && !new.images.are_reused() {
        return None;
    }
    let chronicle = match memory {
        Memory::Known(chronicle) => chronicle,
        Memory::Empty => return None,
        Memory::Unreadable => {
            let reason = "what this comment knew of it cannot be read";
            return Some(Since::Unknown(reason.to_owned()));
        }
    };
    let mut pushes = chronicle.pushes.iter();
    let last = pushes.find(|push| push.builds.contains_key(&new.name))?;
    let last_image = last.builds.get(&new.name)?.images.get(&new.images.region);
    if last_image == Some(new.image) {
        return Some(Since::Same);
    }
    let content = chronicle.contents.get(&new.name);
    let content = content.filter(|content| Some(&content.image) == last_image);
    Some(match (content, new.inventory(chronicle)) {
        (None, _) => {
            let reason = "the packages of the image before are not kept in this comment";
            Since::Unknown(reason.to_owned())
        }
        (_, None) => Since::Unknown("nobody knows the packages of this image".to_owned()),
        (Some(content), Some(now)) => Since::Changed(Difference::between(
            (&content.image, last.commit.clone()),
            &content.inventory(),
            &now,
        )),
    })
}
