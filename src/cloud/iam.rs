//! IAM itself. The only file that names its client.

use std::future::Future;

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
use super::tagged::{Detail, IAM_PREFIX, Selection, Tagged};
use super::{ProfileName, Region, Tags};
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

/// IAM finds nothing by tag and lists nothing with its tags, so everything of our names is looked at, one by one.
impl Iam {
    /// The roles, with their tags.
    pub(super) async fn roles(
        &self,
        region: &Region,
        which: &Selection,
    ) -> CloudResult<Vec<Tagged>> {
        let mut found = Vec::new();
        for name in self.names(which, self.role_names(region)).await? {
            let request = self.client.get_role().role_name(&name);
            let shown = call("GetRole", region).answer(request.send()).await;
            let role = unless_gone(shown)?.and_then(|output| output.role);
            found.extend(role.map(|role| entry(&name, role.tags())));
        }
        Ok(found)
    }

    /// The instance profiles, with their tags.
    pub(super) async fn instance_profiles(
        &self,
        region: &Region,
        which: &Selection,
    ) -> CloudResult<Vec<Tagged>> {
        let mut found = Vec::new();
        for name in self.names(which, self.profile_names(region)).await? {
            let request = self.client.get_instance_profile();
            let request = request.instance_profile_name(&name);
            let shown = call("GetInstanceProfile", region)
                .answer(request.send())
                .await;
            let profile = unless_gone(shown)?.and_then(|output| output.instance_profile);
            found.extend(profile.map(|profile| entry(&name, profile.tags())));
        }
        Ok(found)
    }

    /// `TagRole`.
    pub(super) async fn tag_role(
        &self,
        region: &Region,
        name: &ProfileName,
        tags: &Tags,
    ) -> CloudResult<()> {
        let request = self.client.tag_role().role_name(name.as_str());
        let request = request.set_tags(Some(as_iam_has_them(tags)));
        call("TagRole", region)
            .answer(request.send())
            .await
            .map(drop)
    }

    /// `TagInstanceProfile`.
    pub(super) async fn tag_instance_profile(
        &self,
        region: &Region,
        name: &ProfileName,
        tags: &Tags,
    ) -> CloudResult<()> {
        let request = self.client.tag_instance_profile();
        let request = request
            .instance_profile_name(name.as_str())
            .set_tags(Some(as_iam_has_them(tags)));
        call("TagInstanceProfile", region)
            .answer(request.send())
            .await
            .map(drop)
    }

    async fn names(
        &self,
        which: &Selection,
        all: impl Future<Output = CloudResult<Vec<String>>>,
    ) -> CloudResult<Vec<String>> {
        match which {
            Selection::One(name) => Ok(vec![name.clone()]),
            Selection::ByTag { .. } => {
                let mut names = all.await?;
                names.retain(|name| name.starts_with(IAM_PREFIX));
                Ok(names)
            }
        }
    }

    async fn role_names(&self, region: &Region) -> CloudResult<Vec<String>> {
        let pages = call("ListRoles", region).every_page(
            |marker| self.client.list_roles().set_marker(marker).send(),
            |page| page.marker().filter(|_| page.is_truncated()),
        );
        let pages = pages.await?;
        let roles = pages.iter().flat_map(|page| page.roles());
        Ok(roles.map(|role| role.role_name().to_owned()).collect())
    }

    async fn profile_names(&self, region: &Region) -> CloudResult<Vec<String>> {
        let pages = call("ListInstanceProfiles", region).every_page(
            |marker| {
                let request = self.client.list_instance_profiles();
                request.set_marker(marker).send()
            },
            |page| page.marker().filter(|_| page.is_truncated()),
        );
        let pages = pages.await?;
        let profiles = pages.iter().flat_map(|page| page.instance_profiles());
        Ok(profiles
            .map(|profile| profile.instance_profile_name().to_owned())
            .collect())
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
    as_iam_has_them(claim.tags())
}

fn entry(name: &str, tags: &[Tag]) -> Tagged {
    let tag = |tag: &Tag| (tag.key().to_owned(), tag.value().to_owned());
    Tagged {
        id: name.to_owned(),
        name: name.to_owned(),
        tags: tags.iter().map(tag).collect(),
        detail: Detail::None,
    }
}

/// What went between the list and the look is not there.
fn unless_gone<T>(result: CloudResult<T>) -> CloudResult<Option<T>> {
    match result {
        Err(error) if error.is(Refusal::NotFound) => Ok(None),
        result => result.map(Some),
    }
}

fn as_iam_has_them(tags: &Tags) -> Vec<Tag> {
    let tag = |(key, value): (&String, &String)| {
        Tag::builder()
            .key(key)
            .value(value)
            .build()
            .expect("key and value are set")
    };
    tags.iter().map(tag).collect()
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
