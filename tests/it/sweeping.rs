//! `sweep`: what killed builds left goes by its tags alone, without a journal.

use nix::sys::signal::Signal;
use serde_json::Value;

use crate::support::{Lab, Left, Run, Step, Workspace, wait_until};

/// Starts a build and kills it while its provisioner runs. Its journal is lost with its machine.
fn killed(lab: &Lab, workspace: &Workspace, owner: &str) {
    let running = Run::new(workspace, &["build", "slow.json"])
        .lab(lab)
        .env("USER", owner)
        .start();
    running
        .wait_for("the provisioner runs")
        .signal(Signal::SIGKILL);
    assert_eq!(running.finish().code, None);
    for journal in workspace.journals() {
        std::fs::remove_file(journal).unwrap();
    }
}

fn sweep<'a>(workspace: &'a Workspace, lab: &Lab, flags: &[&str]) -> Run<'a> {
    let words = ["sweep", "-region", "us-east-1"];
    let words: Vec<&str> = words.iter().chain(flags).copied().collect();
    Run::new(workspace, &words).lab(lab).env("USER", "ann")
}

#[test]
fn a_sweep_leaves_what_may_be_alive_and_takes_it_once_its_deadline_is_over() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    killed(&lab, &workspace, "ann");
    sweep(&workspace, &lab, &[])
        .finish()
        .expect_code(0)
        .expect_text("spared");
    assert_eq!(lab.account().all("instances").len(), 1);
    lab.let_deadlines_pass();
    sweep(&workspace, &lab, &[])
        .finish()
        .expect_code(0)
        .expect_text("removed");
    lab.account_at_rest().assert_holds(Left::Nothing);
    sweep(&workspace, &lab, &[])
        .finish()
        .expect_code(0)
        .expect_text("nothing to sweep");
}

#[test]
fn a_dry_run_shows_the_plan_as_a_table_and_as_json_and_removes_nothing() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    killed(&lab, &workspace, "ann");
    lab.let_deadlines_pass();
    let table = sweep(&workspace, &lab, &["-dry-run"]).finish();
    let machine = lab.account().ids("instances").remove(0);
    table
        .expect_code(0)
        .expect_text("FATE")
        .expect_text(&machine);
    let json = sweep(&workspace, &lab, &["-dry-run", "-json"]).finish();
    let plan: Value = serde_json::from_str(&json.expect_code(0).output).unwrap();
    let things = plan["things"].as_array().unwrap();
    assert!(things.iter().all(|thing| thing["fate"] == "planned"));
    for kind in ["instance", "security group", "key pair", "volume"] {
        assert!(
            things.iter().any(|thing| thing["kind"] == kind),
            "no {kind} in {plan:#}"
        );
    }
    assert_eq!(lab.count("TerminateInstances"), 0);
    sweep(&workspace, &lab, &["-json"]).finish().expect_code(0);
    lab.account_at_rest().assert_holds(Left::Nothing);
}

#[test]
fn another_owners_things_stay_until_that_owner_is_named() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    killed(&lab, &workspace, "ann");
    killed(&lab, &workspace, "bob");
    lab.let_deadlines_pass();
    sweep(&workspace, &lab, &[]).finish().expect_code(0);
    let account = lab.account_at_rest();
    assert_eq!(account.all("instances").len(), 1);
    let owner = account.all("instances")[0]["tags"]["ami-build:owner"].clone();
    let owner = owner.as_str().unwrap();
    assert!(owner.contains("/bob@"), "{owner}");
    sweep(&workspace, &lab, &["-owner", owner])
        .finish()
        .expect_code(0);
    lab.account_at_rest().assert_holds(Left::Nothing);
}

#[test]
fn two_sweeps_at_once_are_safe() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    killed(&lab, &workspace, "ann");
    lab.let_deadlines_pass();
    let both = [
        sweep(&workspace, &lab, &[]).start(),
        sweep(&workspace, &lab, &[]).start(),
    ];
    for running in both {
        running.finish().expect_code(0);
    }
    lab.account_at_rest().assert_holds(Left::Nothing);
}

#[test]
fn a_finished_image_is_never_swept() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    Run::new(&workspace, &["build", "quick.json"])
        .lab(&lab)
        .env("USER", "ann")
        .finish()
        .expect_code(0);
    lab.let_deadlines_pass();
    sweep(&workspace, &lab, &[])
        .finish()
        .expect_code(0)
        .expect_text("2 finished by their builds");
    lab.account_at_rest().assert_holds(Left::Images(1));
}

#[test]
fn a_spot_instance_with_a_role_of_its_own_is_swept_in_every_region() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    let keys = r#""spot_price": "auto", "spot_instance_types": ["t3.micro"],
      "temporary_iam_instance_profile_policy_document": {
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["*"] }]
      },"#;
    let template = workspace.read("slow.json");
    workspace.write(
        "slow.json",
        &template.replace(r#""instance_type": "t3.micro","#, keys),
    );
    killed(&lab, &workspace, "ann");
    assert_eq!(lab.account().all("roles").len(), 1);
    lab.let_deadlines_pass();
    Run::new(&workspace, &["sweep", "-region=all"])
        .lab(&lab)
        .env("USER", "ann")
        .finish()
        .expect_code(0);
    lab.account_at_rest().assert_holds(Left::Nothing);
}

#[test]
fn what_may_not_be_looked_for_or_removed_is_told_and_the_rest_goes() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    killed(&lab, &workspace, "ann");
    lab.let_deadlines_pass();
    let denied = |action: &str| serde_json::json!({"kind": "error", "action": action, "status": 403, "code": "UnauthorizedOperation"});
    lab.faults(&serde_json::json!([
        denied("DescribeKeyPairs"),
        denied("DeleteSecurityGroup")
    ]));
    sweep(&workspace, &lab, &[])
        .finish()
        .expect_code(1)
        .expect_text("Not looked for: key pair in `us-east-1`")
        .expect_text("remove it with: aws ec2 delete-security-group");
    lab.heal();
    let account = lab.account_at_rest();
    assert!(account.all("instances").is_empty() && account.all("volumes").is_empty());
    sweep(&workspace, &lab, &[]).finish().expect_code(0);
    lab.account_at_rest().assert_holds(Left::Nothing);
}

#[test]
fn a_living_build_renews_its_deadlines_and_no_sweep_takes_it() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    let template = workspace.read("slow.json");
    workspace.write("slow.json", &template.replace("sleep 60", "sleep 300"));
    let running = Run::new(&workspace, &["build", "slow.json"])
        .lab(&lab)
        .env("USER", "ann")
        .start();
    running.wait_for("the provisioner runs");
    let deadline = || lab.account().all("instances")[0]["tags"]["ami-build:deadline"].clone();
    let first = deadline();
    wait_until("the first renewal", || (deadline() != first).then_some(()));
    assert!(
        deadline().as_str() < first.as_str(),
        "four hours, not a day"
    );
    sweep(&workspace, &lab, &[])
        .finish()
        .expect_code(0)
        .expect_text("spared");
    assert_eq!(lab.account().all("instances").len(), 1);
    running.signal(Signal::SIGINT);
    running.finish().expect_code(1);
    lab.account_at_rest().assert_holds(Left::Nothing);
}

#[test]
fn what_an_abort_keeps_is_swept_after_its_deadline() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    let template = workspace.read("slow.json");
    workspace.write("slow.json", &template.replace("sleep 60", "exit 4"));
    Run::new(&workspace, &["build", "-on-error=abort", "slow.json"])
        .lab(&lab)
        .env("USER", "ann")
        .finish()
        .expect_code(1);
    sweep(&workspace, &lab, &[]).finish().expect_code(0);
    assert_eq!(lab.account().all("instances").len(), 1);
    lab.let_deadlines_pass();
    sweep(&workspace, &lab, &[]).finish().expect_code(0);
    lab.account_at_rest().assert_holds(Left::Nothing);
}

#[test]
fn in_a_workflow_a_sweep_tells_in_summary_and_outputs_what_it_removed() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    killed(&lab, &workspace, "ann");
    lab.let_deadlines_pass();
    let owner = lab.account().all("instances")[0]["tags"]["ami-build:owner"].clone();
    let result = Step::new(&workspace, "schedule")
        .lab(&lab)
        .input("command", "sweep")
        .input("regions", "us-east-1")
        .input("owner", owner.as_str().unwrap())
        .run();
    let main = result.main().expect_code(0);
    assert_eq!(main.output("conclusion"), "success");
    let swept = main.json_output("swept");
    let fates = swept["things"].as_array().unwrap();
    assert!(fates.len() >= 4 && fates.iter().all(|thing| thing["fate"] == "removed"));
    assert!(main.summary().contains("### ami-build: sweep"));
    result.post().expect_code(0);
    lab.account_at_rest().assert_holds(Left::Nothing);
}
