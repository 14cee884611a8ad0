//! What a rehearsal writes and removes, it writes and removes in a copy: the workspace stays as it is, whatever the template says.

use serde_json::{Value, json};

use crate::support::{Finished, Run, Workspace};

const TEMPLATE: &str = "template.json";

/// Every file with its content.
fn files(workspace: &Workspace) -> Vec<(String, String)> {
    let names = ["page.html", "site/index.html", "site/old.html"];
    let read = |name: &str| (name.to_owned(), workspace.read(name));
    names.map(read).to_vec()
}

fn workspace(provisioners: &Value, post_processors: &Value) -> Workspace {
    let template = json!({
        "builders": [{
            "type": "amazon-ebs",
            "name": "web",
            "region": "us-east-1",
            "source_ami": "ami-0123456789abcdef0",
            "instance_type": "t3.micro",
            "ami_name": "web-{{timestamp}}",
            "ssh_username": "builder",
        }],
        "provisioners": provisioners,
        "post-processors": post_processors,
    });
    let workspace = Workspace::with(TEMPLATE, &template.to_string());
    std::fs::create_dir(workspace.path().join("site")).unwrap();
    workspace.write("page.html", "here");
    workspace.write("site/index.html", "here");
    workspace.write("site/old.html", "here");
    workspace
}

fn rehearse(workspace: &Workspace) -> Finished {
    Run::new(workspace, &["rehearse", "-sandbox=host", TEMPLATE]).finish()
}

/// What the machine has to offer.
fn made() -> Value {
    json!({ "type": "shell", "inline": [
        "mkdir -p /tmp/site /tmp/.git/hooks",
        "echo evil | tee /tmp/page.html /tmp/site/index.html /tmp/site/new.html /tmp/.git/hooks/post-checkout",
    ] })
}

fn download(source: &str, destination: &str) -> Value {
    json!({ "type": "file", "direction": "download", "source": source, "destination": destination })
}

#[test]
fn what_is_downloaded_does_not_replace_what_is_there() {
    let downloads = [
        download("/tmp/page.html", "./"),
        download("/tmp/page.html", "page.html"),
        download("/tmp/site/", "./"),
        download("/tmp/site", "."),
        download("/tmp/site/index.html", "site/"),
    ];
    for download in downloads {
        let workspace = workspace(&json!([made(), download]), &json!([]));
        let before = files(&workspace);
        rehearse(&workspace);
        assert_eq!(files(&workspace), before, "{download}");
        assert!(!workspace.path().join("site/new.html").exists());
    }
}

#[test]
fn what_was_downloaded_is_what_a_later_step_finds() {
    let provisioners = json!([
        made(),
        download("/tmp/page.html", "./"),
        download("/tmp/site/", "./"),
        { "type": "file", "source": "page.html", "destination": "/tmp/one" },
        { "type": "file", "source": "site/index.html", "destination": "/tmp/two" },
        { "type": "file", "source": "site/old.html", "destination": "/tmp/three" },
        { "type": "shell", "inline": ["echo found $(cat /tmp/one /tmp/two /tmp/three)"] },
    ]);
    let workspace = workspace(&provisioners, &json!([]));
    rehearse(&workspace)
        .expect_code(0)
        .expect_text("found evil evil here");
}

#[test]
fn a_path_that_is_known_only_then_leads_no_further() {
    let out = "../".repeat(12);
    for name in ["{{build `ID`}}", "{{.ChecksumType}}"] {
        let outside = tempfile::tempdir().unwrap();
        let path = format!("{name}/{out}{}/file", outside.path().display());
        let post_processors = json!([[
            { "type": "artifice", "files": ["page.html"] },
            { "type": "checksum", "output": path },
        ]]);
        let provisioners = json!([made(), download("/tmp/page.html", &path)]);
        for (provisioners, post_processors) in
            [(provisioners, json!([])), (json!([]), post_processors)]
        {
            let workspace = workspace(&provisioners, &post_processors);
            rehearse(&workspace);
            assert!(!outside.path().join("file").exists(), "{path}");
        }
    }
}

#[test]
fn what_a_post_processor_removes_stays() {
    let post_processors = json!([[
        { "type": "artifice", "files": ["*/old.html", "page.html"] },
        { "type": "compress", "output": "all.tar.gz", "keep_input_artifact": false },
    ]]);
    let alone = json!([[
        { "type": "artifice", "files": ["*/old.html", "page.html"] },
        { "type": "artifice", "files": ["site/index.html"], "keep_input_artifact": false },
    ]]);
    for post_processors in [post_processors, alone] {
        let workspace = workspace(&json!([]), &post_processors);
        let before = files(&workspace);
        rehearse(&workspace).expect_code(0);
        assert_eq!(files(&workspace), before);
    }
}
