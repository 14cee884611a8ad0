//! `chef-solo`. The expected requests, files and lines are Packer 1.6.6's.

use super::transcript::{bench_with, transcript, uploaded};
use super::*;

const FULL: &str = r#"{
    "cookbook_paths": ["cookbooks"], "remote_cookbook_paths": ["/a b", "/c"], "roles_path": "roles",
    "data_bags_path": "bags", "encrypted_data_bag_secret_path": "secret", "environments_path": "envs",
    "chef_environment": "prod", "run_list": ["recipe[x]", "role[web]"], "version": "15.1",
    "json": {"zeta": 1.0, "alpha": {"big": 12345678901234567890, "e": 1e21, "small": 0.0000001, "neg": -0.5,
             "t": true, "n": null, "l": [1, "two", {"b": 1, "a": "<&>"}]},
             "ls": "\u2028", "{{build_name}}k": "{{build_type}}", "e": "", "run_list": ["old"]} }"#;

#[tokio::test]
async fn chef_is_installed_fed_and_run() {
    let mut bench = bench_with(&["secret"]);
    bench.run_one("chef-solo", FULL).await.unwrap();
    let requests = "\
curl -L https://omnitruck.chef.io/install.sh | sudo bash -s -- -v 15.1
sudo mkdir -p '/tmp/packer-chef-solo'
sudo chmod 0777 '/tmp/packer-chef-solo'
sudo mkdir -p '/tmp/packer-chef-solo/cookbooks-0'
sudo chmod 0777 '/tmp/packer-chef-solo/cookbooks-0'
<contents /tmp/packer-chef-solo/cookbooks-0>
sudo mkdir -p '/tmp/packer-chef-solo/roles'
sudo chmod 0777 '/tmp/packer-chef-solo/roles'
<contents /tmp/packer-chef-solo/roles>
sudo mkdir -p '/tmp/packer-chef-solo/data_bags'
sudo chmod 0777 '/tmp/packer-chef-solo/data_bags'
<contents /tmp/packer-chef-solo/data_bags>
<upload /tmp/packer-chef-solo/encrypted_data_bag_secret>
sudo mkdir -p '/tmp/packer-chef-solo/environments'
sudo chmod 0777 '/tmp/packer-chef-solo/environments'
<contents /tmp/packer-chef-solo/environments>
<upload /tmp/packer-chef-solo/solo.rb>
<upload /tmp/packer-chef-solo/node.json>
sudo chef-solo --no-color -c /tmp/packer-chef-solo/solo.rb -j /tmp/packer-chef-solo/node.json";
    assert_eq!(transcript(&bench), requests);
    let lines = "\
==> web: Provisioning with chef-solo
    web: Installing Chef...
    web: Creating directory: /tmp/packer-chef-solo
    web: Creating directory: /tmp/packer-chef-solo/cookbooks-0
    web: Creating directory: /tmp/packer-chef-solo/roles
    web: Creating directory: /tmp/packer-chef-solo/data_bags
    web: Creating directory: /tmp/packer-chef-solo/environments
    web: Creating configuration file 'solo.rb'
    web: Creating JSON attribute file
    web: Executing Chef: sudo chef-solo --no-color -c /tmp/packer-chef-solo/solo.rb -j /tmp/packer-chef-solo/node.json";
    assert_eq!(bench.lines().join("\n"), lines);
}

#[tokio::test]
async fn attributes_are_written_as_go_writes_them() {
    let mut bench = bench_with(&["secret"]);
    bench.run_one("chef-solo", FULL).await.unwrap();
    assert_eq!(
        uploaded(&bench, "/tmp/packer-chef-solo/node.json"),
        r#"{
  "alpha": {
    "big": 12345678901234567000,
    "e": 1e+21,
    "l": [
      1,
      "two",
      {
        "a": "\u003c\u0026\u003e",
        "b": 1
      }
    ],
    "n": null,
    "neg": -0.5,
    "small": 1e-7,
    "t": true
  },
  "e": "",
  "ls": "\u2028",
  "run_list": [
    "recipe[x]",
    "role[web]"
  ],
  "webk": "null",
  "zeta": 1
}"#
    );
}

#[tokio::test]
async fn the_configuration_names_what_was_uploaded_and_nothing_else() {
    let mut bench = bench_with(&["secret"]);
    bench.run_one("chef-solo", FULL).await.unwrap();
    assert_eq!(
        uploaded(&bench, "/tmp/packer-chef-solo/solo.rb"),
        "\nchef_license \t\t\"accept-silent\"\ncookbook_path \t[\"/a b\",\"/c\",\"/tmp/packer-chef-solo/cookbooks-0\"]\n\nrole_path\t\t\"/tmp/packer-chef-solo/roles\"\n\n\ndata_bag_path\t\"/tmp/packer-chef-solo/data_bags\"\n\n\nencrypted_data_bag_secret \"/tmp/packer-chef-solo/encrypted_data_bag_secret\"\n\n\nenvironment_path \"/tmp/packer-chef-solo/environments\"\nenvironment \"prod\"\n\n"
    );
    let json = r#"{"install_command": "echo install {{.Sudo}} {{if .Version}}v{{end}}"}"#;
    let mut bench = Bench::new();
    bench.run_one("chef-solo", json).await.unwrap();
    assert_eq!(
        uploaded(&bench, "/tmp/packer-chef-solo/solo.rb"),
        "\nchef_license \t\t\"\"\ncookbook_path \t[]\n\n\n\n\n"
    );
    assert!(transcript(&bench).starts_with("echo install true \n"));
}

#[tokio::test]
async fn a_template_of_ones_own_takes_the_place_of_solo_rb() {
    let mut bench = Bench::new();
    let template = "log_level :debug\ncp [{{.CookbookPaths}}] {{build_name}}\n";
    fs::write(bench.directory.path().join("solo.tpl"), template).unwrap();
    let json = r#"{"skip_install": true, "prevent_sudo": true, "config_template": "solo.tpl", "staging_directory": "/tmp/stage/",
                   "execute_command": "chef-solo {{.ConfigPath}} {{.JsonPath}} {{.Sudo}}"}"#;
    bench.run_one("chef-solo", json).await.unwrap();
    let requests = "\
mkdir -p '/tmp/stage/'
chmod 0777 '/tmp/stage/'
<upload /tmp/stage/solo.rb>
<upload /tmp/stage/node.json>
chef-solo /tmp/stage/solo.rb /tmp/stage/node.json false";
    assert_eq!(transcript(&bench), requests);
    assert_eq!(
        uploaded(&bench, "/tmp/stage/solo.rb"),
        "log_level :debug\ncp [] web\n"
    );
    assert_eq!(uploaded(&bench, "/tmp/stage/node.json"), "{}");
}

#[tokio::test]
async fn what_a_first_rendering_brought_into_the_attributes_is_rendered_again() {
    let mut bench = Bench::new();
    bench.cx.scope.set_variable("v", "a\"b".to_owned());
    let json =
        r#"{"skip_install": true, "json": {"b": "{{`{{user `}}`v`{{`}}`}}", "d": "{{`{{.X}}`}}"}}"#;
    bench.run_one("chef-solo", json).await.unwrap();
    assert_eq!(
        uploaded(&bench, "/tmp/packer-chef-solo/node.json"),
        "{\n  \"b\": \"a\\\"b\",\n  \"d\": \"\\u003cno value\\u003e\"\n}"
    );
}

#[tokio::test]
async fn errors_are_packers() {
    for (part, status, message) in [
        (
            "curl",
            3,
            "Error installing Chef: Install script exited with non-zero exit status 3",
        ),
        (
            "chmod",
            1,
            "Error creating staging directory: Non-zero exit status. See output above for more info.",
        ),
        (
            "chef-solo --no-color",
            7,
            "Error executing Chef: Non-zero exit status: 7",
        ),
    ] {
        let mut bench = Bench::new();
        bench.remote.status(part, status);
        let error = bench.run_one("chef-solo", "{}").await.unwrap_err();
        assert_eq!(error.to_string(), message);
    }
}

#[tokio::test]
async fn windows_has_its_own_commands() {
    let mut bench = Bench::new();
    let json = r#"{"guest_os_type": "windows", "version": "14"}"#;
    bench.run_one("chef-solo", json).await.unwrap();
    let requests = r#"powershell.exe -Command ". { iwr -useb https://omnitruck.chef.io/install.ps1 } | iex; Install-Project -version 14"
powershell.exe -Command "New-Item -ItemType directory -Force -ErrorAction SilentlyContinue -Path C:/Windows/Temp/packer-chef-solo"
echo 'skipping chmod 0777 C:/Windows/Temp/packer-chef-solo'
<upload C:/Windows/Temp/packer-chef-solo/solo.rb>
<upload C:/Windows/Temp/packer-chef-solo/node.json>
c:/opscode/chef/bin/chef-solo.bat --no-color -c C:/Windows/Temp/packer-chef-solo/solo.rb -j C:/Windows/Temp/packer-chef-solo/node.json"#;
    assert_eq!(transcript(&bench), requests);
}
