//! What creating calls answer, and which part of it identifies the thing.

use crate::cloud::instance::Instance;
use crate::cloud::{GroupId, ImageId, InstanceId, LaunchTemplateId, SnapshotId};
use crate::secret::Secret;

/// The answer of a creating call.
pub(crate) trait Created {
    /// The id; `None` where the thing is known by its name.
    fn id(&self) -> Option<&str>;
}

impl Created for ImageId {
    fn id(&self) -> Option<&str> {
        Some(self.as_str())
    }
}

impl Created for SnapshotId {
    fn id(&self) -> Option<&str> {
        Some(self.as_str())
    }
}

impl Created for GroupId {
    fn id(&self) -> Option<&str> {
        Some(self.as_str())
    }
}

/// A fleet's instance.
impl Created for InstanceId {
    fn id(&self) -> Option<&str> {
        Some(self.as_str())
    }
}

impl Created for LaunchTemplateId {
    fn id(&self) -> Option<&str> {
        Some(self.as_str())
    }
}

impl Created for Instance {
    fn id(&self) -> Option<&str> {
        Some(self.id.as_str())
    }
}

/// An imported key pair, a role, an instance profile.
impl Created for () {
    fn id(&self) -> Option<&str> {
        None
    }
}

/// A key pair that EC2 made: the private half is the answer.
impl Created for Secret {
    fn id(&self) -> Option<&str> {
        None
    }
}
