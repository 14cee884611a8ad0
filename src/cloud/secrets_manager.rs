//! AWS Secrets Manager: the current text of a secret. The only file that names its client.

use super::announced::OnSecret;
use super::call::Call;
use super::connection::{ConnectError, Connection, connect};
use super::expired::OnceMoreWhenExpired;
use super::{CloudError, Region};
use crate::action::environment::Environment;
use crate::error::on_one_line;
use crate::lookups::Answer;
use crate::plan::amazon::settings::Access;
use crate::secret::Secret;

/// The version that counts, by the label that AWS moves with each rotation.
const STAGE: &str = "AWSCURRENT";

/// A builder's region does not count here.
const REGION_MISSING: &str =
    "no region: set `AWS_REGION` in the environment or `region` in the profile";

/// The service in one region, with the credentials of the environment: a template's own keys are not known yet when its
/// variables are rendered.
pub(crate) struct SecretsManager {
    client: aws_sdk_secretsmanager::Client,
    region: Region,
}

impl SecretsManager {
    /// Finds region and credentials as for a builder that names neither.
    pub(crate) async fn connect(environment: &Environment, tell: OnSecret) -> Result<Self, String> {
        let Connection {
            config,
            region,
            secrets_manager_endpoint,
            ..
        } = connect(&Access::default(), environment, tell)
            .await
            .map_err(|error| match error {
                ConnectError::RegionMissing => REGION_MISSING.to_owned(),
                other => match other.hint() {
                    Some(hint) => format!("{} ({hint})", on_one_line(&other)),
                    None => on_one_line(&other),
                },
            })?;
        let mut settings = aws_sdk_secretsmanager::config::Builder::from(&config)
            .retry_classifier(OnceMoreWhenExpired);
        settings.set_endpoint_url(secrets_manager_endpoint);
        Ok(Self {
            client: aws_sdk_secretsmanager::Client::from_conf(settings.build()),
            region,
        })
    }

    /// The text of a secret; [`Answer::Nothing`] where it is binary.
    pub(crate) async fn read(&self, name: &str) -> Answer {
        let call = Call {
            name: "GetSecretValue",
            region: &self.region,
        };
        let asked = self
            .client
            .get_secret_value()
            .secret_id(name)
            .version_stage(STAGE)
            .send();
        match call.answer(asked).await {
            Ok(answer) => match answer.secret_string {
                Some(text) => Answer::Found(Secret::new(text)),
                None => Answer::Nothing,
            },
            Err(error) => Answer::Failed(in_words(&error, name)),
        }
    }
}

/// AWS's code and words first, as Packer prints them.
fn in_words(error: &CloudError, name: &str) -> String {
    match error {
        CloudError::Refused {
            code,
            message,
            region,
            request_id,
            ..
        } => format!("{code}: {message} (secret `{name}` in `{region}`, request `{request_id}`)"),
        other => on_one_line(other),
    }
}
