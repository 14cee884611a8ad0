//! `puppet-masterless`. The expected requests and lines are what Packer 1.6.6 did with the same settings over SSH, with facts
//! sorted.

use super::transcript::{bench_with, transcript, uploaded};
use super::*;

#[tokio::test]
async fn a_manifest_is_staged_and_applied() {
    let mut bench = bench_with(&["manifests/site.pp"]);
    bench
        .run_one(
            "puppet-masterless",
            r#"{"manifest_file": "manifests/site.pp"}"#,
        )
        .await
        .unwrap();
    let command = "cd /tmp/packer-puppet-masterless && FACTER_packer_build_name='web' FACTER_packer_builder_type='null' sudo -E puppet apply --detailed-exitcodes /tmp/packer-puppet-masterless/manifests/site.pp";
    let requests = format!(
        "\
sudo mkdir -p '/tmp/packer-puppet-masterless'
sudo chmod 0777 '/tmp/packer-puppet-masterless'
sudo mkdir -p '/tmp/packer-puppet-masterless/manifests'
sudo chmod 0777 '/tmp/packer-puppet-masterless/manifests'
<upload /tmp/packer-puppet-masterless/manifests/site.pp>
{command}"
    );
    assert_eq!(transcript(&bench), requests);
    let path = "/tmp/packer-puppet-masterless/manifests/site.pp";
    assert_eq!(uploaded(&bench, path), "content of manifests/site.pp");
    let lines = format!(
        "\
==> web: Provisioning with Puppet...
    web: Creating Puppet staging directory...
    web: Creating directory: /tmp/packer-puppet-masterless
    web: Uploading manifests...
    web: Creating directory: /tmp/packer-puppet-masterless/manifests
    web: Uploading manifest file from: manifests/site.pp
    web: Running Puppet: {command}"
    );
    assert_eq!(bench.lines().join("\n"), lines);
}

const FULL: &str = r#"{
    "manifest_file": "manifests/site.pp", "module_paths": ["modules", "modules2/"],
    "hiera_config_path": "hiera.yaml", "manifest_dir": "mdir",
    "facter": {"zeta": "1", "alpha": "its {{build_name}}"},
    "extra_arguments": ["--verbose", "{{.ModulePath}}", "{{build_name}}"],
    "prevent_sudo": true, "puppet_bin_dir": "/opt/puppet/bin", "staging_directory": "/tmp/stage/x",
    "working_directory": "/tmp", "clean_staging_directory": true }"#;

#[tokio::test]
async fn every_part_is_staged_in_packers_order_and_removed_where_that_is_wanted() {
    let mut bench = bench_with(&["manifests/site.pp", "hiera.yaml"]);
    bench.run_one("puppet-masterless", FULL).await.unwrap();
    let requests = "\
mkdir -p '/tmp/stage/x'
chmod 0777 '/tmp/stage/x'
<upload /tmp/stage/x/hiera.yaml>
mkdir -p '/tmp/stage/x/manifests'
chmod 0777 '/tmp/stage/x/manifests'
<contents /tmp/stage/x/manifests>
mkdir -p '/tmp/stage/x/module-0'
chmod 0777 '/tmp/stage/x/module-0'
<contents /tmp/stage/x/module-0>
mkdir -p '/tmp/stage/x/module-1'
chmod 0777 '/tmp/stage/x/module-1'
<contents /tmp/stage/x/module-1>
mkdir -p '/tmp/stage/x/manifests'
chmod 0777 '/tmp/stage/x/manifests'
<upload /tmp/stage/x/manifests/site.pp>
cd /tmp && FACTER_alpha='its web' FACTER_packer_build_name='web' FACTER_packer_builder_type='null' FACTER_zeta='1' /opt/puppet/bin/puppet apply --detailed-exitcodes --modulepath='/tmp/stage/x/module-0:/tmp/stage/x/module-1' --hiera_config='/tmp/stage/x/hiera.yaml' --manifestdir='/tmp/stage/x/manifests' --verbose /tmp/stage/x/module-0:/tmp/stage/x/module-1 web /tmp/stage/x/manifests/site.pp
rm -rf '/tmp/stage/x'";
    assert_eq!(transcript(&bench), requests);
}

#[tokio::test]
async fn a_directory_of_manifests_is_applied_as_a_whole() {
    let mut bench = bench_with(&["mdir/"]);
    bench
        .run_one("puppet-masterless", r#"{"manifest_file": "mdir"}"#)
        .await
        .unwrap();
    let asked = transcript(&bench);
    assert!(
        asked.contains("<contents /tmp/packer-puppet-masterless/manifests>"),
        "{asked}"
    );
    assert!(
        asked.ends_with("--detailed-exitcodes /tmp/packer-puppet-masterless/manifests"),
        "{asked}"
    );
}

#[tokio::test]
async fn changes_are_no_failure_and_failures_can_be_ignored() {
    for (status, more, expected) in [
        (2, "", Ok(())),
        (
            4,
            "",
            Err("Puppet exited with a non-zero exit status: 4".to_owned()),
        ),
        (4, r#", "ignore_exit_codes": true"#, Ok(())),
    ] {
        let mut bench = bench_with(&["site.pp"]);
        bench.remote.status("puppet apply", status);
        let json = format!(r#"{{"manifest_file": "site.pp"{more}}}"#);
        let result = bench.run_one("puppet-masterless", &json).await;
        assert_eq!(result.map_err(|error| error.to_string()), expected);
    }
}

#[tokio::test]
async fn windows_has_its_own_commands() {
    let mut bench = bench_with(&["site.pp"]);
    let json = r#"{"manifest_file": "site.pp", "guest_os_type": "Windows", "module_paths": ["a", "b"], "facter": {"a": "b c"}}"#;
    bench.run_one("puppet-masterless", json).await.unwrap();
    let asked = transcript(&bench);
    let begin = r#"powershell.exe -Command "New-Item -ItemType directory -Force -ErrorAction SilentlyContinue -Path /Temp/packer-puppet-masterless"
echo 'skipping chmod 0777 /Temp/packer-puppet-masterless'
"#;
    assert!(asked.starts_with(begin), "{asked}");
    let end = r#"
cd /Temp/packer-puppet-masterless && SET "FACTER_a=b c" & SET "FACTER_packer_build_name=web" & SET "FACTER_packer_builder_type=null" && puppet apply --detailed-exitcodes --modulepath='/Temp/packer-puppet-masterless/module-0;/Temp/packer-puppet-masterless/module-1' /Temp/packer-puppet-masterless/manifests/site.pp"#;
    assert!(asked.ends_with(end), "{asked}");
}

#[tokio::test]
async fn an_elevated_user_runs_the_command_by_a_script() {
    let mut bench = bench_with(&["site.pp"]);
    let json = r#"{"manifest_file": "site.pp", "guest_os_type": "windows", "elevated_user": "Administrator", "elevated_password": "p"}"#;
    bench.run_one("puppet-masterless", json).await.unwrap();
    let asked = transcript(&bench);
    let last = asked.lines().last().unwrap();
    let script = last
        .strip_prefix("powershell -executionpolicy bypass -file \"")
        .and_then(|rest| rest.strip_suffix('"'));
    let text = uploaded(&bench, script.unwrap_or_else(|| panic!("{asked}")));
    assert!(text.contains("puppet apply --detailed-exitcodes"), "{text}");
}

#[tokio::test]
async fn errors_are_packers() {
    let wrong = |command: &str| {
        format!(r#"{{"manifest_file": "site.pp", "execute_command": "puppet {command}"}}"#)
    };
    for (json, message) in [
        (
            wrong("{{.Nope}}"),
            r#"template: root:1:9: executing "root" at <.Nope>: can't evaluate field Nope in type *puppetmasterless.ExecuteTemplate"#,
        ),
        (
            wrong("{{build `ID`}}"),
            r#"template: root:1:9: executing "root" at <build `ID`>: error calling build: Error validating build variable: the given variable ID will not be passed into your plugin."#,
        ),
    ] {
        let mut bench = bench_with(&["site.pp"]);
        let error = bench.run_one("puppet-masterless", &json).await.unwrap_err();
        assert_eq!(error.to_string(), message);
    }
    let mut bench = bench_with(&["site.pp"]);
    bench.remote.status("mkdir", 1);
    let json = r#"{"manifest_file": "site.pp"}"#;
    let error = bench.run_one("puppet-masterless", json).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Error creating staging directory: Non-zero exit status."
    );
}

#[tokio::test]
async fn without_a_machine_the_first_upload_fails() {
    let bench = bench_with(&["site.pp"]);
    let planned = bench.plan("puppet-masterless", r#"{"manifest_file": "site.pp"}"#);
    let error = run_all::<FakeRemote>(&[planned], &mut Machine::None, &bench.cx)
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "Error uploading manifests: Upload is not implemented when communicator = 'none'"
    );
}
