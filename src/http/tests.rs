use super::stub::{Reply, Stub};
use super::*;

const SOON: Duration = Duration::from_secs(10);

fn get(url: &str) -> Request<String> {
    Request::get(url).body(String::new()).unwrap()
}

async fn hello() -> Stub {
    Stub::start(|_| Reply {
        status: 200,
        headers: Vec::new(),
        body: "hello".to_owned(),
    })
    .await
}

#[tokio::test]
async fn an_answer_with_an_error_status_is_an_answer() {
    let server = Stub::start(|_| Reply {
        status: 503,
        headers: Vec::new(),
        body: "later".to_owned(),
    })
    .await;
    let client = HttpClient::new(&Environment::of([])).unwrap();
    let answer = client.send(get(&server.url), SOON).await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), answer.body().as_str()),
        (503, "later")
    );
}

#[tokio::test]
async fn a_plain_request_through_a_proxy_carries_the_whole_url_and_the_password() {
    let proxy = hello().await;
    let setting = format!("http://user:pass@{}", proxy.address);
    let client = HttpClient::new(&Environment::of([("http_proxy", &setting)])).unwrap();
    client
        .send(get("http://unknown.invalid/path"), SOON)
        .await
        .unwrap();
    let asked = proxy.asked().remove(0);
    assert_eq!(asked.line, "GET http://unknown.invalid/path");
    assert!(
        asked
            .headers
            .contains(&"proxy-authorization: basic dxnlcjpwyxnz".to_owned()),
        "{:?}",
        asked.headers
    );
}

#[tokio::test]
async fn a_tls_request_through_a_proxy_asks_for_a_tunnel() {
    let proxy = Stub::start(|_| Reply {
        status: 403,
        headers: Vec::new(),
        body: String::new(),
    })
    .await;
    let client = HttpClient::new(&Environment::of([("HTTPS_PROXY", &proxy.url)])).unwrap();
    let error = client
        .send(get("https://unknown.invalid/"), SOON)
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), "cannot reach `unknown.invalid`");
    assert_eq!(proxy.lines(), ["CONNECT unknown.invalid:443"]);
}

#[tokio::test]
async fn a_host_in_no_proxy_is_asked_directly() {
    let server = hello().await;
    let environment = Environment::of([
        ("HTTP_PROXY", "http://127.0.0.1:1"),
        ("NO_PROXY", "127.0.0.0/8"),
    ]);
    let client = HttpClient::new(&environment).unwrap();
    assert_eq!(
        client.send(get(&server.url), SOON).await.unwrap().body(),
        "hello"
    );
    assert!(!client.is_proxied(&server.url.parse().unwrap()));
}

#[test]
fn a_proxy_of_another_kind_is_refused_by_name() {
    let error = HttpClient::new(&Environment::of([("ALL_PROXY", "socks5://127.0.0.1:1")]))
        .err()
        .unwrap();
    assert_eq!(
        error.to_string(),
        "the proxy `socks5://127.0.0.1:1/` is not an `http://` one"
    );
}

#[tokio::test]
async fn a_server_that_does_not_answer_costs_no_more_than_the_limit() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    let client = HttpClient::new(&Environment::of([])).unwrap();
    let error = client
        .send(get(&url), Duration::from_millis(50))
        .await
        .unwrap_err();
    assert!(matches!(error, HttpError::Deadline { .. }), "{error}");
}
