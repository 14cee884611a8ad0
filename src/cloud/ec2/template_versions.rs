//! Versions of launch templates.

use super::{Ec2, pages};
use crate::cloud::api::CloudResult;
use crate::cloud::call::Call;
use crate::cloud::error::Refusal;
use crate::cloud::lifecycle::TemplateName;
use crate::cloud::template_versions::{TemplateVersion, TemplateVersionCalls};
use crate::cloud::{CloudError, ImageId, LaunchTemplateId, Region};

impl TemplateVersionCalls for Ec2 {
    async fn template_versions(
        &self,
        region: &Region,
        template: &TemplateName,
    ) -> CloudResult<Vec<TemplateVersion>> {
        match described(self, region, template).await {
            Err(error) if error.is(Refusal::NotFound) => Ok(Vec::new()),
            answer => answer,
        }
    }

    async fn add_template_version(
        &self,
        region: &Region,
        of: &TemplateVersion,
        image: &ImageId,
    ) -> CloudResult<i64> {
        let call = Call {
            name: "CreateLaunchTemplateVersion",
            region,
        };
        let data =
            aws_sdk_ec2::types::RequestLaunchTemplateData::builder().image_id(image.as_str());
        let request = self
            .client(region)
            .create_launch_template_version()
            .launch_template_id(of.template.as_str())
            .source_version(of.number.to_string())
            .client_token(format!("{}-{}-{image}", of.template, of.number))
            .launch_template_data(data.build());
        let output = call.answer(request.send()).await?;
        let made = output.launch_template_version;
        made.and_then(|version| version.version_number)
            .ok_or_else(|| call.without("versionNumber"))
    }

    async fn set_default_version(
        &self,
        region: &Region,
        template: &LaunchTemplateId,
        number: i64,
    ) -> CloudResult<()> {
        let call = Call {
            name: "ModifyLaunchTemplate",
            region,
        };
        let request = self
            .client(region)
            .modify_launch_template()
            .launch_template_id(template.as_str())
            .default_version(number.to_string());
        call.answer(request.send()).await.map(drop)
    }
}

async fn described(
    ec2: &Ec2,
    region: &Region,
    template: &TemplateName,
) -> Result<Vec<TemplateVersion>, CloudError> {
    use aws_sdk_ec2::operation::describe_launch_template_versions::builders::DescribeLaunchTemplateVersionsInputBuilder as Builder;
    let client = ec2.client(region);
    let request = match template {
        TemplateName::Id(id) => Builder::default().launch_template_id(id),
        TemplateName::Name(name) => Builder::default().launch_template_name(name),
    };
    let pages = pages!("DescribeLaunchTemplateVersions", region, client, request);
    let versions = pages
        .into_iter()
        .flat_map(|page| page.launch_template_versions.unwrap_or_default());
    let known = versions.filter_map(|version| {
        let image = version.launch_template_data.and_then(|data| data.image_id);
        Some(TemplateVersion {
            template: LaunchTemplateId::new(version.launch_template_id?),
            number: version.version_number?,
            is_default: version.default_version.unwrap_or_default(),
            image: image.map(ImageId::new),
        })
    });
    Ok(known.collect())
}
