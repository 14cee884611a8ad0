//! At which of its addresses the machine is reached.

use std::time::Duration;

use super::cx::Cx;
use super::error::BuildError;
use super::launch::{self, Machine};
use crate::cloud::Cloud;
use crate::cloud::instance::Instance;
use crate::plan::communicator::{Interface, SshSettings};
use crate::wait::{self, Pace, Patience, Polled, WaitError};

/// An address may come a moment after the machine runs.
const ADDRESS: Duration = Duration::from_secs(30);

/// `ssh_host`, else the address that `ssh_interface` asks for.
pub(super) async fn choose<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    machine: &Machine,
    ssh: &SshSettings,
) -> Result<String, BuildError> {
    if let Some(host) = &ssh.host {
        return Ok(host.clone());
    }
    if let Some(address) = of(&machine.instance, ssh.interface) {
        return Ok(address);
    }
    let progress = cx.progress("the instance's address");
    let wait = cx.wait(
        "the instance's address",
        Pace::BRISK,
        Patience::Total(ADDRESS),
        &progress,
    );
    let found = wait::until(&wait, || async {
        let instance = launch::describe(cx.cloud, cx.region, &machine.id).await?;
        Ok(instance
            .and_then(|instance| of(&instance, ssh.interface))
            .map_or(Polled::PENDING, Polled::Ready))
    });
    found.await.map_err(|error| match error {
        WaitError::TimedOut { .. } => BuildError::NoAddress(word(ssh.interface)),
        error => BuildError::wait("cannot learn the instance's address")(error),
    })
}

/// The address of that interface, where EC2 shows it.
pub(super) fn of(instance: &Instance, interface: Interface) -> Option<String> {
    let address = match interface {
        // Outside a VPC (EC2-Classic's shape, which some clones of EC2 still answer with) Packer takes the public name.
        Interface::Automatic if instance.vpc.is_none() => instance
            .public_dns
            .as_ref()
            .or(instance.public_ip.as_ref())
            .or(instance.private_ip.as_ref()),
        Interface::Automatic => instance.public_ip.as_ref().or(instance.private_ip.as_ref()),
        Interface::PublicIp => instance.public_ip.as_ref(),
        Interface::PrivateIp => instance.private_ip.as_ref(),
        Interface::PublicDns => instance.public_dns.as_ref(),
        Interface::PrivateDns => instance.private_dns.as_ref(),
        Interface::Ipv6 => instance.ipv6.as_ref(),
        Interface::SessionManager => None,
    };
    address.filter(|address| !address.is_empty()).cloned()
}

fn word(interface: Interface) -> &'static str {
    match interface {
        Interface::Automatic => "address",
        Interface::PublicIp => "public IP address",
        Interface::PrivateIp => "private IP address",
        Interface::PublicDns => "public DNS name",
        Interface::PrivateDns => "private DNS name",
        Interface::Ipv6 => "IPv6 address",
        Interface::SessionManager => "session",
    }
}

#[cfg(test)]
mod unit {
    use super::*;
    use crate::cloud::instance::InstanceState;
    use crate::cloud::{InstanceId, VpcId};

    fn instance(public: Option<&str>, vpc: Option<&str>) -> Instance {
        Instance {
            id: InstanceId::new("i-1"),
            state: InstanceState::Running,
            state_reason: None,
            public_ip: public.map(str::to_owned),
            private_ip: Some("10.0.0.4".to_owned()),
            public_dns: Some("ec2.example".to_owned()),
            private_dns: None,
            ipv6: None,
            vpc: vpc.map(VpcId::new),
            volumes: Vec::new(),
            launched_at: None,
            network_interfaces: Vec::new(),
            boots_by_uefi: false,
            tags: crate::cloud::Tags::new(),
        }
    }

    #[test]
    fn in_a_vpc_the_public_address_comes_before_the_private_one() {
        assert_eq!(
            of(
                &instance(Some("198.51.100.7"), Some("vpc-1")),
                Interface::Automatic
            )
            .unwrap(),
            "198.51.100.7"
        );
        assert_eq!(
            of(&instance(None, Some("vpc-1")), Interface::Automatic).unwrap(),
            "10.0.0.4"
        );
    }

    #[test]
    fn outside_a_vpc_the_public_name_is_taken() {
        assert_eq!(
            of(&instance(Some("198.51.100.7"), None), Interface::Automatic).unwrap(),
            "ec2.example"
        );
    }

    #[test]
    fn an_interface_that_is_asked_for_is_never_replaced_by_another() {
        assert_eq!(
            of(&instance(None, Some("vpc-1")), Interface::PublicIp),
            None
        );
    }
}
