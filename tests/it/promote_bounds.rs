//! What a promotion may do: what the policy allows, what its IAM policy says, and what can be shared at all.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{PromoteBench as Bench, Workspace, repository, tag};

const HEAD: &str = "6dcb09b5b57875f334f61aebed695e2e4193db5e";
const PATH: &str = ".github/ami-build-policy.json";
/// What AWS lets everybody do, whatever the policy says.
const ALWAYS_ALLOWED: &str = "sts:GetCallerIdentity";

#[test]
fn the_policy_bounds_regions_and_shares_before_anything_is_marked() {
    let bench = Bench::new();
    let strict = json!({"regions": ["us-*"], "share-with": ["123456789012"], "public": false});
    bench.github.files(HEAD, &json!({PATH: strict.to_string()}));
    let failed = bench.promote();
    failed
        .expect_code(1)
        .expect_text("`regions` is `eu-west-1`, and `regions` has `us-*`")
        .expect_text("`share-with` is `210987654321`, and `share-with` has `123456789012`")
        .expect_text(&format!("`{PATH}` of the commit `{HEAD}`"));
    assert_eq!(failed.output("conclusion"), "invalid");
    let public = bench.step().input("share-with", "all").run();
    public
        .main()
        .expect_code(1)
        .expect_text("`public` is `false`");
    let account = bench.images(1);
    assert_eq!(tag(account.image("us-east-1"), "ami-build:promoted"), "");
    let wide = json!({"regions": ["*"], "share-with": ["210987654321"], "public": false});
    bench.github.files(HEAD, &json!({PATH: wide.to_string()}));
    bench.promote().expect_code(0);
    bench.github.assert_no_violation();
}

#[test]
fn a_policy_in_the_workspace_is_the_one_that_counts_there() {
    let bench = Bench::new();
    std::fs::create_dir(bench.workspace.path().join(".github")).unwrap();
    bench.workspace.write(PATH, r#"{"share-with": []}"#);
    let failed = bench.promote();
    failed
        .expect_code(1)
        .expect_text("`share-with` has nothing in it")
        .expect_text(&format!("the policy `{PATH}` does not"));
}

/// A tested image that is encrypted with the account's own key.
fn encrypted() -> Bench {
    let workspace = Workspace::with_fixtures();
    let template = workspace
        .read("quick.json")
        .replace(r#""tags":"#, r#""encrypt_boot": true, "tags":"#);
    workspace.write("encrypted.json", &template);
    Bench::of(workspace, "encrypted.json")
}

#[test]
fn copies_with_the_accounts_own_key_are_not_made_to_be_shared() {
    let bench = encrypted();
    let failed = bench.promote();
    failed
        .expect_code(1)
        .expect_text("with the account's own key they cannot be shared: `eu-west-1`")
        .expect_text("name a key that the others may use in `kms-key`");
    let account = bench.images(1);
    assert_eq!(tag(account.image("us-east-1"), "ami-build:promoted"), "");
}

#[test]
fn copies_are_encrypted_with_the_key_of_their_region() {
    let bench = encrypted();
    let key = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let keyed = bench.step().input("kms-key", key).run();
    keyed.main().expect_code(0);
    let account = bench.images(2);
    let keys: Vec<&Value> = account
        .all("snapshots")
        .iter()
        .filter(|snapshot| snapshot["region"] == "eu-west-1")
        .map(|snapshot| &snapshot["kms_key_id"])
        .collect();
    assert_eq!(keys, [key]);
    let again = bench.step().input("kms-key", key).run();
    again.main().expect_code(0);
    bench.images(2);
}

#[test]
fn a_key_encrypts_the_copies_of_an_image_that_is_not_and_public_it_is_not_then() {
    let bench = Bench::new();
    let public = bench
        .step()
        .input("kms-key", "alias/images")
        .input("share-with", "all")
        .run();
    public
        .main()
        .expect_code(1)
        .expect_text("an encrypted image cannot be public");
    let elsewhere = bench
        .step()
        .input("kms-key", "us-east-1:alias/images")
        .run();
    elsewhere
        .main()
        .expect_code(1)
        .expect_text("`kms-key` is to be set in `us-east-1`");
    let keyed = bench
        .step()
        .input("kms-key", "eu-west-1:alias/images")
        .run();
    keyed.main().expect_code(0);
    let account = bench.images(2);
    let encrypted = |region| account.image(region)["encrypted"].as_bool().unwrap();
    assert_eq!(
        (encrypted("us-east-1"), encrypted("eu-west-1")),
        (false, true)
    );
}

/// The actions of the policy below a heading of `docs/permissions.md`.
fn documented(heading: &str) -> BTreeSet<String> {
    let page = std::fs::read_to_string(repository().join("docs/permissions.md")).unwrap();
    let (_, below) = page.split_once(&format!("### {heading}\n")).unwrap();
    let (_, code) = below.split_once("```json\n").unwrap();
    let policy: Value = serde_json::from_str(code.split_once("```").unwrap().0).unwrap();
    let statements = policy["Statement"].as_array().unwrap();
    let actions = statements
        .iter()
        .flat_map(|statement| statement["Action"].as_array().unwrap());
    actions
        .map(|action| action.as_str().unwrap().to_owned())
        .collect()
}

/// Only what is documented is allowed from here on.
fn allow(bench: &Bench, actions: &BTreeSet<String>) -> usize {
    let actions = actions.iter().map(String::as_str);
    bench
        .lab
        .policy(&actions.chain([ALWAYS_ALLOWED]).collect::<Vec<_>>());
    bench.lab.calls().len()
}

/// The calls after the first so many, none of which was refused for want of a right.
fn called(bench: &Bench, after: usize) -> BTreeSet<String> {
    let calls = bench.lab.calls().into_iter().skip(after);
    let calls = calls.map(|call| {
        let name = format!("{}:{}", call.service, call.action);
        let refusal = call.error.as_deref().unwrap_or_default();
        let denied = ["UnauthorizedOperation", "AccessDenied"].contains(&refusal);
        assert!(!denied, "{name} is not in the policy");
        name
    });
    calls.filter(|name| name != ALWAYS_ALLOWED).collect()
}

#[test]
fn the_documented_policy_is_what_a_promotion_calls_and_undoes_with() {
    let bench = Bench::new();
    let policy = documented("Of a promotion");
    let before = allow(&bench, &policy);
    let promote = |name: &str| {
        let step = bench.step().input("release-name", name);
        step.input("deprecate-at", "90d").run().into_main()
    };
    for action in ["ModifyImageAttribute", "ModifyLaunchTemplate"] {
        let fault = json!({"action": action, "kind": "error", "code": "InvalidRequest", "nth": 1});
        bench.lab.faults(&json!([fault]));
        promote(action).expect_code(1);
    }
    bench.lab.heal();
    promote("web-1.0").expect_code(0);
    assert_eq!(called(&bench, before), policy);
}

#[test]
fn the_documented_policy_is_what_a_run_that_reuses_calls() {
    let workspace = Workspace::with_fixtures();
    let bench = Bench::of(workspace, "quick.json");
    let changed = bench.workspace.read("quick.json").replace(
        r#""tags":"#,
        r#""ami_regions": ["eu-west-1"], "ami_users": ["210987654321"], "snapshot_users": ["210987654321"], "deprecate_at": "2099-01-01T00:00:00Z",
           "deregistration_protection": { "enabled": true }, "tags":"#,
    );
    bench.workspace.write("quick.json", &changed);
    let policy = documented("Of a run that reuses an image");
    let before = allow(&bench, &policy);
    let step = crate::support::Step::new(&bench.workspace, "push")
        .lab(&bench.lab)
        .input("template", "quick.json")
        .input("comment", "never")
        .input("kind", "release")
        .input("reuse", "same-repo");
    let main = step.run().into_main();
    assert_eq!(main.expect_code(0).output("ami-id"), bench.tested);
    assert_eq!(called(&bench, before), policy);
}
