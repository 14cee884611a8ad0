//! KMS's keys. The only file that names its client.

use aws_sdk_kms::Client;
use aws_sdk_kms::types::KeyManagerType;

use super::Region;
use super::api::CloudResult;
use super::attempts::CountAttempts;
use super::call::Call;
use super::connection::Connection;
use super::expired::OnceMoreWhenExpired;
use super::outlook_calls::{KeyCalls, KeyManager, KmsKey};

/// KMS in every region, with one account's credentials.
#[derive(Clone, Debug)]
pub(crate) struct Kms {
    config: aws_sdk_kms::Config,
}

impl Kms {
    /// KMS by way of `connection`. Opens nothing yet.
    pub(crate) fn new(connection: &Connection) -> Self {
        let mut config = aws_sdk_kms::config::Builder::from(&connection.config)
            .interceptor(CountAttempts)
            .retry_classifier(OnceMoreWhenExpired);
        config.set_endpoint_url(connection.kms_endpoint.clone());
        Self {
            config: config.build(),
        }
    }

    fn client(&self, region: &Region) -> Client {
        let region = aws_sdk_kms::config::Region::new(region.to_string());
        Client::from_conf(self.config.to_builder().region(region).build())
    }
}

impl KeyCalls for Kms {
    async fn key(&self, region: &Region, key: &str) -> CloudResult<Option<KmsKey>> {
        let call = Call {
            name: "DescribeKey",
            region,
        };
        let request = self.client(region).describe_key().key_id(key);
        let output = match call.answer(request.send()).await {
            Err(error) if error.code() == Some("NotFoundException") => return Ok(None),
            answer => answer?,
        };
        let found = output
            .key_metadata
            .ok_or_else(|| call.without("KeyMetadata"))?;
        let manager = match found.key_manager {
            Some(KeyManagerType::Aws) => KeyManager::Aws,
            _ => KeyManager::Customer,
        };
        Ok(Some(KmsKey {
            arn: found.arn.unwrap_or_default(),
            state: found
                .key_state
                .map(|state| state.as_str().to_owned())
                .unwrap_or_default(),
            manager,
        }))
    }
}
