//! Dry runs, and what counts against quotas.

use std::collections::BTreeMap;

use aws_sdk_ec2::primitives::Blob;
use aws_sdk_ec2::types::{InstanceLifecycleType, ResourceType};

use super::{Ec2, pages};
use crate::cloud::Region;
use crate::cloud::api::CloudResult;
use crate::cloud::call::{Call, done_or};
use crate::cloud::error::Refusal;
use crate::cloud::outlook_calls::{Market, OutlookCalls, PublicAccess, Trial, UsedMachine};
use crate::cloud::request::{filters, tagged};

/// A public key whose private half nobody has: nothing is imported by a dry run.
const NOBODYS_KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
/// EC2 takes so many types in one call.
const MOST_TYPES: usize = 100;

impl OutlookCalls for Ec2 {
    async fn try_create(&self, region: &Region, trial: Trial<'_>) -> CloudResult<()> {
        let (client, name) = (self.client(region), trial.call());
        let call = Call { name, region };
        let would = |answer| done_or(Refusal::WouldSucceed, answer);
        match trial {
            Trial::Group { vpc, name, tags } => {
                let request = client
                    .create_security_group()
                    .group_name(name)
                    .description("Temporary group for Packer")
                    .set_vpc_id(vpc.map(ToString::to_string))
                    .set_tag_specifications(tagged(
                        region,
                        ResourceType::SecurityGroup,
                        tags.clone(),
                    ));
                let answer = call.answer(request.dry_run(true).send()).await;
                would(answer.map(drop))
            }
            Trial::ImportKey { name, tags } => {
                let request = client
                    .import_key_pair()
                    .key_name(name)
                    .public_key_material(Blob::new(NOBODYS_KEY))
                    .set_tag_specifications(tagged(region, ResourceType::KeyPair, tags.clone()));
                let answer = call.answer(request.dry_run(true).send()).await;
                would(answer.map(drop))
            }
            Trial::CreateKey { name, tags } => {
                let request = client
                    .create_key_pair()
                    .key_name(name)
                    .set_tag_specifications(tagged(region, ResourceType::KeyPair, tags.clone()));
                let answer = call.answer(request.dry_run(true).send()).await;
                would(answer.map(drop))
            }
            Trial::CopyImage {
                from,
                image,
                name,
                tags,
            } => {
                let request = client
                    .copy_image()
                    .source_region(from.as_str())
                    .source_image_id(image.as_str())
                    .name(name)
                    .set_tag_specifications(tagged(region, ResourceType::Image, tags.clone()));
                let answer = call.answer(request.dry_run(true).send()).await;
                would(answer.map(drop))
            }
        }
    }

    async fn public_access(&self, region: &Region) -> CloudResult<PublicAccess> {
        let call = Call {
            name: "GetImageBlockPublicAccessState",
            region,
        };
        let client = self.client(region);
        let request = client.get_image_block_public_access_state();
        let output = call.answer(request.send()).await?;
        let state = output
            .image_block_public_access_state()
            .ok_or_else(|| call.without("ImageBlockPublicAccessState"))?;
        Ok(match state {
            "unblocked" => PublicAccess::Allowed,
            _ => PublicAccess::Blocked,
        })
    }

    async fn used_machines(&self, region: &Region) -> CloudResult<Vec<UsedMachine>> {
        let states = ["pending", "running"].map(str::to_owned).to_vec();
        let wanted = vec![("instance-state-name".to_owned(), states)];
        let client = self.client(region);
        let request = client
            .describe_instances()
            .set_filters(filters(&wanted))
            .as_input()
            .clone();
        let pages = pages!("DescribeInstances", region, client, request);
        let reservations = pages.iter().flat_map(|page| page.reservations());
        let instances = reservations.flat_map(|reservation| reservation.instances());
        let used = instances.filter_map(|instance| {
            Some(UsedMachine {
                instance_type: instance.instance_type()?.as_str().to_owned(),
                market: match instance.instance_lifecycle() {
                    Some(InstanceLifecycleType::Spot) => Market::Spot,
                    _ => Market::OnDemand,
                },
            })
        });
        Ok(used.collect())
    }

    async fn virtual_cpus(
        &self,
        region: &Region,
        types: &[String],
    ) -> CloudResult<BTreeMap<String, i32>> {
        let call = Call {
            name: "DescribeInstanceTypes",
            region,
        };
        let mut cpus = BTreeMap::new();
        for some in types.chunks(MOST_TYPES) {
            let wanted = some.iter().map(|name| name.as_str().into()).collect();
            let client = self.client(region);
            let request = client
                .describe_instance_types()
                .set_instance_types(Some(wanted));
            let output = call.answer(request.send()).await?;
            cpus.extend(output.instance_types().iter().filter_map(|info| {
                let name = info.instance_type()?.as_str().to_owned();
                Some((name, info.v_cpu_info()?.default_v_cpus()?))
            }));
        }
        Ok(cpus)
    }
}
