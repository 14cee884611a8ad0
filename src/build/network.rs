//! Where the machine is put: what the template says, completed by what EC2 knows.

use super::cx::Cx;
use super::error::BuildError;
use super::network_filters;
use crate::cloud::network::Subnet;
use crate::cloud::{Cloud, CloudError, GroupId, SubnetId, VpcId};

/// The place of the machine. What is `None` is left to EC2.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Network {
    /// The VPC, which the temporary group needs to know.
    pub(super) vpc: Option<VpcId>,
    /// The subnet.
    pub(super) subnet: Option<SubnetId>,
    /// The zone.
    pub(super) availability_zone: Option<String>,
    /// Sent only where a subnet is known.
    pub(super) public_ip: Option<bool>,
    /// The template's security groups; none means a temporary one.
    pub(super) groups: Vec<GroupId>,
}

/// Chooses the place as Packer does: by id, by filter, and else a subnet is looked for only where
/// `associate_public_ip_address` needs one.
pub(super) async fn choose<C: Cloud, D>(cx: &Cx<'_, C, D>) -> Result<Network, BuildError> {
    let launch = &cx.settings.launch;
    let vpc = match &launch.vpc {
        Some(vpc) => Some(vpc.clone()),
        None => network_filters::vpc(cx).await?,
    };
    let subnet = match &launch.subnet {
        Some(subnet) => Some(subnet.clone()),
        None => network_filters::subnet(cx, vpc.as_ref()).await?,
    };
    let asked = Network {
        vpc,
        subnet,
        availability_zone: launch.availability_zone.clone(),
        public_ip: launch.associate_public_ip_address,
        groups: launch.groups.clone(),
    };
    let mut network = match (&asked.subnet, asked.public_ip) {
        (Some(subnet), _) => complete(cx, subnet, asked.clone()).await?,
        (None, Some(public)) => infer(cx, asked, public).await,
        (None, None) => asked,
    };
    if network.groups.is_empty() {
        network.groups = network_filters::groups(cx, network.vpc.as_ref()).await?;
    }
    Ok(network)
}

async fn complete<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    subnet: &SubnetId,
    asked: Network,
) -> Result<Network, BuildError> {
    if asked.vpc.is_some() && asked.availability_zone.is_some() {
        return Ok(asked);
    }
    let doing = || format!("describe subnet `{subnet}`");
    let found = cx
        .cloud
        .subnets(cx.region, std::slice::from_ref(subnet), &Vec::new())
        .await
        .map_err(BuildError::call(doing()))?;
    let found = found.into_iter().next();
    Ok(Network {
        vpc: asked
            .vpc
            .or_else(|| found.as_ref().map(|subnet| subnet.vpc.clone())),
        availability_zone: asked
            .availability_zone
            .or_else(|| found.map(|subnet| subnet.availability_zone)),
        ..asked
    })
}

/// A public address needs a subnet in the call. Where none is found the wish is dropped with a message, as in Packer.
async fn infer<C: Cloud, D>(cx: &Cx<'_, C, D>, asked: Network, public: bool) -> Network {
    cx.ui.say(&format!(
        "Setting public IP address to {public} on instance without a subnet ID"
    ));
    let dropped = Network {
        public_ip: None,
        ..asked.clone()
    };
    let vpc = match &asked.vpc {
        Some(vpc) => Ok(Some(vpc.clone())),
        None => default_vpc(cx).await,
    };
    let vpc = match vpc {
        Ok(Some(vpc)) => vpc,
        Ok(None) => return ignored(cx, dropped, "there is no default VPC"),
        Err(error) => return ignored(cx, dropped, &error.to_string()),
    };
    cx.ui.say("Inferring subnet from the selected VPC");
    match best_subnet(cx, &vpc, asked.availability_zone.as_deref()).await {
        Ok(Some(subnet)) => {
            cx.ui.say(&format!("Set subnet as \"{}\"", subnet.id));
            Network {
                vpc: Some(vpc),
                subnet: Some(subnet.id),
                availability_zone: Some(subnet.availability_zone),
                public_ip: Some(public),
                groups: asked.groups,
            }
        }
        Ok(None) => ignored(
            cx,
            dropped,
            "the VPC has no subnet that offers the instance type",
        ),
        Err(error) => ignored(cx, dropped, &error.to_string()),
    }
}

async fn default_vpc<C: Cloud, D>(cx: &Cx<'_, C, D>) -> Result<Option<VpcId>, CloudError> {
    cx.ui
        .say("No VPC ID provided, Packer will use the default VPC");
    let filters = vec![("is-default".to_owned(), vec!["true".to_owned()])];
    Ok(cx
        .cloud
        .vpcs(cx.region, &[], &filters)
        .await?
        .into_iter()
        .map(|vpc| vpc.id)
        .next())
}

/// The subnet with most free addresses among those whose zone offers the instance type.
async fn best_subnet<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    vpc: &VpcId,
    zone: Option<&str>,
) -> Result<Option<Subnet>, CloudError> {
    let mut filters = vec![
        ("vpc-id".to_owned(), vec![vpc.as_str().to_owned()]),
        ("state".to_owned(), vec!["available".to_owned()]),
    ];
    filters.extend(zone.map(|zone| ("availability-zone".to_owned(), vec![zone.to_owned()])));
    let instance_type = cx.settings.launch.likely_type();
    let (subnets, zones) = tokio::try_join!(
        cx.cloud.subnets(cx.region, &[], &filters),
        cx.cloud.zones_offering(cx.region, instance_type)
    )?;
    Ok(subnets
        .into_iter()
        .filter(|subnet| zones.contains(&subnet.availability_zone))
        .max_by_key(|subnet| subnet.free_addresses))
}

fn ignored<C, D>(cx: &Cx<'_, C, D>, dropped: Network, why: &str) -> Network {
    cx.ui
        .message(&format!("associate_public_ip_address is ignored: {why}"));
    dropped
}
