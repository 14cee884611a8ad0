//! VPCs, subnets and security group rules in our own types.

use super::{SubnetId, VpcId};

/// Filters of a Describe call: name → values, any of which may match.
pub(crate) type Filters = Vec<(String, Vec<String>)>;

/// A VPC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Vpc {
    /// Its id.
    pub(crate) id: VpcId,
    /// Whether it is the region's default VPC.
    pub(crate) is_default: bool,
}

/// A subnet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Subnet {
    /// Its id.
    pub(crate) id: SubnetId,
    /// Its VPC.
    pub(crate) vpc: VpcId,
    /// Its zone.
    pub(crate) availability_zone: String,
    /// How many addresses are free.
    pub(crate) free_addresses: i32,
}

/// An ingress rule for one TCP port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ingress {
    /// The port.
    pub(crate) port: u16,
    /// IPv4 and IPv6 ranges in CIDR form.
    pub(crate) cidrs: Vec<String>,
}
