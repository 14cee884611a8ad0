//! From which addresses we reach the build machine: the temporary security group is open to those only.

use std::future::Future;
use std::pin::Pin;

use crate::action::environment::Environment;
use crate::address;
use crate::build::AddressLookup;
use crate::error::chain;
use crate::plan::communicator::Interface;
use crate::report::ui::Ui;

/// Looks the addresses up for one build.
pub(super) struct OwnAddresses<'a> {
    environment: &'a Environment,
    ui: &'a Ui,
}

impl<'a> OwnAddresses<'a> {
    /// With the environment's proxies and address service.
    pub(super) fn new(environment: &'a Environment, ui: &'a Ui) -> Self {
        Self { environment, ui }
    }

    async fn look_up(&self, interface: Interface) -> Vec<String> {
        let private = if goes_to_a_private_address(interface) { address::private() } else { Vec::new() };
        let public = match address::public(self.environment).await {
            Ok(addresses) => addresses,
            // Without the public address a group would lock us out where the machine has one.
            Err(error) => {
                self.ui.message(&format!("Our own public address cannot be learnt: {}", chain(&error)));
                Vec::new()
            }
        };
        if public.is_empty() && matches!(interface, Interface::Automatic | Interface::PublicIp | Interface::PublicDns | Interface::Ipv6) {
            return Vec::new();
        }
        public.into_iter().chain(private).map(address::range).collect()
    }
}

impl AddressLookup for OwnAddresses<'_> {
    fn own_ranges(&self, interface: Interface) -> Pin<Box<dyn Future<Output = Vec<String>> + Send + '_>> {
        Box::pin(self.look_up(interface))
    }
}

/// The automatic choice takes the private address where there is no public one.
fn goes_to_a_private_address(interface: Interface) -> bool {
    matches!(interface, Interface::Automatic | Interface::PrivateIp | Interface::PrivateDns)
}
