//! Who uses an image, and who else may use it.

use aws_sdk_ec2::operation::describe_image_references::builders::DescribeImageReferencesInputBuilder;
use aws_sdk_ec2::operation::describe_launch_template_versions::builders::DescribeLaunchTemplateVersionsInputBuilder;
use aws_sdk_ec2::operation::describe_launch_templates::builders::DescribeLaunchTemplatesInputBuilder;
use aws_sdk_ec2::types;

use super::{Ec2, pages, texts};
use crate::cloud::api::CloudResult;
use crate::cloud::call::Call;
use crate::cloud::lifecycle::TemplateName;
use crate::cloud::template_versions::TemplateVersionCalls;
use crate::cloud::usage_calls::{Depth, ImageReference, UsageCalls};
use crate::cloud::{ImageId, Region, SnapshotId};

/// As many versions of a launch template as the call looks through; of itself it takes ten.
const MOST_VERSIONS: &str = "10000";
/// A machine that is terminated needs no image.
const STATES: [&str; 5] = ["pending", "running", "shutting-down", "stopping", "stopped"];

impl UsageCalls for Ec2 {
    async fn image_references(
        &self,
        region: &Region,
        images: &[ImageId],
    ) -> CloudResult<Vec<ImageReference>> {
        let client = self.client(region);
        let request = references(images);
        let pages = pages!("DescribeImageReferences", region, client, request);
        let all = pages.iter().flat_map(|page| page.image_references());
        let known = all.filter_map(|reference| {
            let kind = reference.resource_type()?.as_str();
            Some(ImageReference {
                image: ImageId::new(reference.image_id()?),
                by: format!("{kind} {}", reference.arn().unwrap_or("without a name")),
            })
        });
        Ok(known.collect())
    }

    async fn launched_images(
        &self,
        region: &Region,
        depth: Depth,
    ) -> CloudResult<Vec<ImageReference>> {
        match depth {
            Depth::CurrentVersions => current(self, region).await,
            Depth::AllVersions => all(self, region).await,
        }
    }

    async fn image_shares(&self, region: &Region, image: &ImageId) -> CloudResult<Vec<String>> {
        let call = Call {
            name: "DescribeImageAttribute",
            region,
        };
        let request = self
            .client(region)
            .describe_image_attribute()
            .image_id(image.as_str())
            .attribute(types::ImageAttributeName::LaunchPermission);
        let output = call.answer(request.send()).await?;
        let shares = output.launch_permissions().iter().map(|one| {
            let named = [one.user_id(), one.organization_arn()];
            let named = named.into_iter().chain([
                one.organizational_unit_arn(),
                one.group().map(|all| all.as_str()),
            ]);
            named.flatten().next().unwrap_or("somebody").to_owned()
        });
        Ok(shares.collect())
    }

    async fn snapshot_shares(
        &self,
        region: &Region,
        snapshot: &SnapshotId,
    ) -> CloudResult<Vec<String>> {
        let call = Call {
            name: "DescribeSnapshotAttribute",
            region,
        };
        let request = self
            .client(region)
            .describe_snapshot_attribute()
            .snapshot_id(snapshot.as_str())
            .attribute(types::SnapshotAttributeName::CreateVolumePermission);
        let output = call.answer(request.send()).await?;
        let shares = output.create_volume_permissions().iter().map(|one| {
            let named = [one.user_id(), one.group().map(|all| all.as_str())];
            named
                .into_iter()
                .flatten()
                .next()
                .unwrap_or("somebody")
                .to_owned()
        });
        Ok(shares.collect())
    }
}

fn references(images: &[ImageId]) -> DescribeImageReferencesInputBuilder {
    use types::ImageReferenceOptionName as Name;
    use types::ImageReferenceResourceType as Kind;
    let only = |kind, name, values: &[&str]| {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        let option = types::ResourceTypeOption::builder()
            .option_name(name)
            .set_option_values(Some(values));
        types::ResourceTypeRequest::builder()
            .resource_type(kind)
            .resource_type_options(option.build())
            .build()
    };
    DescribeImageReferencesInputBuilder::default()
        .set_image_ids(texts(images))
        .include_all_resource_types(true)
        .resource_types(only(Kind::Ec2Instance, Name::StateName, &STATES))
        .resource_types(only(
            Kind::Ec2LaunchTemplate,
            Name::VersionDepth,
            &[MOST_VERSIONS],
        ))
}

/// One call for all launch templates, which EC2 answers for these two words alone.
async fn current(ec2: &Ec2, region: &Region) -> CloudResult<Vec<ImageReference>> {
    let client = ec2.client(region);
    let request = DescribeLaunchTemplateVersionsInputBuilder::default()
        .versions("$Latest")
        .versions("$Default");
    let pages = pages!("DescribeLaunchTemplateVersions", region, client, request);
    let all = pages
        .iter()
        .flat_map(|page| page.launch_template_versions());
    let known = all.filter_map(|version| {
        let image = version.launch_template_data()?.image_id()?;
        let template = version.launch_template_id().unwrap_or_default();
        Some(reference(
            image,
            template,
            version.version_number().unwrap_or_default(),
        ))
    });
    Ok(known.collect())
}

async fn all(ec2: &Ec2, region: &Region) -> CloudResult<Vec<ImageReference>> {
    let client = ec2.client(region);
    let request = DescribeLaunchTemplatesInputBuilder::default();
    let pages = pages!("DescribeLaunchTemplates", region, client, request);
    let mut found = Vec::new();
    for template in pages.iter().flat_map(|page| page.launch_templates()) {
        let Some(id) = template.launch_template_id() else {
            continue;
        };
        let name = TemplateName::Id(id.to_owned());
        let versions = ec2.template_versions(region, &name).await?;
        found.extend(
            versions
                .into_iter()
                .filter_map(|version| Some(reference(version.image?.as_str(), id, version.number))),
        );
    }
    Ok(found)
}

fn reference(image: &str, template: &str, version: i64) -> ImageReference {
    ImageReference {
        image: ImageId::new(image),
        by: format!("launch template {template}, version {version}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_can_refer_to_an_image_is_asked_for_but_terminated_machines() {
        let request = references(&[ImageId::new("ami-1")]).build().unwrap();
        assert_eq!(request.include_all_resource_types(), Some(true));
        let options: Vec<_> = request
            .resource_types()
            .iter()
            .flat_map(|kind| kind.resource_type_options())
            .flat_map(|option| option.option_values())
            .collect();
        assert!(!options.iter().any(|value| *value == "terminated"));
        assert!(options.iter().any(|value| *value == "running"));
        assert!(options.iter().any(|value| *value == "10000"));
    }
}
