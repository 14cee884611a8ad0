//! A living client moves the deadlines of its things on, so that no sweep takes what is still in use.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use time::OffsetDateTime;

use super::deadline::{self, RENEWED};
use super::identity::DEADLINE_TAG;
use super::keeper::Ledger;
use super::kind::Kind;
use super::row::Row;
use crate::cloud::api::CloudResult;
use crate::cloud::error::Refusal;
use crate::cloud::{Cloud, ProfileName, Region, Tags};

/// `CreateTags` takes a thousand things at once.
const AT_ONCE: usize = 500;

impl Ledger {
    /// Renews what is due: one call for each region, and one for each thing of IAM. What is made from then on is born with the
    /// new deadline.
    ///
    /// # Errors
    /// The first refusal. The others are renewed all the same, and what was refused stays due.
    pub(crate) async fn renew<C: Cloud>(&self, cloud: &C, now: OffsetDateTime) -> CloudResult<()> {
        let _turn = self.inner.renewing.lock().await;
        let due = self
            .inner
            .record()
            .rows_to_renew(|row, known| known.is_due(row, now));
        self.move_to(cloud, due, now + RENEWED).await
    }

    /// Gives everything this deadline, due or not: for what is about to be held.
    ///
    /// # Errors
    /// As [`Ledger::renew`].
    pub(crate) async fn prolong<C: Cloud>(
        &self,
        cloud: &C,
        until: OffsetDateTime,
    ) -> CloudResult<()> {
        let _turn = self.inner.renewing.lock().await;
        let all = self
            .inner
            .record()
            .rows_to_renew(|row, known| known.can_change(row));
        self.move_to(cloud, all, until).await
    }

    /// From when this returns no renewal is on its way to these things, nor ever will be: they are about to be declared
    /// finished, and a deadline that came after that word would have a sweep remove them one day.
    pub(crate) async fn stop_renewing(&self, ids: &[String]) {
        let _turn = self.inner.renewing.lock().await;
        self.inner.record().finish_deadlines(ids);
    }

    async fn move_to<C: Cloud>(
        &self,
        cloud: &C,
        rows: Vec<Row>,
        until: OffsetDateTime,
    ) -> CloudResult<()> {
        let tags = Tags::from([(DEADLINE_TAG.to_owned(), deadline::text(until))]);
        let tags = &tags;
        let results = join_all(batches(rows).into_iter().map(|batch| async move {
            let moved = write(cloud, &batch, tags).await;
            if moved.is_ok() {
                self.inner.record().renewed(&batch, until);
            }
            moved
        }));
        results.await.into_iter().collect()
    }
}

/// Things that one call can change: of one region, or one of IAM.
fn batches(rows: Vec<Row>) -> Vec<Vec<Row>> {
    let (iam, ec2): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| row.kind.is_in_iam());
    let mut regions: BTreeMap<Region, Vec<Row>> = BTreeMap::new();
    for row in ec2 {
        regions.entry(row.region.clone()).or_default().push(row);
    }
    let of_regions = regions
        .values()
        .flat_map(|rows| rows.chunks(AT_ONCE))
        .map(<[Row]>::to_vec);
    of_regions
        .chain(iam.into_iter().map(|row| vec![row]))
        .collect()
}

async fn write<C: Cloud>(cloud: &C, batch: &[Row], tags: &Tags) -> CloudResult<()> {
    let Some(first) = batch.first() else {
        return Ok(());
    };
    let name = ProfileName::new(first.label());
    let written = match first.kind {
        Kind::Role => cloud.tag_role(&first.region, &name, tags).await,
        Kind::InstanceProfile => cloud.tag_instance_profile(&first.region, &name, tags).await,
        _ => return write_in_region(cloud, &first.region, batch, tags).await,
    };
    match written {
        // Without the right to tag them they were made without tags, and no sweep finds them.
        Err(error) if error.is(Refusal::Denied) || error.is(Refusal::NotFound) => {
            log::info!("{error}");
            Ok(())
        }
        written => written,
    }
}

/// EC2 refuses the whole call where one thing is gone, or not yet seen; then each gets its own.
async fn write_in_region<C: Cloud>(
    cloud: &C,
    region: &Region,
    batch: &[Row],
    tags: &Tags,
) -> CloudResult<()> {
    let ids: Vec<String> = batch.iter().map(|row| row.label().to_owned()).collect();
    match cloud.create_tags(region, &ids, tags).await {
        Err(error) if error.is(Refusal::NotFound) => {}
        written => return written,
    }
    for id in ids {
        match cloud.create_tags(region, &[id], tags).await {
            Err(error) if error.is(Refusal::NotFound) => log::info!("{error}"),
            written => written?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
