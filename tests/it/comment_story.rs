//! What the comment tells of a pull request's images over several pushes: what changed, what failed, what it costs, what became of them.

use serde_json::Value;

use crate::support::{GitHub, Lab, Stage, Step, Workspace};

/// What the lab's GitHub has as the newest commit of the pull request.
const HEAD: &str = "6dcb09b5b57875f334f61aebed695e2e4193db5e";
const FIRST: &str = "1111111111111111111111111111111111111111";
const SECOND: &str = "2222222222222222222222222222222222222222";
const THIRD: &str = "3333333333333333333333333333333333333333";

/// A pull request whose image is changed from push to push.
struct Bench {
    lab: Lab,
    github: GitHub,
    workspace: Workspace,
}

impl Bench {
    fn new() -> Self {
        Self {
            lab: Lab::new(),
            github: GitHub::new(),
            workspace: Workspace::with_fixtures(),
        }
    }

    /// The template has this script.
    fn script(&self, lines: &[&str]) {
        let mut template: Value = serde_json::from_str(&self.workspace.read("quick.json")).unwrap();
        template["provisioners"][0]["inline"] = lines.into();
        self.workspace.write("quick.json", &template.to_string());
    }

    fn push(&self, commit: &str, run: u64) -> Stage {
        Step::new(&self.workspace, "pull_request")
            .lab(&self.lab)
            .github(&self.github)
            .commit(commit)
            .run_number(run)
            .input("template", "quick.json")
            .input("kind", "preview")
            .input("reuse", "same-repo")
            .run()
            .into_main()
    }

    fn body(&self) -> String {
        let mut comments = self.github.comments();
        assert_eq!(comments.len(), 1, "{comments:?}");
        comments.remove(0).1
    }
}

/// A line that makes dpkg believe that a package is installed.
fn install(name: &str, version: &str) -> String {
    format!(
        "printf 'Package: {name}\\nStatus: install ok installed\\nMaintainer: nobody\\nArchitecture: all\\nVersion: {version}\\nDescription: x\\n\\n' | sudo tee -a /var/lib/dpkg/status >/dev/null"
    )
}

fn holds(body: &str, part: &str) {
    assert!(body.contains(part), "no `{part}` in:\n{body}");
}

#[test]
fn a_comment_tells_ids_packages_size_time_cost_and_how_to_launch_one() {
    let bench = Bench::new();
    bench.script(&[&install("lab-tool", "1.0")]);
    let main = bench.push(FIRST, 1);
    let id = main.expect_code(0).output("ami-id").to_owned();
    let body = bench.body();
    for part in [
        "commit <code>1111111</code>",
        "**Since the base image** (<code>ami-",
        "1 package: 1 new;",
        "```text\nlab-tool 1.0 installed\n```",
        "in use on the root file system",
        &format!(
            "```sh\naws ec2 run-instances --region us-east-1 --image-id {id} --instance-type t3.micro\n```"
        ),
        "```mermaid\ngantt\n",
        "This run&#58; about &#36;",
        "us-east-1 of January 2026",
    ] {
        holds(&body, part);
    }
    assert!(
        !body.contains("Since the last push") && !body.contains("The last"),
        "{body}"
    );
    // The summary has the same but for what only GitHub knows.
    holds(main.summary(), "```text\nlab-tool 1.0 installed\n```");
    bench.github.assert_no_violation();
}

#[test]
fn over_several_pushes_it_tells_what_changed_what_was_reused_what_failed_and_what_mended_it() {
    let bench = Bench::new();
    bench.script(&[&install("lab-tool", "1.0")]);
    let first = bench
        .push(FIRST, 1)
        .expect_code(0)
        .output("ami-id")
        .to_owned();
    // Without a change.
    bench
        .push(FIRST, 2)
        .expect_code(0)
        .expect_text("no machine was launched");
    holds(&bench.body(), "**Since the last push**: the same image.");
    holds(&bench.body(), "(reused)");
    // Broken.
    bench.script(&["echo before; echo '@octocat ```'", "exit 9"]);
    bench.push(SECOND, 3).expect_code(1);
    let body = bench.body();
    for part in [
        "**Failed in** Provisioner 1&#58; shell, after ",
        "· [Log](<https://github.example/octo-org/images/actions/runs/3/attempts/1>)",
        "exit status: 9",
        "at quick.json:",
        "    quick: @octocat ```\n",
        "| <code>2222222</code> | provision | none |",
    ] {
        holds(&body, part);
    }
    // Mended.
    bench.script(&[&install("lab-tool", "2.0"), &install("other", "1")]);
    let third = bench
        .push(THIRD, 4)
        .expect_code(0)
        .output("ami-id")
        .to_owned();
    let body = bench.body();
    holds(
        &body,
        &format!(
            "**Since the last push** (<code>{first}</code> of <code>1111111</code>): 2 packages: 1 new, 1 in another version"
        ),
    );
    holds(&body, "lab-tool 1.0 replaced by 2.0\nother 1 installed");
    holds(&body, "The last 4 pushes");
    let rows: Vec<&str> = body
        .lines()
        .filter(|line| line.starts_with("| <code>"))
        .collect();
    assert_eq!(rows.len(), 4, "{body}");
    assert!(
        rows[0].contains("3333333") && rows[0].contains(&third),
        "{body}"
    );
    bench.github.assert_no_violation();
}

#[test]
fn a_machine_that_does_not_tell_its_packages_costs_nothing_and_that_is_said() {
    let bench = Bench::new();
    bench.script(&["sudo rm -f $(command -v dpkg-query)"]);
    bench.push(FIRST, 1).expect_code(0);
    holds(
        &bench.body(),
        "**Since the base image**: not known, since the machine did not tell its packages: it has neither dpkg nor rpm.",
    );
}

#[test]
fn a_package_manager_that_hangs_costs_some_seconds() {
    let bench = Bench::new();
    bench.script(&["p=$(command -v dpkg-query); printf '#!/bin/sh\\nsleep 600\\n' | sudo tee $p.new >/dev/null; sudo chmod 755 $p.new; sudo mv $p.new $p"]);
    bench.push(FIRST, 1).expect_code(0);
    holds(&bench.body(), "its package manager ended with status 124");
}

#[test]
fn a_machine_that_never_answers_costs_ten_seconds_and_a_new_connection() {
    let bench = Bench::new();
    let mut template: Value = serde_json::from_str(&bench.workspace.read("quick.json")).unwrap();
    // From its first boot on, nothing on it lists packages in time and nothing ends what takes too long.
    let script = "#!/bin/sh\nprintf '#!/bin/sh\\nsleep 600\\n' >/usr/local/bin/dpkg-query\nchmod 755 /usr/local/bin/dpkg-query\nrm -f $(command -v timeout)\n";
    template["builders"][0]["user_data"] = script.into();
    bench.workspace.write("quick.json", &template.to_string());
    bench.push(FIRST, 1).expect_code(0);
    holds(
        &bench.body(),
        "not known, since the machine did not tell its packages: it did not answer within 10 seconds.",
    );
}

#[test]
fn without_a_kind_the_machine_is_asked_nothing() {
    let bench = Bench::new();
    bench.script(&["p=$(command -v dpkg-query); printf '#!/bin/sh\\ntouch /tmp/asked\\n' | sudo tee $p >/dev/null", "sudo touch /opt/there"]);
    let main = Step::new(&bench.workspace, "pull_request")
        .lab(&bench.lab)
        .github(&bench.github)
        .input("template", "quick.json")
        .run()
        .into_main();
    main.expect_code(0);
    let body = bench.body();
    assert!(!body.contains("Since the base image"), "{body}");
    holds(&body, "aws ec2 run-instances");
}

#[test]
fn a_promotion_says_so_in_the_comment_of_the_pull_request() {
    let bench = Bench::new();
    let id = bench
        .push(HEAD, 1)
        .expect_code(0)
        .output("ami-id")
        .to_owned();
    let report = bench.body();
    let promote = || {
        let main = Step::new(&bench.workspace, "workflow_dispatch")
            .lab(&bench.lab)
            .github(&bench.github)
            .input("command", "promote")
            .input("pr-number", "7")
            .input("region", "us-east-1")
            .input("regions", "eu-west-1")
            .run()
            .into_main();
        main.expect_code(0)
            .expect_text("Told in https://github.example/octo-org/images/pull/7#issuecomment-");
        main
    };
    promote();
    let body = bench.body();
    holds(
        &body,
        &format!("> <code>{id}</code> is **promoted** to the release <code>quick-"),
    );
    holds(&body, "in eu-west-1");
    let (_, told) = report.split_once("<!-- ami-build:report -->").unwrap();
    let (told, _) = told.split_once("<!-- ami-build:pushes -->").unwrap();
    holds(&body, told);
    // Once more changes nothing.
    promote();
    assert_eq!(bench.body(), body);
    bench.github.assert_no_violation();
}

#[test]
fn a_promotion_whose_comment_cannot_be_written_is_a_promotion_all_the_same() {
    let bench = Bench::new();
    bench.push(HEAD, 1).expect_code(0);
    bench
        .github
        .settings(&serde_json::json!({"pull-requests": "read"}));
    let main = Step::new(&bench.workspace, "workflow_dispatch")
        .lab(&bench.lab)
        .github(&bench.github)
        .input("command", "promote")
        .input("pr-number", "7")
        .input("region", "us-east-1")
        .run()
        .into_main();
    main.expect_code(0);
    assert_eq!(main.output("conclusion"), "success");
    assert_eq!(main.annotations("notice").len(), 1, "{}", main.log());
    main.expect_text("`permissions: pull-requests: write`");
}
