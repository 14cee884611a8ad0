//! Snapshots of the model.

use super::filter::Filtered;
use super::place::{Made, Moving, Outcome, Place, Refused};
use super::world::{ACCOUNT, World};
use crate::cloud::image::{Snapshot, SnapshotState};
use crate::cloud::{Region, SnapshotId, Tags};

/// A snapshot.
#[derive(Clone, Debug)]
pub(crate) struct FakeSnapshot {
    pub(super) snapshot: Snapshot,
    /// Accounts and groups that may make a volume of it.
    pub(super) users: Vec<String>,
}

impl Moving for FakeSnapshot {
    fn advance(&mut self) {
        self.snapshot.state = SnapshotState::Completed;
        self.snapshot.progress = 100;
    }
}

impl Filtered for FakeSnapshot {
    fn tags(&self) -> &Tags {
        &self.snapshot.tags
    }

    fn attribute(&self, filter: &str) -> Option<Vec<String>> {
        Some(vec![match filter {
            "snapshot-id" => self.snapshot.id.to_string(),
            "description" => self.snapshot.description.clone(),
            "status" if self.snapshot.state == SnapshotState::Completed => "completed".to_owned(),
            "status" => "pending".to_owned(),
            "owner-id" => ACCOUNT.to_owned(),
            _ => return None,
        }])
    }
}

/// A new snapshot, as a pending image makes it.
pub(super) fn add(
    world: &mut World,
    region: &Region,
    size: i32,
    description: String,
    tags: &Tags,
) -> SnapshotId {
    let id = world.id("snap");
    let snapshot = Snapshot {
        id: SnapshotId::new(&id),
        progress: 0,
        state: SnapshotState::Pending,
        volume_size: size,
        description,
        tags: tags.clone(),
    };
    let made = Made::new(
        FakeSnapshot {
            snapshot,
            users: Vec::new(),
        },
        world.pace,
    );
    world.place(region).snapshots.insert(id.clone(), made);
    SnapshotId::new(id)
}

/// `DeleteSnapshot`: not while an image needs it.
pub(super) fn delete(place: &mut Place, id: &str) -> Outcome<()> {
    if !place.snapshots.contains_key(id) {
        return Err(Refused::not_found("InvalidSnapshot.NotFound", id));
    }
    if let Some(user) = place
        .images
        .values()
        .find(|made| made.thing.snapshots().contains(&id))
    {
        return Err(Refused::new(
            "InvalidSnapshot.InUse",
            format!("`{id}` is in use by `{}`", user.thing.image.id),
        ));
    }
    place.snapshots.remove(id);
    Ok(())
}
