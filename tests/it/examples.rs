//! Every example of the repository builds, and the image is what its template says.

use serde_json::{Value, json};

use crate::support::{Finished, Lab, Left, Run, Workspace};

fn build(lab: &Lab, workspace: &Workspace, arguments: &[&str]) -> Finished {
    let arguments = [&["build"], arguments].concat();
    Run::new(workspace, &arguments)
        .lab(lab)
        .finish()
        .expect_code(0)
}

fn text<'a>(thing: &'a Value, name: &str) -> &'a str {
    thing[name].as_str().unwrap_or_default()
}

#[test]
fn the_nginx_example_makes_an_image_with_the_site_the_page_and_the_package() {
    let (lab, workspace) = (Lab::new(), Workspace::with_examples());
    let arguments = ["-var", "version=1.0", "examples/nginx/template.json"];
    build(&lab, &workspace, &arguments).expect_text("nginx: AMIs were created:");
    let account = lab.account_at_rest();
    account.assert_holds(Left::Images(1));
    let image = account.image("us-east-1");
    let id = text(image, "id");
    let page = workspace.read("examples/nginx/files/index.html");
    assert_eq!(lab.file(id, "/var/www/example/index.html"), Some(page));
    assert_eq!(
        lab.file(id, "/var/www/example/version.txt").as_deref(),
        Some("1.0\n")
    );
    assert_eq!(
        lab.mode(id, "/etc/nginx/sites-available/example")
            .as_deref(),
        Some("0644")
    );
    let link = lab.file(id, "/etc/nginx/sites-enabled/example");
    assert_eq!(link.as_deref(), Some("../sites-available/example"));
    assert!(
        lab.file(id, "/usr/sbin/nginx").is_some(),
        "the package is not in the image"
    );
    assert_eq!(lab.file(id, "/tmp/index.html"), None);
    assert_eq!(image["tags"]["Name"], "nginx");
    assert_eq!(image["tags"]["Version"], "1.0");
    assert!(text(&image["tags"], "Source").starts_with("ami-"));
    assert!(text(image, "name").starts_with("nginx-1.0-20"));
    assert!(
        text(image, "description").starts_with("nginx 1.0 on ubuntu/images/hvm-ssd/ubuntu-jammy")
    );
    assert_eq!(image["block_devices"][0]["Ebs"]["VolumeType"], "gp3");
}

#[test]
fn the_encrypted_example_makes_a_shared_encrypted_image_in_three_regions() {
    let (lab, workspace) = (Lab::new(), Workspace::with_examples());
    let key = |region: &str| format!("arn:aws:kms:{region}:123456789012:key/images");
    build(
        &lab,
        &workspace,
        &[
            "-var",
            "share_with=210987654321",
            "examples/encrypted/template.json",
        ],
    );
    let account = lab.account_at_rest();
    account.assert_holds(Left::Images(3));
    for region in ["us-east-1", "eu-west-1", "eu-central-1"] {
        let image = account.image(region);
        assert_eq!(image["encrypted"], true, "{region}");
        assert_eq!(image["tags"]["Name"], "base", "{region}");
        assert!(
            text(&image["tags"], "Built-from").starts_with("ubuntu/images"),
            "{region}"
        );
        assert!(
            text(image, "description").starts_with("Hardened base image, built from ami-"),
            "{region}: {image}"
        );
        let shared = image["launch_permissions"].to_string();
        assert!(
            shared.contains("210987654321"),
            "{region} is shared with {shared}"
        );
        let in_region = |snapshot: &&Value| snapshot["region"] == region;
        for snapshot in account.all("snapshots").iter().filter(in_region) {
            assert_eq!(snapshot["encrypted"], true, "{region}");
            assert_eq!(snapshot["tags"]["Name"], "base snapshot", "{region}");
            let used = text(snapshot, "kms_key_id");
            assert!(
                used.contains("images") || used.contains(&key(region)),
                "{region} has the key `{used}`"
            );
        }
    }
    let id = text(account.image("eu-west-1"), "id");
    let settings = lab
        .file(id, "/etc/sysctl.d/60-hardening.conf")
        .unwrap_or_default();
    assert!(settings.contains("kernel.kptr_restrict = 2"), "{settings}");
}

#[test]
fn the_example_of_two_builders_makes_two_images_and_one_manifest() {
    let (lab, workspace) = (Lab::new(), Workspace::with_examples());
    build(
        &lab,
        &workspace,
        &["-var", "release=7", "examples/two-builders/template.json"],
    );
    let account = lab.account_at_rest();
    account.assert_holds(Left::Images(2));
    for name in ["app-x86_64", "app-arm64"] {
        let architecture = name.trim_start_matches("app-");
        let image = account.image_named(&format!("app-7-{architecture}-"));
        let id = text(image, "id");
        let app = workspace.read("examples/two-builders/files/app.sh");
        assert_eq!(lab.file(id, "/opt/app/app.sh"), Some(app));
        assert_eq!(
            lab.file(id, "/opt/app/release"),
            Some(format!("7 on {name}\n"))
        );
        assert_eq!(image["tags"]["Release"], "7");
    }
    let manifest: Value = serde_json::from_str(&workspace.read("manifest.json")).unwrap();
    let builds = manifest["builds"].as_array().unwrap();
    let mut names: Vec<&str> = builds.iter().map(|build| text(build, "name")).collect();
    names.sort_unstable();
    assert_eq!(names, ["app-arm64", "app-x86_64"]);
}

#[test]
fn only_builds_what_it_names() {
    let (lab, workspace) = (Lab::new(), Workspace::with_examples());
    build(
        &lab,
        &workspace,
        &["-only=app-arm64", "examples/two-builders/template.json"],
    );
    let account = lab.account_at_rest();
    account.assert_holds(Left::Images(1));
    account.image_named("app-dev-arm64-");
}

#[test]
fn a_throttled_account_still_builds() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    lab.faults(&json!([{"kind": "throttle", "nth": 4, "times": 3}]));
    build(&lab, &workspace, &["quick.json"]);
    lab.account_at_rest().assert_holds(Left::Images(1));
}
