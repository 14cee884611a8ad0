use super::*;
use crate::http::stub::{Reply, Stub};

fn reply(status: u16, body: &str) -> Reply {
    Reply {
        status,
        headers: Vec::new(),
        body: body.to_owned(),
    }
}

const SECRET: &str = r#"{"data": {"k": "v"}}"#;

async fn server() -> Stub {
    Stub::start(|asked| {
        let path = asked.line.split("/v1/").nth(1).unwrap_or_default();
        match path {
            "secret/one" | "aws/sts/role" => reply(200, SECRET),
            "secret/standby" => Reply {
                headers: vec![("location", "/v1/secret/one".to_owned())],
                ..reply(307, "")
            },
            "secret/deleted" => reply(404, r#"{"data": {"data": null, "metadata": {}}}"#),
            "secret/denied" => reply(403, r#"{"errors": ["permission denied", "second"]}"#),
            "secret/odd" => reply(400, "<html>"),
            "secret/sealed" => reply(503, r#"{"errors": ["Vault is sealed"]}"#),
            "secret/none" => reply(204, ""),
            _ => reply(404, r#"{"errors": []}"#),
        }
    })
    .await
}

fn vault(url: &str, more: &[(&str, &str)]) -> Vault {
    let environment = more
        .iter()
        .fold(Environment::default(), |environment, (name, value)| {
            environment.with(name, value)
        });
    let environment = environment
        .with("VAULT_ADDR", url)
        .with("VAULT_TOKEN", "token-1");
    Vault::of(&environment).unwrap()
}

async fn read(vault: &Vault, path: &str) -> Answer {
    vault.ask(&VaultRequest::read(&vault.settings, path)).await
}

#[tokio::test]
async fn a_secret_comes_as_vault_sent_it_through_a_standby_too() {
    let server = server().await;
    let vault = vault(&server.url, &[("VAULT_NAMESPACE", "team")]);
    let found = Answer::Found(Secret::new(SECRET));
    assert_eq!(read(&vault, "/secret/one").await, found);
    assert_eq!(read(&vault, "secret/standby").await, found);
    let asked = server.asked();
    assert_eq!(asked.len(), 3);
    for asked in asked {
        for header in [
            "x-vault-token: token-1",
            "x-vault-namespace: team",
            "x-vault-request: true",
        ] {
            assert!(asked.headers.iter().any(|sent| sent == header), "{header}");
        }
    }
}

#[tokio::test]
async fn redirects_can_be_switched_off() {
    let server = server().await;
    let vault = vault(&server.url, &[("VAULT_DISABLE_REDIRECTS", "true")]);
    let Answer::Failed(error) = read(&vault, "secret/standby").await else {
        panic!("it followed")
    };
    assert!(error.contains("stopped after 0 redirects"), "{error}");
}

#[tokio::test]
async fn fields_are_written_as_json() {
    let server = server().await;
    let vault = vault(&server.url, &[]);
    let fields = [("role_arn".to_owned(), "arn:aws:iam::1:role/x".to_owned())].into();
    let request = VaultRequest::write(&vault.settings, "/aws/sts/role", &fields);
    assert_eq!(
        vault.ask(&request).await,
        Answer::Found(Secret::new(SECRET))
    );
    let asked = server.asked().remove(0);
    assert_eq!(asked.line, "PUT /v1/aws/sts/role");
    assert_eq!(asked.body, r#"{"role_arn":"arn:aws:iam::1:role/x"}"#);
}

#[tokio::test]
async fn not_found_is_nothing_unless_something_came_with_it() {
    let server = server().await;
    let vault = vault(&server.url, &[]);
    assert_eq!(read(&vault, "secret/gone").await, Answer::Nothing);
    assert_eq!(read(&vault, "secret/none").await, Answer::Nothing);
    assert!(matches!(
        read(&vault, "secret/deleted").await,
        Answer::Found(_)
    ));
}

#[tokio::test]
async fn refusals_are_told_in_vaults_lines() {
    let server = server().await;
    let vault = vault(&server.url, &[("VAULT_NAMESPACE", "team")]);
    let url = &server.url;
    assert_eq!(
        read(&vault, "secret/denied").await,
        Answer::Failed(format!(
            "Error reading vault secret: Error making API request.\n\nNamespace: team\nURL: GET {url}/v1/secret/denied\n\
             Code: 403. Errors:\n\n* permission denied\n* second"
        ))
    );
    assert_eq!(
        read(&vault, "secret/odd").await,
        Answer::Failed(format!(
            "Error reading vault secret: Error making API request.\n\nNamespace: team\nURL: GET {url}/v1/secret/odd\n\
             Code: 400. Raw Message:\n\n<html>"
        ))
    );
}

#[tokio::test]
async fn a_servers_fault_is_tried_again_as_often_as_the_environment_says() {
    let server = server().await;
    let vault = vault(&server.url, &[("VAULT_MAX_RETRIES", "1")]);
    let Answer::Failed(error) = read(&vault, "secret/sealed").await else {
        panic!("it is sealed")
    };
    assert!(
        error.ends_with("Code: 503. Errors:\n\n* Vault is sealed"),
        "{error}"
    );
    assert_eq!(server.lines().len(), 2);
}

#[test]
fn a_file_of_authorities_that_is_not_there_is_named() {
    let environment = Environment::of([("VAULT_CACERT", "/no/such/file")]);
    let error = Vault::of(&environment).err().unwrap();
    assert!(
        error.starts_with("Error getting Vault client: cannot read `/no/such/file`: "),
        "{error}"
    );
}
