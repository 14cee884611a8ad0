//! `ansible-local`: what the machine is told.

use super::*;
use crate::remote::DirectoryPart;

const STAGING: &str = "/tmp/packer-provisioner-ansible-local/";

/// A bench with a playbook, a galaxy file and a directory.
fn bench() -> Bench {
    let mut bench = Bench::new();
    let path = bench.directory.path();
    fs::write(path.join("s.sh"), "- hosts: all\n").unwrap();
    fs::write(path.join("d"), "roles: []\ncollections: []\n").unwrap();
    fs::create_dir(path.join("dir")).unwrap();
    bench.cx.data.insert("PackerHTTPAddr".into(), "HTTP".into());
    bench
}

/// What was asked, with the staging directory's own name as `S`.
fn asked(bench: &Bench) -> Vec<String> {
    let asked = bench.remote.asked();
    let Some(Asked::Run(first)) = asked.first() else {
        panic!("{asked:?}")
    };
    let staging = first.split('\'').nth(1).unwrap().to_owned();
    let told = asked.into_iter().map(|asked| match asked {
        Asked::Run(command) => command.trim_end().to_owned(),
        Asked::Upload(path, bytes) => format!("{path} = {}", String::from_utf8_lossy(&bytes)),
        Asked::UploadDirectory(path, DirectoryPart::Contents) => format!("{path}/"),
        other => format!("{other:?}"),
    });
    told.map(|text| text.replace(&staging, "S")).collect()
}

#[tokio::test]
async fn a_playbook_goes_to_a_staging_directory_and_is_played_there() {
    let mut bench = bench();
    let json = r#"{"playbook_file": "s.sh", "extra_arguments": ["-v", "id={{build `ID`}}"], "clean_staging_directory": true}"#;
    bench.run_one("ansible-local", json).await.unwrap();
    let asked = asked(&bench);
    assert_eq!(asked[..2], ["mkdir -p 'S'", "S/s.sh = - hosts: all\n"]);
    let inventory = asked[2].split(' ').next().unwrap();
    assert!(
        inventory.starts_with("S/packer-provisioner-ansible-local"),
        "{inventory}"
    );
    assert!(asked[2].ends_with(" = 127.0.0.1"), "{}", asked[2]);
    let play = format!(
        "cd S &&  ANSIBLE_FORCE_COLOR=1 PYTHONUNBUFFERED=1 ansible-playbook S/s.sh --extra-vars \"packer_build_name=web packer_builder_type=null packer_http_addr=HTTP -o IdentitiesOnly=yes\" -v id=i-1 -c local -i {inventory}"
    );
    assert_eq!(asked[3..], [play, "rm -rf 'S'".to_owned()]);
}

#[tokio::test]
async fn everything_that_a_template_can_name_goes_to_its_place() {
    let mut bench = bench();
    let json = r#"{"playbook_file": "s.sh", "staging_directory": "/opt/a", "group_vars": "dir", "host_vars": "dir", "role_paths": ["dir"],
        "collection_paths": ["dir"], "playbook_paths": ["dir"], "galaxy_file": "d", "galaxy_force_install": true, "inventory_groups": ["g", "h"]}"#;
    bench.run_one("ansible-local", json).await.unwrap();
    let asked = asked(&bench);
    assert!(
        asked[3].ends_with(" = [g]\n127.0.0.1\n[h]\n127.0.0.1\n"),
        "{}",
        asked[3]
    );
    let inventory = asked[3].split(' ').next().unwrap();
    let directories = [
        "mkdir -p 'S/group_vars'",
        "S/group_vars/",
        "mkdir -p 'S/host_vars'",
        "S/host_vars/",
        "mkdir -p 'S/roles/dir'",
        "S/roles/dir/",
        "mkdir -p 'S/collections/dir'",
        "S/collections/dir/",
        "mkdir -p 'S/playbooks'",
        "mkdir -p 'S/playbooks/dir'",
        "S/playbooks/dir/",
        "cd S && ansible-galaxy install -r S/d -p S/galaxy_roles -f",
        "cd S && ansible-galaxy collection install -r S/d -p S/galaxy_collections -f",
    ];
    assert_eq!(asked[4..17], directories);
    let variables = "cd S &&  ANSIBLE_COLLECTIONS_PATH=$ANSIBLE_COLLECTIONS_PATH:S/galaxy_collections:S/collections ANSIBLE_ROLES_PATH=$ANSIBLE_ROLES_PATH:S/galaxy_roles ANSIBLE_FORCE_COLOR=1";
    assert!(asked[17].starts_with(variables), "{}", asked[17]);
    assert!(
        asked[17].ends_with(&format!("-o IdentitiesOnly=yes\"  -c local -i {inventory}")),
        "{}",
        asked[17]
    );
}

#[tokio::test]
async fn several_playbooks_keep_their_paths_unless_the_whole_tree_went_before() {
    let mut bench = bench();
    let inside = bench.directory.path().join("dir/in.yml");
    fs::write(&inside, "").unwrap();
    let json = r#"{"playbook_files": ["s.sh", "dir/in.yml"], "playbook_dir": "dir"}"#;
    bench.run_one("ansible-local", json).await.unwrap();
    let asked = asked(&bench);
    let root = bench.directory.path().display();
    assert_eq!(
        asked[..4],
        [
            "mkdir -p 'S'".to_owned(),
            "S/".to_owned(),
            format!("mkdir -p 'S{root}'"),
            format!("S{root}/s.sh = - hosts: all\n")
        ]
    );
    let playbooks: Vec<&str> = asked[5..]
        .iter()
        .filter_map(|play| play.split(' ').nth(7))
        .collect();
    assert_eq!(playbooks, [format!("S{root}/s.sh"), "S/in.yml".to_owned()]);
}

#[tokio::test]
async fn a_retry_works_in_the_same_staging_directory() {
    let mut bench = bench();
    bench.remote.status("ansible-playbook", 2);
    let mut planned = bench.plan("ansible-local", r#"{"playbook_file": "s.sh"}"#);
    planned.wrap.max_retries = 1;
    bench.run(&[planned]).await.unwrap();
    let made: Vec<String> = bench
        .remote
        .commands()
        .into_iter()
        .filter(|command| command.starts_with("mkdir"))
        .collect();
    assert_eq!(made.len(), 2);
    assert!(made[0].contains(STAGING) && made[0] == made[1], "{made:?}");
}

#[tokio::test]
async fn a_machine_without_ansible_is_told_from_a_playbook_that_fails() {
    let mut bench = bench();
    let json = r#"{"playbook_file": "s.sh", "command": "my-ansible"}"#;
    bench.remote.status("my-ansible", 127);
    let missing = bench.run_one("ansible-local", json).await.unwrap_err();
    assert!(
        missing
            .to_string()
            .starts_with("Error executing Ansible: my-ansible could not be found.")
    );
    assert!(missing.hint().is_some());
    bench.remote.status("my-ansible", 2);
    let failed = bench.run_one("ansible-local", json).await.unwrap_err();
    assert_eq!(
        failed.to_string(),
        "Error executing Ansible: Non-zero exit status: 2"
    );
}

#[tokio::test]
async fn a_directory_that_cannot_be_made_ends_it_before_anything_is_uploaded() {
    let mut bench = bench();
    bench.remote.status("mkdir", 1);
    let error = bench
        .run_one("ansible-local", r#"{"playbook_file": "s.sh"}"#)
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "Error creating staging directory: Non-zero exit status. See output above for more information."
    );
    assert_eq!(bench.remote.asked().len(), 1);
}

#[tokio::test]
async fn roles_of_an_old_galaxy_file_are_found_where_they_were_installed() {
    let mut bench = bench();
    fs::write(bench.directory.path().join("d"), "- src: some.role\n").unwrap();
    let json = r#"{"playbook_file": "s.sh", "galaxy_file": "d", "galaxy_roles_path": "/r"}"#;
    bench.run_one("ansible-local", json).await.unwrap();
    let asked = asked(&bench);
    let variable = "ANSIBLE_ROLES_PATH=$ANSIBLE_ROLES_PATH:/r ";
    assert!(asked[4].ends_with("install -r S/d -p /r"), "{}", asked[4]);
    assert!(asked[5].contains(variable), "{}", asked[5]);
}
