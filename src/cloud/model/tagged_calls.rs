//! Things of the model by their tags.

use super::ModelCloud;
use super::filter::Filtered;
use super::place::{Moving, Outcome, Place, Shelf, look};
use super::profiles;
use crate::cloud::api::CloudResult;
use crate::cloud::network::Filters;
use crate::cloud::tagged::{Detail, IAM_PREFIX, Selection, Tagged, TaggedCalls};
use crate::cloud::{ProfileName, Region, Tags};
use crate::ledger::Kind;

impl TaggedCalls for ModelCloud {
    async fn tagged(
        &self,
        region: &Region,
        kind: Kind,
        which: &Selection,
    ) -> CloudResult<Vec<Tagged>> {
        let by = which.filters(kind);
        match kind {
            Kind::Role | Kind::InstanceProfile => {
                self.call(call(kind), region, |world| {
                    Ok(in_iam(world.iam.shelf(kind), which))
                })
                .await
            }
            _ => {
                self.call(call(kind), region, |world| {
                    let place = world.place(region);
                    place.settle_volumes();
                    in_region(place, kind, &by)
                })
                .await
            }
        }
    }

    async fn tag_role(&self, region: &Region, name: &ProfileName, tags: &Tags) -> CloudResult<()> {
        self.call("TagRole", region, |world| {
            world.iam.tag(Kind::Role, name.as_str(), tags)
        })
        .await
    }

    async fn tag_instance_profile(
        &self,
        region: &Region,
        name: &ProfileName,
        tags: &Tags,
    ) -> CloudResult<()> {
        self.call("TagInstanceProfile", region, |world| {
            world.iam.tag(Kind::InstanceProfile, name.as_str(), tags)
        })
        .await
    }
}

fn call(kind: Kind) -> &'static str {
    match kind {
        Kind::KeyPair => "DescribeKeyPairs",
        Kind::SecurityGroup => "DescribeSecurityGroups",
        Kind::Instance => "DescribeInstances",
        Kind::Volume => "DescribeVolumes",
        Kind::Image | Kind::ImageCopy | Kind::FastLaunch => "DescribeImages",
        Kind::Snapshot => "DescribeSnapshots",
        Kind::LaunchTemplate => "DescribeLaunchTemplates",
        Kind::Role => "ListRoles",
        Kind::InstanceProfile => "ListInstanceProfiles",
    }
}

fn in_iam(shelf: &profiles::Shelf, which: &Selection) -> Vec<Tagged> {
    let wanted = |name: &str| match which {
        Selection::One(one) => one == name,
        Selection::ByTag { .. } => name.starts_with(IAM_PREFIX),
    };
    let found = shelf.iter().filter(|(name, _)| wanted(name));
    found
        .map(|(name, entity)| Tagged {
            id: name.clone(),
            name: name.clone(),
            tags: entity.tags.clone(),
            detail: Detail::None,
        })
        .collect()
}

fn in_region(place: &mut Place, kind: Kind, by: &Filters) -> Outcome<Vec<Tagged>> {
    match kind {
        Kind::Instance => pick(&mut place.instances, by, |machine| {
            let token = machine.attribute("client-token");
            let detail = Detail::Instance {
                client_token: token.and_then(|token| token.into_iter().next()),
            };
            (String::new(), detail)
        }),
        Kind::Volume => pick(&mut place.volumes, by, |volume| {
            let attached_to = volume.shown().attachment.map(|there| there.instance);
            (String::new(), Detail::Volume { attached_to })
        }),
        Kind::Image | Kind::ImageCopy | Kind::FastLaunch => {
            let mut own = by.clone();
            own.push((
                "owner-id".to_owned(),
                vec![super::world::ACCOUNT.to_owned()],
            ));
            pick(&mut place.images, &own, |image| {
                let snapshots = image.image.snapshots();
                (image.image.name.clone(), Detail::Image { snapshots })
            })
        }
        Kind::SecurityGroup => pick(&mut place.groups, by, |group| {
            (group.group.name.clone(), Detail::None)
        }),
        Kind::KeyPair => pick(&mut place.key_pairs, by, |pair| {
            (pair.name.clone(), Detail::None)
        }),
        Kind::Snapshot => pick(&mut place.snapshots, by, |_| (String::new(), Detail::None)),
        _ => {
            let named = place.templates.iter();
            let all: Vec<Tagged> = named.map(|(name, made)| made.tagged(name)).collect();
            let picked = super::filter::pick(all.iter(), by)?;
            Ok(picked)
        }
    }
}

/// What passes the filters, with its name and what else shows whose it is.
fn pick<T: Filtered + Moving>(
    shelf: &mut Shelf<T>,
    by: &Filters,
    shown: impl Fn(&T) -> (String, Detail),
) -> Outcome<Vec<Tagged>> {
    let found = look(shelf, &[], by, "never")?;
    let things = found
        .into_iter()
        .filter_map(|id| Some((shelf.get(&id)?, id)));
    let tagged = things.map(|(made, id)| {
        let (name, detail) = shown(&made.thing);
        Tagged {
            id,
            name,
            tags: made.thing.tags().clone(),
            detail,
        }
    });
    Ok(tagged.collect())
}

/// A launch template.
impl Filtered for Tagged {
    fn tags(&self) -> &Tags {
        &self.tags
    }

    fn attribute(&self, filter: &str) -> Option<Vec<String>> {
        (filter == "launch-template-name").then(|| vec![self.name.clone()])
    }
}
