//! Values that a template reads from Consul, Vault and AWS Secrets Manager, and credentials that Vault makes.

use serde_json::{Value, json};

use crate::support::{Lab, Left, Run, Workspace};

const TOKEN: &str = "hvs.the-token-of-vault";
const PASSWORD: &str = "correct-horse-battery";
const LICENCE: &str = "LICENCE-0123-4567";

/// Every function in a variable, and one that takes its argument from another one.
fn template() -> String {
    let function = |call: &str| format!("{{{{{call}}}}}");
    json!({
        "variables": {
            "where": function("consul_key `app/where`"),
            "first": function("vault `kv/one` `user`"),
            "second": "",
            "licence": function("aws_secretsmanager `licence` `key`"),
            "port": function("aws_secretsmanager `licence` `port`"),
            "raw": function("aws_secretsmanager_raw `licence`"),
            "derived": "{{vault (consul_key `app/where`) `password`}}"
        },
        "builders": [{
            "type": "file",
            "target": "out.txt",
            "content": "{{user `where`}}|{{user `first`}}|{{user `licence`}}|{{user `port`}}|{{user `raw`}}|{{user `derived`}}"
        }],
        "post-processors": [{
            "type": "shell-local",
            "inline": ["echo got '{{user `derived`}}' and '{{user `where`}}'"]
        }]
    })
    .to_string()
}

fn secret() -> String {
    json!({"key": LICENCE, "port": 8443}).to_string()
}

fn lab() -> Lab {
    let lab = Lab::new();
    lab.stores(&json!({
        "consul": {"app/where": "secret/data/database"},
        "consul_token": "consul-token",
        "vault": {"kv/one": {"user": "ubuntu"}, "secret/database": {"password": PASSWORD}},
        "vault_token": TOKEN,
    }));
    lab.create_secret("licence", &secret());
    lab
}

fn run<'a>(lab: &Lab, workspace: &'a Workspace, arguments: &[&str]) -> Run<'a> {
    Run::new(workspace, arguments)
        .lab(lab)
        .env("AWS_REGION", "us-east-1")
        .env("CONSUL_HTTP_ADDR", &format!("{}/consul", lab.url()))
        .env("CONSUL_HTTP_TOKEN", "consul-token")
        .env("VAULT_ADDR", &format!("{}/vault", lab.url()))
        .env("VAULT_TOKEN", TOKEN)
}

#[test]
fn all_of_them_are_read_once_and_what_is_secret_is_never_shown() {
    let (lab, workspace) = (lab(), Workspace::with("stores.json", &template()));
    run(&lab, &workspace, &["build", "stores.json"])
        .finish()
        .expect_code(0)
        .expect_text("got *** and secret/data/database")
        .expect_no_text(PASSWORD)
        .expect_no_text(LICENCE);
    let expected = format!(
        "secret/data/database|ubuntu|{LICENCE}|8443|{}|{PASSWORD}",
        secret()
    );
    assert_eq!(workspace.read("out.txt"), expected);
    let mut asked = lab.asked_stores();
    asked.sort();
    assert_eq!(
        asked,
        [
            "GET /consul/v1/kv/app/where",
            "GET /vault/v1/kv/one",
            "GET /vault/v1/secret/data/database"
        ]
    );
    assert_eq!(lab.count("GetSecretValue"), 1);
}

#[test]
fn the_keys_to_the_stores_are_never_shown() {
    let template = r#"{
        "builders": [{"type": "null", "communicator": "none"}],
        "provisioners": [{"type": "shell-local", "inline": ["echo with $VAULT_TOKEN and $CONSUL_HTTP_TOKEN"]}]
    }"#;
    let (lab, workspace) = (lab(), Workspace::with("tokens.json", template));
    run(&lab, &workspace, &["build", "tokens.json"])
        .finish()
        .expect_code(0)
        .expect_text("with *** and ***")
        .expect_no_text(TOKEN);
}

#[test]
fn a_standby_sends_us_on_and_nothing_is_asked_for_a_look_at_the_template() {
    let (lab, workspace) = (lab(), Workspace::with("stores.json", &template()));
    run(&lab, &workspace, &["inspect", "stores.json"])
        .finish()
        .expect_code(0)
        .expect_text("{{vault `kv/one` `user`}}");
    run(
        &lab,
        &workspace,
        &["validate", "-syntax-only", "stores.json"],
    )
    .finish()
    .expect_code(0);
    assert_eq!(lab.asked_stores(), Vec::<String>::new());
    lab.stores(&json!({"standby": true}));
    run(&lab, &workspace, &["validate", "stores.json"])
        .finish()
        .expect_code(0);
}

#[test]
fn what_a_server_refuses_is_told_by_variable_and_place() {
    let (lab, workspace) = (lab(), Workspace::with("stores.json", &template()));
    run(&lab, &workspace, &["validate", "stores.json"])
        .env("VAULT_TOKEN", "another")
        .env("CONSUL_HTTP_TOKEN", "")
        .finish()
        .expect_code(1)
        .expect_text("error calling vault: Error reading vault secret: Error making API request.")
        .expect_text("Code: 403. Errors:")
        .expect_text("* permission denied")
        .expect_text(
            "error calling consul_key: error reading consul key: Unexpected response code: 403",
        );
    let missing = template().replace("`licence` `key`", "`no-such-secret`");
    workspace.write("stores.json", &missing);
    run(&lab, &workspace, &["validate", "stores.json"])
        .finish()
        .expect_code(1)
        .expect_text("error calling aws_secretsmanager: ResourceNotFoundException: ");
}

#[test]
fn vault_makes_the_credentials_of_a_build_and_aws_may_take_a_moment_to_know_them() {
    let (lab, workspace) = (lab(), Workspace::with_fixtures());
    lab.stores(&json!({"aws_roles": {"builder": ["arn:aws:iam::123456789012:role/packer"]}}));
    lab.faults(&json!([
        {"kind": "error", "action": "DescribeRegions", "code": "AuthFailure", "message": "not yet", "status": 401, "nth": 1}
    ]));
    let mut template: Value = serde_json::from_str(&workspace.read("quick.json")).unwrap();
    template["builders"][0]["vault_aws_engine"] =
        json!({"name": "builder", "role_arn": "arn:aws:iam::123456789012:role/packer"});
    workspace.write("quick.json", &template.to_string());
    run(&lab, &workspace, &["build", "quick.json"])
        .env("AWS_ACCESS_KEY_ID", "")
        .env("AWS_SECRET_ACCESS_KEY", "")
        .finish()
        .expect_code(0)
        .expect_text("You're using Vault-generated AWS credentials.")
        .expect_text("us-east-1: ami-");
    assert_eq!(lab.asked_stores(), ["PUT /vault/v1/aws/sts/builder"]);
    lab.account_at_rest().assert_holds(Left::Images(1));
    let forbidden = template.to_string().replace("role/packer", "role/other");
    workspace.write("quick.json", &forbidden);
    run(&lab, &workspace, &["validate", "quick.json"])
        .finish()
        .expect_code(1)
        .expect_text("not in allowed role arns");
}
