//! On what terms a machine runs: where, under which licence, on whose reserved capacity.

/// The terms of a launch. The default asks for nothing special.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LaunchTerms {
    /// A dedicated host.
    pub(crate) host_id: Option<String>,
    /// A group of them.
    pub(crate) host_resource_group_arn: Option<String>,
    /// `default`, `dedicated` or `host`.
    pub(crate) tenancy: Option<String>,
    /// ARNs of licence configurations.
    pub(crate) license_configurations: Vec<String>,
    /// Which reserved capacity it may take.
    pub(crate) capacity_reservation: CapacityReservation,
    /// Whether it can have Nitro enclaves.
    pub(crate) nitro_enclave: bool,
}

/// `CapacityReservationSpecification`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum CapacityReservation {
    /// None: what is reserved stays reserved. Packer's default, while EC2's own is `open`.
    #[default]
    None,
    /// Any open reservation that fits.
    Open,
    /// This one.
    Id(String),
    /// One of this resource group.
    GroupArn(String),
}
