//! `salt-masterless`. The expected requests and lines are Packer 1.6.6's.

use std::process::Command;

use super::transcript::{bench_with, transcript, uploaded};
use super::*;

#[tokio::test]
async fn salt_is_installed_fed_and_run() {
    let mut bench = bench_with(&["minion", "grains"]);
    bench.remote.status("stat '/srv/salt'", 1);
    bench.remote.status("stat '/srv/pillar'", 1);
    let json = r#"{"local_state_tree": "states", "local_pillar_roots": "pillar", "minion_config": "minion",
        "grains_file": "grains", "bootstrap_args": "-X stable", "custom_state": "web", "log_level": "debug",
        "salt_call_args": "--out=json", "salt_bin_dir": "/opt/bin/", "no_exit_on_failure": true, "temp_config_dir": "/tmp/stage/"}"#;
    bench.run_one("salt-masterless", json).await.unwrap();
    let requests = "\
curl -L https://bootstrap.saltstack.com -o /tmp/install_salt.sh || wget -O /tmp/install_salt.sh https://bootstrap.saltstack.com
sudo sh /tmp/install_salt.sh -X stable
sudo mkdir -p '/tmp/stage/'
<upload minion>
sudo sudo mv 'minion' '/tmp/stage/minion'
sudo mkdir -p '/etc/salt'
sudo sudo mv '/tmp/stage/minion' '/etc/salt/minion'
<upload grains>
sudo sudo mv 'grains' '/tmp/stage/grains'
sudo mkdir -p '/etc/salt'
sudo sudo mv '/tmp/stage/grains' '/etc/salt/grains'
<directory states>
sudo sudo mv 'states' '/tmp/stage/states'
sudo stat '/srv/salt'
sudo rm -rf '/srv/salt'
sudo sudo mv '/tmp/stage/states' '/srv/salt'
<directory pillar>
sudo sudo mv 'pillar' '/tmp/stage/pillar'
sudo stat '/srv/pillar'
sudo rm -rf '/srv/pillar'
sudo sudo mv '/tmp/stage/pillar' '/srv/pillar'
sudo /opt/bin/salt-call --local  state.sls web -l debug --out=json";
    assert_eq!(transcript(&bench), requests);
    assert_eq!(uploaded(&bench, "minion"), "content of minion");
}

#[tokio::test]
async fn what_is_done_is_said_in_packers_lines() {
    let mut bench = bench_with(&["states/"]);
    bench.remote.status("stat '/srv/salt'", 1);
    let json = r#"{"local_state_tree": "states"}"#;
    bench.run_one("salt-masterless", json).await.unwrap();
    let lines = "\
==> web: Provisioning with Salt...
    web: Downloading saltstack bootstrap to /tmp/install_salt.sh
    web: Installing Salt with command sudo sh /tmp/install_salt.sh
    web: Creating remote temporary directory: /tmp/salt
    web: Creating directory: /tmp/salt
    web: Uploading local state tree: states
    web: Moving states to /tmp/salt/states
    web: Verifying Path: /srv/salt
    web: Removing directory: /srv/salt
    web: Moving /tmp/salt/states to /srv/salt
    web: Running: salt-call --local  state.highstate --file-root=/srv/salt --pillar-root=/srv/pillar --retcode-passthrough -l info";
    let said = bench.lines();
    let said: Vec<_> = said.iter().map(|line| line.trim_end()).collect();
    assert_eq!(said.join("\n"), lines);
}

#[tokio::test]
async fn other_places_on_the_machine_and_no_sudo() {
    let mut bench = bench_with(&["states/"]);
    let json = r#"{"local_state_tree": "states/", "remote_state_tree": "/st", "remote_pillar_roots": "/pi",
                   "skip_bootstrap": true, "disable_sudo": true}"#;
    bench.run_one("salt-masterless", json).await.unwrap();
    let requests = "\
mkdir -p '/tmp/salt'
<directory states>
mv 'states' '/tmp/salt/states'
stat '/st'
mv '/tmp/salt/states' '/st'
salt-call --local  state.highstate --file-root=/st --pillar-root=/pi --retcode-passthrough -l info";
    assert_eq!(transcript(&bench), requests);
}

#[tokio::test]
async fn a_failure_of_salt_call_counts_unless_the_template_says_otherwise() {
    let json =
        |more: &str| format!(r#"{{"local_state_tree": "states", "skip_bootstrap": true{more}}}"#);
    let mut bench = Bench::new();
    bench.remote.status("salt-call", 2);
    let error = bench
        .run_one("salt-masterless", &json(""))
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "Error executing salt-call: Bad exit status: 2"
    );
    assert_eq!(error.hint(), None);
    bench.remote.status("salt-call", 127);
    let error = bench
        .run_one("salt-masterless", &json(""))
        .await
        .unwrap_err();
    assert!(
        error
            .hint()
            .is_some_and(|hint| hint.contains("skip_bootstrap"))
    );
    bench.remote.status("salt-call", 2);
    let ignored = json(r#", "no_exit_on_failure": true"#);
    bench.run_one("salt-masterless", &ignored).await.unwrap();
    bench.remote.status("mv '/tmp/salt/states' '/srv/salt'", 1);
    let error = bench
        .run_one("salt-masterless", &ignored)
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "Unable to move /tmp/salt/states to /srv/salt: Unable to move /tmp/salt/states to /srv/salt: Bad exit status: 1"
    );
}

#[tokio::test]
async fn windows_gets_git_and_the_lists_of_packages() {
    let mut bench = Bench::new();
    let json = r#"{"local_state_tree": "states", "guest_os_type": "windows", "salt_bin_dir": "c:\\salt", "skip_bootstrap": true}"#;
    bench.remote.status("test-path", 1);
    bench.run_one("salt-masterless", json).await.unwrap();
    let requests = r#"powershell.exe -Command "New-Item -ItemType directory -Force -ErrorAction SilentlyContinue -Path C:/Windows/Temp/salt/"
<directory states>
powershell.exe -Command "mv states C:/Windows/Temp/salt/states -force"
powershell.exe -Command { if (test-path C:/salt/state) { exit 0 } else { exit 1 } }
powershell.exe -Command "rm C:/salt/state -recurse -force"
powershell.exe -Command "mv C:/Windows/Temp/salt/states C:/salt/state -force"
powershell [Net.ServicePointManager]::SecurityProtocol = [Net.SecurityProtocolType]::Tls12; Invoke-WebRequest -Uri https://github.com/git-for-windows/git/releases/download/v2.28.0.windows.1/Git-2.28.0-64-bit.exe -OutFile $env:TEMP/Git.exe
powershell Start-Process -FilePath $env:TEMP/Git.exe /SILENT -Wait
powershell Remove-Item $env:TEMP/Git.exe
c:\salt/salt-call --local winrepo.update_git_repos
c:\salt/salt-call --local pkg.refresh_db
c:\salt/salt-call --local  state.highstate --file-root=C:/salt/state --pillar-root=C:/salt/pillar/ --retcode-passthrough -l info"#;
    assert_eq!(transcript(&bench), requests);
}

/// A repository with a formula `nginx` in the state of the tag `v1`, and a later one.
fn repository(bench: &Bench) -> String {
    let path = bench.directory.path().join("formulas.git");
    let script = "git init -q . && mkdir nginx && echo one > nginx/init.sls && git add . && git commit -qm one \
                  && git tag v1 && echo two > nginx/init.sls && git commit -qam two";
    fs::create_dir(&path).unwrap();
    let made = Command::new("sh")
        .args(["-c", script])
        .current_dir(&path)
        .envs([
            ("GIT_AUTHOR_NAME", "a"),
            ("GIT_AUTHOR_EMAIL", "a@example.com"),
            ("GIT_COMMITTER_NAME", "a"),
            ("GIT_COMMITTER_EMAIL", "a@example.com"),
        ])
        .status();
    assert!(made.unwrap().success());
    path.display().to_string()
}

#[tokio::test]
async fn a_formula_is_there_while_the_states_are_uploaded_and_no_longer() {
    let mut bench = bench_with(&["states/top.sls", "states/mine/init.sls"]);
    let repository = repository(&bench);
    let json = format!(
        r#"{{"local_state_tree": "states", "skip_bootstrap": true, "formulas": ["{repository}//nginx?ref=v1", "{repository}//mine"]}}"#
    );
    bench.remote.status("mv 'states'", 1);
    bench.run_one("salt-masterless", &json).await.unwrap_err();
    assert_eq!(bench.file("states/nginx/init.sls"), None, "after a failure");
    bench.run_one("salt-masterless", &json).await.unwrap();
    let lines = bench.lines().join("\n");
    for line in [
        "==> web: Downloading Salt formulas...\n",
        &format!("    web: {repository}//nginx?ref=v1 => states/nginx\n"),
        "    web: Found existing formula at: states/mine\n",
        "    web: Removing Salt formula: states/nginx\n",
    ] {
        assert!(lines.contains(line), "no `{line}` in\n{lines}");
    }
    assert_eq!(bench.file("states/nginx/init.sls"), None);
    assert!(
        bench.file("states/mine/init.sls").is_some(),
        "it was there before"
    );
    let left: Vec<_> = fs::read_dir(bench.directory.path().join("states"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[tokio::test]
async fn a_formula_that_cannot_be_fetched_is_named() {
    let mut bench = bench_with(&["states/"]);
    let json = r#"{"local_state_tree": "states", "skip_bootstrap": true, "formulas": ["/nowhere.git//nginx"]}"#;
    let error = bench.run_one("salt-masterless", json).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Unable to download Salt formula from /nowhere.git//nginx: `git` ended with status 128"
    );
    assert!(bench.remote.asked().is_empty());
}
