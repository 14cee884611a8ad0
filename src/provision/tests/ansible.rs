//! `ansible` with a script in ansible's place, and the proxy with OpenSSH's own client.

use std::os::unix::fs::PermissionsExt as _;

use super::*;

/// A bench with a tool of that name, which is a shell script.
fn bench(script: &str) -> Bench {
    let bench = Bench::new();
    let path = bench.directory.path().join("tool");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(bench.directory.path().join("s.sh"), "- hosts: default\n").unwrap();
    bench
}

/// Sets `KEY`, `PORT` and `INVENTORY` from what the tool was told.
const READ_ARGUMENTS: &str = r#"for a in "$@"; do
  case $a in ansible_ssh_private_key_file=*) KEY=${a#*=} ;; esac
  [ "$before" = -i ] && INVENTORY=$a
  before=$a
done
PORT=$(sed -n '1s/.*ansible_port=\([0-9]*\).*/\1/p' "$INVENTORY")
GUEST=$(sed -n '1s/.*ansible_user=\([^ ]*\).*/\1/p' "$INVENTORY")
to() { ssh -F /dev/null -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o BatchMode=yes -o IdentitiesOnly=yes -i "$KEY" -p "$PORT" "$@"; }"#;

fn json(more: &str) -> String {
    // With the check left out the inventory would be the old one.
    format!(
        r#"{{"playbook_file": "s.sh", "command": "./tool", "skip_version_check": true,
            "inventory_file_template": "{{{{.HostAlias}}}} ansible_host={{{{.Host}}}} ansible_user={{{{.User}}}} ansible_port={{{{.Port}}}}\n"{more}}}"#
    )
}

fn left(bench: &Bench) -> Vec<String> {
    let entries = fs::read_dir(bench.directory.path()).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.contains("ansible"))
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn the_tool_gets_the_inventory_its_variables_and_the_builds_values() {
    let mut bench = bench(&format!(
        "{READ_ARGUMENTS}\ncat \"$INVENTORY\"; echo \"$A $ANSIBLE_HOST_KEY_CHECKING $ANSIBLE_SCP_IF_SSH\"; echo \"$7\" >&2"
    ));
    bench.cx.data.insert("ConnType".into(), "ssh".into());
    let more = r#", "user": "me", "groups": ["g"], "empty_groups": ["e"], "local_port": 40613, "host_alias": "host",
        "ansible_env_vars": ["A={{build `ID`}}", "ANSIBLE_HOST_KEY_CHECKING=True"], "extra_arguments": ["id={{build `ID`}}"]"#;
    bench.run_one("ansible", &json(more)).await.unwrap();
    let lines = bench.lines();
    let line = "    web: host ansible_host=127.0.0.1 ansible_user=me ansible_port=406";
    assert!(
        lines.iter().filter(|shown| shown.starts_with(line)).count() == 2,
        "{lines:?}"
    );
    for expected in ["[g]", "[e]", "i-1 False True", "id=i-1"] {
        assert!(
            lines.contains(&format!("    web: {expected}")),
            "{expected}: {lines:?}"
        );
    }
    assert_eq!(left(&bench), Vec::<String>::new(), "temporary files stay");
}

#[tokio::test]
async fn commands_go_through_the_proxy_with_input_outputs_and_status() {
    let mut bench = bench(&format!(
        "{READ_ARGUMENTS}\nprintf hello | to \"$GUEST@127.0.0.1\" 'cat > /x'; echo \"status $?\""
    ));
    bench.remote.answer(
        "/x",
        Answer {
            output: vec![
                Output::Stdout(b"out\n".to_vec()),
                Output::Stderr(b"err\n".to_vec()),
            ],
            exit: Ok(Exit::Status(7)),
        },
    );
    bench.run_one("ansible", &json("")).await.unwrap();
    let asked = Asked::Pipe("cat > /x".into(), b"hello".to_vec());
    assert_eq!(bench.remote.asked(), [asked]);
    let lines = bench.lines();
    for expected in ["out", "err", "status 7"] {
        assert!(
            lines.contains(&format!("    web: {expected}")),
            "{expected}: {lines:?}"
        );
    }
}

#[tokio::test]
async fn sftp_runs_the_command_that_the_template_names() {
    let mut bench = bench(&format!(
        "{READ_ARGUMENTS}\nto -s \"$GUEST@127.0.0.1\" sftp < /dev/null; to -s \"$GUEST@127.0.0.1\" other; echo \"other $?\""
    ));
    let more = r#", "sftp_command": "/opt/sftp -x""#;
    bench.run_one("ansible", &json(more)).await.unwrap();
    let asked = Asked::Pipe("/opt/sftp -x".into(), Vec::new());
    assert_eq!(bench.remote.asked(), [asked]);
    let lines = bench.lines();
    assert!(
        lines.contains(&"==> web: unsupported subsystem requested: other".to_owned()),
        "{lines:?}"
    );
}

#[tokio::test]
async fn only_the_runs_own_key_and_user_get_in() {
    let mut bench = bench(&format!(
        "{READ_ARGUMENTS}\nto nobody-else@127.0.0.1 true; echo \"user $?\"
ssh-keygen -q -t ecdsa -N '' -f \"$TMPDIR/other\"; KEY=$TMPDIR/other; to \"$GUEST@127.0.0.1\" true; echo \"key $?\""
    ));
    bench.run_one("ansible", &json("")).await.unwrap();
    let lines = bench.lines();
    for expected in ["user 255", "key 255"] {
        assert!(
            lines.contains(&format!("    web: {expected}")),
            "{expected}: {lines:?}"
        );
    }
    assert_eq!(bench.remote.asked(), []);
}

#[tokio::test]
async fn the_users_keys_take_the_place_of_ours() {
    let mut bench = bench(&format!(
        "{READ_ARGUMENTS}\n[ -z \"$KEY\" ] && echo none; KEY=$TMPDIR/d
chmod 600 \"$KEY\"; to \"$GUEST@127.0.0.1\" true; echo \"status $?\""
    ));
    let pair = |name: &str, kind: &str| {
        let path = bench.directory.path().join(name);
        let made = std::process::Command::new("ssh-keygen")
            .args(["-q", "-t", kind, "-N", "", "-m", "PEM", "-f"])
            .arg(path)
            .status();
        assert!(made.unwrap().success());
    };
    pair("d", "rsa");
    fs::rename(
        bench.directory.path().join("d.pub"),
        bench.directory.path().join("d.key"),
    )
    .unwrap();
    pair("s", "ecdsa");
    fs::copy(
        bench.directory.path().join("d.key"),
        bench.directory.path().join("d.pub"),
    )
    .unwrap();
    let more = r#", "ssh_authorized_key_file": "d.pub", "ssh_host_key_file": "s""#;
    bench.run_one("ansible", &json(more)).await.unwrap();
    let lines = bench.lines();
    for expected in ["none", "status 0"] {
        assert!(
            lines.contains(&format!("    web: {expected}")),
            "{expected}: {lines:?}"
        );
    }
}

#[tokio::test]
async fn rsa_keys_serve_as_well() {
    let mut bench = bench(&format!(
        "{READ_ARGUMENTS}\nto \"$GUEST@127.0.0.1\" true; echo \"status $?\""
    ));
    let more = r#", "ansible_proxy_key_type": "rsa""#;
    bench.run_one("ansible", &json(more)).await.unwrap();
    let lines = bench.lines();
    assert!(lines.contains(&"    web: status 0".to_owned()), "{lines:?}");
}

#[tokio::test]
async fn a_port_that_is_taken_is_told_and_the_next_one_is_tried() {
    let mut bench = bench(&format!("{READ_ARGUMENTS}\necho \"port $PORT\""));
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    bench
        .run_one("ansible", &json(&format!(r#", "local_port": {port}"#)))
        .await
        .unwrap();
    let lines = bench.lines();
    let told = format!("==> web: listen tcp 127.0.0.1:{port}: bind: address already in use");
    assert!(lines.contains(&told), "{lines:?}");
    let next = |line: &String| {
        line.strip_prefix("    web: port ")
            .is_some_and(|next| next != port.to_string())
    };
    assert!(lines.iter().any(next), "{lines:?}");
}

#[tokio::test]
async fn without_the_proxy_the_builds_key_is_lent_for_the_run() {
    let mut bench = bench(&format!("{READ_ARGUMENTS}\ncat \"$INVENTORY\" \"$KEY\""));
    for (key, value) in [
        ("Host", "192.0.2.1"),
        ("Port", "22"),
        ("User", "ubuntu"),
        ("ConnType", "ssh"),
        ("SSHPrivateKey", "the key\n"),
    ] {
        bench.cx.data.insert(key.into(), value.into());
    }
    bench
        .run_one("ansible", &json(r#", "use_proxy": false"#))
        .await
        .unwrap();
    let lines = bench.lines();
    let host = "    web: default ansible_host=192.0.2.1 ansible_user=ubuntu ansible_port=22";
    assert!(
        lines.contains(&host.to_owned()) && lines.contains(&"    web: the key".to_owned()),
        "{lines:?}"
    );
    assert_eq!(left(&bench), Vec::<String>::new(), "temporary files stay");
}

#[tokio::test]
async fn without_an_address_the_proxy_is_used_all_the_same() {
    let mut bench = bench(&format!(
        "{READ_ARGUMENTS}\nto \"$GUEST@127.0.0.1\" true; echo \"status $?\""
    ));
    bench
        .run_one("ansible", &json(r#", "use_proxy": false"#))
        .await
        .unwrap();
    let lines = bench.lines();
    assert!(
        lines
            .iter()
            .any(|line| line.contains("Falling back to use localhost proxy.")),
        "{lines:?}"
    );
    assert!(lines.contains(&"    web: status 0".to_owned()), "{lines:?}");
}

#[tokio::test]
async fn a_kept_inventory_stays_and_galaxy_runs_first() {
    let mut bench = bench("echo \"ran $*\"");
    fs::write(bench.directory.path().join("d"), "collections: []\n").unwrap();
    let more = r#", "keep_inventory_file": true, "galaxy_file": "d", "galaxy_command": "./tool""#;
    bench.run_one("ansible", &json(more)).await.unwrap();
    let lines = bench.lines();
    assert!(
        lines.contains(&"    web: ran collection install -r d".to_owned()),
        "{lines:?}"
    );
    assert_eq!(left(&bench).len(), 1, "{:?}", left(&bench));
}

#[tokio::test]
async fn a_playbook_that_fails_is_an_error_with_its_status() {
    let mut bench = bench("exit 4");
    let error = bench.run_one("ansible", &json("")).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Error executing Ansible: Non-zero exit status: exit status 4"
    );
    assert_eq!(left(&bench), Vec::<String>::new(), "temporary files stay");
}

#[tokio::test]
async fn where_ansible_is_missing_the_error_says_what_to_do() {
    let mut bench = bench("");
    let error = bench
        .run_one("ansible", &json("").replace("./tool", "no-such-ansible"))
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("executable file not found in $PATH")
    );
    assert!(error.hint().unwrap().contains("ansible-local"));
}

#[tokio::test]
async fn a_stop_lets_the_tool_tidy_up_and_ends_what_it_started() {
    let mut bench = bench("trap 'echo tidy; exit 1' TERM; echo begun; sleep 60 & wait");
    let (handle, stop) = StopHandle::new();
    bench.cx.stop = stop;
    let planned = [bench.plan("ansible", &json(""))];
    let captured = bench.captured.clone();
    let began = Instant::now();
    let (result, ()) = tokio::join!(bench.run(&planned), async {
        while !captured.text().contains("begun") {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        handle.request(StopReason::Interrupt);
    });
    assert!(
        matches!(result, Err(ProvisionError::Cancelled)),
        "{result:?}"
    );
    assert!(bench.captured.text().contains("tidy"));
    assert!(began.elapsed() < Duration::from_secs(5));
    assert_eq!(left(&bench), Vec::<String>::new(), "temporary files stay");
}
