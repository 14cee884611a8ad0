//! Images that everybody may launch: whether the account allows them, and how many of them.

use super::check::{Check, Verdict};
use crate::cloud::api::ImageCalls;
use crate::cloud::image::ImageQuery;
use crate::cloud::outlook_calls::{OutlookCalls, PublicAccess, QuotaCalls};
use crate::cloud::{Cloud, Region};
use crate::plan::amazon::recipe::Recipe;
use crate::plan::amazon::settings::EbsSettings;
use crate::report::conclusion::Conclusion;

const GROUPS: &[&str] = &["ami_groups"];
/// "Public AMIs", for a region.
const QUOTA: &str = "L-0E3CBAB9";

/// Where an image of this build becomes public.
pub(crate) fn becomes_public<'a>(settings: &'a EbsSettings, home: &'a Region) -> Vec<&'a Region> {
    let image = &settings.image;
    let makes_none = matches!(settings.recipe, Recipe::Volumes(_)) || image.skip_create;
    if makes_none || !image.groups.iter().any(|group| group == "all") {
        return Vec::new();
    }
    let own = (!image.skip_save_build_region).then_some(home);
    let copies = image.regions.iter().filter(|region| *region != home);
    own.into_iter().chain(copies).collect()
}

/// Whether so many more public images are possible in a region. It is the same answer for each of the builds that make them.
pub(crate) async fn public<C, Q>(cloud: &C, quotas: &Q, region: &Region, more: usize) -> Vec<Check>
where
    C: Cloud + OutlookCalls,
    Q: QuotaCalls + Sync,
{
    let (access, count) = tokio::join!(
        cloud.public_access(region),
        room(cloud, quotas, region, more)
    );
    let what = format!("public images in `{region}`");
    let access = Check::asked(what, GROUPS, access, |state| match state {
        PublicAccess::Allowed => Verdict::Fine,
        PublicAccess::Blocked => Verdict::wrong(
            format!("the account lets no image become public in `{region}`"),
            "`aws ec2 disable-image-block-public-access` allows it, and takes some minutes",
            Conclusion::Permission,
        ),
    });
    vec![access, count]
}

async fn room<C, Q>(cloud: &C, quotas: &Q, region: &Region, more: usize) -> Check
where
    C: ImageCalls,
    Q: QuotaCalls,
{
    let query = ImageQuery {
        owners: vec!["self".to_owned()],
        filters: vec![("is-public".to_owned(), vec!["true".to_owned()])],
        include_deprecated: true,
        ..ImageQuery::default()
    };
    let answers = tokio::try_join!(cloud.images(region, &query), quotas.quota(region, QUOTA));
    let what = format!("the quota of public images in `{region}`");
    Check::asked(what, GROUPS, answers, |(there, quota)| {
        let Some(quota) = quota else {
            return Verdict::Unchecked("Service Quotas does not know it".to_owned());
        };
        let (there, room) = (there.len(), quota.max(0.0));
        #[expect(
            clippy::cast_precision_loss,
            reason = "nobody has so many images that it matters"
        )]
        let all = (there + more) as f64;
        if all <= room {
            return Verdict::Fine;
        }
        Verdict::wrong(
            format!(
                "`{region}` has {there} public images, {more} more are to come, and the quota is {quota}"
            ),
            &format!("ask for more by Service Quotas (`{QUOTA}`), or make old images private"),
            Conclusion::Quota,
        )
    })
}
