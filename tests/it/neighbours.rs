//! Two builds in one account, and things that others made.

use crate::support::{Lab, Left, Run, Workspace};

fn named(workspace: &Workspace, file: &str, name: &str) {
    workspace.write(
        file,
        &workspace
            .read("quick.json")
            .replace("quick-{{timestamp}}", name),
    );
}

#[test]
fn two_builds_at_once_do_not_touch_each_others_things() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    named(&workspace, "one.json", "one");
    named(&workspace, "two.json", "two");
    let builds = ["one.json", "two.json"]
        .map(|template| Run::new(&workspace, &["build", template]).lab(&lab).start());
    for build in builds {
        build.finish().expect_code(0);
    }
    lab.account_at_rest().assert_holds(Left::Images(2));
}

#[test]
fn a_build_that_fails_does_not_touch_the_one_beside_it() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    named(&workspace, "good.json", "good");
    let failing = workspace
        .read("quick.json")
        .replace("echo made here", "exit 5; echo");
    workspace.write("failing.json", &failing);
    let good = Run::new(&workspace, &["build", "good.json"])
        .lab(&lab)
        .start();
    let failing = Run::new(&workspace, &["build", "failing.json"])
        .lab(&lab)
        .start();
    failing.finish().expect_code(1);
    good.finish().expect_code(0);
    let account = lab.account_at_rest();
    account.assert_holds(Left::Images(1));
    account.image_named("good");
}

#[test]
fn a_name_that_is_taken_is_refused_before_anything_is_created() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    named(&workspace, "one.json", "one");
    Run::new(&workspace, &["build", "one.json"])
        .lab(&lab)
        .finish()
        .expect_code(0);
    let launched = lab.count("RunInstances");
    let second = Run::new(&workspace, &["build", "one.json"])
        .lab(&lab)
        .finish();
    second
        .expect_code(1)
        .expect_text("AMI Name: 'one' is used by an existing AMI");
    assert_eq!(lab.count("CreateSecurityGroup"), 1);
    assert_eq!(lab.count("RunInstances"), launched);
    lab.account_at_rest().assert_holds(Left::Images(1));
}

#[test]
fn force_deregister_replaces_the_old_image_once_the_new_one_is_there() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    named(&workspace, "one.json", "one");
    Run::new(&workspace, &["build", "one.json"])
        .lab(&lab)
        .finish()
        .expect_code(0);
    let old = lab.account().ids("images").remove(0);
    let forced = workspace.read("one.json").replace(
        r#""instance_type""#,
        r#""force_deregister": true, "force_delete_snapshot": true, "instance_type""#,
    );
    workspace.write("forced.json", &forced);
    let failing = forced.replace("echo made here", "exit 5; echo");
    workspace.write("failing.json", &failing);
    Run::new(&workspace, &["build", "failing.json"])
        .lab(&lab)
        .finish()
        .expect_code(1);
    assert_eq!(
        lab.account_at_rest().ids("images"),
        std::slice::from_ref(&old),
        "a build that failed removed the old image"
    );
    Run::new(&workspace, &["build", "forced.json"])
        .lab(&lab)
        .finish()
        .expect_code(0);
    let account = lab.account_at_rest();
    account.assert_holds(Left::Images(1));
    assert!(!account.ids("images").contains(&old));
}
