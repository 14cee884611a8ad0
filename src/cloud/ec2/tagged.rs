//! Things by their tags.

use aws_sdk_ec2::operation::describe_instances::builders::DescribeInstancesInputBuilder;
use aws_sdk_ec2::operation::describe_launch_templates::builders::DescribeLaunchTemplatesInputBuilder;
use aws_sdk_ec2::operation::describe_volumes::builders::DescribeVolumesInputBuilder;
use aws_sdk_ec2::types;

use super::{Ec2, pages};
use crate::cloud::api::{CloudResult, ImageCalls, NetworkCalls};
use crate::cloud::call::Call;
use crate::cloud::image::ImageQuery;
use crate::cloud::network::Filters;
use crate::cloud::request::filters;
use crate::cloud::tagged::{Detail, Selection, Tagged, TaggedCalls};
use crate::cloud::{ProfileName, Region, Tags, response};
use crate::ledger::Kind;

impl TaggedCalls for Ec2 {
    async fn tagged(
        &self,
        region: &Region,
        kind: Kind,
        which: &Selection,
    ) -> CloudResult<Vec<Tagged>> {
        let by = which.filters(kind);
        match kind {
            Kind::Instance => instances(self, region, &by).await,
            Kind::KeyPair => key_pairs(self, region, &by).await,
            Kind::Volume => volumes(self, region, &by).await,
            Kind::LaunchTemplate => launch_templates(self, region, &by).await,
            Kind::SecurityGroup => groups(self, region, &by).await,
            Kind::Snapshot => snapshots(self, region, &by).await,
            Kind::Image | Kind::ImageCopy | Kind::FastLaunch => images(self, region, by).await,
            Kind::Role => self.iam.roles(region, which).await,
            Kind::InstanceProfile => self.iam.instance_profiles(region, which).await,
        }
    }

    async fn tag_role(&self, region: &Region, name: &ProfileName, tags: &Tags) -> CloudResult<()> {
        self.iam.tag_role(region, name, tags).await
    }

    async fn tag_instance_profile(
        &self,
        region: &Region,
        name: &ProfileName,
        tags: &Tags,
    ) -> CloudResult<()> {
        self.iam.tag_instance_profile(region, name, tags).await
    }
}

async fn instances(ec2: &Ec2, region: &Region, by: &Filters) -> CloudResult<Vec<Tagged>> {
    let client = ec2.client(region);
    let request = DescribeInstancesInputBuilder::default().set_filters(filters(by));
    let pages = pages!("DescribeInstances", region, client, request);
    let all = pages
        .iter()
        .flat_map(|page| page.reservations())
        .flat_map(|reservation| reservation.instances());
    let tagged = all.map(|instance| Tagged {
        id: text(instance.instance_id()),
        name: String::new(),
        tags: response::tags(instance.tags()),
        detail: Detail::Instance {
            client_token: instance.client_token().map(str::to_owned),
        },
    });
    Ok(tagged.collect())
}

async fn key_pairs(ec2: &Ec2, region: &Region, by: &Filters) -> CloudResult<Vec<Tagged>> {
    let call = Call {
        name: "DescribeKeyPairs",
        region,
    };
    let request = ec2.client(region).describe_key_pairs();
    let output = call.answer(request.set_filters(filters(by)).send()).await?;
    let pairs = output.key_pairs().iter();
    Ok(pairs
        .map(|pair| plain(pair.key_name(), pair.key_name(), pair.tags()))
        .collect())
}

async fn volumes(ec2: &Ec2, region: &Region, by: &Filters) -> CloudResult<Vec<Tagged>> {
    let client = ec2.client(region);
    let request = DescribeVolumesInputBuilder::default().set_filters(filters(by));
    let pages = pages!("DescribeVolumes", region, client, request);
    let all = pages.iter().flat_map(|page| page.volumes());
    let tagged = all.map(|volume| {
        let shown = response::volume(volume);
        Tagged {
            id: shown.id.to_string(),
            name: String::new(),
            tags: response::tags(volume.tags()),
            detail: Detail::Volume {
                attached_to: shown.attachment.map(|attachment| attachment.instance),
            },
        }
    });
    Ok(tagged.collect())
}

async fn launch_templates(ec2: &Ec2, region: &Region, by: &Filters) -> CloudResult<Vec<Tagged>> {
    let client = ec2.client(region);
    let request = DescribeLaunchTemplatesInputBuilder::default().set_filters(filters(by));
    let pages = pages!("DescribeLaunchTemplates", region, client, request);
    let all = pages.iter().flat_map(|page| page.launch_templates());
    let tagged = all.map(|template| {
        plain(
            template.launch_template_id(),
            template.launch_template_name(),
            template.tags(),
        )
    });
    Ok(tagged.collect())
}

async fn groups(ec2: &Ec2, region: &Region, by: &Filters) -> CloudResult<Vec<Tagged>> {
    let found = ec2.groups(region, &[], by).await?;
    let tagged = found.into_iter().map(|group| Tagged {
        id: group.id.to_string(),
        name: group.name,
        tags: group.tags,
        detail: Detail::None,
    });
    Ok(tagged.collect())
}

async fn snapshots(ec2: &Ec2, region: &Region, by: &Filters) -> CloudResult<Vec<Tagged>> {
    let found = ec2.snapshots(region, &[], by).await?;
    let tagged = found.into_iter().map(|snapshot| Tagged {
        id: snapshot.id.to_string(),
        name: String::new(),
        tags: snapshot.tags,
        detail: Detail::None,
    });
    Ok(tagged.collect())
}

async fn images(ec2: &Ec2, region: &Region, by: Filters) -> CloudResult<Vec<Tagged>> {
    let query = ImageQuery {
        owners: vec!["self".to_owned()],
        filters: by,
        include_deprecated: true,
        ..ImageQuery::default()
    };
    let found = ec2.images(region, &query).await?;
    let tagged = found.into_iter().map(|image| Tagged {
        id: image.id.to_string(),
        detail: Detail::Image {
            snapshots: image.snapshots(),
        },
        name: image.name,
        tags: image.tags,
    });
    Ok(tagged.collect())
}

fn plain(id: Option<&str>, name: Option<&str>, tags: &[types::Tag]) -> Tagged {
    Tagged {
        id: text(id),
        name: text(name),
        tags: response::tags(tags),
        detail: Detail::None,
    }
}

fn text(value: Option<&str>) -> String {
    value.unwrap_or_default().to_owned()
}
