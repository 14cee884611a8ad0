use super::*;
use crate::http::stub::{Reply, Stub};

fn reply(status: u16, body: &str) -> Reply {
    Reply {
        status,
        headers: Vec::new(),
        body: body.to_owned(),
    }
}

/// A store with a few keys, behind a redirect for one of them.
async fn store() -> Stub {
    Stub::start(|asked| {
        let path = asked.line.strip_prefix("GET /v1/kv/").unwrap_or_default();
        match path.split('?').next().unwrap_or_default() {
            "app/ami%20name" => reply(200, r#"[{"Key": "app/ami name", "Value": "d2ViLWJhc2U="}]"#),
            "empty" => reply(200, r#"[{"Key": "empty", "Value": null}]"#),
            "denied" => reply(403, "Permission denied\n"),
            "moved" => Reply {
                headers: vec![("location", "/v1/kv/app/ami%20name".to_owned())],
                ..reply(307, "")
            },
            "nonsense" => reply(200, "nonsense"),
            _ => reply(404, ""),
        }
    })
    .await
}

fn consul(address: &str, more: &[(&str, &str)]) -> Consul {
    let environment = more
        .iter()
        .fold(Environment::default(), |environment, (name, value)| {
            environment.with(name, value)
        });
    Consul::of(&environment.with("CONSUL_HTTP_ADDR", address)).unwrap()
}

fn found(text: &str) -> Answer {
    Answer::Found(Secret::new(text))
}

#[tokio::test]
async fn a_key_is_read_with_its_value_decoded() {
    let server = store().await;
    let consul = consul(&server.address.to_string(), &[]);
    assert_eq!(consul.read("app/ami name").await, found("web-base"));
    assert_eq!(consul.read("/app/ami name").await, found("web-base"));
    assert_eq!(consul.read("moved").await, found("web-base"));
    assert_eq!(consul.read("empty").await, found(""));
    assert_eq!(consul.read("gone").await, Answer::Nothing);
    assert_eq!(
        server.lines()[..2],
        ["GET /v1/kv/app/ami%20name", "GET /v1/kv/app/ami%20name"]
    );
}

#[tokio::test]
async fn token_login_namespace_and_partition_go_along() {
    let server = store().await;
    let consul = consul(
        &server.url,
        &[
            ("CONSUL_HTTP_TOKEN", "token-1"),
            ("CONSUL_HTTP_AUTH", "me:pass"),
            ("CONSUL_NAMESPACE", "team a"),
            ("CONSUL_PARTITION", "p"),
        ],
    );
    consul.read("gone").await;
    let asked = server.asked().remove(0);
    assert_eq!(asked.line, "GET /v1/kv/gone?ns=team%20a&partition=p");
    for header in [
        "x-consul-token: token-1",
        "authorization: basic bwu6cgfzcw==",
    ] {
        assert!(asked.headers.iter().any(|sent| sent == header), "{header}");
    }
}

#[tokio::test]
async fn refusals_are_told_in_packers_words() {
    let server = store().await;
    let consul = consul(&server.url, &[]);
    assert_eq!(
        consul.read("denied").await,
        Answer::Failed(
            "error reading consul key: Unexpected response code: 403 (Permission denied)".into()
        )
    );
    let Answer::Failed(error) = consul.read("nonsense").await else {
        panic!("nonsense is no answer")
    };
    assert!(error.starts_with("error reading consul key: "), "{error}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named() {
    let Answer::Failed(error) = consul("127.0.0.1:1", &[]).read("a").await else {
        panic!("nobody listens there")
    };
    let begin =
        "error reading consul key: Get \"http://127.0.0.1:1/v1/kv/a\": cannot reach `127.0.0.1`";
    assert!(error.starts_with(begin), "{error}");
}

#[test]
fn the_token_file_wins_over_the_token() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("token");
    std::fs::write(&path, "from-file\n").unwrap();
    let path = path.display().to_string();
    let environment = Environment::of([
        ("CONSUL_HTTP_TOKEN", "given"),
        ("CONSUL_HTTP_TOKEN_FILE", &path),
    ]);
    assert_eq!(token(&environment).unwrap(), Some(Secret::new("from-file")));
    let missing = Environment::of([("CONSUL_HTTP_TOKEN_FILE", "/no/such/file")]);
    let error = token(&missing).unwrap_err();
    assert!(
        error.starts_with(
            "error getting consul client: Error loading token file: open /no/such/file: "
        ),
        "{error}"
    );
}

#[test]
fn tls_is_asked_for_by_address_or_variable_and_verified_unless_told_otherwise() {
    let base = |pairs: [(&str, &str); 2]| base(&Environment::of(pairs)).unwrap();
    let ssl = ("CONSUL_HTTP_SSL", "true");
    assert_eq!(base([("CONSUL_HTTP_ADDR", "a:1"), ssl]), "https://a:1");
    assert_eq!(
        base([("CONSUL_HTTP_ADDR", "http://a:1"), ssl]),
        "https://a:1"
    );
    assert_eq!(
        base([("CONSUL_HTTP_ADDR", "https://a:1/gate/"), ("X", "")]),
        "https://a:1/gate"
    );
    let verify = |value| tls(&Environment::of([("CONSUL_HTTP_SSL_VERIFY", value)]));
    assert_eq!(verify("false").unwrap().trust, Trust::Everybody);
    assert_eq!(verify("true").unwrap().trust, Trust::System);
    assert_eq!(
        verify("no").unwrap_err(),
        "error getting consul client: could not parse CONSUL_HTTP_SSL_VERIFY"
    );
}
