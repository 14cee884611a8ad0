//! What a build or a post-processor made, as Packer describes it.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::FileTypeExt as _;
use std::path::Path;

use crate::bounds::Bounds;
use crate::cloud::{ImageId, Region, SnapshotId, VolumeId};
use crate::file_error::FileError;

/// A result. Post-processors take one and give one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Artifact {
    /// Who made it: Packer's id of the builder or post-processor.
    pub(crate) builder_id: &'static str,
    /// Packer's id of the thing itself, such as `eu-west-1:ami-…`; often empty.
    pub(crate) id: String,
    /// What the summary says about it.
    pub(crate) text: String,
    /// Its files, as the template spells their paths.
    pub(crate) files: Vec<String>,
    /// What has to go if it is destroyed.
    pub(crate) substance: Substance,
}

/// What an artifact consists of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Substance {
    /// Nothing that could be destroyed.
    Nothing,
    /// One file, which must be there when it is removed.
    OneFile,
    /// Files and whole directories; what is not there is fine.
    Trees,
    /// An image in each region.
    Images(BTreeMap<Region, ImageInRegion>),
    /// Volumes and snapshots of a region.
    Volumes(VolumesInRegion),
}

/// An image with all that it occupies in its region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ImageInRegion {
    /// The image.
    pub(crate) image: ImageId,
    /// What holds its volumes.
    pub(crate) snapshots: Vec<SnapshotId>,
}

/// What an `amazon-ebsvolume` build leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct VolumesInRegion {
    /// Where.
    pub(crate) region: Region,
    /// The volumes.
    pub(crate) volumes: Vec<VolumeId>,
    /// The snapshots.
    pub(crate) snapshots: Vec<SnapshotId>,
}

/// Where the files of an artifact are.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    /// Where relative paths start.
    pub(super) directory: &'a Path,
    /// What may be removed.
    pub(super) bounds: &'a Bounds,
}

/// Deregisters images and deletes their snapshots: this module knows no cloud.
pub(crate) trait DestroyImages {
    /// Why it could not be done.
    type Error: Error + Send + Sync + 'static;

    /// Removes the images of every region. It goes on after a failure and answers with the first one.
    fn destroy(
        &self,
        images: &BTreeMap<Region, ImageInRegion>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// Removes volumes and their snapshots, likewise.
    fn destroy_volumes(
        &self,
        volumes: &VolumesInRegion,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;
}

/// Why an artifact is still there.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DestroyError {
    /// A file could not be removed.
    #[error(transparent)]
    File(#[from] FileError),
    /// An image, a volume or a snapshot could not.
    #[error(transparent)]
    Images(Box<dyn Error + Send + Sync>),
}

impl Artifact {
    /// What the `null` builder makes.
    pub(crate) fn null() -> Self {
        Self {
            builder_id: "fnoeding.null",
            id: "Null".to_owned(),
            text: "Did not export anything. This is the null builder".to_owned(),
            files: Vec::new(),
            substance: Substance::Nothing,
        }
    }

    /// What the `file` builder makes.
    pub(crate) fn file(target: &str) -> Self {
        Self {
            builder_id: "packer.file",
            id: "File".to_owned(),
            text: format!("Stored file: {target}"),
            files: vec![target.to_owned()],
            substance: Substance::OneFile,
        }
    }

    /// What `amazon-ebs` and `amazon-ebssurrogate` make. Packer sorts the finished texts, not the regions' names.
    pub(crate) fn amazon(
        builder_id: &'static str,
        images: BTreeMap<Region, ImageInRegion>,
    ) -> Self {
        let sorted = |separator: &str| {
            let mut texts: Vec<String> = images
                .iter()
                .map(|(region, there)| format!("{region}{separator}{}", there.image))
                .collect();
            texts.sort();
            texts
        };
        Self {
            builder_id,
            id: sorted(":").join(","),
            text: format!("AMIs were created:\n{}\n", sorted(": ").join("\n")),
            files: Vec::new(),
            substance: Substance::Images(images),
        }
    }

    /// What `amazon-ebsvolume` makes.
    pub(crate) fn volumes(volumes: VolumesInRegion) -> Self {
        let ids = volumes.volumes.iter().map(VolumeId::as_str);
        let ids = ids.chain(volumes.snapshots.iter().map(SnapshotId::as_str));
        let mut texts: Vec<String> = ids.map(|id| format!("{}:{id}", volumes.region)).collect();
        texts.sort();
        Self {
            builder_id: "mitchellh.amazon.ebsvolume",
            id: texts.join(","),
            text: format!("EBS Volumes were created:\n\n{}", texts.join("\n")),
            files: Vec::new(),
            substance: Substance::Volumes(volumes),
        }
    }

    /// Files that a post-processor collected.
    pub(super) fn collected(builder_id: &'static str, files: Vec<String>) -> Self {
        Self {
            builder_id,
            id: String::new(),
            text: format!("Created artifact from files: {}", files.join(", ")),
            files,
            substance: Substance::Trees,
        }
    }

    /// Removes what it consists of, where `place` lets it.
    pub(super) async fn destroy<D: DestroyImages>(
        &self,
        place: Place<'_>,
        destroyer: &D,
    ) -> Result<(), DestroyError> {
        match &self.substance {
            Substance::Nothing => Ok(()),
            Substance::OneFile => self.remove_each(place, remove_file),
            Substance::Trees => self.remove_each(place, remove_tree),
            Substance::Images(images) => {
                let destroyed = destroyer.destroy(images).await;
                destroyed.map_err(|error| DestroyError::Images(Box::new(error)))
            }
            Substance::Volumes(volumes) => {
                let destroyed = destroyer.destroy_volumes(volumes).await;
                destroyed.map_err(|error| DestroyError::Images(Box::new(error)))
            }
        }
    }

    fn remove_each(
        &self,
        place: Place<'_>,
        remove: fn(&Path) -> io::Result<()>,
    ) -> Result<(), DestroyError> {
        for file in &self.files {
            let path = place.directory.join(file);
            if place.bounds.keeps(&path) {
                log::debug!("`{file}` stays: it is not the rehearsal's own");
                continue;
            }
            remove(&path).map_err(|error| FileError::new("remove", file, error))?;
        }
        Ok(())
    }
}

fn remove_file(path: &Path) -> io::Result<()> {
    refuse_device(&fs::symlink_metadata(path)?)?;
    fs::remove_file(path)
}

/// As Go's `os.RemoveAll`: a directory goes with all that is in it, and a path that ends in `.` or `..` is refused.
fn remove_tree(path: &Path) -> io::Result<()> {
    let ends_in_dots = path.as_os_str().to_string_lossy().ends_with("/.");
    if ends_in_dots || path.file_name().is_none() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let removed = fs::symlink_metadata(path).and_then(|there| {
        refuse_device(&there)?;
        if there.is_dir() {
            fs::remove_dir_all(path)
        } else {
            fs::remove_file(path)
        }
    });
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Packer would remove `/dev/null` where it stands for a builder's `target`, and root may: we run as root in a container.
fn refuse_device(there: &Metadata) -> io::Result<()> {
    let kind = there.file_type();
    if kind.is_char_device() || kind.is_block_device() {
        return Err(io::Error::other("a device is never removed"));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
