//! Calls about images and snapshots.

use aws_sdk_ec2::operation::describe_images::builders::DescribeImagesInputBuilder;
use aws_sdk_ec2::operation::describe_snapshots::builders::DescribeSnapshotsInputBuilder;

use super::{Ec2, pages, texts};
use crate::cloud::api::{CloudResult, ImageCalls};
use crate::cloud::call::Call;
use crate::cloud::image::{
    CopyImage, CreateImage, Image, ImageAttribute, ImageQuery, Snapshot, SnapshotAttribute,
};
use crate::cloud::network::Filters;
use crate::cloud::request::{filters, unless_empty};
use crate::cloud::{ImageId, Region, SnapshotId, request, response};
use crate::ledger::Claim;

impl ImageCalls for Ec2 {
    async fn images(&self, region: &Region, query: &ImageQuery) -> CloudResult<Vec<Image>> {
        let client = self.client(region);
        let request = DescribeImagesInputBuilder::default()
            .set_image_ids(texts(&query.ids))
            .set_owners(unless_empty(query.owners.clone()))
            .set_filters(filters(&query.filters))
            .set_include_deprecated(query.include_deprecated.then_some(true));
        let pages = pages!("DescribeImages", region, client, request);
        Ok(pages
            .iter()
            .flat_map(|page| page.images())
            .map(response::image)
            .collect())
    }

    async fn create_image(
        &self,
        region: &Region,
        claim: &Claim,
        request: &CreateImage,
    ) -> CloudResult<ImageId> {
        let call = Call {
            name: "CreateImage",
            region,
        };
        let request = request::create_image(region, claim, request);
        let output = call
            .answer(request.send_with(&self.careful_client(region)))
            .await?;
        output
            .image_id()
            .map(ImageId::new)
            .ok_or_else(|| call.without("ImageId"))
    }

    async fn copy_image(
        &self,
        region: &Region,
        claim: &Claim,
        request: &CopyImage,
    ) -> CloudResult<ImageId> {
        let call = Call {
            name: "CopyImage",
            region,
        };
        let output = call
            .answer(request::copy_image(region, claim, request).send_with(&self.client(region)))
            .await?;
        output
            .image_id()
            .map(ImageId::new)
            .ok_or_else(|| call.without("ImageId"))
    }

    async fn deregister_image(&self, region: &Region, image: &ImageId) -> CloudResult<()> {
        let call = Call {
            name: "DeregisterImage",
            region,
        };
        call.answer(
            self.client(region)
                .deregister_image()
                .image_id(image.as_str())
                .send(),
        )
        .await
        .map(drop)
    }

    async fn modify_image(
        &self,
        region: &Region,
        image: &ImageId,
        attribute: &ImageAttribute,
    ) -> CloudResult<()> {
        let call = Call {
            name: "ModifyImageAttribute",
            region,
        };
        call.answer(request::modify_image(image, attribute).send_with(&self.client(region)))
            .await
            .map(drop)
    }

    async fn snapshots(
        &self,
        region: &Region,
        ids: &[SnapshotId],
        by: &Filters,
    ) -> CloudResult<Vec<Snapshot>> {
        let client = self.client(region);
        let request = DescribeSnapshotsInputBuilder::default()
            .owner_ids("self")
            .set_snapshot_ids(texts(ids))
            .set_filters(filters(by));
        let pages = pages!("DescribeSnapshots", region, client, request);
        Ok(pages
            .iter()
            .flat_map(|page| page.snapshots())
            .map(response::snapshot)
            .collect())
    }

    async fn modify_snapshot(
        &self,
        region: &Region,
        snapshot: &SnapshotId,
        attribute: &SnapshotAttribute,
    ) -> CloudResult<()> {
        let call = Call {
            name: "ModifySnapshotAttribute",
            region,
        };
        call.answer(request::modify_snapshot(snapshot, attribute).send_with(&self.client(region)))
            .await
            .map(drop)
    }

    async fn delete_snapshot(&self, region: &Region, snapshot: &SnapshotId) -> CloudResult<()> {
        let call = Call {
            name: "DeleteSnapshot",
            region,
        };
        call.answer(
            self.client(region)
                .delete_snapshot()
                .snapshot_id(snapshot.as_str())
                .send(),
        )
        .await
        .map(drop)
    }
}
