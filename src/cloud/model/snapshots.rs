//! Snapshots of the model.

use super::filter::Filtered;
use super::limits::Key;
use super::pace::Pace;
use super::place::{Made, Moving, Outcome, Place, Refused};
use super::world::{ACCOUNT, World};
use crate::cloud::image::{Snapshot, SnapshotState};
use crate::cloud::{Region, SnapshotId, Tags};

/// A snapshot.
#[derive(Clone, Debug)]
pub(crate) struct ModelSnapshot {
    pub(super) snapshot: Snapshot,
    /// Accounts and groups that may make a volume of it.
    pub(super) users: Vec<String>,
    /// What it is encrypted with.
    pub(super) key: Option<Key>,
}

/// A snapshot in the making.
pub(super) struct New<'a> {
    /// GiB.
    pub(super) size: i32,
    pub(super) description: String,
    pub(super) tags: &'a Tags,
    pub(super) key: Option<Key>,
}

impl Moving for ModelSnapshot {
    fn advance(&mut self) {
        self.snapshot.state = SnapshotState::Completed;
        self.snapshot.progress = 100;
    }
}

impl Filtered for ModelSnapshot {
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
pub(super) fn add(world: &mut World, region: &Region, new: New<'_>) -> SnapshotId {
    let id = world.id("snap");
    let snapshot = Snapshot {
        id: SnapshotId::new(&id),
        progress: 0,
        state: SnapshotState::Pending,
        volume_size: new.size,
        description: new.description,
        tags: new.tags.clone(),
    };
    let made = Made::new(
        ModelSnapshot {
            snapshot,
            users: Vec::new(),
            key: new.key,
        },
        world.pace,
    );
    world.place(region).snapshots.insert(id.clone(), made);
    SnapshotId::new(id)
}

/// GiB of a snapshot, where the model has it.
pub(super) fn size(place: &Place, id: &SnapshotId) -> Option<i32> {
    let made = place.snapshots.get(id.as_str());
    made.map(|made| made.thing.snapshot.volume_size)
}

/// What a snapshot is encrypted with, where the model has it.
pub(super) fn key(place: &Place, id: &str) -> Option<Key> {
    place.snapshots.get(id)?.thing.key.clone()
}

/// A snapshot of the owner's, complete.
pub(super) fn take_as_given(place: &mut Place, id: &SnapshotId, size: i32) {
    let snapshot = Snapshot {
        id: id.clone(),
        progress: 100,
        state: SnapshotState::Completed,
        volume_size: size,
        description: String::new(),
        tags: Tags::new(),
    };
    let known = ModelSnapshot {
        snapshot,
        users: Vec::new(),
        key: None,
    };
    let made = Made::new(known, Pace::default());
    place.snapshots.insert(id.to_string(), made);
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
