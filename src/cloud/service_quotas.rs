//! Service Quotas. The only file that names its client.

use aws_sdk_servicequotas::Client;

use super::api::CloudResult;
use super::attempts::CountAttempts;
use super::call::Call;
use super::connection::Connection;
use super::expired::OnceMoreWhenExpired;
use super::outlook_calls::QuotaCalls;
use super::{CloudError, Region};

/// Whose quotas they are.
const EC2: &str = "ec2";

/// Service Quotas in every region, with one account's credentials.
#[derive(Clone, Debug)]
pub(crate) struct ServiceQuotas {
    config: aws_sdk_servicequotas::Config,
}

impl ServiceQuotas {
    /// Service Quotas by way of `connection`. Opens nothing yet.
    pub(crate) fn new(connection: &Connection) -> Self {
        let mut config = aws_sdk_servicequotas::config::Builder::from(&connection.config)
            .interceptor(CountAttempts)
            .retry_classifier(OnceMoreWhenExpired);
        config.set_endpoint_url(connection.service_quotas_endpoint.clone());
        Self {
            config: config.build(),
        }
    }

    fn client(&self, region: &Region) -> Client {
        let region = aws_sdk_servicequotas::config::Region::new(region.to_string());
        Client::from_conf(self.config.to_builder().region(region).build())
    }
}

impl QuotaCalls for ServiceQuotas {
    async fn quota(&self, region: &Region, code: &str) -> CloudResult<Option<f64>> {
        let client = self.client(region);
        let own = client
            .get_service_quota()
            .service_code(EC2)
            .quota_code(code);
        match call("GetServiceQuota", region).answer(own.send()).await {
            Ok(output) => return Ok(output.quota.and_then(|quota| quota.value)),
            // Who never asked for more has none of their own in some accounts.
            Err(error) if is_unknown(&error) => {}
            Err(error) => return Err(error),
        }
        let default = client
            .get_aws_default_service_quota()
            .service_code(EC2)
            .quota_code(code);
        let name = "GetAWSDefaultServiceQuota";
        match call(name, region).answer(default.send()).await {
            Err(error) if is_unknown(&error) => Ok(None),
            answer => Ok(answer?.quota.and_then(|quota| quota.value)),
        }
    }
}

fn is_unknown(error: &CloudError) -> bool {
    error.code() == Some("NoSuchResourceException")
}

fn call<'a>(name: &'static str, region: &'a Region) -> Call<'a> {
    Call { name, region }
}
