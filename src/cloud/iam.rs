//! IAM itself. The only file that names its client.

use aws_sdk_iam::Client;
use aws_sdk_iam::types::Tag;

use super::api::CloudResult;
use super::attempts::{CountAttempts, OnlyWithoutEffect};
use super::call::Call;
use super::connection::Connection;
use super::ec2::Ec2;
use super::error::Refusal;
use super::expired::OnceMoreWhenExpired;
use super::profile::ProfileCalls;
use super::{ProfileName, Region};
use crate::ledger::Claim;

/// Packer's words for the role.
const DESCRIPTION: &str = "Temporary role for Packer";
/// A profile holds one role: a second one is refused with this code, which we hear only about our own.
const FULL: &str = "LimitExceeded";

/// The clients of the partition that the build region belongs to.
#[derive(Clone, Debug)]
pub(super) struct Iam {
    /// For calls that may be repeated.
    client: Client,
    /// For creations: IAM knows no client tokens.
    careful: Client,
}

impl Iam {
    /// IAM by way of `connection`. Opens nothing yet.
    pub(super) fn new(connection: &Connection) -> Self {
        let mut config = aws_sdk_iam::config::Builder::from(&connection.config)
            .interceptor(CountAttempts)
            .retry_classifier(OnceMoreWhenExpired);
        config.set_endpoint_url(connection.iam_endpoint.clone());
        let careful = config.clone().retry_classifier(OnlyWithoutEffect);
        Self {
            client: Client::from_conf(config.build()),
            careful: Client::from_conf(careful.build()),
        }
    }
}

impl ProfileCalls for Ec2 {
    // Tags take a right of their own (`iam:TagRole`), which Packer needs only where the template has some; the name is
    // enough to find the thing again.
    async fn create_role(
        &self,
        region: &Region,
        claim: &Claim,
        name: &ProfileName,
    ) -> CloudResult<()> {
        let request = self.iam.careful.create_role();
        let request = request
            .role_name(name.as_str())
            .description(DESCRIPTION)
            .assume_role_policy_document(trust(region));
        let call = call("CreateRole", region);
        let tagged = request.clone().set_tags(Some(tags(claim)));
        match call.answer(tagged.send()).await {
            Err(error) if error.is(Refusal::Denied) => {
                log::info!("{error}; it is tried without tags");
                call.answer(request.send()).await.map(drop)
            }
            made => made.map(drop),
        }
    }

    async fn create_instance_profile(
        &self,
        region: &Region,
        claim: &Claim,
        name: &ProfileName,
    ) -> CloudResult<()> {
        let request = self.iam.careful.create_instance_profile();
        let request = request.instance_profile_name(name.as_str());
        let call = call("CreateInstanceProfile", region);
        let tagged = request.clone().set_tags(Some(tags(claim)));
        match call.answer(tagged.send()).await {
            Err(error) if error.is(Refusal::Denied) => {
                log::info!("{error}; it is tried without tags");
                call.answer(request.send()).await.map(drop)
            }
            made => made.map(drop),
        }
    }

    async fn put_role_policy(
        &self,
        region: &Region,
        name: &ProfileName,
        document: &str,
    ) -> CloudResult<()> {
        let request = self.iam.client.put_role_policy();
        let request = request
            .role_name(name.as_str())
            .policy_name(name.as_str())
            .policy_document(document);
        call("PutRolePolicy", region)
            .answer(request.send())
            .await
            .map(drop)
    }

    async fn add_role(&self, region: &Region, name: &ProfileName) -> CloudResult<()> {
        let request = self.iam.client.add_role_to_instance_profile();
        let request = request
            .instance_profile_name(name.as_str())
            .role_name(name.as_str());
        let added = call("AddRoleToInstanceProfile", region)
            .answer(request.send())
            .await;
        match added {
            // An earlier attempt whose answer was lost.
            Err(error) if error.code() == Some(FULL) => Ok(()),
            added => added.map(drop),
        }
    }

    async fn remove_role(&self, region: &Region, name: &ProfileName) -> CloudResult<()> {
        let request = self.iam.client.remove_role_from_instance_profile();
        let request = request
            .instance_profile_name(name.as_str())
            .role_name(name.as_str());
        call("RemoveRoleFromInstanceProfile", region)
            .answer(request.send())
            .await
            .map(drop)
    }

    async fn delete_role_policy(&self, region: &Region, name: &ProfileName) -> CloudResult<()> {
        let request = self.iam.client.delete_role_policy();
        let request = request.role_name(name.as_str()).policy_name(name.as_str());
        call("DeleteRolePolicy", region)
            .answer(request.send())
            .await
            .map(drop)
    }

    async fn delete_role(&self, region: &Region, name: &ProfileName) -> CloudResult<()> {
        let request = self.iam.client.delete_role().role_name(name.as_str());
        call("DeleteRole", region)
            .answer(request.send())
            .await
            .map(drop)
    }

    async fn delete_instance_profile(
        &self,
        region: &Region,
        name: &ProfileName,
    ) -> CloudResult<()> {
        let request = self.iam.client.delete_instance_profile();
        let request = request.instance_profile_name(name.as_str());
        call("DeleteInstanceProfile", region)
            .answer(request.send())
            .await
            .map(drop)
    }
}

fn call<'a>(name: &'static str, region: &'a Region) -> Call<'a> {
    Call { name, region }
}

/// Who may take the role: the machines of EC2, which has another name in China's partition
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>).
fn trust(region: &Region) -> String {
    let suffix = if region.is_china() { ".cn" } else { "" };
    format!(
        r#"{{"Version": "2012-10-17","Statement": [{{"Effect": "Allow","Principal": {{"Service": "ec2.amazonaws.com{suffix}"}},"Action": "sts:AssumeRole"}}]}}"#
    )
}

fn tags(claim: &Claim) -> Vec<Tag> {
    let tag = |(key, value): (&String, &String)| {
        Tag::builder()
            .key(key)
            .value(value)
            .build()
            .expect("key and value are set")
    };
    claim.tags().iter().map(tag).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinas_machines_have_a_principal_of_their_own() {
        assert!(trust(&Region::new("us-gov-west-1")).contains(r#""ec2.amazonaws.com""#));
        assert!(trust(&Region::new("cn-north-1")).contains(r#""ec2.amazonaws.com.cn""#));
    }
}
