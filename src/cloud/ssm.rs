//! Systems Manager's parameters. The only file that names its client.

use aws_sdk_ssm::Client;
use aws_sdk_ssm::types::{ParameterStringFilter, ParameterType};

use super::CloudError;
use super::ImageId;
use super::Region;
use super::api::CloudResult;
use super::attempts::CountAttempts;
use super::call::Call;
use super::connection::Connection;
use super::expired::OnceMoreWhenExpired;
use super::parameter_calls::{Parameter, ParameterCalls};
use super::usage_calls::{ImageParameterCalls, ImageReference};

/// Systems Manager in every region, with one account's credentials.
#[derive(Clone, Debug)]
pub(crate) struct Ssm {
    config: aws_sdk_ssm::Config,
}

impl Ssm {
    /// Systems Manager by way of `connection`. Opens nothing yet.
    pub(crate) fn new(connection: &Connection) -> Self {
        let mut config = aws_sdk_ssm::config::Builder::from(&connection.config)
            .interceptor(CountAttempts)
            .retry_classifier(OnceMoreWhenExpired);
        config.set_endpoint_url(connection.ssm_endpoint.clone());
        Self {
            config: config.build(),
        }
    }

    fn client(&self, region: &Region) -> Client {
        let region = aws_sdk_ssm::config::Region::new(region.to_string());
        Client::from_conf(self.config.to_builder().region(region).build())
    }
}

impl ParameterCalls for Ssm {
    async fn parameter(&self, region: &Region, name: &str) -> CloudResult<Option<Parameter>> {
        let request = self.client(region).get_parameter().name(name);
        let shown = call("GetParameter", region).answer(request.send()).await;
        let output = match shown {
            Err(error) if is_gone(&error) => return Ok(None),
            shown => shown?,
        };
        Ok(output.parameter.map(|parameter| Parameter {
            value: parameter.value.unwrap_or_default(),
            data_type: parameter.data_type.unwrap_or_else(|| "text".to_owned()),
        }))
    }

    async fn put_parameter(
        &self,
        region: &Region,
        name: &str,
        parameter: &Parameter,
    ) -> CloudResult<()> {
        let request = self
            .client(region)
            .put_parameter()
            .name(name)
            .value(&parameter.value)
            .data_type(&parameter.data_type)
            .r#type(ParameterType::String)
            .overwrite(true);
        call("PutParameter", region)
            .answer(request.send())
            .await
            .map(drop)
    }

    async fn delete_parameter(&self, region: &Region, name: &str) -> CloudResult<()> {
        let request = self.client(region).delete_parameter().name(name);
        match call("DeleteParameter", region).answer(request.send()).await {
            Err(error) if is_gone(&error) => Ok(()),
            answer => answer.map(drop),
        }
    }
}

/// How many parameters one call gives.
const MOST_VALUES: usize = 10;

impl ImageParameterCalls for Ssm {
    async fn image_parameters(&self, region: &Region) -> CloudResult<Vec<ImageReference>> {
        let client = self.client(region);
        let of_images = ParameterStringFilter::builder()
            .key("DataType")
            .option("Equals")
            .values("aws:ec2:image")
            .build();
        // It has a key, which is all that can be missing.
        let filters = of_images.ok().map(|filter| vec![filter]);
        let request = client.describe_parameters().set_parameter_filters(filters);
        let pages = call("DescribeParameters", region)
            .every_page(
                |token| request.clone().set_next_token(token).send(),
                |page| page.next_token(),
            )
            .await?;
        let described = pages.iter().flat_map(|page| page.parameters());
        let names: Vec<String> = described
            .filter_map(|one| one.name().map(str::to_owned))
            .collect();
        let mut found = Vec::new();
        for names in names.chunks(MOST_VALUES) {
            let request = client.get_parameters().set_names(Some(names.to_vec()));
            let shown = call("GetParameters", region).answer(request.send()).await?;
            found.extend(shown.parameters().iter().filter_map(|one| {
                Some(ImageReference {
                    image: ImageId::new(one.value()?),
                    by: format!("parameter {}", one.name()?),
                })
            }));
        }
        Ok(found)
    }
}

fn is_gone(error: &CloudError) -> bool {
    error.code() == Some("ParameterNotFound")
}

fn call<'a>(name: &'static str, region: &'a Region) -> Call<'a> {
    Call { name, region }
}
