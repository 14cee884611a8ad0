//! Finds a thing whose creating call brought no answer.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::identity::{BUILD_ID_TAG, ROW_TAG};
use super::row::Row;
use crate::cloud::api::CloudResult;
use crate::cloud::image::{Image, ImageQuery};
use crate::cloud::network::Filters;
use crate::cloud::{Cloud, GroupId, ImageId, InstanceId, SnapshotId};

/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/launch-templates-as-source.html>
const TEMPLATE_TAG: &str = "tag:aws:ec2launchtemplate:id";
/// EC2's clock and ours may differ by so many seconds.
const CLOCK_SKEW: i64 = 120;

/// The filters that match exactly one row's thing.
pub(super) fn by_tags(row: &Row, build_id: &str) -> Filters {
    vec![
        (format!("tag:{BUILD_ID_TAG}"), vec![build_id.to_owned()]),
        (format!("tag:{ROW_TAG}"), vec![row.number.to_string()]),
    ]
}

/// The machine of a row. Where tags cannot be in the creating call (China), by the client token; but the token of a fleet's
/// machine is EC2's own, so this one is found by the tag that EC2 gives to whatever comes of a launch template.
pub(super) async fn instance<C: Cloud>(
    cloud: &C,
    row: &Row,
    build_id: &str,
    template: Option<&str>,
) -> CloudResult<Option<InstanceId>> {
    let filters = match template {
        _ if !row.region.is_china() => by_tags(row, build_id),
        Some(template) => vec![(TEMPLATE_TAG.to_owned(), vec![template.to_owned()])],
        None => vec![(
            "client-token".to_owned(),
            vec![row.token.as_str().to_owned()],
        )],
    };
    let found = cloud.instances(&row.region, &[], &filters).await?;
    Ok(found.into_iter().map(|instance| instance.id).next())
}

/// The security group of a row, by its name, which is unique.
pub(super) async fn group<C: Cloud>(cloud: &C, row: &Row) -> CloudResult<Option<GroupId>> {
    let filters = vec![("group-name".to_owned(), vec![row.name.clone()])];
    let found = cloud.groups(&row.region, &[], &filters).await?;
    Ok(found.into_iter().map(|group| group.id).next())
}

/// Whether a key pair of the row's name is the row's own.
pub(super) async fn owns_key_pair<C: Cloud>(
    cloud: &C,
    row: &Row,
    build_id: &str,
) -> CloudResult<bool> {
    let found = cloud
        .key_pairs(&row.region, &by_tags(row, build_id))
        .await?;
    Ok(found.iter().any(|name| name.as_str() == row.name))
}

/// The image of a row. Where creating it takes no tags (China, GovCloud) it is the one of that name that is not older than
/// the row: an image that had the name before makes EC2 refuse the call.
pub(super) async fn image<C: Cloud>(
    cloud: &C,
    row: &Row,
    build_id: &str,
) -> CloudResult<Option<ImageId>> {
    let untagged = row.region.is_china() || row.region.is_government();
    let filters = if untagged {
        vec![("name".to_owned(), vec![row.name.clone()])]
    } else {
        by_tags(row, build_id)
    };
    let query = ImageQuery {
        owners: vec!["self".to_owned()],
        filters,
        ..ImageQuery::default()
    };
    let found = cloud.images(&row.region, &query).await?;
    Ok(found
        .into_iter()
        .find(|image| !untagged || is_not_older(image, row))
        .map(|image| image.id))
}

fn is_not_older(image: &Image, row: &Row) -> bool {
    let created = OffsetDateTime::parse(&image.creation_date, &Rfc3339);
    created.is_ok_and(|created| created.unix_timestamp() + CLOCK_SKEW >= row.written)
}

/// The snapshot of a row; its creating call takes tags in every region.
pub(super) async fn snapshot<C: Cloud>(
    cloud: &C,
    row: &Row,
    build_id: &str,
) -> CloudResult<Option<SnapshotId>> {
    let found = cloud
        .snapshots(&row.region, &[], &by_tags(row, build_id))
        .await?;
    Ok(found.into_iter().map(|snapshot| snapshot.id).next())
}

/// The searches that together find every snapshot of an image that may be gone already; without its id, by the row's tags
/// alone.
pub(super) fn snapshots(row: &Row, image: Option<&ImageId>, build_id: &str) -> Vec<Filters> {
    let untagged = row.region.is_china() || row.region.is_government();
    let tagged = (!untagged).then(|| by_tags(row, build_id));
    image
        .map(snapshots_described)
        .into_iter()
        .chain(tagged)
        .collect()
}

/// The snapshots whose description names the image, as EC2 writes it for CreateImage and CopyImage. They are there before
/// the image shows them, and after it is gone.
pub(crate) fn snapshots_described(image: &ImageId) -> Filters {
    let made = format!("Created by CreateImage(*) for {image}*");
    let copied = format!("Copied for DestinationAmi {image} from *");
    vec![("description".to_owned(), vec![made, copied])]
}
