//! The security group: the template's, or a temporary one that lets only the caller in.

use std::time::Duration;

use super::cx::Cx;
use super::error::BuildError;
use super::late::Texts;
use super::network::Network;
use super::unique::time_ordered_uuid;
use crate::cloud::error::Refusal;
use crate::cloud::network::Ingress;
use crate::cloud::{Cloud, GroupId};
use crate::ledger::{Kind, Order};
use crate::plan::communicator::{Interface, SshSettings};
use crate::wait::{self, Pace, Patience, Polled};

/// How long the caller's own address is looked for.
const ADDRESS_LOOKUP: Duration = Duration::from_secs(60);
/// How long a new group may stay unknown: Packer's 200 s.
const VISIBLE: Duration = Duration::from_secs(200);

/// The groups for the launch.
pub(super) async fn prepare<C: Cloud, D: Sync>(
    cx: &Cx<'_, C, D>,
    network: &Network,
    texts: &Texts,
) -> Result<Vec<GroupId>, BuildError> {
    let groups = &network.groups;
    if groups.is_empty() {
        return Ok(vec![temporary(cx, network, texts).await?]);
    }
    // Those of `security_group_filter` were just found.
    if cx.settings.launch.groups.is_empty() {
        return Ok(groups.clone());
    }
    match cx.cloud.groups(cx.region, groups, &Vec::new()).await {
        Ok(_) => {
            let names: Vec<&str> = groups.iter().map(GroupId::as_str).collect();
            cx.ui
                .message(&format!("Found Security Group(s): {}", names.join(", ")));
        }
        Err(error) if error.is(Refusal::Denied) => cx
            .ui
            .message("The security groups are not checked: the caller may not describe them."),
        Err(error) => {
            return Err(BuildError::call(
                "find the security groups of `security_group_ids`",
            )(error));
        }
    }
    Ok(groups.clone())
}

async fn temporary<C: Cloud, D: Sync>(
    cx: &Cx<'_, C, D>,
    network: &Network,
    texts: &Texts,
) -> Result<GroupId, BuildError> {
    let name = format!("packer_{}", time_ordered_uuid());
    cx.ui.say(&format!(
        "Creating temporary security group for this instance: {name}"
    ));
    let order = Order::new(Kind::SecurityGroup, cx.region, &name).tagged(&texts.run_tags);
    let (cloud, region, vpc) = (cx.cloud.clone(), cx.region.clone(), network.vpc.clone());
    let create = cx.ledger.create(order, |claim| async move {
        cloud
            .create_group(&region, &claim, &name, vpc.as_ref())
            .await
    });
    let (group, sources) = tokio::join!(create, sources(cx));
    let group = group.map_err(BuildError::call("create the temporary security group"))?;
    if let Some(ssh) = cx.ssh() {
        authorize(
            cx,
            &group,
            Ingress {
                port: ssh.port,
                cidrs: sources,
            },
        )
        .await?;
    }
    Ok(group)
}

/// Who may reach the machine: what the template says, else the caller alone, else, as with Packer, everybody.
async fn sources<C: Cloud, D: Sync>(cx: &Cx<'_, C, D>) -> Vec<String> {
    if let Some(sources) = &cx.settings.launch.temporary_group_sources {
        return sources.clone();
    }
    let interface = cx.ssh().map_or(Interface::Automatic, |ssh| ssh.interface);
    // The machine sees the address of the bastion host or the proxy, which cannot be learnt from here.
    if let Some(between) = cx.ssh().and_then(in_between) {
        cx.ui.message(&format!("The machine is reached through {between}, whose address is not known, so the temporary security group is open to every address, as with Packer. `temporary_security_group_source_cidrs` narrows it."));
        return vec![everybody(interface).to_owned()];
    }
    let own = tokio::time::timeout(ADDRESS_LOOKUP, cx.addresses.own_ranges(interface))
        .await
        .unwrap_or_default();
    if !own.is_empty() {
        return own;
    }
    cx.ui.message("The caller's own address is not known, so the temporary security group is open to every address, as with Packer. `temporary_security_group_source_cidrs` narrows it.");
    vec![everybody(interface).to_owned()]
}

/// What stands between us and the machine.
fn in_between(ssh: &SshSettings) -> Option<&'static str> {
    match (&ssh.bastion, &ssh.proxy) {
        (Some(_), _) => Some("a bastion host"),
        (None, Some(_)) => Some("a proxy"),
        (None, None) => None,
    }
}

fn everybody(interface: Interface) -> &'static str {
    if interface == Interface::Ipv6 {
        "::/0"
    } else {
        "0.0.0.0/0"
    }
}

async fn authorize<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    group: &GroupId,
    rule: Ingress,
) -> Result<(), BuildError> {
    cx.ui.say(&format!(
        "Authorizing access to port {} from [{}] in the temporary security groups...",
        rule.port,
        rule.cidrs.join(" ")
    ));
    let what = format!("security group {group} to be known");
    let progress = cx.progress(&what);
    let wait = cx.wait(&what, Pace::BRISK, Patience::Total(VISIBLE), &progress);
    let authorized = wait::until(&wait, || async {
        match cx.cloud.authorize_ingress(cx.region, group, &rule).await {
            Ok(()) => Ok(Polled::Ready(())),
            // An earlier attempt whose answer was lost.
            Err(error) if error.is(Refusal::Duplicate) => Ok(Polled::Ready(())),
            Err(error) => Err(error),
        }
    });
    authorized
        .await
        .map_err(BuildError::wait("cannot open the temporary security group"))
}
