//! Undoes a temporary role and its instance profile. Everything in IAM that belongs together has one name, so the row is
//! enough; and each half can be undone alone, whatever became of the other.

use std::sync::Arc;

use super::keeper::Inner;
use super::row::Row;
use super::settled::Why;
use super::undo;
use crate::cloud::error::Refusal;
use crate::cloud::{Cloud, CloudError, ProfileName};

/// Deletes the role: first it leaves its profile and loses its policy, or IAM answers `DeleteConflict`. The three are
/// repeated together, since the policy of a call that was still on its way may arrive between them.
pub(super) async fn role<C: Cloud>(inner: &Arc<Inner>, cloud: &C, row: &Row) -> Result<(), Why> {
    let name = ProfileName::new(&row.name);
    undo::remove(inner, row, || async {
        gone(cloud.remove_role(&row.region, &name).await)?;
        gone(cloud.delete_role_policy(&row.region, &name).await)?;
        cloud.delete_role(&row.region, &name).await
    })
    .await
}

/// Deletes the profile, once it is empty.
pub(super) async fn instance_profile<C: Cloud>(
    inner: &Arc<Inner>,
    cloud: &C,
    row: &Row,
) -> Result<(), Why> {
    let name = ProfileName::new(&row.name);
    undo::remove(inner, row, || async {
        gone(cloud.remove_role(&row.region, &name).await)?;
        cloud.delete_instance_profile(&row.region, &name).await
    })
    .await
}

/// What is not there needs no removal.
fn gone(result: Result<(), CloudError>) -> Result<(), CloudError> {
    match result {
        Err(error) if error.is(Refusal::NotFound) => Ok(()),
        result => result,
    }
}
