//! Spot instances and temporary instance profiles, on machines that are there.

use nix::sys::signal::Signal;
use serde_json::json;

use crate::support::{Lab, Left, Run, Workspace};

const ON_DEMAND: &str = r#""instance_type": "t3.micro","#;
const SPOT: &str = r#""spot_price": "auto", "spot_instance_types": ["t3a.micro", "t3.micro"],
      "spot_allocation_strategy": "capacity-optimized-prioritized",
      "run_tags": { "Name": "from {{ .SourceAMI }}" }, "spot_tags": { "team": "a" }, "fleet_tags": { "team": "b" },"#;
const PROFILE: &str = r#""instance_type": "t3.micro", "temporary_iam_instance_profile_policy_document": {
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["*"] }]
      },"#;

/// A fixture whose machine is launched by these keys.
fn template(workspace: &Workspace, name: &str, keys: &str) {
    let text = workspace.read(name);
    assert!(text.contains(ON_DEMAND));
    workspace.write(name, &text.replace(ON_DEMAND, keys));
}

/// The account is looked at while the provisioner runs; then the process is killed and its journal settled.
fn killed_and_settled(keys: &str, during: impl Fn(&Lab)) {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    template(&workspace, "slow.json", keys);
    let running = Run::new(&workspace, &["build", "slow.json"])
        .lab(&lab)
        .start();
    running.wait_for("the provisioner runs");
    during(&lab);
    running.signal(Signal::SIGKILL);
    assert_eq!(running.finish().code, None);
    let journal = workspace.journals().remove(0);
    Run::new(&workspace, &["settle", journal.to_str().unwrap()])
        .lab(&lab)
        .finish()
        .expect_code(0);
    lab.account_at_rest().assert_holds(Left::Nothing);
    assert!(!journal.exists());
}

#[test]
fn a_spot_instance_becomes_an_image_without_being_stopped() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    template(&workspace, "quick.json", SPOT);
    Run::new(&workspace, &["build", "quick.json"])
        .lab(&lab)
        .finish()
        .expect_code(0)
        .expect_text("Launching a spot AWS instance...");
    let account = lab.account_at_rest();
    account.assert_holds(Left::Images(1));
    let image = account.image("us-east-1")["id"].as_str().unwrap();
    assert_eq!(lab.file(image, "/opt/marker").unwrap(), "made here\n");
    assert_eq!(lab.count("CreateFleet"), 1);
    assert_eq!(lab.count("StopInstances"), 0);
}

#[test]
fn a_spot_build_that_is_killed_leaves_nothing_once_it_is_settled() {
    killed_and_settled(SPOT, |lab| {
        let account = lab.account();
        let machine = &account.all("instances")[0];
        assert_eq!(machine["lifecycle"], "spot");
        assert_eq!(machine["spot_tags"], json!({"team": "a"}));
        let name = machine["tags"]["Name"].as_str().unwrap();
        assert!(name.starts_with("from ami-"), "{name}");
        assert!(machine["tags"]["ami-build:build-id"].is_string());
    });
}

#[test]
fn capacity_that_comes_back_is_waited_for_and_told_once() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    template(&workspace, "quick.json", SPOT);
    // Two types in each of two fleets.
    lab.settings(&json!({"fleet_failure": "InsufficientInstanceCapacity", "fleet_failures": 4}));
    let finished = Run::new(&workspace, &["build", "quick.json"])
        .lab(&lab)
        .finish()
        .expect_code(0)
        .expect_text("t3a.micro, t3.micro");
    let told = finished.output.matches("it is tried again").count();
    assert_eq!(told, 1, "{}", finished.output);
    assert_eq!(lab.count("CreateFleet"), 3);
    lab.account_at_rest().assert_holds(Left::Images(1));
}

#[test]
fn an_interruption_is_named_in_place_of_the_broken_connection() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    template(&workspace, "slow.json", SPOT);
    let running = Run::new(&workspace, &["build", "slow.json"])
        .lab(&lab)
        .start();
    running.wait_for("the provisioner runs");
    lab.machine(&lab.account().ids("instances")[0], "interrupt");
    running
        .finish()
        .expect_code(1)
        .expect_text("Server.SpotInstanceTermination")
        .expect_text("took the spot instance");
    lab.account_at_rest().assert_holds(Left::Nothing);
}

#[test]
fn a_temporary_profile_is_there_while_it_is_needed_and_then_gone() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    template(&workspace, "quick.json", PROFILE);
    lab.settings(&json!({"profile_propagation": 10}));
    Run::new(&workspace, &["build", "quick.json"])
        .lab(&lab)
        .finish()
        .expect_code(0)
        .expect_text("Waiting for the change to propagate");
    lab.account_at_rest().assert_holds(Left::Images(1));
    assert!(lab.count("RunInstances") > 3, "nothing was waited for");
}

#[test]
fn a_build_with_a_profile_that_is_killed_leaves_nothing_once_it_is_settled() {
    killed_and_settled(PROFILE, |lab| {
        let account = lab.account();
        assert_eq!(account.all("roles").len(), 1);
        assert_eq!(account.all("instance_profiles").len(), 1);
    });
}

#[test]
fn a_role_that_may_not_be_deleted_is_told_with_its_command() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    template(&workspace, "quick.json", PROFILE);
    lab.faults(
        &json!([{"kind": "error", "action": "DeleteRole", "status": 403, "code": "AccessDenied"}]),
    );
    Run::new(&workspace, &["build", "quick.json"])
        .lab(&lab)
        .finish()
        .expect_code(1)
        .expect_text("aws iam delete-role --role-name packer-");
    lab.heal();
    let journal = workspace.journals().remove(0);
    Run::new(&workspace, &["settle", journal.to_str().unwrap()])
        .lab(&lab)
        .finish()
        .expect_code(0);
    lab.account_at_rest().assert_holds(Left::Images(1));
}
