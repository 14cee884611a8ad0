//! The profile's credentials, from the files as they are at that moment.
//!
//! The SDK's provider reads the files once; a tool that signs in anew while a build runs writes to them.

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::provider::{ProvideCredentials, future};

use super::shared_files::SharedFiles;

/// See the module.
#[derive(Debug)]
pub(super) struct ProfileCredentials {
    files: SharedFiles,
    services: ProviderConfig,
}

impl ProfileCredentials {
    /// Those of the profile that `files` names.
    pub(super) fn new(files: &SharedFiles, services: &ProviderConfig) -> Self {
        Self {
            files: files.clone(),
            services: services.clone(),
        }
    }
}

impl ProvideCredentials for ProfileCredentials {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            let provider = ProfileFileCredentialsProvider::builder()
                .configure(&self.services)
                .profile_files(self.files.to_sdk())
                .profile_name(self.files.profile_name())
                .build();
            provider.provide_credentials().await
        })
    }
}
