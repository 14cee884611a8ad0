//! The ledger: every thing that a build creates, written down before the call that creates it.
//!
//! A [`Claim`] is needed for every creating call and only `Ledger::create` makes one. `Ledger::settle` undoes what must
//! not stay and is the only way to a [`Settled`], without which there is no report. The ledger knows EC2 through the
//! `Cloud` trait and nothing of templates or builds.

mod belief;
mod claim;
mod created;
pub(crate) mod deadline;
mod deadlines;
mod disk;
mod entry;
mod found;
mod identity;
mod journal;
mod keeper;
mod kind;
mod lookup;
mod record;
mod renewal;
mod replay;
mod row;
mod settle;
mod settled;
mod trace;
mod undo;
mod undo_fast_launch;
mod undo_image;
mod undo_profile;
mod undo_volumes;

pub use claim::Claim;
pub use keeper::Ledger;
pub use settled::Settled;

#[cfg(test)]
pub(crate) use disk::Disk;
pub(crate) use found::{FoundThing, Guard, Verdict};
pub(crate) use identity::{
    BUILD_ID_TAG, BuildIdentity, DEADLINE_TAG, KEPT, MOST_TAGS, OWNER_TAG, REPOSITORY_TAG,
    ROOM_FOR_TAGS, ROW_TAG, RUN_TAG,
};
pub(crate) use journal::{Journal, JournalError};
pub(crate) use kind::Kind;
pub(crate) use lookup::snapshots_described;
pub(crate) use row::{Order, Row};
pub(crate) use settle::{PATIENCE, Settling, Which};
pub(crate) use settled::{Remaining, Why};
pub(crate) use trace::Trace;
