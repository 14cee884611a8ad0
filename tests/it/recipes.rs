//! `amazon-ebssurrogate` in both its ways, `amazon-ebsvolume` and `fast_build_volume`, against the lab.

use serde_json::{Value, json};

use crate::support::{Finished, Lab, Left, Run, Step, Sweep, Workspace, sweep};

const TEMPLATES: [&str; 4] = [
    "surrogate.json",
    "swapped.json",
    "volumes.json",
    "fast.json",
];

fn build(lab: &Lab, workspace: &Workspace, arguments: &[&str]) -> Finished {
    Run::new(workspace, &[&["build"], arguments].concat())
        .lab(lab)
        .finish()
}

fn device<'a>(image: &'a Value, name: &str) -> &'a Value {
    let devices = image["block_devices"].as_array().unwrap();
    let found = devices.iter().find(|device| device["DeviceName"] == name);
    &found.unwrap_or_else(|| panic!("no {name} in {image}"))["Ebs"]
}

#[test]
fn a_surrogate_is_registered_as_the_root_of_an_image() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    build(&lab, &workspace, &["surrogate.json"])
        .expect_code(0)
        .expect_text("surrogate: AMIs were created:");
    let account = lab.account_at_rest();
    account.assert_holds(Left::Images(1));
    let image = account.image("us-east-1");
    assert_eq!(image["root_device_name"], "/dev/xvda");
    assert_eq!(
        (&image["architecture"], &image["boot_mode"]),
        (&json!("arm64"), &json!("uefi"))
    );
    assert_eq!(image["tags"]["Name"], "surrogate");
    assert_eq!(
        image["tags"]["Owner"], "team",
        "run_tags are on a registered image too"
    );
    assert!(
        image["launch_permissions"]
            .to_string()
            .contains("210987654321")
    );
    assert_eq!(
        image["block_devices"].as_array().unwrap().len(),
        1,
        "the other one is omitted"
    );
    let root = device(image, "/dev/xvda");
    assert_eq!(
        root["VolumeSize"].to_string().trim_matches('"'),
        "10",
        "ami_root_device says so"
    );
    let snapshots = account.all("snapshots");
    assert_eq!(snapshots.len(), 1);
    assert_eq!(snapshots[0]["description"], "of surrogate");
    assert_eq!(snapshots[0]["tags"]["Part"], "root");
    assert_eq!(root["SnapshotId"], snapshots[0]["id"]);
}

#[test]
fn a_swapped_root_is_in_the_image_and_no_volume_is_left() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    build(&lab, &workspace, &["swapped.json"]).expect_code(0);
    let account = lab.account_at_rest();
    account.assert_holds(Left::Images(1));
    let image = account.image("us-east-1");
    assert_eq!(image["block_devices"].as_array().unwrap().len(), 1);
    let root = device(image, "/dev/sda1");
    assert_eq!(root["VolumeSize"].to_string().trim_matches('"'), "10");
    assert_eq!(
        (lab.count("DetachVolume"), lab.count("AttachVolume")),
        (3, 1)
    );
}

#[test]
fn a_surrogate_is_told_as_packer_tells_it() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    let finished = build(&lab, &workspace, &["-machine-readable", "surrogate.json"]).expect_code(0);
    let id = lab.account_at_rest().image("us-east-1")["id"].clone();
    let id = id.as_str().unwrap();
    finished
        .expect_text("surrogate,artifact,0,builder-id,mitchellh.amazon.ebssurrogate\n")
        .expect_text(&format!("surrogate,artifact,0,id,us-east-1:{id}\n"));
}

#[test]
fn volumes_stay_with_their_tags_and_snapshots_and_the_outputs_have_them() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    let result = Step::new(&workspace, "push")
        .lab(&lab)
        .input("template", "volumes.json")
        .input("comment", "never")
        .run();
    let main = result.main().expect_code(0);
    let account = lab.account_at_rest();
    let (volumes, snapshots) = (account.all("volumes"), account.all("snapshots"));
    assert_eq!((volumes.len(), snapshots.len()), (1, 1), "{account:#?}");
    assert_eq!(volumes[0]["state"], "available");
    assert_eq!(volumes[0]["tags"]["Name"], "data");
    assert_eq!(volumes[0]["tags"]["From"], main.output("source-ami-id"));
    assert_eq!(volumes[0]["tags"].get("Temporary"), None);
    assert_eq!(volumes[0]["tags"]["ami-build:deadline"], "kept");
    assert_eq!(snapshots[0]["tags"]["Part"], "data");
    assert_eq!(snapshots[0]["users"], json!(["210987654321"]));
    for kind in ["instances", "images", "key_pairs", "security_groups"] {
        assert_eq!(account.ids(kind), Vec::<String>::new());
    }
    let entry = &main.json_output("builds")["volumes"];
    assert_eq!(
        entry["volume-ids"],
        json!({"us-east-1": [volumes[0]["id"]]})
    );
    assert_eq!(
        entry["snapshot-ids"],
        json!({"us-east-1": [snapshots[0]["id"]]})
    );
    assert!(main.summary().contains(volumes[0]["id"].as_str().unwrap()));
    result
        .post()
        .expect_code(0)
        .expect_text("Nothing to settle");
}

#[test]
fn volumes_are_told_as_packer_tells_them() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    let finished = build(&lab, &workspace, &["-machine-readable", "volumes.json"]).expect_code(0);
    let account = lab.account_at_rest();
    let ids = [
        account.ids("snapshots").remove(0),
        account.ids("volumes").remove(0),
    ];
    let [snapshot, volume] = ids.map(|id| format!("us-east-1:{id}"));
    finished
        .expect_text("volumes,artifact,0,builder-id,mitchellh.amazon.ebsvolume\n")
        .expect_text(&format!(
            "volumes,artifact,0,id,{snapshot}%!(PACKER_COMMA){volume}\n"
        ))
        .expect_text(&format!(
            "volumes,artifact,0,string,EBS Volumes were created:\\n\\n{snapshot}\\n{volume}\n"
        ))
        .expect_text("==> volumes: Created Volumes: EBS Volumes were created:");
}

/// `fast.json` with these keys more in its builder.
fn fast_with(workspace: &Workspace, keys: &Value) {
    let mut parsed: Value = serde_json::from_str(&workspace.read("fast.json")).unwrap();
    let builder = parsed["builders"][0].as_object_mut().unwrap();
    builder.extend(keys.as_object().unwrap().clone());
    workspace.write("fast.json", &parsed.to_string());
}

#[test]
fn the_image_of_a_fast_volume_has_the_mapping_that_create_image_gives_a_plain_build() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    let mapping = |template: &str| {
        build(&lab, &workspace, &[template]).expect_code(0);
        let account = lab.account_at_rest();
        let newest = account.all("images").iter().find(|image| {
            let name = image["name"].as_str().unwrap();
            name.starts_with(template.trim_end_matches(".json"))
        });
        let mut root = device(newest.unwrap(), "/dev/sda1").clone();
        root.as_object_mut().unwrap().remove("SnapshotId");
        root["VolumeSize"] = json!(root["VolumeSize"].to_string().trim_matches('"'));
        root["DeleteOnTermination"] =
            json!(root["DeleteOnTermination"].to_string().trim_matches('"') == "true");
        root
    };
    let plain = mapping("quick.json");
    assert_eq!(lab.count("CreateImage"), 1);
    assert_eq!(mapping("fast.json"), plain);
    assert_eq!(
        (lab.count("CreateImage"), lab.count("RegisterImage")),
        (1, 1)
    );
}

#[test]
fn the_machine_of_a_fast_volume_is_as_fast_as_its_size_allows() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    let hold = json!([{"type": "shell", "inline": ["echo the provisioner runs", "sleep 3"]}]);
    let mut parsed: Value = serde_json::from_str(&workspace.read("fast.json")).unwrap();
    parsed["provisioners"] = hold;
    workspace.write("fast.json", &parsed.to_string());
    let running = Run::new(&workspace, &["build", "fast.json"])
        .lab(&lab)
        .start();
    running.wait_for("the provisioner runs");
    let account = lab.account();
    let volume = &account.all("volumes")[0];
    assert_eq!(
        (&volume["type"], &volume["iops"], &volume["throughput"]),
        (&json!("gp3"), &json!(4000), &json!(1000))
    );
    running
        .finish()
        .expect_code(0)
        .expect_text("Fast build volume: gp3 with 4000 IOPS and 1000 MiB/s for ");
    lab.account_at_rest().assert_holds(Left::Images(1));
}

#[test]
fn a_fast_volume_is_refused_where_the_template_gives_its_root_a_speed() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    fast_with(
        &workspace,
        &json!({"launch_block_device_mappings": [
            {"device_name": "/dev/sda1", "volume_type": "gp3", "delete_on_termination": true}
        ]}),
    );
    build(&lab, &workspace, &["fast.json"])
        .expect_code(1)
        .expect_text("decides on the speed of the root device `/dev/sda1`")
        .expect_text("remove `fast_build_volume`");
    assert_eq!(
        (lab.count("ImportKeyPair"), lab.count("RunInstances")),
        (0, 0)
    );
    lab.account_at_rest().assert_holds(Left::Nothing);
}

/// Packer's chain rules: a post-processor that makes something else of the artifact lets it go.
fn with_a_chain(workspace: &Workspace, template: &str) {
    let mut parsed: Value = serde_json::from_str(&workspace.read(template)).unwrap();
    parsed["post-processors"] = json!([[
        {"type": "artifice", "files": ["made.txt"], "keep_input_artifact": false},
        {"type": "checksum", "output": "sums"},
    ]]);
    workspace.write("chain.json", &parsed.to_string());
    workspace.write("made.txt", "made");
}

#[test]
fn an_artifact_that_no_post_processor_keeps_goes_with_all_its_parts() {
    for template in TEMPLATES {
        let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
        with_a_chain(&workspace, template);
        build(&lab, &workspace, &["chain.json"]).expect_code(0);
        lab.account_at_rest().assert_holds(Left::Nothing);
    }
}

#[test]
fn a_throttled_call_of_any_recipe_does_not_end_its_build() {
    for template in TEMPLATES {
        let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
        lab.faults(&json!([{"kind": "throttle", "nth": 12, "times": 3}]));
        build(&lab, &workspace, &[template]).expect_code(0);
    }
}

/// The calls by which an image or a volume becomes what it is.
const MAKING: [&str; 6] = [
    "AttachVolume",
    "CreateImage",
    "CreateSnapshot",
    "DetachVolume",
    "ModifyInstanceAttribute",
    "RegisterImage",
];

#[test]
fn a_kill_at_any_making_call_leaves_nothing_once_the_journal_is_settled() {
    let mut cases = Vec::new();
    for template in TEMPLATES {
        let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
        build(&lab, &workspace, &[template]).expect_code(0);
        let calls = lab.calls().into_iter().enumerate();
        let making = calls.filter(|(_, call)| MAKING.contains(&call.action.as_str()));
        cases.extend(making.map(|(index, _)| (index + 1, template)));
    }
    let range = Sweep {
        from: 1,
        to: cases.len(),
    };
    sweep(range, |case, lab| {
        let (number, template) = cases[case - 1];
        killed_at(number, lab, template)
    });
}

/// What is wrong after a step that was killed at a call, and its post step. Once the outputs have something, it stays.
fn killed_at(number: usize, lab: &Lab, template: &str) -> Vec<String> {
    let workspace = Workspace::with_fixtures();
    lab.faults(&json!([{"kind": "delay", "seconds": 0.3, "call_number": number}]));
    let result = Step::new(&workspace, "push")
        .lab(lab)
        .input("template", template)
        .input("comment", "never")
        .kill_at_call(number, lab)
        .run();
    let account = lab.account_at_rest();
    let is_final = !result.main().output("builds").is_empty();
    let wrong = match (is_final, template) {
        (false, _) => account.differs_from(Left::Nothing),
        (true, "volumes.json") if account.ids("volumes").len() == 1 => String::new(),
        (true, _) => account.differs_from(Left::Images(1)),
    };
    let mut wrong = vec![wrong];
    if result.post().code() != 0 || !workspace.journals().is_empty() {
        wrong.push(format!("the post step:\n{}", result.post().log()));
    }
    wrong.retain(|text| !text.is_empty());
    wrong
}
