//! Each input of the digest is touched in turn, and what does not count is changed too.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::parts::Label;
use super::{Content, Ground};
use crate::cloud::{ImageId, Region};
use crate::facts::Facts;
use crate::gather::gather;
use crate::plan::amazon::Force;
use crate::plan::{PlannedBuild, Selection, plan};
use crate::template::schema;
use crate::template::source::Source;
use crate::template::variables::{GivenVariables, resolve};

mod keys;

/// A template with its files.
struct Bench {
    directory: tempfile::TempDir,
    template: Value,
    given: Vec<(String, String)>,
    volatile: Vec<String>,
    more: Vec<String>,
    environment: BTreeMap<String, String>,
    /// The clock goes on between two runs.
    now: OffsetDateTime,
}

/// A moment whose parts all differ from those of any run of the tests.
const LATER: OffsetDateTime = time::macros::datetime!(2099-12-31 23:59:58 UTC);

impl Bench {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path();
        for (name, text) in [
            ("install.sh", "echo a"),
            ("site.yml", "[]"),
            ("user-data", "#cloud-config"),
            ("app/main", "binary"),
            ("app/nested/file", "text"),
            ("notes.txt", "nobody's"),
        ] {
            fs::create_dir_all(path.join(name).parent().unwrap()).unwrap();
            fs::write(path.join(name), text).unwrap();
        }
        Self {
            directory,
            template: template(),
            given: Vec::new(),
            volatile: Vec::new(),
            more: Vec::new(),
            environment: BTreeMap::new(),
            now: OffsetDateTime::now_utc(),
        }
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    fn content(&self) -> Content {
        self.content_of(&self.template.to_string())
    }

    fn content_of(&self, text: &str) -> Content {
        let (ground, build) = self.planned(text);
        self.read(&ground, &build)
    }

    fn read(&self, ground: &Ground, build: &PlannedBuild) -> Content {
        ground.read(ground.expand(build, &self.volatile), &self.more)
    }

    fn planned(&self, text: &str) -> (Ground, PlannedBuild) {
        let template = schema::read(Source::new("t.json", text.to_owned())).unwrap();
        let given = GivenVariables {
            flags: self.given.clone(),
            ..GivenVariables::default()
        };
        let mut facts = Facts::new(
            self.now,
            self.environment.clone(),
            self.path().to_owned(),
            self.path().to_owned(),
        );
        let variables = resolve(&template, &given, &facts).unwrap();
        let planned = loop {
            let planned = plan(
                &template,
                &variables,
                &Selection::default(),
                Force::No,
                &facts,
            );
            match facts.take_missed() {
                missed if missed.is_empty() => break planned,
                missed => gather(&mut facts, missed),
            }
        };
        assert!(planned.invalid.is_empty(), "{:?}", planned.invalid);
        let ground = Ground {
            template,
            given,
            facts,
        };
        let build = planned.builds.into_iter().next().unwrap();
        (ground, build)
    }

    fn digest(&self) -> String {
        digest(&self.content())
    }
}

fn digest(content: &Content) -> String {
    assert_eq!(content.unknown(), [] as [String; 0]);
    let (region, source) = (Region::new("us-east-1"), ImageId::new("ami-1"));
    content.sealed(&region, &source).unwrap().digest
}

fn template() -> Value {
    json!({
        "variables": {"version": "1", "stamp": "{{timestamp}}", "sha": "abc"},
        "builders": [{
            "type": "amazon-ebs", "region": "us-east-1", "access_key": "a", "secret_key": "s",
            "source_ami": "ami-1", "instance_type": "t3.micro", "ssh_username": "ubuntu",
            "ami_name": "web-{{timestamp}}", "user_data_file": "user-data", "tags": {"Sha": "{{user `sha`}}"}
        }],
        "provisioners": [
            {"type": "shell", "script": "install.sh", "environment_vars": ["V={{user `version`}}"]},
            {"type": "shell", "inline": ["echo {{isotime}} {{user `stamp`}} {{timestamp}} {{strftime `%Y`}} {{uuid}} > /etc/built"]},
            {"type": "file", "source": "app", "destination": "/opt"},
            {"type": "shell", "execute_command": "{{.Vars}} sh {{.Path}}", "inline": ["true"]}
        ]
    })
}

/// The digest after a change of the template.
fn with(change: impl Fn(&mut Value)) -> String {
    let mut bench = Bench::new();
    change(&mut bench.template);
    bench.digest()
}

/// The digest after a change of the disk.
fn with_disk(change: impl Fn(&Path)) -> String {
    let bench = Bench::new();
    change(bench.path());
    bench.digest()
}

#[test]
fn two_runs_of_the_same_have_the_same_digest_whatever_the_clock_says() {
    let mut later = Bench::new();
    later.now = LATER;
    assert_eq!(Bench::new().digest(), later.digest());
}

#[test]
fn a_value_of_the_environment_counts() {
    let built = |value: &str| {
        let mut bench = Bench::new();
        bench.template["variables"]["version"] = json!("{{env `RELEASE`}}");
        let value = value.to_owned();
        bench.environment = BTreeMap::from([("RELEASE".to_owned(), value)]);
        bench.digest()
    };
    assert_ne!(built("1"), built("2"));
    assert_eq!(built("1"), built("1"));
}

#[test]
fn every_part_has_its_share_in_the_digest() {
    let content = Bench::new().content();
    let before = digest(&content);
    for label in content.parts.keys() {
        let mut touched = content.clone();
        touched.parts.insert(*label, [0; 32]);
        assert_ne!(digest(&touched), before, "{label:?}");
        let mut without = content.clone();
        without.parts.remove(label);
        assert_ne!(digest(&without), before, "{label:?}");
    }
    let has_files = content.parts.contains_key(&Label::ProvisionerFiles(1));
    assert!(has_files && content.parts.contains_key(&Label::BuilderFiles));
}

#[test]
fn every_setting_that_decides_is_a_miss() {
    type Change = (&'static str, fn(&mut Value));
    let changes: [Change; 9] = [
        ("instance type", |t| {
            t["builders"][0]["instance_type"] = json!("t3.small")
        }),
        ("user", |t| {
            t["builders"][0]["ssh_username"] = json!("admin")
        }),
        ("run tags", |t| {
            t["builders"][0]["run_tags"] = json!({"a": "b"})
        }),
        ("an unknown way", |t| {
            t["builders"][0]["encrypt_boot"] = json!(true)
        }),
        ("a variable in a setting", |t| {
            t["variables"]["version"] = json!("2")
        }),
        ("a line", |t| {
            t["provisioners"][1]["inline"] = json!(["true"])
        }),
        ("a destination", |t| {
            t["provisioners"][2]["destination"] = json!("/srv")
        }),
        ("a pause", |t| {
            t["provisioners"][0]["pause_before"] = json!("5s")
        }),
        ("a late text", |t| {
            t["provisioners"][3]["execute_command"] = json!("sh {{.Path}} {{.Vars}}")
        }),
    ];
    let before = Bench::new().digest();
    for (what, change) in changes {
        assert_ne!(with(change), before, "{what}");
    }
}

#[test]
fn the_order_of_provisioners_and_their_number_count() {
    let before = Bench::new().digest();
    let swapped = with(|template| template["provisioners"].as_array_mut().unwrap().swap(0, 1));
    let fewer = with(|template| drop(template["provisioners"].as_array_mut().unwrap().pop()));
    assert!(swapped != before && fewer != before && swapped != fewer);
}

#[test]
fn every_file_that_goes_to_the_machine_counts_by_content_and_by_mode() {
    use std::os::unix::fs::PermissionsExt as _;
    let before = Bench::new().digest();
    for name in ["install.sh", "user-data", "app/main", "app/nested/file"] {
        let changed = with_disk(|path| fs::write(path.join(name), "changed").unwrap());
        assert_ne!(changed, before, "{name}");
        let mode = fs::Permissions::from_mode(0o700);
        let changed = with_disk(|path| fs::set_permissions(path.join(name), mode.clone()).unwrap());
        assert_ne!(changed, before, "{name}");
    }
    let renamed =
        with_disk(|path| fs::rename(path.join("app/main"), path.join("app/other")).unwrap());
    assert_ne!(renamed, before);
    let unused = with_disk(|path| fs::write(path.join("notes.txt"), "changed").unwrap());
    assert_eq!(unused, before);
}

#[test]
fn the_source_image_and_its_region_count() {
    let content = Bench::new().content();
    let sealed = |region, image| {
        content
            .sealed(&Region::new(region), &ImageId::new(image))
            .unwrap()
    };
    let first = sealed("us-east-1", "ami-1");
    assert_ne!(first.digest, sealed("us-east-1", "ami-2").digest);
    assert_ne!(first.digest, sealed("eu-west-1", "ami-1").digest);
}

#[test]
fn the_order_of_keys_does_not_count() {
    let bench = Bench::new();
    let text = bench.template.to_string();
    let turned = json!({
        "provisioners": bench.template["provisioners"],
        "builders": [turned_around(&bench.template["builders"][0])],
        "variables": turned_around(&bench.template["variables"]),
    });
    assert_ne!(turned.to_string(), text);
    assert_eq!(
        digest(&bench.content_of(&turned.to_string())),
        bench.digest()
    );
}

fn turned_around(object: &Value) -> Value {
    let members = object.as_object().unwrap().iter().rev();
    members
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

#[test]
fn what_is_told_to_ec2_afterwards_does_not_count() {
    let before = Bench::new().digest();
    let changes: [(&str, Value); 8] = [
        ("ami_name", json!("other")),
        ("ami_regions", json!(["eu-west-1"])),
        ("ami_users", json!(["210987654321"])),
        ("tags", json!({"a": "b"})),
        ("access_key", json!("b")),
        ("ssh_timeout", json!("9m")),
        ("source_ami", json!("ami-2")),
        ("AMI_Name", json!("other")),
    ];
    for (key, value) in changes {
        let changed = with(|template| {
            let builder = template["builders"][0].as_object_mut().unwrap();
            if key == "AMI_Name" {
                builder.remove("ami_name");
            }
            builder.insert(key.to_owned(), value.clone());
        });
        assert_eq!(changed, before, "{key}");
    }
}

#[test]
fn a_volatile_variable_does_not_count_and_any_other_does() {
    let built = |given: &str, volatile: &[&str]| {
        let mut bench = Bench::new();
        let line = json!({"type": "shell", "inline": ["echo {{user `sha`}}"]});
        bench.template["provisioners"]
            .as_array_mut()
            .unwrap()
            .push(line);
        bench.given = vec![("sha".to_owned(), given.to_owned())];
        bench.volatile = volatile.iter().map(|&name| name.to_owned()).collect();
        bench.digest()
    };
    assert_ne!(built("abc", &[]), built("def", &[]));
    assert_eq!(built("abc", &["sha"]), built("def", &["sha"]));
}

#[test]
fn a_variable_that_a_late_text_may_use_counts() {
    let built = |value: &str| {
        let mut bench = Bench::new();
        bench.template["provisioners"][3]["execute_command"] =
            json!("{{if .Vars}}{{user `sha`}}{{end}} sh {{.Path}}");
        bench.given = vec![("sha".to_owned(), value.to_owned())];
        bench.digest()
    };
    assert_ne!(built("abc"), built("def"));
}

#[test]
fn what_is_made_while_the_build_runs_leaves_no_digest_unless_its_files_are_named() {
    let mut bench = Bench::new();
    let local = json!({"type": "shell-local", "inline": ["make app"]});
    bench.template["provisioners"]
        .as_array_mut()
        .unwrap()
        .insert(0, local);
    let unknown = bench.content().unknown().to_vec();
    assert_eq!(unknown, ["`shell-local` runs here, and may make anything"]);
    bench.more = vec!["*.txt".to_owned()];
    let before = bench.digest();
    fs::write(bench.path().join("notes.txt"), "changed").unwrap();
    assert_ne!(bench.digest(), before);
    bench.more = vec!["no-such-*".to_owned()];
    assert_eq!(
        bench.content().unknown(),
        ["`reuse-files`: nothing is at `no-such-*`"]
    );
}

#[test]
fn a_volatile_variable_that_the_template_does_not_have_is_told() {
    let mut bench = Bench::new();
    bench.volatile = vec!["shaa".to_owned()];
    let unknown = bench.content().unknown().to_vec();
    assert_eq!(
        unknown,
        ["`volatile-vars` names `shaa`, which the template does not declare"]
    );
}

#[test]
fn a_playbook_counts_with_all_that_lies_beside_it() {
    let built = |change: fn(&Path)| {
        let mut bench = Bench::new();
        let play = json!({"type": "ansible", "playbook_file": "play/site.yml", "skip_version_check": true,
            "extra_arguments": ["-e", "@vars.yml"]});
        bench.template["provisioners"] = json!([play]);
        fs::create_dir_all(bench.path().join("play/roles")).unwrap();
        fs::write(bench.path().join("play/site.yml"), "[]").unwrap();
        fs::write(bench.path().join("vars.yml"), "a: 1").unwrap();
        change(bench.path());
        bench.digest()
    };
    let before = built(|_| {});
    let changes: [fn(&Path); 3] = [
        |path| fs::write(path.join("play/roles/main.yml"), "[]").unwrap(),
        |path| fs::write(path.join("vars.yml"), "a: 2").unwrap(),
        |path| fs::write(path.join("ansible.cfg"), "[defaults]").unwrap(),
    ];
    for change in changes {
        assert_ne!(built(change), before);
    }
    assert_eq!(
        built(|path| fs::create_dir_all(path.join("play/.git")).unwrap()),
        before
    );
}

/// The page lists every key that the decoders ask for.
#[test]
fn every_key_that_may_name_something_on_this_side_is_in_the_tables() {
    use super::roles::{Role, of_builder, of_provisioner};
    const REMOTE: &[&str] = &[
        "remote_path",
        "remote_file",
        "remote_env_var_path",
        "remote_cookbook_paths",
        "use_env_var_file",
        "download_path",
        "use_linux_pathing",
        "source_ami",
        "keep_inventory_file",
        "inventory_file_template",
        "galaxy_roles_path",
        "galaxy_collections_path",
        "inventory_groups",
        "clean_staging_directory",
        "staging_directory",
        "working_directory",
        "puppet_bin_dir",
        "salt_bin_dir",
        "temp_config_dir",
        "output_file",
        "iam_instance_profile",
        "ssh_file_transfer_method",
        "remote_state_tree",
        "remote_pillar_roots",
        "skip_profile_validation",
        "temp_config_dir",
        "vars_inline",
        "vars_env",
        "environment_vars",
        "ansible_env_vars",
        "ami_description",
        "snapshot_description",
        "direction",
        "temporary_iam_instance_profile_policy_document",
        "temporary_security_group_source_cidrs",
        "temporary_security_group_source_public_ip",
        "tempfile_extension",
    ];
    let suspicious = [
        "file", "path", "dir", "script", "source", "tests", "_vars", "tree", "roots",
    ];
    let page = include_str!("../../docs/template-support.md");
    let mut section = "";
    let mut missing = Vec::new();
    for line in page.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            section = title;
        }
        let Some(key) = line
            .strip_prefix("| `")
            .and_then(|rest| rest.split('`').next())
        else {
            continue;
        };
        let kind = section.split('`').nth(1).unwrap_or_default();
        let role = if section.starts_with("Builder `amazon-ebs") {
            of_builder(key)
        } else if section.starts_with("Provisioner") && section.ends_with(": yes") {
            of_provisioner(kind, key)
        } else {
            continue;
        };
        let names_something = suspicious.iter().any(|word| key.contains(word));
        if names_something
            && role == Role::Text
            && !key.contains(['.', '['])
            && !REMOTE.contains(&key)
        {
            missing.push(format!("{kind}: {key}"));
        }
    }
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn a_secret_of_the_template_is_not_in_the_tags() {
    let mut bench = Bench::new();
    bench.given = vec![("version".to_owned(), "correct-horse".to_owned())];
    let content = bench.content();
    let sealed = content
        .sealed(&Region::new("us-east-1"), &ImageId::new("ami-1"))
        .unwrap();
    assert!(!format!("{sealed:?} {:?}", Arc::new(content)).contains("correct-horse"));
}
