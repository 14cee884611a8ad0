use super::*;
use crate::cloud::instance::ShutdownBehavior;
use crate::cloud::{GroupId, ImageId, SubnetId};

fn tag(key: &str, value: &str) -> Tags {
    Tags::from([(key.to_owned(), value.to_owned())])
}

fn claim() -> Claim {
    Claim::for_tests("token-1", tag("ami-build:row", "1"))
}

fn template() -> LaunchTemplate {
    let launch = RunInstance {
        image: ImageId::new("ami-1"),
        instance_type: String::new(),
        key_name: None,
        subnet: Some(SubnetId::new("subnet-1")),
        groups: vec![GroupId::new("sg-1")],
        associate_public_ip_address: Some(true),
        iam_instance_profile: None,
        user_data: None,
        block_devices: vec![BlockDevice {
            device_name: "xvdca".to_owned(),
            no_device: true,
            ..BlockDevice::default()
        }],
        availability_zone: None,
        ebs_optimized: false,
        metadata: None,
        shutdown_behavior: ShutdownBehavior::Terminate,
        credit_specification: None,
        terms: Default::default(),
        instance_tags: tag("Name", "builder"),
        volume_tags: tag("Name", "disk"),
    };
    LaunchTemplate {
        name: "packer-fleet-launch-template-1".to_owned(),
        launch,
        max_price: Some("0.05".to_owned()),
        spot_tags: tag("team", "a"),
    }
}

fn fleet_of(instance_types: &[&str], strategy: Option<&str>) -> Fleet {
    Fleet {
        template: "packer-fleet-launch-template-1".to_owned(),
        instance_types: instance_types
            .iter()
            .map(|kind| (*kind).to_owned())
            .collect(),
        allocation_strategy: strategy.map(str::to_owned),
        instance_tags: tag("Name", "builder"),
        fleet_tags: tag("fleet", "f"),
    }
}

fn ireland() -> Region {
    Region::new("eu-west-1")
}

fn kinds(specifications: &[types::TagSpecification]) -> Vec<(&str, usize)> {
    let kind = |one| types::TagSpecification::resource_type(one).map(types::ResourceType::as_str);
    specifications
        .iter()
        .map(|one| (kind(one).unwrap_or("none"), one.tags().len()))
        .collect()
}

#[test]
fn a_template_carries_the_machine_the_price_and_the_tags_that_the_fleet_cannot_take() {
    let sent = launch_template(&ireland(), &claim(), &template())
        .build()
        .unwrap();
    assert_eq!(sent.client_token(), Some("token-1"));
    assert_eq!(kinds(sent.tag_specifications()), [("launch-template", 2)]);
    let data = sent.launch_template_data().unwrap();
    assert_eq!(data.instance_type(), None);
    let market = data.instance_market_options().unwrap();
    assert_eq!(market.market_type(), Some(&types::MarketType::Spot));
    assert_eq!(market.spot_options().unwrap().max_price(), Some("0.05"));
    let interface = &data.network_interfaces()[0];
    assert_eq!(interface.groups(), ["sg-1"]);
    assert_eq!(interface.associate_public_ip_address(), Some(true));
    assert!(data.security_group_ids().is_empty());
    assert_eq!(data.block_device_mappings()[0].no_device(), Some(""));
    let tagged: Vec<(&str, usize)> = data
        .tag_specifications()
        .iter()
        .filter_map(|one| Some((one.resource_type()?.as_str(), one.tags().len())))
        .collect();
    assert_eq!(
        tagged,
        [
            ("network-interface", 2),
            ("volume", 2),
            ("spot-instances-request", 1)
        ],
        "what EC2 makes has our tags beside the template's"
    );
}

#[test]
fn the_price_auto_is_no_limit() {
    let open = LaunchTemplate {
        max_price: None,
        ..template()
    };
    let sent = launch_template(&ireland(), &claim(), &open)
        .build()
        .unwrap();
    let data = sent.launch_template_data().unwrap().clone();
    let market = data.instance_market_options().unwrap().clone();
    assert_eq!(market.spot_options().unwrap().max_price(), None);
}

#[test]
fn without_a_subnet_the_groups_stand_alone() {
    let mut template = template();
    template.launch.subnet = None;
    let sent = launch_template(&ireland(), &claim(), &template)
        .build()
        .unwrap();
    let data = sent.launch_template_data().unwrap();
    assert_eq!(data.security_group_ids(), ["sg-1"]);
    assert!(data.network_interfaces().is_empty());
}

#[test]
fn a_fleet_makes_one_spot_instance_at_once_and_tags_it_in_the_call() {
    let request = fleet_of(&["t3.micro", "t3a.micro"], Some("price-capacity-optimized"));
    let sent = fleet(&ireland(), &claim(), &request).build().unwrap();
    assert_eq!(sent.r#type(), Some(&types::FleetType::Instant));
    assert_eq!(sent.client_token(), Some("token-1"));
    let capacity = sent.target_capacity_specification().unwrap();
    assert_eq!(capacity.total_target_capacity(), Some(1));
    assert_eq!(
        kinds(sent.tag_specifications()),
        [("fleet", 1), ("instance", 2)]
    );
    let config = &sent.launch_template_configs()[0];
    assert_eq!(config.overrides().len(), 2);
    assert_eq!(config.overrides()[1].priority(), None);
}

#[test]
fn the_prioritized_strategy_gets_the_order_of_the_types() {
    let request = fleet_of(
        &["c5.large", "c6i.large"],
        Some("capacity-optimized-prioritized"),
    );
    let sent = fleet(&ireland(), &claim(), &request).build().unwrap();
    let priorities: Vec<Option<f64>> = sent.launch_template_configs()[0]
        .overrides()
        .iter()
        .map(types::FleetLaunchTemplateOverridesRequest::priority)
        .collect();
    assert_eq!(priorities, [Some(0.0), Some(1.0)]);
}

#[test]
fn china_takes_no_tags_in_either_call() {
    let beijing = Region::new("cn-north-1");
    let sent = launch_template(&beijing, &claim(), &template())
        .build()
        .unwrap();
    assert!(sent.tag_specifications().is_empty());
    assert!(
        sent.launch_template_data()
            .unwrap()
            .tag_specifications()
            .is_empty()
    );
    let sent = fleet(&beijing, &claim(), &fleet_of(&[], None))
        .build()
        .unwrap();
    assert!(sent.tag_specifications().is_empty());
    assert!(sent.launch_template_configs()[0].overrides().is_empty());
}
