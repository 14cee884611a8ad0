//! Puppet, Chef, Salt and goss on a real machine, with a script in the place of each tool that notes how it was called.

use serde_json::{Value, json};

use crate::support::{Finished, Lab, Left, Run, Workspace};

/// Notes its arguments and facts, and keeps what was uploaded for it: `/tmp` does not get into the image.
const TOOL: &str = r#"#!/bin/sh
name=$(basename "$0")
{ echo "$name $*"; env | grep ^FACTER_ | sort; } >> "/opt/seen/$name"
for path in /tmp/packer-puppet-masterless /tmp/packer-chef-solo /srv/salt /srv/pillar /tmp/goss; do
  [ ! -d "$path" ] || cp -r "$path" /opt/seen/
done
echo "from $name"
[ "$name" != puppet ] || exit 2
"#;

/// What a build left.
struct Built {
    lab: Lab,
    workspace: Workspace,
    image: String,
    finished: Finished,
}

impl Built {
    fn seen(&self, path: &str) -> String {
        let path = format!("/opt/seen/{path}");
        let content = self.lab.file(&self.image, &path);
        content.unwrap_or_else(|| panic!("no {path}; the output:\n{}", self.finished.output))
    }
}

/// Builds an image with `provisioner`, from these local files.
fn build(provisioner: &Value, files: &[(&str, &str)]) -> Built {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    workspace.write("tool", TOOL);
    for (name, content) in files {
        let path = workspace.path().join(name);
        std::fs::create_dir_all(path.parent().expect("it lies in the workspace")).unwrap();
        std::fs::write(path, content).unwrap();
    }
    let mut template: Value = serde_json::from_str(&workspace.read("quick.json")).unwrap();
    let install = "for tool in puppet chef-solo salt-call; do sudo install -m 755 /tmp/tool /usr/local/bin/$tool; done";
    template["provisioners"] = json!([
        {"type": "file", "source": "tool", "destination": "/tmp/tool"},
        {"type": "shell", "inline": [install, "sudo install -d -m 777 /opt/seen"]},
        provisioner,
    ]);
    workspace.write("quick.json", &template.to_string());
    let finished = Run::new(&workspace, &["build", "quick.json"])
        .lab(&lab)
        .finish()
        .expect_code(0);
    let account = lab.account_at_rest();
    account.assert_holds(Left::Images(1));
    let image = account.ids("images").remove(0);
    Built {
        lab,
        workspace,
        image,
        finished,
    }
}

#[test]
fn puppet_applies_what_was_uploaded() {
    let provisioner = json!({
        "type": "puppet-masterless", "manifest_file": "site.pp", "module_paths": ["modules"], "facter": {"role": "web"},
    });
    let files = [
        ("site.pp", "node default {}\n"),
        ("modules/a/init.pp", "a\n"),
    ];
    let built = build(&provisioner, &files);
    assert_eq!(
        built.seen("puppet"),
        "puppet apply --detailed-exitcodes --modulepath=/tmp/packer-puppet-masterless/module-0 /tmp/packer-puppet-masterless/manifests/site.pp\n\
         FACTER_packer_build_name=quick\nFACTER_packer_builder_type=amazon-ebs\nFACTER_role=web\n"
    );
    assert_eq!(
        built.seen("packer-puppet-masterless/manifests/site.pp"),
        "node default {}\n"
    );
    assert_eq!(
        built.seen("packer-puppet-masterless/module-0/a/init.pp"),
        "a\n"
    );
}

#[test]
fn chef_runs_with_its_cookbooks_and_attributes() {
    let provisioner = json!({
        "type": "chef-solo", "skip_install": true, "cookbook_paths": ["cookbooks/"], "run_list": ["recipe[x]"],
        "json": {"name": "{{build_name}}"},
    });
    let built = build(&provisioner, &[("cookbooks/x/metadata.rb", "x\n")]);
    assert_eq!(
        built.seen("chef-solo"),
        "chef-solo --no-color -c /tmp/packer-chef-solo/solo.rb -j /tmp/packer-chef-solo/node.json\n"
    );
    assert_eq!(
        built.seen("packer-chef-solo/cookbooks-0/x/metadata.rb"),
        "x\n"
    );
    let attributes: Value =
        serde_json::from_str(&built.seen("packer-chef-solo/node.json")).unwrap();
    assert_eq!(
        attributes,
        json!({"name": "quick", "run_list": ["recipe[x]"]})
    );
}

#[test]
fn salt_finds_states_and_pillar_where_it_looks_for_them() {
    let provisioner = json!({
        "type": "salt-masterless", "skip_bootstrap": true, "local_state_tree": "states", "local_pillar_roots": "pillar/",
        "grains_file": "grains",
    });
    let files = [
        ("states/web/init.sls", "web:\n"),
        ("pillar/top.sls", "top:\n"),
        ("grains", "role: web\n"),
    ];
    let built = build(&provisioner, &files);
    assert_eq!(
        built.seen("salt-call"),
        "salt-call --local state.highstate --file-root=/srv/salt --pillar-root=/srv/pillar --retcode-passthrough -l info\n"
    );
    assert_eq!(built.seen("salt/web/init.sls"), "web:\n");
    assert_eq!(built.seen("pillar/top.sls"), "top:\n");
    let grains = built.lab.file(&built.image, "/etc/salt/grains");
    assert_eq!(grains.as_deref(), Some("role: web\n"));
}

#[test]
fn goss_runs_as_uploaded_and_its_report_comes_back() {
    let provisioner = json!({
        "type": "goss", "local_binary": "tool", "download_path": "/tmp/goss-bin", "tests": ["tests"],
        "output_file": "/tmp/report.txt", "vars_inline": {"a": "b c"}, "use_sudo": true,
    });
    let built = build(&provisioner, &[("tests/goss.yaml", "port: {}\n")]);
    assert_eq!(
        built.seen("goss-bin"),
        "goss-bin --version\ngoss-bin --vars-inline {\"a\":\"b c\"} render\ngoss-bin --vars-inline {\"a\":\"b c\"} render -d\n\
         goss-bin --vars-inline {\"a\":\"b c\"} validate --retry-timeout 0s --sleep 1s\n"
    );
    assert_eq!(built.seen("goss/tests/goss.yaml"), "port: {}\n");
    for name in ["report.txt", "goss-spec.yaml", "debug-goss-spec.yaml"] {
        assert_eq!(built.workspace.read(name), "from goss-bin\n", "{name}");
    }
}

#[test]
fn a_provisioner_that_does_not_run_here_is_refused_with_the_commands_that_do_the_same() {
    let template = json!({
        "builders": [{"type": "null", "communicator": "none"}],
        "provisioners": [{"type": "chef-client", "server_url": "https://chef.example.com", "version": "17", "prevent_sudo": true}],
    });
    let workspace = Workspace::with("chef.json", &template.to_string());
    Run::new(&workspace, &["validate", "chef.json"])
        .finish()
        .expect_code(0)
        .expect_text("chef-client");
    Run::new(&workspace, &["build", "chef.json"])
        .finish()
        .expect_code(1)
        .expect_text("the provisioner `chef-client` at chef.json:1:")
        .expect_text("`curl -L https://omnitruck.chef.io/install.sh | bash -s -- -v 17`")
        .expect_text("`chef-client --no-color -c /tmp/packer-chef-client/client.rb -j /tmp/packer-chef-client/first-boot.json`")
        .expect_text("https://chef.example.com");
}
