//! What an image holds beside another one: packages and the use of the disk, as sections of a report.

use super::human;
use super::markdown::Scribe;
use super::rehearsed;
use super::result::Images;
use crate::cloud::ImageId;
use crate::inventory::{Inventories, Inventory};
use crate::sandbox::PackageChange;

/// More packages than this are counted.
const MOST_SHOWN: usize = 300;

/// What is different from another image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    /// The other image.
    pub(crate) image: ImageId,
    /// The commit that it was made of, where somebody knows.
    pub(crate) commit: Option<String>,
    /// What was, and is.
    pub(crate) packages: Vec<PackageChange>,
    /// More bytes in use than there; negative where there are fewer.
    pub(crate) growth: Option<i128>,
}

/// How an image stands to that of the last push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Since {
    /// It is the same one.
    Same,
    /// That had another content.
    Changed(Difference),
    /// Nobody can tell, for this reason.
    Unknown(String),
}

impl Difference {
    /// From one inventory to another.
    pub(crate) fn between(
        (image, commit): (&ImageId, Option<String>),
        before: &Inventory,
        now: &Inventory,
    ) -> Self {
        let growth = before.used.zip(now.used);
        Self {
            image: image.clone(),
            commit,
            packages: before.packages.changes_until(&now.packages),
            growth: growth.map(|(before, now)| i128::from(now) - i128::from(before)),
        }
    }

    /// `2 installed, 1 removed, 3 replaced; 1.20 MiB more in use`.
    fn counted(&self) -> String {
        let count = |is: fn(&PackageChange) -> bool| {
            self.packages.iter().filter(|change| is(change)).count()
        };
        let installed = count(|change| matches!(change, PackageChange::Installed(_)));
        let removed = count(|change| matches!(change, PackageChange::Removed(_)));
        let replaced = count(|change| matches!(change, PackageChange::Replaced { .. }));
        let packages = match self.packages.len() {
            0 => "the same packages".to_owned(),
            all => {
                let parts = [
                    (installed, "new"),
                    (removed, "gone"),
                    (replaced, "in another version"),
                ];
                let parts = parts.into_iter().filter(|(count, _)| *count > 0);
                let parts: Vec<String> = parts
                    .map(|(count, what)| format!("{count} {what}"))
                    .collect();
                format!(
                    "{}: {}",
                    human::counted(all as u128, "package"),
                    parts.join(", ")
                )
            }
        };
        format!("{packages}{}", growth(self.growth))
    }

    /// The packages, folded; nothing where they are the same.
    fn listed(&self, title: &str, scribe: Scribe<'_>) -> Option<String> {
        if self.packages.is_empty() {
            return None;
        }
        let shown = self.packages.iter().take(MOST_SHOWN);
        let mut lines: Vec<String> = shown.map(rehearsed::package).collect();
        if self.packages.len() > MOST_SHOWN {
            lines.push(format!("… and {} more", self.packages.len() - MOST_SHOWN));
        }
        let block = scribe.block(&lines.join("\n"));
        Some(format!(
            "<details><summary>{title} ({})</summary>\n\n{block}\n</details>\n",
            self.packages.len()
        ))
    }
}

/// What changed since the last push: a sentence, and a list where there is one.
pub(super) fn since_push(since: &Since, scribe: Scribe<'_>) -> (String, Option<String>) {
    let title = "**Since the last push**";
    match since {
        Since::Same => (format!("{title}: the same image.\n"), None),
        Since::Unknown(reason) => {
            let reason = scribe.sentence(reason);
            (format!("{title}: not known, since {reason}.\n"), None)
        }
        Since::Changed(difference) => {
            let image = scribe.code(difference.image.as_str());
            let commit = difference
                .commit
                .as_deref()
                .map_or_else(String::new, |commit| {
                    let short: String = commit.chars().take(super::summary::SHORT_COMMIT).collect();
                    format!(" of {}", scribe.code(&short))
                });
            let line = format!("{title} ({image}{commit}): {}.\n", difference.counted());
            (
                line,
                difference.listed("Packages since the last push", scribe),
            )
        }
    }
}

/// The same since the base image; `None` where the machine was not asked.
pub(super) fn since_base(images: &Images, scribe: Scribe<'_>) -> Option<(String, Option<String>)> {
    let Inventories { before, after } = images.inventories.as_ref()?;
    let title = "**Since the base image**";
    let told = match (before, after) {
        (Ok(before), Ok(after)) => {
            let difference = Difference::between((&images.source.id, None), before, after);
            let image = scribe.code(images.source.id.as_str());
            let line = format!("{title} ({image}): {}.\n", difference.counted());
            (
                line,
                difference.listed("Packages since the base image", scribe),
            )
        }
        (Err(silence), _) | (_, Err(silence)) => {
            let reason = scribe.text(&silence.to_string());
            let line = format!(
                "{title}: not known, since the machine did not tell its packages: {reason}.\n"
            );
            (line, None)
        }
    };
    Some(told)
}

/// How large the image is; `None` where nobody knows.
pub(super) fn size(images: &Images) -> Option<String> {
    let used = images
        .inventories
        .as_ref()
        .and_then(|both| both.after.as_ref().ok()?.used);
    let used = used.map(|used| format!("{} in use on the root file system", human::bytes(used)));
    let volumes = images.gib.map(|gib| format!("{gib} GiB of volumes"));
    let parts: Vec<String> = [used, volumes].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| format!("**Size**: {}.\n", parts.join(", ")))
}

fn growth(bytes: Option<i128>) -> String {
    let size = |bytes: u128| human::bytes(u64::try_from(bytes).unwrap_or(u64::MAX));
    match bytes {
        None => String::new(),
        Some(0) => "; as much of the disk in use".to_owned(),
        Some(more @ 1..) => format!("; {} more of the disk in use", size(more.unsigned_abs())),
        Some(less) => format!("; {} less of the disk in use", size(less.unsigned_abs())),
    }
}
